"""Where the kind is asked for, a sentence tells it as well as a tap."""

from __future__ import annotations

from tests.support import Chat


async def test_a_sentence_tells_the_kind_and_is_kept_as_the_words(chat: Chat) -> None:
    await chat.say("随手拍")
    assert "同意" in await chat.say("红梅路口的路灯坏了三天")
    assert "具体在哪" in await chat.say("同意")
    await chat.say("红梅路12号门口", "跳过")
    assert "路灯或楼道灯不亮" in chat.text
    assert "红梅路口的路灯坏了三天" in chat.text


async def test_a_short_word_tells_the_kind_only(chat: Chat) -> None:
    await chat.say("随手拍", "井盖没了", "同意", "红梅路12号门口")
    assert "写一句具体情况" in chat.text


async def test_what_fits_no_kind_is_of_the_rest(chat: Chat) -> None:
    await chat.say("随手拍", "小区滑梯断了一截", "同意", "红梅路12号门口", "跳过")
    assert "其他" in chat.text
    assert "小区滑梯断了一截" in chat.text


async def test_what_means_nothing_is_asked_again(chat: Chat) -> None:
    await chat.say("随手拍")
    assert "没对上" in await chat.say("嗯")
    assert "没对上" in await chat.say("99")
