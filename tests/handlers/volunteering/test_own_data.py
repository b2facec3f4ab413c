"""What volunteering keeps of a person is shown and erased; places pass on, sums stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import sqlalchemy as sa

from bot.app import Service
from bot.personal import Holders
from bot.store.retention import sweep
from bot.store.rotate import sealed_columns
from handlers.volunteering import ledger
from handlers.volunteering.service import Slot, retention_rules
from handlers.volunteering.tables import certificates, entries, signups, slots
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
Rider = Callable[..., Awaitable[Chat]]
Who = Callable[[Chat], Awaitable[int]]
Read = Callable[[Slot], Awaitable[Slot]]


async def test_all_of_it_is_shown(
    service: Service, publish: Publish, rider: Rider, clock: TestClock, person_id: Who
) -> None:
    chat = await rider()
    slot, other = await publish(), await publish(START + timedelta(days=4), title="送药")
    for one in (slot, other):
        await chat.deliver(choice=f"go:volunteer_join?slot={one.id}")
    await chat.deliver(choice=chat.option("来不了").value)
    await chat.say("临时有单")
    clock.now = slot.starts_at
    await chat.say(f"签到 {slot.code}")
    clock.now = slot.ends_at
    await chat.say("签退", "志愿证明", "王小明")
    async with service.store.read() as unit:
        data = (await service.registry.resources[Holders].show(unit, await person_id(chat)))["volunteering"]
    assert [(one["activity"], one["status"], one["minutes"], one["reason"]) for one in data["signups"]] == [
        ("楼道排查", "attended", 60, ""),
        ("送药", "cancelled", None, "临时有单"),
    ]
    assert data["points"] == 1 and data["movements"][0]["points"] == 1
    assert data["certificates"][0]["name"] == "王小明"


async def test_erasing_leaves_nobody_and_the_sums_balance(
    service: Service, publish: Publish, rider: Rider, clock: TestClock, slot_now: Read
) -> None:
    chat, later = await rider(), await publish(START + timedelta(days=4), title="送药")
    slot = await publish()
    for one in (slot, later):
        await chat.deliver(choice=f"go:volunteer_join?slot={one.id}")
    clock.now = slot.starts_at
    await chat.say(f"签到 {slot.code}")
    clock.now = slot.ends_at
    await chat.say("签退", "志愿证明", "王小明", "注销", "1")
    assert (await slot_now(later)).taken == 0
    async with service.store.read() as unit:
        assert [row["person_id"] for row in await unit.rows(sa.select(signups))] == [None, None]
        assert [row["reason"] for row in await unit.rows(sa.select(signups))] == [None, None]
        assert {row["person_id"] for row in await unit.rows(sa.select(entries))} == {None}
        assert await unit.rows(sa.select(certificates)) == []
        assert await ledger.imbalance(unit) == 0


async def test_an_organiser_who_is_erased_leaves_no_contact_behind(
    service: Service, publish: Publish, organiser: Chat, rider: Rider
) -> None:
    await publish()
    await organiser.say("注销", "1")
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(slots))
    assert (row["person_id"], row["contact"]) == (None, None)
    chat = await rider()
    await chat.say("做志愿")
    assert "联系人" not in await chat.tap("楼道排查")


async def test_words_go_in_time_and_hours_stay(
    service: Service, publish: Publish, rider: Rider, clock: TestClock
) -> None:
    chat, slot = await rider(), await publish()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    await chat.say("取消报名", "1")
    for days, kept in ((700, True), (33, False)):
        clock.move(days=days)
        await sweep(service.store, retention_rules(730))
        async with service.store.read() as unit:
            [mine], [one] = await unit.rows(sa.select(signups)), await unit.rows(sa.select(slots))
        assert (mine["reason"] is not None, one["contact"] is not None) == (kept, kept)
    assert (mine["status"], one["title"]) == ("cancelled", "楼道排查")


def test_every_sealed_column_is_known_to_the_rotation_of_keys() -> None:
    own = {column.table.name + "." + column.name for column in sealed_columns()}
    assert {"slots.contact", "slots.reason", "signups.reason", "certificates.content"} <= own
