"""What a file is, by its first bytes, and whether it is taken: a name or a declared type proves nothing."""

from __future__ import annotations

from bot import pictures
from bot.i18n import N_
from bot.messages import MediaKind

MB = 1024 * 1024
MOST_BYTES: dict[str, int] = {"photo": 10 * MB, "document": 10 * MB, "voice": 10 * MB}
OPENED = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})  # by Pillow; HEIC is kept unopened

# Why a file is not taken -> how its person is told.
REASONS: dict[str, str] = {
    "type": N_("That is no file I can take. Pictures, PDF and voice messages are fine."),
    "size": N_("That file is too large: at most 10 MB."),
    "broken": N_("That picture can't be opened. Please send it again, or a screenshot of it."),
    "pixels": N_("That picture has too many pixels. A screenshot of it will do."),
}
_AUDIO = (
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"#!SILK", "audio/silk"),
    (b"\x02#!SILK", "audio/silk"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "audio/webm"),  # what browsers record
)
SUFFIXES = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic",
    "application/pdf": ".pdf", "audio/ogg": ".ogg", "audio/amr": ".amr", "audio/silk": ".silk", "audio/mpeg": ".mp3",
    "audio/flac": ".flac", "audio/webm": ".webm", "audio/mp4": ".m4a", "audio/wav": ".wav",
}  # fmt: skip


HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"))


class NotTaken(ValueError):
    """A file that is not taken; `reason` is a key of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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


def type_of(content: bytes) -> tuple[MediaKind, str]:
    """(kind, media type) of a picture, a PDF or a recording. Raises `NotTaken`."""
    if picture := picture_type(content):
        return "photo", picture
    if b"%PDF-" in content[:1024]:  # where readers look for it, too
        return "document", "application/pdf"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "voice", "audio/wav"
    if content[4:8] == b"ftyp" and content[8:11] == b"M4A":
        return "voice", "audio/mp4"
    for head, mime in _AUDIO:
        if content.startswith(head):
            return "voice", mime
    raise NotTaken("type")


async def judge(content: bytes) -> tuple[MediaKind, str]:
    """(kind, media type) of a file that is taken: of a kind we know, not too large, and whole where it is a picture.
    Raises `NotTaken`."""
    kind, mime = type_of(content)
    if len(content) > MOST_BYTES[kind]:
        raise NotTaken("size")
    if mime in OPENED:
        try:
            await pictures.in_thread(pictures.check, content)
        except pictures.PictureTooLarge:
            raise NotTaken("pixels") from None
        except pictures.BadPicture:
            raise NotTaken("broken") from None
    return kind, mime
