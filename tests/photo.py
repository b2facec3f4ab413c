"""Real pictures for tests: what a phone would send."""

from __future__ import annotations

import io

from PIL import Image

GPS = 34853  # the EXIF tag of where a picture was taken


def jpeg(size: tuple[int, int] = (8, 8), color: str = "red", *, place: bool = False, turned: bool = False) -> bytes:
    """A JPEG; with the place it was taken at, the phone's name, and lying on its side, when asked for."""
    exif = Image.Exif()
    if place:
        exif[271] = "PhoneMaker"
        exif.get_ifd(GPS).update({1: "N", 2: (31.0, 46.0, 12.0), 3: "E", 4: (119.0, 57.0, 3.0)})
    if turned:
        exif[274] = 6
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG", exif=exif)
    return out.getvalue()


PHOTO = jpeg()
