"""A link into the Telegram chat could begin any dialogue with any arguments: an officer who had asked for a name, and
was refused, could have the worker agree by a link that promised something else; an author could have a colleague
approve what they wrote."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Event
from handlers.broadcasts import service as broadcasts
from handlers.broadcasts.service import Broadcasting, Plan, Segment, Words
from handlers.broadcasts.tables import broadcasts as table
from handlers.complaints.tables import case_disclosures
from tests.desk.conftest import Colleague, case_id, file_case
from tests.handlers.broadcasts.conftest import WRITER
from tests.support import Chat

Make = Callable[..., Awaitable[Colleague]]


@pytest.mark.parametrize("event", [Event.START, Event.SCAN])
async def test_nobody_agrees_by_a_link(chat: Chat, colleague: Make, service: Service, event: Event) -> None:
    number = await case_id(service, await file_case(chat, named=True))
    officer = await colleague("union")
    await officer.open(f"/desk/cases/{number}")
    await officer.press(f"/desk/cases/{number}/identity/ask", reason="想打电话")
    async with service.store.read() as unit:
        request = await unit.value(sa.select(case_disclosures.c.id))
    await chat.happen(event, f"complaint_identity?case={number}&request={request}&say=yes")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(case_disclosures.c.state)) == "waiting"


async def test_nobody_approves_by_a_link(colleague: Make, service: Service) -> None:
    second = await colleague("community")
    setting: Broadcasting = service.registry.resources[Broadcasting]
    async with service.store.write() as unit:
        plan = Plan(title="招人", words=Words("周三下午招人"), topic="volunteering", segment=Segment())
        number = await broadcasts.create(unit, WRITER, plan)
        await broadcasts.hand_in(unit, WRITER, number, setting.rules, None, setting.rules.approval_above + 1)
    await second.chat.happen(Event.START, f"broadcasts?b={number}&do=approve")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(table.c.state)) == "waiting"


async def test_a_dialogue_without_arguments_begins_by_a_link(chat: Chat) -> None:
    assert "遇到什么事" in await chat.happen(Event.START, "complaint?category=fines")
