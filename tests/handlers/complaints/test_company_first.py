"""Who names the company where the matter is asked for is understood, and not asked for it again."""

from __future__ import annotations

from tests.support import Chat


async def test_the_company_alone_is_noted_and_the_matter_asked_again(chat: Chat) -> None:
    await chat.say("投诉")
    assert "美团" in await chat.say("美团")
    assert "没对上" not in chat.text
    assert "遇到什么事了" in chat.text
    assert "哪个平台" not in await chat.say("扣款罚款")


async def test_company_matter_and_amount_in_six_characters(chat: Chat) -> None:
    await chat.say("投诉")
    assert "扣款罚款、美团、200 元" in await chat.say("美团扣我两百")


async def test_a_question_about_a_company_is_a_question(chat: Chat) -> None:
    await chat.say("投诉")
    assert "记下了" not in await chat.say("美团能乱扣钱吗")


async def test_a_streamer_is_offered_what_streamers_work_for(chat: Chat) -> None:
    await chat.say("主播 公会欠我提成两个月了")
    assert "美团" not in chat.labels


async def test_yes_and_no_name_no_company(chat: Chat) -> None:
    await chat.say("投诉", "站长不让请假 还骂人")
    assert "没对上" in await chat.say("不同意")
    assert "同意我记下来吗" in await chat.say("顺达同城")
