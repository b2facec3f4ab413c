"""Pictures made anew for others' eyes: turned upright, without place, camera or any other metadata, no larger than
needed. What comes in is never trusted: the size is looked at before a pixel is, and half a picture is refused.

Pillow is imported with the first picture; every call takes its time, so they go through `in_thread`, two at a time.
"""

from __future__ import annotations

import asyncio
import io
import threading
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 50_000_000  # 150 MB opened; what phones make of themselves is below
COPY_SIDE = 2560  # pixels; a screenshot stays as it is
THUMBNAIL_SIDE = 320
AT_ONCE = 2
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")

T = TypeVar("T", bytes, None)
_slots = threading.BoundedSemaphore(AT_ONCE)


class BadPicture(ValueError):
    """Not a picture that can be opened: broken, cut off, of another kind."""


class PictureTooLarge(BadPicture):
    """More pixels than are opened here."""


async def in_thread(make: Callable[[bytes], T], content: bytes) -> T:
    """One of the functions below, in a thread, at most two at a time in a process."""

    def work() -> T:
        with _slots:
            return make(content)

    return await asyncio.to_thread(work)


def check(content: bytes) -> None:
    """Open the picture as far as it must be to know that it is whole. Raises `BadPicture`, `PictureTooLarge`."""
    _opened(content, COPY_SIDE)


def copy(content: bytes) -> bytes:
    """A JPEG to forward: the picture alone, upright, at most 2560 pixels wide or high. Raises `BadPicture`."""
    return _jpeg(content, COPY_SIDE, 85)


def thumbnail(content: bytes) -> bytes:
    """A small JPEG of the picture. Raises `BadPicture`."""
    return _jpeg(content, THUMBNAIL_SIDE, 75)


def _jpeg(content: bytes, side: int, quality: int) -> bytes:
    from PIL import Image

    picture = _opened(content, side)
    if picture.mode.startswith("I"):  # sixteen bits a pixel
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", picture.size, "white")  # a new picture: nothing of the old one's metadata comes along
    whole = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    flat.paste(whole, mask=whole.getchannel("A") if whole.mode == "RGBA" else None)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _opened(content: bytes, side: int) -> Image.Image:
    """The picture with its pixels read, upright; a large JPEG is read at a fraction of its size."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which goes anyway
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureTooLarge
            picture.draft("RGB", (side, side))
            picture.load()
            return ImageOps.exif_transpose(picture)
    except PictureTooLarge:
        raise
    except Image.DecompressionBombError:
        raise PictureTooLarge from None
    except Exception as error:  # Pillow's readers stumble in many ways over what is no picture
        raise BadPicture(type(error).__name__) from error
