"""PDF and recordings in the web chat; pictures that are none, cut off or a bomb."""

from __future__ import annotations

import struct
import zlib

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import media
from tests.web_talk import Browser, picture

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
VOICE = b"OggS\x00\x02" + bytes(200)


def bomb(side: int = 20_000) -> bytes:
    """A PNG of 400 megapixels in a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "kind", "mime"), [(PDF, "document", "application/pdf"), (VOICE, "voice", "audio/ogg")]
)
async def test_a_pdf_and_a_recording_are_kept(
    rider: Browser, bot: Service, content: bytes, kind: str, mime: str
) -> None:
    await rider.say("photos")
    response = await rider.upload(content)
    assert response.status_code == 200
    async with bot.store.read() as unit:
        [row] = await unit.rows(sa.select(media))
    assert (row["kind"], row["mime"], row["status"], row["size"]) == (kind, mime, "kept", len(content))
    answer = await rider.client.get(f"/chat/photos/{row['id']}")
    assert answer.content == content
    assert (answer.headers["content-type"], answer.headers["content-disposition"]) == (mime, "attachment")
    history = await rider.history()
    assert any(one["kind"] == "file" and one["url"].endswith(str(row["id"])) for one in history["messages"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (picture(size=64)[:-300], "有一张图打不开。请重发一次，或截个图发来。"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "有一张图打不开。请重发一次，或截个图发来。"),
        (bomb(), "有一张图像素太高，打不开。截个图发来就行。"),
        (b"RIFF1234WEBPxxxx", "有一张图打不开。请重发一次，或截个图发来。"),
        (b"\x00\x00\x00\x18ftypmp42", "这种文件收不了。可以发图片、PDF 或语音。"),
    ],
)
async def test_what_can_not_be_opened_is_refused_kindly(
    rider: Browser, bot: Service, content: bytes, sentence: str
) -> None:
    response = await rider.upload(picture(), content)
    assert (response.status_code, response.json()) == (400, {"error": sentence})
    assert list(bot.blobs.folder.glob("*/*.sealed")) == []
