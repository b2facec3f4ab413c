"""Pictures made anew: nothing but the picture comes out, and nothing that comes in makes it fail otherwise."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot import pictures
from bot.filetypes import NotTaken, judge, type_of
from tests.photo import jpeg


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "I;16"])
def test_every_kind_of_picture_becomes_a_small_jpeg(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (5000, 20)).save(out, "PNG")
    assert (opened(pictures.copy(out.getvalue())).size, opened(pictures.thumbnail(out.getvalue())).size) == (
        (2560, 10),
        (320, 1),
    )


def test_what_is_clear_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "WEBP", lossless=True)
    assert opened(pictures.copy(out.getvalue())).getpixel((1, 1)) == (255, 255, 255)


def test_a_comment_an_icc_profile_and_the_camera_go() -> None:
    source = Image.new("RGB", (9, 9))
    out = io.BytesIO()
    source.save(
        out, "JPEG", comment=b"my phone 13800138000", icc_profile=b"icc" * 50, exif=opened(jpeg(place=True)).getexif()
    )
    copy = pictures.copy(out.getvalue())
    assert not {"comment", "icc_profile", "exif"} & opened(copy).info.keys()
    assert b"13800138000" not in copy


@settings(max_examples=150)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", jpeg()[:100], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF....WEBP", b"%PDF-"]),
)
def test_no_bytes_make_it_fail_otherwise(tail: bytes, head: bytes) -> None:
    for make in (pictures.copy, pictures.thumbnail, pictures.check):
        with contextlib.suppress(pictures.BadPicture):
            make(head + tail)
    with contextlib.suppress(NotTaken):
        type_of(head + tail)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"#!AMR\n", ("voice", "audio/amr")),
        (b"\x02#!SILK_V3", ("voice", "audio/silk")),
        (b"ID3\x04", ("voice", "audio/mpeg")),
        (b"\0\0\0\x20ftypM4A ", ("voice", "audio/mp4")),
        (b"RIFF1234WAVEfmt ", ("voice", "audio/wav")),
        (b"\n\n%PDF-1.4", ("document", "application/pdf")),
        (jpeg(), ("photo", "image/jpeg")),
    ],
)
def test_files_are_known_by_their_content(content: bytes, what: tuple[str, str]) -> None:
    assert type_of(content) == what


async def test_too_large_is_said_so() -> None:
    with pytest.raises(NotTaken, match="size"):
        await judge(b"%PDF-" + bytes(10 * 1024 * 1024))
