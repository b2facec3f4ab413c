"""What kind of picture some bytes are, by their first bytes: a name or a declared type proves nothing."""

from __future__ import annotations

HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"))


def picture_type(content: bytes) -> str:
    """The media type of a JPEG, PNG, GIF, WebP or HEIC; "" for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    # ISO base media: size, "ftyp", then the brand (ISO/IEC 23008-12 for HEIC)
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "image/heic"
    return ""
