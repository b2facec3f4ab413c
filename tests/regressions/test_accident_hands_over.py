"""The complaint an accident became asked for the company and the pictures all over again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.settings import Settings
from bot.store.tables import media
from handlers.complaints.tables import case_media, cases
from tests.support import Chat, TestClock


@pytest.fixture
async def service(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    async with Service(make_settings(), clock, only={"terminal"}).running(courier=False) as running:
        yield running


@pytest.fixture
def rider(service: Service, clock: TestClock) -> Chat:
    return Chat(service.dispatcher, clock)


async def accident(chat: Chat) -> None:
    """To the end of the accident's screens, with two pictures kept."""
    await chat.say("送美团的单摔伤了", "1", "1", "1", "不给报", "今天", "没签", "存")
    if "同意" in chat.labels:
        await chat.tap("同意")
    await chat.photo("file-1", "file-2")
    await chat.say("好了", "常州", "下一步", "不用")


async def complain(chat: Chat, value: str) -> None:
    await chat.deliver(choice=value)
    for _step in range(14):
        if "提交" in chat.labels:
            return
        if "经过" in chat.text or "自己的话" in chat.text:
            await chat.say("平台不肯报，站长让我自己看")
        else:
            options = ("同意", "不留姓名", "好了", "跳过")
            await chat.tap(next((one for one in options if one in chat.labels), chat.text))


async def test_company_and_pictures_go_along(rider: Chat, service: Service) -> None:
    await accident(rider)
    value = next(option.value for option in rider.replies[-1].options if option.value.startswith("go:complaint"))
    assert "company=meituan" in value
    await complain(rider, value)
    assert "美团" in rider.text
    assert "2 张图" in rider.text
    await rider.tap("提交")
    async with service.store.read() as unit:
        [case] = await unit.rows(sa.select(cases))
        linked = await unit.rows(sa.select(case_media))
        kept = await unit.rows(sa.select(media))
    assert (case["company"], case["attachments"]) == ("meituan", 2)
    assert {one["media_id"] for one in linked} == {one["id"] for one in kept}


async def test_nobody_takes_anothers_pictures_by_a_made_up_button(
    rider: Chat, service: Service, clock: TestClock
) -> None:
    await accident(rider)
    value = next(option.value for option in rider.replies[-1].options if option.value.startswith("go:complaint"))
    for made_up in (value, f"{value}.7.x.{'9' * 30}", "go:complaint?category=injury&photos=..-1.0"):
        thief = Chat(service.dispatcher, clock, f"thief-{len(made_up)}")
        await complain(thief, made_up)
        assert "张图" not in thief.text
        await thief.tap("提交")
    async with service.store.read() as unit:
        assert await unit.rows(sa.select(case_media)) == []
