"""What was only asked by the way is gone when something else begins; a form that is half done is not."""

from __future__ import annotations

from tests.support import Chat, on_sqlite

pytestmark = on_sqlite


async def test_is_gone_with_the_next_matter(chat: Chat) -> None:
    assert "要记住" in await chat.say("我在天宁区")
    await chat.say("投诉", "罚款")
    text = await chat.say("取消")
    assert "要记住" not in text
    assert not any("接着填" in label for label in chat.labels)


async def test_is_gone_after_a_month(chat: Chat) -> None:
    await chat.say("我在天宁区")
    chat.clock.move(days=31)
    assert "您回来了" not in await chat.say("你好")


async def test_a_form_below_it_stays(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "菜单", "我在天宁区")
    assert "要记住" in chat.text
    await chat.say("菜单")
    assert any("接着填：提诉求" in label for label in chat.labels)
    assert "哪个平台" in await chat.tap("接着填")


async def test_a_question_on_the_way_keeps_it(chat: Chat) -> None:
    text = await chat.say("我在天宁区", "新职伤要自己交钱吗")
    assert "平台交钱" in text and "要记住" in text
