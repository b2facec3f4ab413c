"""Pictures and recordings of people: a row each, the content sealed in a file beside the database."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.messages import Media
from bot.store import outbox
from bot.store.ids import new_id
from bot.store.tables import media
from bot.store.vault import CannotOpen

if TYPE_CHECKING:
    from bot.people import Person
    from bot.store.unit import Unit
    from bot.store.vault import Vault

LOCAL = "blob:"  # the ref of what was uploaded to us: blob:<media id>:<sha256>


def content_aad(media_id: int) -> bytes:
    """The associated data a file is sealed with."""
    return f"media:{media_id}".encode()


MADE = ("copy", "thumb")  # what is made of a picture when it is first asked for, and can be made again


def _made_aad(media_id: int, what: str) -> bytes:
    return f"media:{media_id}:{what}".encode()


class Blobs:
    """The evidence folder: one sealed file an item, flushed to disk before it is promised. What is made of an item
    lies beside it, as sealed, and goes with it."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "evidence"

    def path(self, media_id: int) -> Path:
        """Where an item lies."""
        return self.folder / f"{media_id % 256:02x}" / f"{media_id}.sealed"

    def write(self, vault: Vault, media_id: int, content: bytes) -> None:
        """Seal and store; durable when it returns."""
        path = self.path(media_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        rough = path.with_suffix(f".{token_hex(4)}.part")  # two processes may fetch the same picture
        with rough.open("wb") as file:
            file.write(vault.seal(content, content_aad(media_id)))
            file.flush()
            os.fsync(file.fileno())
        rough.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self, vault: Vault, media_id: int) -> bytes:
        """The content; raises FileNotFoundError, `CannotOpen`."""
        return vault.open(self.path(media_id).read_bytes(), content_aad(media_id))

    def write_made(self, vault: Vault, media_id: int, what: str, content: bytes) -> None:
        """Keep what was made of an item (one of MADE), unless the item went meanwhile."""
        path = self.path(media_id).with_suffix(f".{what}")
        rough = path.with_suffix(f".{token_hex(4)}.part")
        rough.write_bytes(vault.seal(content, _made_aad(media_id, what)))
        rough.replace(path)
        if not self.path(media_id).exists():
            path.unlink(missing_ok=True)

    def read_made(self, vault: Vault, media_id: int, what: str) -> bytes | None:
        """What was made of an item; None when it must be made (again)."""
        try:
            return vault.open(self.path(media_id).with_suffix(f".{what}").read_bytes(), _made_aad(media_id, what))
        except (FileNotFoundError, CannotOpen):
            return None

    def forget_made(self) -> None:
        """Remove all that was made of items: it is made again when it is asked for."""
        for what in MADE:
            for path in self.folder.glob(f"*/*.{what}"):
                path.unlink(missing_ok=True)

    def erase(self, *media_ids: int) -> None:
        """Remove items, those that are there, with all that was made of them."""
        for media_id in media_ids:
            path = self.path(media_id)
            path.unlink(missing_ok=True)
            for what in MADE:
                path.with_suffix(f".{what}").unlink(missing_ok=True)


def keep(blobs: Blobs, vault: Vault, content: bytes, *, kind: str, name: str, mime: str) -> Media:
    """Store an upload at once; the row is written when a dialogue takes it."""
    media_id = new_id()
    blobs.write(vault, media_id, content)
    digest = hashlib.sha256(content).hexdigest()
    return Media(kind, f"{LOCAL}{media_id}:{digest}", name, mime, len(content))  # type: ignore[arg-type]


def want(unit: Unit, person: Person, one: Media) -> int:
    """Make the row of a picture a dialogue took; what lies with the platform is fetched through the outbox."""
    local = one.ref.startswith(LOCAL)
    _head, own_id, digest = one.ref.split(":") if local else ("", "", "")
    media_id = int(own_id) if local else new_id()
    unit.insert(
        media,
        id=media_id,
        person_id=person.id,
        channel=person.channel,
        kind=one.kind,
        ref=unit.vault.seal(one.ref.encode(), content_aad(media_id)),
        name=unit.vault.seal(one.name.encode(), content_aad(media_id)),
        mime=one.mime[:100],
        size=one.size,
        sha256=digest,
        status="kept" if local else "wanted",
        created_at=unit.now,
    )
    if not local:
        outbox.put(unit, person, kind="fetch", payload={"media": media_id, "ref": one.ref})
    return media_id


async def kept(unit: Unit, media_id: int, content: bytes, mime: str, kind: str = "") -> bool:
    """Note that a wanted item has come; False when nobody wants it any more. What the platform said it is stays,
    unless the file itself says."""
    values = {"status": "kept", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if mime:
        values["mime"] = mime[:100]
    if kind:
        values["kind"] = kind
    wanted = sa.update(media).where(media.c.id == media_id, media.c.status.in_(("wanted", "kept")))
    return (await unit.execute(wanted.values(**values))).rowcount > 0


async def failed(unit: Unit, media_id: int, reason: str) -> None:
    """Note that a wanted item can't be had."""
    wanted = sa.update(media).where(media.c.id == media_id, media.c.status == "wanted")
    await unit.execute(wanted.values(status="failed", reason=reason[:200]))
