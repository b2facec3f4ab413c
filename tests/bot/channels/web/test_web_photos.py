"""Photos: stored sealed before they are acknowledged, shown to their owner alone, removed when nobody took them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.line import Waiting
from bot.messages import Incoming
from bot.settings import Settings
from bot.store.orphans import remove_orphans
from bot.store.tables import media, parked
from tests.fakes.bell import PATIENCE
from tests.support import TestClock
from tests.web_talk import Browser, picture

DAY = 86400


def files(bot: Service) -> list[Path]:
    return sorted(bot.blobs.folder.glob("*/*.sealed"))


async def urls(rider: Browser) -> list[str]:
    return [one["url"] for one in (await rider.history())["messages"] if one["kind"] == "image"]


async def sent(rider: Browser, *photos: bytes) -> str:
    """Send photos where a dialogue asks for them; the URL of the last."""
    await rider.say("photos")
    assert (await rider.upload(*photos)).status_code == 200
    return (await urls(rider))[-1]


async def test_text_and_photos_become_one_message_each(rider: Browser) -> None:
    await rider.say("photos")
    response = await rider.upload(picture("red"), picture("blue"), text="both sides")
    own = [one for one in response.json()["messages"] if one["from"] == "me"]
    assert [(one["kind"], one["text"]) for one in own] == [("text", "both sides"), ("image", ""), ("image", "")]
    assert all(one["url"].startswith("/chat/photos/") for one in own[1:])
    assert (await rider.history())["messages"][-len(response.json()["messages"]) :] == response.json()["messages"]


async def test_a_photo_comes_back_as_it_was_sent(rider: Browser) -> None:
    content = picture("red", 40, "PNG")
    response = await rider.client.get(await sent(rider, picture(), content))
    assert response.content == content
    assert response.headers["content-type"] == "image/png"  # it was called .jpg
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in response.headers["content-security-policy"]


async def test_on_disk_nothing_can_be_read(rider: Browser, bot: Service) -> None:
    content = picture("red", 40)
    await sent(rider, content)
    [path] = files(bot)
    kept = path.read_bytes()
    assert content[:16] not in kept
    assert len(kept) > len(content)


async def test_nobody_else_sees_it(rider: Browser, somebody: Callable[..., Browser]) -> None:
    url = await sent(rider, picture())
    stranger, other = somebody(), somebody()
    await other.say("hello")
    for browser in (stranger, other):
        response = await browser.client.get(url)
        assert (response.status_code, response.json()) == (404, {"error": "没有这张图片。"})


@pytest.mark.parametrize("photo", ["1", "x", "-1", "9" * 19, "9" * 300, "１", "%2e%2e"])
async def test_there_is_no_such_photo(rider: Browser, photo: str) -> None:
    await rider.say("hello")
    assert (await rider.client.get(f"/chat/photos/{photo}")).status_code == 404


async def test_an_erased_photo_is_gone(rider: Browser, bot: Service) -> None:
    url = await sent(rider, picture())
    files(bot)[0].unlink()
    assert (await rider.client.get(url)).status_code == 404


async def test_the_order_of_the_fields_does_not_matter(rider: Browser) -> None:
    await rider.say("photos")
    files = [("photo", ("a.jpg", picture(), "image/jpeg")), ("text", (None, "look")), ("key", (None, "k"))]
    response = await rider.client.post("/chat/messages", files=files)  # type: ignore[arg-type]
    assert [one["kind"] for one in response.json()["messages"]][:2] == ["text", "image"]


async def test_the_same_key_stores_nothing_twice(rider: Browser, bot: Service) -> None:
    await rider.say("photos")
    first = await rider.upload(picture(), picture("blue"), key="k")
    again = await rider.upload(picture(), picture("blue"), key="k")
    assert again.json() == first.json()
    assert len(files(bot)) == 2


async def test_stored_before_it_is_handled(rider: Browser, bot: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await rider.say("photos")
    real, found = bot.dispatcher.submit, []

    def submit(one: Incoming) -> Waiting:
        found.extend(files(bot))
        return real(one)

    monkeypatch.setattr(bot.dispatcher, "submit", submit)
    await rider.upload(picture())
    assert len(found) == 1


async def test_a_photo_nobody_asked_for_is_not_kept_and_the_history_says_so(
    rider: Browser, bot: Service, clock: TestClock
) -> None:
    await rider.say("hello")
    await rider.upload(picture())
    assert "（图片，没有保存）" in [one["text"] for one in (await rider.history())["messages"]]
    assert await urls(rider) == []
    age(bot, clock, days=1.1)
    await remove_orphans(bot.store, bot.blobs)
    assert files(bot) == []


def age(bot: Service, clock: TestClock, days: float) -> None:
    """As if the files had been written so many days ago."""
    at = clock().timestamp() - days * DAY
    for path in bot.blobs.folder.glob("*/*"):
        os.utime(path, (at, at))


async def test_what_somebody_owns_stays_and_what_is_young_too(rider: Browser, bot: Service, clock: TestClock) -> None:
    await sent(rider, picture())
    await rider.say("done")
    age(bot, clock, days=30)
    await rider.upload(picture("blue"))
    young = max(files(bot), key=lambda path: path.stat().st_mtime)
    os.utime(young, times=(clock().timestamp() - DAY + 60,) * 2)
    assert await remove_orphans(bot.store, bot.blobs) == 0
    assert len(files(bot)) == 2


async def test_unfinished_files_go(bot: Service, clock: TestClock) -> None:
    path = bot.blobs.path(77).with_suffix(".part")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half")
    age(bot, clock, days=2)
    await remove_orphans(bot.store, bot.blobs)
    assert not path.exists()


async def test_a_parked_message_may_still_need_its_uploads(rider: Browser, bot: Service, clock: TestClock) -> None:
    await rider.upload(picture())
    age(bot, clock, days=0)
    async with bot.store.write() as unit:
        unit.insert(
            parked, id=1, key_mac=b"k", channel="web", incoming=b"", traceback=b"", parked_at=clock(), resolved_at=None
        )
    clock.move(days=9)
    assert await remove_orphans(bot.store, bot.blobs) == 0
    async with bot.store.write() as unit:
        await unit.execute(sa.update(parked).values(resolved_at=clock()))
    assert await remove_orphans(bot.store, bot.blobs) == 1


async def test_the_folder_of_another_database_is_left_alone(rider: Browser, bot: Service, clock: TestClock) -> None:
    await sent(rider, picture())
    async with bot.store.write() as unit:
        await unit.execute(sa.delete(media))
    age(bot, clock, days=30)
    (bot.blobs.folder / "database").write_text("another\n")
    assert await remove_orphans(bot.store, bot.blobs) == 0
    (bot.blobs.folder / "database").unlink()
    assert await remove_orphans(bot.store, bot.blobs) == 0
    assert len(files(bot)) == 1


async def test_the_clean_up_runs_by_itself_from_the_start(
    make_settings: Callable[..., Settings], clock: TestClock, bot: Service, rider: Browser
) -> None:
    await rider.upload(picture())
    age(bot, clock, days=2)
    async with Service(make_settings(), clock).running(courier=False):
        async with asyncio.timeout(PATIENCE):
            while files(bot):
                await asyncio.sleep(0.01)
