"""Keys rotated beside a running service: it could read nothing any more, and lost what it wrote meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store import rotate as rotation
from bot.store.conversations import state_aad
from bot.store.rotate import rotate
from bot.store.store import Store
from bot.store.tables import conversations
from bot.store.unit import Unit
from bot.store.vault import CannotOpen
from tests.support import Chat


async def test_a_running_service_goes_on_through_a_rotation(service: Service, chat: Chat) -> None:
    await chat.say("投诉", "1")
    asked = chat.text
    assert await rotate(service.settings) > 0
    assert await chat.say("美团") != asked
    assert "工作人员会看" not in chat.text
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(conversations))
    fresh = await Store(service.settings).open()
    assert fresh.vault.needs_rotation(row["state"]) is False  # what it writes is under the new key
    assert fresh.vault.open_json(row["state"], state_aad(row["person_id"]))
    await fresh.close()


async def test_a_key_nobody_has_stays_unknown(service: Service) -> None:
    sealed = bytearray(service.store.vault.seal(b"x", b"row"))
    sealed[1:5] = b"none"
    with pytest.raises(CannotOpen):
        service.store.vault.open(bytes(sealed), b"row")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True, ids=["postgres"])
@pytest.mark.postgres
async def test_a_rotation_never_puts_an_older_state_back(
    service: Service, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chat.say("投诉", "1")
    told: list[asyncio.Task[str]] = []
    real = rotation._page

    async def page(unit: Unit, column: sa.Column[Any], *more: Any) -> int:
        """Between what was read and what is written, the person goes on."""
        if column is conversations.c.state:
            told.append(asyncio.create_task(chat.say("美团")))
            await asyncio.wait(told, timeout=0.5)
        return await real(unit, column, *more)

    monkeypatch.setattr(rotation, "_page", page)
    await rotate(service.settings)
    await told[0]
    async with service.store.read() as unit:
        row = (await unit.rows(sa.select(conversations)))[0]
        kept = unit.vault.open_json(row["state"], state_aad(row["person_id"]))
    assert "meituan" in str(kept)


async def test_a_picture_erased_meanwhile_is_no_trouble(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.blobs.write(service.store.vault, 7, b"picture")
    real = service.blobs.__class__.read

    def gone(blobs, vault, media_id: int) -> bytes:
        blobs.erase(media_id)
        return real(blobs, vault, media_id)

    monkeypatch.setattr(service.blobs.__class__, "read", gone)
    await rotate(service.settings)
    assert not service.blobs.path(7).exists()
