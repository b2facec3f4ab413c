"""What broadcasts keep: shown, erased with the person, wiped in time; and the operator's rules, checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.channels.terminal import Terminal
from bot.channels.web import Web
from bot.settings import packaged
from bot.store.retention import sweep
from bot.store.tables import outbox
from handlers.broadcasts.personal import erase, retention_rules, show
from handlers.broadcasts.preview import SILENT
from handlers.broadcasts.report import fate
from handlers.broadcasts.service import access, check_broadcasts
from handlers.broadcasts.tables import broadcasts, clicks
from handlers.broadcasts.tapping import tap
from handlers.broadcasts.words import Words
from tests.handlers.broadcasts.conftest import TEXT, WRITER, citizen
from tests.support import TestClock

Send = Callable[..., Awaitable[int]]
Rounds = Callable[[], Awaitable[int]]


async def tapped(service: Service, send: Send, rounds: Rounds) -> tuple[int, int]:
    """A broadcast one person got and tapped: (its id, the person's)."""
    async with service.store.write() as unit:
        person_id = citizen(unit, "rider")
    number = await send()
    await rounds()
    async with service.store.write() as unit:
        assert await tap(unit, person_id, number, 0) is not None
        assert await tap(unit, person_id, number, 0) is not None
        assert await tap(unit, person_id, number, 7) is None
        assert await tap(unit, person_id, 7, 0) is None
    return number, person_id


async def count(service: Service) -> int:
    async with service.store.read() as unit:
        return int(await unit.value(sa.select(sa.func.count()).select_from(clicks)))


async def test_a_tap_is_shown_once_and_erased(service: Service, send: Send, rounds: Rounds) -> None:
    _number, person_id = await tapped(service, send, rounds)
    async with service.store.write() as unit:
        assert [one["broadcast"] for one in await show(unit, person_id)] == ["楼道排查招人"]
        await erase(unit, person_id)
        assert await show(unit, person_id) == []
    assert await count(service) == 0


async def test_who_did_not_get_it_leaves_no_tap(service: Service, send: Send, rounds: Rounds) -> None:
    number, _person_id = await tapped(service, send, rounds)
    async with service.store.write() as unit:
        passed_on = citizen(unit, "a friend")
        assert await tap(unit, passed_on, number, 0) is not None
    assert await count(service) == 1


async def test_words_and_taps_go_in_time_figures_stay(
    service: Service, send: Send, rounds: Rounds, clock: TestClock
) -> None:
    number, _person_id = await tapped(service, send, rounds)
    async with service.store.write() as unit:
        await unit.execute(sa.update(broadcasts).values(ended_at=unit.now, state="done"))
    rules = retention_rules(30)
    assert set((await sweep(service.store, rules)).values()) == {0}
    clock.move(days=31)
    assert set((await sweep(service.store, rules)).values()) == {1}
    async with service.store.write() as unit:
        one = await access(unit, WRITER, number, "read")
    assert (one.title, one.words) == ("楼道排查招人", Words(""))
    assert await count(service) == 0


async def test_the_words_are_sealed(service: Service, send: Send) -> None:
    await send()
    async with service.store.read() as unit:
        assert TEXT.encode() not in await unit.value(sa.select(broadcasts.c.words))
        rows = await unit.rows(sa.select(outbox.c.payload))
    assert all(TEXT.encode() not in row["payload"] for row in rows)


def test_channels_that_wake_nobody_are_known() -> None:
    assert set(SILENT) == {one.name for one in (Web, Terminal) if not one.pushes}


@pytest.mark.parametrize(
    ("state", "result", "expected"),
    [
        ("sent", "", "sent"),
        ("sent", "with the next contact", "next_contact"),
        ("sent", "mass", "mass"),
        ("queued", "", "queued"),
        ("waiting", "", "queued"),
        ("later", "quiet hours", "quiet"),
        ("later", "told to wait: 429", "told"),
        ("contact", "errcode 45015", "contact"),
        ("contact", "template", "nudged"),
        ("skipped", "unsubscribed", "unsubscribed"),
        ("skipped", "stopped", "stopped"),
        ("failed", "403", "blocked"),
        ("failed", "400 chat not found", "failed"),
        ("unknown", "timed out", "unknown"),
    ],
)
def test_what_became_of_a_row(state: str, result: str, expected: str) -> None:
    assert fate(state, result) == expected


def test_the_rules_are_checked_with_the_line(tmp_path: Path) -> None:
    assert check_broadcasts(packaged("content")) == []
    good = (packaged("content") / "broadcasts.yaml").read_text("utf-8")
    (tmp_path / "broadcasts.yaml").write_text(good.replace("approval_above: 200", "approval_above: many"), "utf-8")
    [finding] = check_broadcasts(tmp_path)
    assert (finding.line, finding.severity) == (2, "error")
    (tmp_path / "broadcasts.yaml").write_text(f"{good}\nunknown: 1\n", "utf-8")
    assert len(check_broadcasts(tmp_path)) == 1


async def test_erasing_takes_the_rows_of_a_broadcast_along(service: Service, send: Send, rounds: Rounds) -> None:
    from bot.personal import Holders

    _number, person_id = await tapped(service, send, rounds)
    async with service.store.write() as unit:
        await service.registry.resources[Holders].erase(unit, person_id)
        left = sa.select(sa.func.count()).where(outbox.c.person_id == person_id)
        assert await unit.value(left) == 0
    assert await count(service) == 0
