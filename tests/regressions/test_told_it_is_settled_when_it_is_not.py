"""Who was told that their case is settled, and wrote back that it is not, was offered questions of others to pick from:
there was no button to open it again, and the words led nowhere."""

from __future__ import annotations

import pytest

from bot.messages import Media
from handlers.complaints.tables import case_media
from tests.desk.test_case_answers import Desk, desk, rider, service
from tests.support import Chat

__all__ = ["desk", "rider", "service"]


@pytest.mark.parametrize(
    "words", ["没有啊 钱没到账", "没到账", "根本没解决！", "骗人，还没给", "重新打开", "Not settled"]
)
async def test_not_settled_opens_it_again(desk: Desk, rider: Chat, words: str) -> None:
    await desk.move("accepted", "resolved", "站点已补发。")
    assert desk.code in await rider.say(words)
    assert "哪里" in rider.text
    assert "已重新打开" in await rider.say("只补了一个月的，还差两个月")
    page = await desk.page()
    assert "还差两个月" in page
    assert "重新打开" in page


async def test_the_button_is_there(desk: Desk, rider: Chat) -> None:
    await desk.move("accepted", "resolved", "站点已补发。")
    await rider.tap("重新打开") if "重新打开" in rider.labels else await rider.say("4")
    assert "哪里" in rider.text


@pytest.mark.parametrize("words", ["满意", "1"])
async def test_who_is_content_rates(desk: Desk, rider: Chat, words: str) -> None:
    await desk.move("accepted", "resolved", "站点已补发。")
    assert "记下了" in await rider.say(words)
    assert "已重新打开" not in await rider.say("跳过")


async def test_other_words_are_asked_about_and_go_along(desk: Desk, rider: Chat) -> None:
    await desk.move("accepted", "resolved", "站点已补发。")
    said = await rider.say("只补了一个月的 还差两个月")
    assert "是说它吗" in said
    assert "已重新打开" in await rider.tap("重新打开")
    assert "还差两个月" in await desk.page()
    assert await desk.steps("words") == []  # the words stand with the step that opened it


async def test_so_does_the_picture_with_them(desk: Desk, rider: Chat) -> None:
    await desk.move("accepted", "resolved", "站点已补发。")
    await rider.deliver(text="只补了一个月的 还差两个月", media=(Media("photo", "payslip"),))
    assert "是说它吗" in rider.text
    assert "已重新打开" in await rider.tap("重新打开")
    async with desk.service.store.read() as unit:
        assert len(await unit.rows(case_media.select())) == 1


async def test_a_question_is_answered_and_a_nod_is_a_nod(desk: Desk, rider: Chat) -> None:
    await desk.move("accepted", "resolved", "站点已补发。")
    assert "是说它吗" not in await rider.say("工伤怎么申请")
    await desk.move("resolved", "reopened", "再看看")
    await desk.move("reopened", "accepted", "")
    await desk.write("有截图吗？")
    await desk.move("accepted", "resolved", "站点已补发。")
    assert "是说它吗" not in await rider.say("谢谢")
