"""Broadcasts through WeChat's mass sending, where the operator switched it on: who wrote lately is written to, and
the others are reached by jobs, once each, wherever the process that made a job was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bot.app import Service
from bot.messages import Option, Reply
from bot.settings import packaged
from bot.store import batches, jobs, results
from bot.store.outbox import CLAIM
from bot.store.tables import identities, outbox
from tests.fakes.wechat import WechatPerson, WechatSim
from tests.wechat_talk import Account, rows, seen

WORDS = {"zh_CN": Reply("周六社区清扫", (Option("报名", "go:menu"),)), "en": Reply("Clean-up on Saturday")}
CALL = "message/mass/send"
TEXT = "周六社区清扫\n1 报名"


class KilledError(Exception):
    """The process ended here."""


@pytest.fixture
def content(tmp_path: Path) -> Callable[..., Path]:
    """Content whose operator switched mass sending on, or not."""

    def make(on: bool = True) -> Path:
        folder = tmp_path / "content"
        folder.mkdir(exist_ok=True)
        for path in packaged("content").iterdir():
            if path.name != "wechat_templates.yaml" and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
        (folder / "wechat_templates.yaml").write_text(f"mass_send: {str(on).lower()}\n")
        return folder

    return make


async def followers(account: Account, sim: WechatSim, many: int) -> list[WechatPerson]:
    """People who wrote, so long ago that we may not write to them."""
    people = [sim.new_person() for _ in range(many)]
    for one in people:
        await one.say("菜单")
    account.clock.move(hours=48)
    return people


async def begin(service: Service) -> int:
    """A batch for everybody there is."""
    everybody = [
        batches.Recipient(row["person_id"], row["id"], row["channel"]) for row in await rows(service, identities)
    ]
    async with service.store.write() as unit:
        batch = batches.create(unit, WORDS)
        await batches.add(unit, batch, everybody, 1)
        await batches.filled(unit, batch)
    return batch


async def settle(service: Service) -> None:
    """All that can go now has gone."""
    for _time in range(2):
        await service.bulk.look()
        await service.bulk.idle()


async def fates(service: Service) -> Counter[str]:
    """What became of the rows of the batch."""
    return Counter(f"{row['state']} {row['result']}".strip() for row in await rows(service, outbox) if row["batch_id"])


def by_mass(people: Sequence[WechatPerson]) -> list[list[tuple[str, str]]]:
    """What each saw that was sent to many."""
    return [[one for one in seen(person) if one[0] == "mass"] for person in people]


def small_chunks(many: int) -> Any:
    """Crews take so many rows at once."""
    return patch("bot.crew.CHUNK", many)


async def test_who_may_not_be_written_to_is_reached_by_a_job(account: Account, content: Callable[..., Path]) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        people = await followers(account, sim, 3)
        awake = sim.new_person()
        await awake.say("菜单")
        batch = await begin(service)
        await settle(service)
        assert by_mass(people) == [[("mass", TEXT)]] * 3
        assert by_mass([awake]) == [[]]
        assert await fates(service) == {f"sent {results.MASS}": 3, "sent": 1}
        assert len(account.wx.calls_of(CALL)) == 1
        async with service.store.read() as unit:
            assert await batches.state_of(unit, batch) == "done"


async def test_one_person_is_no_mass(account: Account, content: Callable[..., Path]) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        await followers(account, sim, 1)
        await begin(service)
        await settle(service)
        assert await fates(service) == {f"contact {results.WINDOW}": 1}
        assert account.wx.calls_of(CALL) == []


async def test_switched_off_it_waits_for_their_next_message(account: Account, content: Callable[..., Path]) -> None:
    async with account.chat(content_dir=content(on=False)) as (service, sim):
        await followers(account, sim, 3)
        await begin(service)
        await settle(service)
        assert await fates(service) == {f"contact {results.WINDOW}": 3}
        assert account.wx.calls_of(CALL) == []


async def test_without_the_right_it_comes_with_the_next_message(account: Account, content: Callable[..., Path]) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        people = await followers(account, sim, 2)
        account.wx.mass_right = False
        await begin(service)
        await settle(service)
        assert await fates(service) == {f"contact {results.NO_RIGHT}": 2}
        assert "周六社区清扫" in (await people[0].say("菜单")).text


async def test_killed_between_send_and_mark_nobody_hears_it_twice(
    account: Account, content: Callable[..., Path]
) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        people = await followers(account, sim, 7)
        await begin(service)
        with small_chunks(3), patch.object(jobs, "taken", side_effect=KilledError):
            await service.bulk.look()
            await service.bulk.idle()
        assert sum(map(len, by_mass(people))) == 3, "sent, and not marked"
        account.clock.move(seconds=CLAIM.total_seconds() + 1)
        async with account.service(content_dir=content()) as other:
            with small_chunks(2):  # cut otherwise: the job is still the same
                await settle(other)
            assert by_mass(people) == [[("mass", TEXT)]] * 7
            assert await fates(other) == {f"sent {results.MASS}": 7}


@pytest.mark.parametrize("done", [True, False])
async def test_a_job_whose_answer_never_came_is_made_again(
    account: Account, content: Callable[..., Path], done: bool
) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        people = await followers(account, sim, 3)
        account.wx.fault(CALL, kind="drop", done=done)
        await begin(service)
        await settle(service)
        assert by_mass(people) == [[("mass", TEXT)] * done] * 3
        assert set((await fates(service)).values()) == {3}
        await settle(service)
        assert len(account.wx.calls_of(CALL)) == 1, "not before its claim ran out"
        account.clock.move(seconds=CLAIM.total_seconds() + 1)
        await settle(service)
        assert by_mass(people) == [[("mass", TEXT)]] * 3
        assert await fates(service) == {f"sent {results.MASS}": 3}


async def test_a_job_the_platform_has_forgotten_is_not_repeated(account: Account, content: Callable[..., Path]) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        people = await followers(account, sim, 2)
        account.wx.fault(CALL, kind="drop", done=True)
        await begin(service)
        await settle(service)
        account.clock.move(hours=24)
        await settle(service)
        assert by_mass(people) == [[("mass", TEXT)]] * 2
        assert await fates(service) == {f"unknown {results.CUT_OFF}": 2}


async def test_stopped_a_job_of_unknown_end_is_not_called_unsent(
    account: Account, content: Callable[..., Path]
) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        await followers(account, sim, 2)
        account.wx.fault(CALL, kind="drop", done=True)
        batch = await begin(service)
        await settle(service)
        async with service.store.write() as unit:
            await batches.stop(unit, batch)
        account.clock.move(seconds=CLAIM.total_seconds() + 1)
        await settle(service)
        assert await fates(service) == {f"unknown {results.CUT_OFF}": 2}
