"""Documents and recordings sent to the bot: kept by what they are, not by what they are called."""

from __future__ import annotations

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.telegram_talk import ON_SQLITE, Post, pictures, settle

PDF = b"%PDF-1.7 a contract"


async def sent(post: Post, tg: FakeTelegram, kind: str, data: bytes) -> tuple[dict, bytes | None]:
    """(the row, the content kept) of one file sent where files are asked for."""
    async with post.service() as service:
        li = tg.new_person()
        await tg.start(li, "pictures")
        await getattr(tg, kind)(li, data)
        await settle(service)
        [row] = await pictures(service)
        there = service.blobs.path(row["id"]).exists()
        return dict(row), service.blobs.read(service.store.vault, row["id"]) if there else None


@pytest.mark.parametrize(
    ("kind", "data", "known"),
    [
        ("document", PDF, ("document", "application/pdf")),
        ("voice", b"OggS voice", ("voice", "audio/ogg")),
        ("document", b"#!AMR\nvoice", ("voice", "audio/amr")),  # whatever it was sent as
    ],
)
async def test_a_file_is_what_its_bytes_say(post: Post, tg: FakeTelegram, kind: str, data: bytes, known) -> None:
    row, content = await sent(post, tg, kind, data)
    assert (row["status"], row["kind"], row["mime"]) == ("kept", *known)
    assert content == data


@pytest.mark.parametrize(
    ("data", "reason"), [(b"MZ\x90 contract.pdf", "type"), (b"PK\x03\x04", "type"), (b"\xff\xd8\xff cut", "broken")]
)
@ON_SQLITE
async def test_what_is_not_taken_leaves_no_file(post: Post, tg: FakeTelegram, data: bytes, reason: str) -> None:
    row, content = await sent(post, tg, "document", data)
    assert (row["status"], row["reason"]) == ("failed", reason)
    assert content is None
