"""Pictures that lie with a platform: fetched beside what is said, kept whatever goes wrong here, or given up."""

from __future__ import annotations

import asyncio

from bot.channels.base import Fetched
from bot.delivery import MOST_ATTEMPTS
from bot.store.erasure import erase_base
from tests.courier_support import ON_SQLITE, person_of, status, want
from tests.fakes.bell import PATIENCE


async def test_a_picture_is_fetched_beside_what_is_said(start, clock, platform) -> None:
    process = await start()
    platform.files["ref"] = Fetched(b"content")
    platform.gates["rider"] = asyncio.Event()
    await process.tell("rider", "news")
    await platform.until(lambda: platform.tried == ["news"])
    media_id = await want(process, "rider", "ref")
    while await status(process, media_id) == "wanted":
        await asyncio.sleep(0)
    assert await status(process, media_id) == "kept"
    assert process.blobs.read(process.store.vault, media_id) == b"content"


async def test_a_picture_of_who_was_erased_meanwhile_leaves_no_file(start, clock, platform, monkeypatch) -> None:
    process = await start()
    fetching, gate = asyncio.Event(), asyncio.Event()

    async def fetch(_ref: str) -> Fetched:
        fetching.set()
        await gate.wait()
        return Fetched(b"content")

    monkeypatch.setattr(platform, "fetch", fetch)
    media_id = await want(process, "rider", "ref")
    await asyncio.wait_for(fetching.wait(), PATIENCE)
    async with process.store.write() as unit:
        await erase_base(unit, await person_of(unit, "rider"), process.blobs)
    gate.set()
    await process.courier.idle()
    assert not process.blobs.path(media_id).exists()
    assert await process.rows() == []


@ON_SQLITE
async def test_a_picture_nobody_has_is_given_up(start, clock, platform) -> None:
    process = await start()
    media_id = await want(process, "rider", "unheard of")
    await process.settle()
    assert await status(process, media_id) == "failed"
    assert await process.states() == ["failed"]


async def test_a_picture_under_way_when_we_stop_is_fetched_by_the_next(start, clock, platform, monkeypatch) -> None:
    process = await start()
    fetching = asyncio.Event()

    async def hang(_ref: str) -> Fetched:
        fetching.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(platform, "fetch", hang)
    media_id = await want(process, "rider", "ref")
    await asyncio.wait_for(fetching.wait(), PATIENCE)
    await process.dispatcher.stop()
    process.courier.farewell = 0.01
    await process.courier.stop()
    monkeypatch.undo()
    platform.files["ref"] = Fetched(b"content")
    heir = await start()
    await heir.settle()
    assert await status(heir, media_id) == "kept"


@ON_SQLITE
async def test_a_full_disk_costs_no_picture(start, clock, platform, monkeypatch) -> None:
    process = await start()
    platform.files["ref"] = Fetched(b"content")
    monkeypatch.setattr(process.blobs, "write", _full_disk)
    media_id = await want(process, "rider", "ref")
    await process.settle()
    assert (await process.states(), await status(process, media_id)) == (["waiting"], "wanted")
    monkeypatch.undo()
    clock.move(minutes=1)
    await process.settle()
    assert (await process.states(), await status(process, media_id)) == (["sent"], "kept")


@ON_SQLITE
async def test_a_disk_that_stays_full_is_told_in_the_end(start, clock, platform, monkeypatch) -> None:
    process = await start()
    platform.files["ref"] = Fetched(b"content")
    monkeypatch.setattr(process.blobs, "write", _full_disk)
    media_id = await want(process, "rider", "ref")
    for _attempt in range(MOST_ATTEMPTS):
        await process.settle()
        clock.move(hours=2)
    assert (await process.states(), await status(process, media_id)) == (["failed"], "failed")


def _full_disk(*_args: object) -> None:
    raise OSError(28, "No space left on device")
