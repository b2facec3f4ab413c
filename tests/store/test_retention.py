"""Nothing is kept for ever: words go first, keys later, and what somebody still needs stays."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.app import Service
from bot.cli import app
from bot.messages import Incoming, Media, Reply
from bot.notices import notify
from bot.people import Person
from bot.roof import retention_rules
from bot.site import Site
from bot.store import history, leases
from bot.store import media as pictures
from bot.store import parked as parking
from bot.store.retention import PAGE, sweep
from bot.store.tables import media, outbox, parked, people, receipts
from bot.sweeper import Sweeper
from handlers.complaints import service as complaints
from handlers.complaints.case import Report
from handlers.complaints.tables import case_events, case_media, cases
from handlers.policy.tables import questions as question_table
from handlers.staff import service as staff
from handlers.staff.tables import invitations
from tests.support import Chat, TestClock


def rules(service: Service) -> Any:
    return retention_rules(service.registry.resources[Site], service.blobs)


async def rows(service: Service, table: sa.Table) -> list[sa.RowMapping]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(table)))


async def swept(service: Service, **how: bool) -> dict[str, int]:
    """What a sweep ended, without the nothings."""
    counts = await sweep(service.store, rules(service), **how)
    return {name: count for name, count in counts.items() if count}


async def promised(service: Service, text: str, **more: Any) -> None:
    async with service.store.write() as unit:
        [who] = (await unit.execute(sa.select(people.c.id))).scalars()
        assert await notify(unit, who, Reply(text), **more)


async def test_words_of_a_chat_go_after_ninety_days_and_keys_after_four_hundred(
    service: Service, chat: Chat, clock: TestClock
) -> None:
    first = await chat.deliver(key="terminal:k1", text="菜单")
    clock.move(days=89)
    await chat.deliver(key="terminal:k2", text="帮助")
    assert await swept(service) == {}
    clock.move(days=2)
    assert await swept(service) == {"words of chats": 1}
    assert await swept(service) == {}
    assert sorted(row["said"] is None for row in await rows(service, receipts)) == [False, True]
    assert first
    assert await chat.deliver(key="terminal:k1", text="菜单") == ()  # still known: nothing runs twice
    clock.move(days=310)
    assert (await swept(service))["keys of messages"] == 1
    assert len(await rows(service, receipts)) == 1


async def test_a_dry_run_counts_and_changes_nothing(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    clock.move(days=91)
    before = await rows(service, receipts)
    assert await swept(service, dry_run=True) == {"words of chats": 1}
    assert await rows(service, receipts) == before


async def test_more_than_a_page_goes_in_one_sweep(service: Service, clock: TestClock) -> None:
    async with service.store.write() as unit:
        for number in range(PAGE + 7):
            await leases.take(unit, f"lease-{number}", "gone", clock.now - clock.now)
    clock.move(days=2)
    assert await swept(service) == {"leases": PAGE + 7}


async def test_what_was_sent_loses_its_words_and_keeps_its_key(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    await promised(service, "记得续保", dedupe_key="reminder:1")
    async with service.store.write() as unit:
        await unit.execute(sa.update(outbox).values(state="sent", done_at=unit.now))
    clock.move(days=91)
    assert (await swept(service))["words of sends"] == 1
    assert await swept(service) == {}
    [row] = await rows(service, outbox)
    assert service.store.vault.open_json(row["payload"], f"outbox:{row['id']}".encode()) == {}
    await promised(service, "记得续保", dedupe_key="reminder:1")
    assert len(await rows(service, outbox)) == 1
    clock.move(days=310)
    assert (await swept(service))["marks of sends"] == 1


async def test_the_chat_shows_nothing_where_words_are_gone(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    await promised(service, "旧消息")
    async with service.store.write() as unit:
        await unit.execute(sa.update(outbox).values(state="sent", done_at=unit.now))
    clock.move(days=91)
    await swept(service)
    await chat.say("帮助")
    async with service.store.read() as unit:
        [identity] = set((await unit.execute(sa.select(receipts.c.identity_id))).scalars())
        assert [turn.said["text"] for turn in await history.turns(unit, identity) if turn.said] == ["帮助"]
        assert len(await history.turns(unit, identity)) == 1


async def test_a_reminder_of_next_year_stays_as_it_is(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    await promised(service, "明年再问", due_at=clock.now.replace(year=2027))
    clock.move(days=300)
    assert "words of sends" not in await swept(service)
    clock.move(days=65 + 91)  # nobody could send it for three months
    assert (await swept(service))["sends given up"] == 1
    assert [row["state"] for row in await rows(service, outbox)] == ["failed"]


async def test_a_form_half_done_waits_a_long_time(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("投诉", "1")
    clock.move(days=700)
    assert "conversations left" not in await swept(service)
    clock.move(days=31)
    assert (await swept(service))["conversations left"] == 1
    assert await chat.say("菜单")


async def filed(service: Service) -> None:
    """A complaint of the one person there is."""
    async with service.store.write() as unit:
        who = (await unit.rows(sa.select(people)))[0]
        person = Person(who["id"], 1, "terminal", "rider-1", "zh_CN", "Asia/Shanghai")
        report = Report(category="wages", story="站长扣了我两百块", contact="13800001111")
        await complaints.submit(unit, person, report, service.registry.resources[Site])


async def a_picture(service: Service, *, of_case: bool) -> int:
    """A picture of the one person there is, in their complaint or in none."""
    async with service.store.write() as unit:
        [who] = await unit.rows(sa.select(people.c.id))
        media_id = pictures.keep(
            service.blobs, unit.vault, b"\xff\xd8\xff", kind="photo", name="a.jpg", mime="image/jpeg"
        ).ref.split(":")[1]
        sealed = unit.vault.seal(b"ref", pictures.content_aad(int(media_id)))
        values = {"channel": "terminal", "kind": "photo", "ref": sealed, "status": "kept", "created_at": unit.now}
        unit.insert(media, id=int(media_id), person_id=who["id"], **values)
        if of_case:
            case_id = await unit.value(sa.select(cases.c.id))
            unit.insert(case_media, case_id=case_id, media_id=int(media_id), added_at=unit.now)
    return int(media_id)


async def test_a_closed_complaint_is_emptied_when_promised_and_an_open_one_is_not(
    service: Service, chat: Chat, clock: TestClock
) -> None:
    await chat.say("菜单")
    await filed(service)
    mine, loose = await a_picture(service, of_case=True), await a_picture(service, of_case=False)
    clock.move(days=800)
    found = await swept(service)
    assert "closed complaints" not in found
    assert found["pictures"] == 1
    assert not service.blobs.path(loose).exists()
    assert service.blobs.path(mine).exists()
    async with service.store.write() as unit:
        await unit.execute(sa.update(cases).values(status="resolved", closed_at=unit.now))
    clock.move(days=729)
    assert "closed complaints" not in await swept(service)
    clock.move(days=2)
    found = await swept(service)
    assert (found["closed complaints"], found["pictures"]) == (1, 1)
    [case] = await rows(service, cases)
    assert (case["story"], case["person_id"], case["status"]) == (None, None, "resolved")
    assert {row["words"] for row in await rows(service, case_events)} == {None}
    assert not service.blobs.path(mine).exists()
    assert await rows(service, media) == []


async def test_failed_messages_go_a_month_after_they_were_dealt_with(
    service: Service, chat: Chat, clock: TestClock
) -> None:
    async with service.store.write() as unit:
        for key in ("open", "done"):
            one = Incoming(key, "terminal", "rider-1", clock(), text="站长骂我", media=(Media("photo", "x"),))
            parking.park(unit, unit.vault.mac(key, "receipt"), one, "Traceback")
        await unit.flush()
        first = await unit.value(sa.select(parked.c.id).order_by(parked.c.id))
        assert await parking.resolve(unit, first)
    clock.move(days=29)
    assert await swept(service) == {}
    clock.move(days=2)
    assert await swept(service) == {"failed messages": 1}
    [left] = await rows(service, parked)
    assert left["resolved_at"] is None


async def test_invitations_and_questions_go_when_they_are_done(service: Service, chat: Chat, clock: TestClock) -> None:
    async with service.store.write() as unit:
        await staff.invite(unit, "union", name="王芳")
        values = {"words": unit.vault.seal(b"q", b"question:1"), "reason": "asked", "asked_at": unit.now}
        unit.insert(question_table, id=1, status="dropped", answered_at=unit.now, **values)
        unit.insert(question_table, id=2, status="open", **values)
    clock.move(days=38)
    assert await swept(service) == {"invitations": 1}
    assert await rows(service, invitations) == []
    clock.move(days=700)
    assert await swept(service) == {"questions": 1}


async def test_one_process_a_day_sweeps(service: Service, chat: Chat, clock: TestClock) -> None:
    one, two = (Sweeper(service.store, rules(service), service.metrics) for _ in range(2))
    await chat.say("菜单")
    clock.move(days=91)
    assert (await one.turn() or {})["words of chats"] == 1
    assert await one.turn() is None
    assert await two.turn() is None
    clock.move(hours=24)
    assert await two.turn() is not None


async def test_a_sweep_that_fails_is_tried_again_within_the_day(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeper = Sweeper(service.store, rules(service), service.metrics)

    async def broken(*_args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("bot.store.retention.sweep", broken)
    with pytest.raises(OSError, match="disk full"):
        await sweeper.turn()
    monkeypatch.undo()
    assert await sweeper.turn() is not None


def test_the_command_says_what_would_go(sqlite_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIZHAN_DATA_DIR", str(tmp_path / "data"))
    done = CliRunner().invoke(app, ["retention", "--dry-run", "--database", sqlite_url])
    assert (done.exit_code, "words of chats: 0" in done.output) == (0, True), done.output
    assert CliRunner().invoke(app, ["retention", "--soon"]).exit_code == 2


async def test_what_waits_for_who_never_writes_again_is_given_up(
    service: Service, chat: Chat, clock: TestClock
) -> None:
    await chat.say("菜单")
    await promised(service, "您的诉求有回复了")
    async with service.store.write() as unit:
        await unit.execute(sa.update(outbox).values(state="contact", result="window closed"))
    clock.move(days=179)
    assert "held for who never came back" not in await swept(service)
    clock.move(days=2)
    assert (await swept(service))["held for who never came back"] == 1
    [row] = await rows(service, outbox)
    assert (row["state"], row["result"]) == ("failed", "never came back")
    clock.move(days=91)
    assert (await swept(service))["words of sends"] == 1


async def test_a_message_that_failed_does_not_wait_for_staff_for_ever(
    service: Service, chat: Chat, clock: TestClock
) -> None:
    async with service.store.write() as unit:
        parking.park(unit, b"0" * 16, Incoming("k", "terminal", "rider", unit.now, text="救命"), "Error")
    clock.move(days=179)
    assert await swept(service) == {}
    clock.move(days=2)
    assert await swept(service) == {"failed messages nobody read": 1}
    assert await rows(service, parked) == []
