"""Files in one archive with a manifest: what each is, its SHA-256, who made it, when, from what."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bot.export.draft import drafted

MANIFEST = "manifest.json"
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time in a zip: members carry no time of their own
PACKED = frozenset({".xlsx", ".jpg", ".jpeg", ".png", ".pdf", ".zip"})  # not made smaller by packing again
STEP = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name there, its content or where it lies; `about` stands with it in the manifest."""

    name: str
    content: bytes | Path
    about: Mapping[str, Any]


def manifest(members: Sequence[Member], facts: Mapping[str, Any]) -> bytes:
    """The manifest as indented UTF-8 JSON: `facts`, then {"files": [{"name","bytes","sha256", ...}]}."""
    files = [{"name": one.name, **_measured(one.content), **one.about} for one in members]
    return orjson.dumps({**facts, "files": files}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def pack(target: Path, members: Sequence[Member], facts: Mapping[str, Any]) -> None:
    """A zip of the members and their manifest; there whole or not at all. Raises OSError."""
    with drafted(target) as draft:
        _write(draft, members, facts)


def packed(members: Sequence[Member], facts: Mapping[str, Any]) -> bytes:
    """The same, small enough for the memory, and never on a disk in the clear."""
    out = io.BytesIO()
    _write(out, members, facts)
    return out.getvalue()


def _write(out: Path | io.BytesIO, members: Sequence[Member], facts: Mapping[str, Any]) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        _add(archive, Member(MANIFEST, manifest(members, facts), {}))
        for one in members:
            _add(archive, one)


def _add(archive: zipfile.ZipFile, one: Member) -> None:
    info = zipfile.ZipInfo(one.name, BEGINNING)
    info.external_attr = 0o600 << 16
    info.compress_type = zipfile.ZIP_STORED if Path(one.name).suffix in PACKED else zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as out:
        if isinstance(one.content, bytes):
            out.write(one.content)
            return
        with one.content.open("rb") as source:
            while step := source.read(STEP):
                out.write(step)


def _measured(content: bytes | Path) -> dict[str, Any]:
    if isinstance(content, bytes):
        return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    with content.open("rb") as file:
        return {"bytes": content.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
