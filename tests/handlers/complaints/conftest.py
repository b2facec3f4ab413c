"""A service with the terminal alone, and riders who have agreed to the privacy notice."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.settings import Settings
from handlers.complaints.catalogue import Catalogue, open_catalogue
from handlers.complaints.tables import cases
from tests.support import Chat, TestClock

STORY = "美团上周五扣了我200说超时 那天下暴雨"


@pytest.fixture
async def service(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    """The whole service, without platforms and without its courier running."""
    async with Service(make_settings(), clock, only={"terminal"}).running(courier=False) as running:
        yield running


@pytest.fixture
def catalogue(service: Service) -> Catalogue:
    """The categories and companies of the content folder."""
    return open_catalogue(service.settings.content_dir)


@pytest.fixture
def stored(service: Service) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """All cases, oldest first, their words still sealed."""

    async def read() -> list[dict[str, Any]]:
        async with service.store.read() as unit:
            return [dict(row) for row in await unit.rows(sa.select(cases).order_by(cases.c.id))]

    return read


def code_in(text: str) -> str:
    """The receipt code in what the bot said."""
    found = re.search(r"YZ-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    assert found, text
    return found[0]


@pytest.fixture
def filed() -> Callable[[Chat], Awaitable[str]]:
    """Files the complaint of `STORY`, anonymously and without pictures; the receipt code."""

    async def file(chat: Chat, opening: str = STORY) -> str:
        await chat.say(opening)
        if "同意" in chat.labels:
            await chat.tap("同意")
        for _step in range(12):
            if "提交" in chat.labels:
                break
            await chat.tap("不留姓名" if "不留姓名" in chat.labels else "跳过")
        return code_in(await chat.tap("提交"))

    return file
