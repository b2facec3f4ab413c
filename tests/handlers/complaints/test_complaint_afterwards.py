"""After the end: opened again in one's own words; a courtesy that is none of a form; who is picked on complains."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Media
from handlers.complaints import service as complaints
from handlers.complaints.case import open_case
from handlers.complaints.status import Status
from handlers.complaints.tables import cases
from tests.support import Chat, on_sqlite

pytestmark = on_sqlite


async def end(service: Service) -> int:
    """The desk ends the only case; its id."""
    for to in (Status.ACCEPTED, Status.RESOLVED):
        async with service.store.write() as unit:
            row = await unit.first(sa.select(cases))
            assert row is not None
            case = open_case(unit.vault, row)
            await complaints.move(unit, case, to, "staff:1", outcome="已退回扣款")
    return case.id


@pytest.mark.parametrize("said", ["是的 重新办", "重新办", "再帮我查一下", "重新打开"])
async def test_opened_again_with_what_was_said(
    service: Service, chat: Chat, filed: Callable[[Chat], Awaitable[str]], said: str
) -> None:
    await filed(chat)
    case_id = await end(service)
    await chat.deliver(choice=f"go:complaint_rate?case={case_id}&rating=1")
    assert "重新打开" in await chat.say("根本没收到钱")
    assert "已重新打开" in (await chat.tap("重新打开") if said == "重新打开" else await chat.say(said))
    assert "重新打开：根本没收到钱" in await chat.say("我的诉求")


async def test_nothing_to_open_again(chat: Chat) -> None:
    assert "没有可以重新打开" in await chat.say("重新办")


@pytest.mark.parametrize("said", ["跳过", "[捂脸]", "/::)", "[捂脸][机智]"])
async def test_an_answer_to_nothing(chat: Chat, said: str) -> None:
    assert "有事随时说" in await chat.say("菜单", said)


@pytest.mark.parametrize("said", ["站长今天又来找我麻烦了", "站长一直针对我 给我穿小鞋"])
async def test_picked_on(chat: Chat, said: str) -> None:
    assert "歧视骚扰" in await chat.say(said)


async def test_afraid_of_it_is_no_case_yet(chat: Chat) -> None:
    assert "记下了" not in await chat.say("怕站长给我穿小鞋")


async def test_a_picture_with_its_story_is_kept(chat: Chat) -> None:
    await chat.deliver(text="饿了么昨天扣了我50 冤枉", media=(Media("photo", "shot"),))
    assert "您发的也收下了" in chat.text


async def test_an_album_with_its_story_is_answered_as_one(chat: Chat) -> None:
    await chat.deliver(text="美团上周五扣了我200说超时", media=(Media("photo", "one", album="a1"),))
    first = chat.replies
    assert "记下了：扣款罚款、美团" in chat.text
    for ref in ("two", "three"):
        await chat.deliver(media=(Media("photo", ref, album="a1"),))
        assert chat.replies == first
    assert "3 张图" in await chat.say("同意", "天宁区", "跳过")
    await chat.say("取消")
    await chat.deliver(media=(Media("photo", "four", album="a1"),))
    assert "是要提诉求吗" in chat.text


async def test_an_album_that_only_follows(chat: Chat) -> None:
    await chat.deliver(text="美团上周五扣了我200说超时", media=(Media("photo", "one", album="a1"),))
    await chat.deliver(media=(Media("photo", "two", album="a2"),))
    assert "图片先记下了" in chat.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [(("投诉", "罚款"), "美团"), (("投诉", "罚款", "美团"), "上周五"), (("投诉", "罚款", "美团"), "怕被报复")],
)
async def test_a_picture_beside_words_taken_early(chat: Chat, asked: tuple[str, ...], said: str) -> None:
    await chat.say(*asked)
    await chat.deliver(text=said, media=(Media("photo", "shot"),))
    await chat.say(*(["同意"] if "同意" in chat.labels else []))
    if "哪天" in chat.text:
        await chat.say("昨天")
    assert "1 张图" in await chat.say("跳过", "150", "系统说没送到 扣了我")
