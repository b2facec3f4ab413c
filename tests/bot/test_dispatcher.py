"""A message's way: acknowledged means committed, nothing runs twice, nobody pays for another's failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
import sqlalchemy as sa

from bot.channels.base import Held, Payload, Plan, Quiet
from bot.dialogue import Registry, Talk, dialogue
from bot.dispatcher import Dispatcher
from bot.line import StoreDownError
from bot.messages import Incoming, Reply
from bot.settings import Settings
from bot.store.store import Store
from bot.store.tables import outbox, parked, receipts
from tests.support import Chat, TestClock

failures: dict[str, int] = {}


@dialogue("menu", title="Menu", words=["menu"])
async def menu(talk: Talk) -> None:
    await talk.say("menu")


@dialogue("count", title="Count", words=["count"])
async def count(talk: Talk) -> None:
    talk.memory["n"] = talk.memory.get("n", 0) + 1
    await talk.say(str(talk.memory["n"]))


@dialogue("fail", title="Fail", words=["fail"])
async def fail(talk: Talk) -> None:
    """Fails as often as the test says, after having written something."""
    talk.memory["n"] = talk.memory.get("n", 0) + 1
    if failures.get(talk.person.address, 0) > 0:
        failures[talk.person.address] -= 1
        await talk.store.execute(sa.text("SELECT nothing FROM nowhere"))
    await talk.say(f"done {talk.memory['n']}")


async def echo(talk: Talk, text: str, aside: bool) -> bool:
    talk.memory["heard"] = [*talk.memory.get("heard", []), text]
    await talk.say(" ".join(talk.memory["heard"]))
    return True


class Queued(Quiet):
    """A channel whose replies leave through the outbox."""

    name = "queued"

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        return Plan(queued=tuple(reply.as_json() for reply in replies))


class Inline(Quiet):
    """A channel whose replies go into the response, with what waited for this person."""

    name = "terminal"

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        carried = [Reply.from_json(one.payload) for one in held]
        return Plan(inline=(*carried, *replies), delivered=tuple(one.id for one in held))

    def notice(self, reply: Reply) -> Sequence[Payload]:
        return [reply.as_json()]


Start = Callable[[], "asyncio.Future[Dispatcher]"]


@pytest.fixture
async def start(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Callable[[], object]]:
    """Start a dispatcher on the database of the test; several are several processes to it."""
    failures.clear()
    running: list[Dispatcher] = []
    registry = Registry([menu, count, fail], home="menu", aside=echo)

    async def begin() -> Dispatcher:
        store = await Store(make_settings(), clock).open()
        dispatcher = Dispatcher(store, registry, {"terminal": Inline(), "queued": Queued()})
        dispatcher.start()
        running.append(dispatcher)
        return dispatcher

    yield begin
    for dispatcher in running:
        await dispatcher.stop()
        await dispatcher.store.close()


async def rows(dispatcher: Dispatcher, table: sa.Table) -> list[sa.RowMapping]:
    async with dispatcher.store.read() as unit:
        return list(await unit.rows(sa.select(table)))


async def test_the_same_key_again_gets_the_same_replies_and_runs_nothing(start, clock) -> None:
    chat = Chat(await start(), clock)
    first = await chat.deliver(key="k1", text="count")
    again = await chat.deliver(key="k1", text="count")
    other = await chat.deliver(key="k2", text="count")
    assert (first, again) == ((Reply("1"),), (Reply("1"),))
    assert other == (Reply("2"),)


async def test_the_same_key_at_once_runs_once(start, clock) -> None:
    chat = Chat(await start(), clock)
    answers = await asyncio.gather(*(chat.deliver(key="k1", text="count") for _ in range(8)))
    assert set(answers) == {(Reply("1"),)}


async def test_receipts_survive_a_restart(start, clock) -> None:
    await Chat(await start(), clock).deliver(key="k1", text="count")
    again = await Chat(await start(), clock).deliver(key="k1", text="count")
    assert again == (Reply("1"),)


async def test_one_commit_serves_many_people_and_each_in_order(start, clock) -> None:
    dispatcher = await start()
    people = [Chat(dispatcher, clock, f"rider-{number}") for number in range(20)]
    heard = await asyncio.gather(*(chat.deliver(text=f"n{turn}") for turn in range(5) for chat in people))
    assert [reply[0].text for reply in heard[-20:]] == ["n0 n1 n2 n3 n4"] * 20
    assert dispatcher.metrics.batch._sum.get() == 100
    assert sum(bucket.get() for bucket in dispatcher.metrics.batch._buckets) < 20  # far fewer commits than messages


async def test_a_failing_message_is_parked_and_nobody_else_notices(start, clock) -> None:
    dispatcher = await start()
    failures["bad"] = 99
    bad, good = Chat(dispatcher, clock, "bad"), Chat(dispatcher, clock, "good")
    answers = await asyncio.gather(
        good.deliver(text="count"), bad.deliver(key="b1", text="fail"), good.deliver(text="count")
    )
    assert [reply[0].text for reply in (answers[0], answers[2])] == ["1", "2"]
    assert "工作人员" in answers[1][0].text
    [row] = await rows(dispatcher, parked)
    trace = dispatcher.store.vault.open(row["traceback"], f"parked:{row['id']}".encode()).decode()
    assert "nowhere" in trace
    assert b"nowhere" not in row["traceback"]
    assert await bad.deliver(key="b1", text="fail") == answers[1]
    assert (await bad.deliver(text="count"))[0].text == "1"  # nothing of the failed runs was kept


async def test_a_passing_failure_is_tried_again_and_takes_effect_once(start, clock) -> None:
    dispatcher = await start()
    failures["unlucky"] = 2
    chat = Chat(dispatcher, clock, "unlucky")
    assert (await chat.deliver(text="fail"))[0].text == "done 1"
    assert await rows(dispatcher, parked) == []


async def test_what_can_not_be_stored_is_not_acknowledged(start, clock, monkeypatch) -> None:
    dispatcher = await start()
    chat = Chat(dispatcher, clock)
    monkeypatch.setattr(dispatcher.store, "write", lambda: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(StoreDownError):
        await chat.deliver(key="k1", text="count")
    monkeypatch.undo()
    assert (await chat.deliver(key="k1", text="count"))[0].text == "1"


async def test_two_processes_serve_one_person_safely(start, clock) -> None:
    one, two = await start(), await start()
    chats = [Chat(one, clock, "shared"), Chat(two, clock, "shared")]
    sent = [chats[number % 2].deliver(key=f"k{number // 2}", text="count") for number in range(40)]
    answers = [reply[0].text for reply in await asyncio.gather(*sent)]
    assert answers[::2] == answers[1::2]  # each key went to both: one ran, the other got the stored reply
    assert sorted(map(int, answers[::2])) == list(range(1, 21))


async def test_two_processes_meet_new_people_at_the_same_moment(start, clock) -> None:
    one, two = await start(), await start()
    sent = [Chat(process, clock, f"new-{n}").deliver(text="count") for n in range(10) for process in (one, two)]
    answers = await asyncio.gather(*sent)
    assert sorted(reply[0].text for reply in answers) == ["1"] * 10 + ["2"] * 10


async def test_replies_through_the_outbox_are_written_with_the_message(start, clock) -> None:
    dispatcher = await start()
    chat = Chat(dispatcher, clock, channel="queued")
    assert await chat.deliver(key="k1", text="count") == ()
    await chat.deliver(key="k1", text="count")
    [row] = await rows(dispatcher, outbox)
    assert (row["kind"], row["state"], row["channel"]) == ("reply", "waiting", "queued")
    assert dispatcher.store.vault.open_json(row["payload"], f"outbox:{row['id']}".encode())["text"] == "1"


async def test_an_answer_that_comes_too_late_for_the_response_goes_through_the_outbox(start, clock) -> None:
    dispatcher = await start()
    waiting = dispatcher.submit(Incoming("k1", "terminal", "slow", clock(), text="count"))
    waiting.late = True
    assert len(await waiting.answer) == 0
    [row] = await rows(dispatcher, outbox)
    assert row["state"] == "waiting"


async def test_what_waited_for_the_person_comes_with_the_next_answer(start, clock) -> None:
    dispatcher = await start()
    chat = Chat(dispatcher, clock)
    waiting = dispatcher.submit(Incoming("k1", "terminal", chat.address, clock(), text="count"))
    waiting.late = True
    await waiting.answer
    async with dispatcher.store.write() as unit:
        await unit.execute(sa.update(outbox).values(state="contact"))
    assert await chat.deliver(text="count") == (Reply("1"), Reply("2"))
    assert [row["state"] for row in await rows(dispatcher, outbox)] == ["sent"]
    assert await chat.deliver(text="count") == (Reply("3"),)


async def test_a_receipt_keeps_no_words_in_the_clear(start, clock) -> None:
    dispatcher = await start()
    await Chat(dispatcher, clock, "openid-of-wang").deliver(key="wechat:openid-of-wang:1", text="站长骂我")
    [row] = await rows(dispatcher, receipts)
    stored = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert "站长".encode() not in stored
    assert b"wang" not in stored


async def test_stopping_finishes_what_is_in_line(start, clock) -> None:
    dispatcher = await start()
    chats = [Chat(dispatcher, clock, f"rider-{number}") for number in range(30)]
    sent = [asyncio.ensure_future(chat.deliver(text="count")) for chat in chats]
    await asyncio.sleep(0)
    await dispatcher.stop()
    assert [(await one)[0].text for one in sent] == ["1"] * 30
