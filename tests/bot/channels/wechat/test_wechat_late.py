"""When the answer is not ready in time: the platform is told "received", and nothing is lost, whatever happens then."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Service
from bot.channels import wechat as channel
from bot.channels.wechat import late
from bot.line import StoreDownError
from bot.store import people
from bot.store.tables import outbox, receipts
from tests.fakes.bell import PATIENCE
from tests.fakes.wechat import NOTICE, WechatSim
from tests.wechat_talk import Account, Gate, rows, seen, settle, small_registry, states, wechat

SOON = 0.05  # seconds we wait for the answer in these tests


@contextlib.asynccontextmanager
async def slow_chat(account: Account, gate: Gate, **more: Any) -> AsyncIterator[tuple[Service, WechatSim]]:
    async with account.chat(registry=small_registry(gate), **more) as (service, sim):
        wechat(service).answer_by = SOON
        with opened_in_the_end(gate):
            yield service, sim


@contextlib.contextmanager
def opened_in_the_end(gate: Gate) -> Iterator[None]:
    """A test that fails leaves nobody waiting at the gate."""
    try:
        yield
    finally:
        gate.opened.set()


def go_on(service: Service, gate: Gate) -> None:
    """Open the gate; from now on there is time again."""
    wechat(service).answer_by = PATIENCE
    gate.opened.set()


def kept(account: Account) -> list[Path]:
    return sorted((account.settings().data_dir / "late").glob("*"))


async def till_gone(account: Account) -> None:
    """The file goes when the message is stored."""
    async with asyncio.timeout(PATIENCE):
        while kept(account):
            await asyncio.sleep(0.005)


async def test_a_late_answer_goes_through_customer_service(account: Account) -> None:
    gate = Gate()
    async with slow_chat(account, gate, mode="safe") as (service, sim):
        li = sim.new_person()
        heard = await li.say("慢")
        assert (heard.attempts, heard.raw, li.screen) == ([200], b"success", [])
        go_on(service, gate)
        await till_gone(account)
        await settle(service)
        assert seen(li) == [("custom", "慢慢来，第1次")]
        assert (await li.resend(heard)).raw == b"success"  # and it does not run again
        assert (await li.say("慢")).text == "慢慢来，第2次"


@pytest.mark.parametrize("errcode", [48001, 45047])
async def test_a_late_answer_we_may_not_send_comes_with_the_next_one(account: Account, errcode: int) -> None:
    gate = Gate()
    async with slow_chat(account, gate) as (service, sim):
        li = sim.new_person()
        await li.say("慢")
        account.wx.fault("message/custom/send", errcode=errcode)
        go_on(service, gate)
        await till_gone(account)
        await settle(service)
        assert (await states(service), li.screen) == (["contact"], [])
        assert (await li.say("在吗")).text == "慢慢来，第1次\n\n您说：在吗"
        assert await states(service) == ["sent"]


async def test_a_late_long_answer_keeps_its_order(account: Account) -> None:
    gate = Gate()
    long = "\n".join(f"{number}：{'字' * 300}" for number in range(5))
    async with account.chat(registry=small_registry(gate, long=long)) as (service, sim):
        wechat(service).answer_by = SOON
        with opened_in_the_end(gate):
            slow, li = sim.new_person(), sim.new_person()
            assert (await slow.say("慢")).raw == b"success"
            assert (await li.say("长")).raw == b"success"  # behind the slow one
            go_on(service, gate)
            await till_gone(account)
        await settle(service)
        assert "".join(text for _via, text in seen(li)).replace("\n", "") == long.replace("\n", "")
        assert {via for via, _text in seen(li)} == {"custom"}


async def test_giving_up_while_the_commit_is_under_way_loses_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was planned for the response when we stopped waiting."""
    gate, real, giving_up = Gate(), people.note_contact, Gate()

    async def note_contact(*args: Any) -> None:
        await gate.wait()
        await real(*args)

    class Impatient:
        """asyncio as the channel sees it: it waits till the test says that the time is over."""

        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

        async def wait(self, *_: Any, **__: Any) -> None:
            await giving_up.wait()

    monkeypatch.setattr(people, "note_contact", note_contact)
    async with account.chat() as (service, sim):
        monkeypatch.setattr(channel, "asyncio", Impatient())
        with opened_in_the_end(gate):
            li = sim.new_person()
            told = asyncio.create_task(li.say("慢"))
            await gate.reached.wait()
            giving_up.opened.set()
            assert (await told).raw == b"success"
            assert len(kept(account)) == 1
            gate.opened.set()
            await till_gone(account)
        await settle(service)
        assert seen(li) == [("custom", "慢慢来，第1次")]


# -- crashes


@contextlib.asynccontextmanager
async def crashing(account: Account, gate: Gate) -> AsyncIterator[tuple[Service, WechatSim]]:
    """A service whose work in hand is cut short at the end, as by kill -9: nothing of it is committed."""
    async with account.chat(registry=small_registry(gate)) as (service, sim):
        wechat(service).answer_by = SOON
        yield service, sim
        await wechat(service).late.stop()
        task = service.dispatcher._task
        assert task is not None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        service.dispatcher._task = None


async def test_a_crash_after_we_said_received_loses_nothing(account: Account) -> None:
    async with crashing(account, Gate()) as (service, sim):
        li = sim.new_person()
        heard = await li.say("慢")
        assert heard.raw == b"success"
    [file] = kept(account)
    sealed = file.read_bytes()
    assert li.openid.encode() not in sealed
    assert "慢".encode() not in sealed
    async with account.chat() as (service, sim):
        await till_gone(account)
        assert len(await rows(service, receipts)) == 1
        await settle(service)
        again = sim.person(li.openid)
        assert seen(again) == [("custom", "慢慢来，第1次")]
        assert (await again.resend(heard)).raw == b"success"
        assert (await again.say("慢")).text == "慢慢来，第2次"
    assert kept(account) == []


async def test_a_message_stored_before_the_crash_does_not_run_again(account: Account) -> None:
    """The file outlived its message: the receipt answers it."""
    gate = Gate()
    async with slow_chat(account, gate) as (service, sim):
        li = sim.new_person()
        await li.say("慢")
        [file] = kept(account)
        content = file.read_bytes()
        go_on(service, gate)
        await till_gone(account)
        await settle(service)
    file.write_bytes(content)
    async with account.chat() as (service, sim):
        await till_gone(account)
        await settle(service)
        again = sim.person(li.openid)
        assert seen(again) == [("custom", "慢慢来，第1次")]
        assert (await again.say("慢")).text == "慢慢来，第2次"


async def test_a_file_that_does_not_open_is_left_and_stops_nothing(account: Account) -> None:
    folder = account.settings().data_dir / "late"
    folder.mkdir(parents=True)
    (folder / "0.sealed").write_bytes(b"garbage")
    async with account.chat() as (_service, sim):
        assert (await sim.new_person().say("您好")).text == "您说：您好"
    assert [path.name for path in kept(account)] == ["0.sealed"]


# -- when it can't be stored


async def test_what_cannot_be_kept_is_not_acknowledged(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(late, "_write", full)
    gate = Gate()
    async with slow_chat(account, gate) as (service, sim):
        li = sim.new_person()
        heard = await li.say("慢")
        assert (heard.attempts, heard.text) == ([503], NOTICE)
        go_on(service, gate)
        again = await li.resend(heard)
        assert again.attempts == [200]
        await settle(service)
        assert [text for via, text in seen(li) if via != "notice"] == ["慢慢来，第1次"]


async def test_a_late_message_the_store_did_not_take_is_tried_again(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late, "AGAIN", 0.0)
    gate = Gate()
    async with slow_chat(account, gate) as (service, sim):
        real, failures = service.dispatcher._transact, [RuntimeError("the disk is away")] * 4

        async def transact(batch: Any, rides: Any = ()) -> Any:
            if batch and failures:
                await gate.wait()
                raise failures.pop()
            return await real(batch, rides)

        async def no_parking(*_: object) -> None:
            raise RuntimeError("the disk is away")

        monkeypatch.setattr(service.dispatcher, "_transact", transact)
        monkeypatch.setattr(service.dispatcher, "_write_parked", no_parking)
        li = sim.new_person()
        assert (await li.say("您好")).raw == b"success"
        go_on(service, gate)
        await till_gone(account)
        await settle(service)
        assert seen(li) == [("custom", "您说：您好")]


async def test_a_store_that_is_down_is_not_acknowledged(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    async with account.chat() as (service, sim):

        def submit(incoming: Any) -> Any:
            waiting = type("Down", (), {"answer": asyncio.get_running_loop().create_future()})()
            waiting.answer.set_exception(StoreDownError("gone"))
            return waiting

        monkeypatch.setattr(service.dispatcher, "submit", submit)
        heard = await sim.new_person().say("您好")
        assert heard.attempts == [503]
        assert await rows(service, outbox) == []


async def test_in_time_is_in_the_response_and_nothing_is_kept(account: Account) -> None:
    async with account.chat() as (service, sim):
        assert (await sim.new_person().say("慢")).text == "慢慢来，第1次"
        assert kept(account) == []
        assert await states(service) == []
