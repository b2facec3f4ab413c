"""The check of the catalogues: every sentence of the source has its Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.settings import HERE

KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "gettext": None}


def catalogue_problems(locale_dir: Path) -> list[str]:
    """Sentences without Chinese, or with two (all rooms share one catalogue, the last would win), and Chinese without a
    sentence; empty when all is well."""
    from bot.i18n import read_catalogue

    used = dict(_sentences())
    known: dict[str, str] = {}
    problems: list[str] = []
    for path in sorted(locale_dir.glob("zh_CN/LC_MESSAGES/*.po")):
        room = read_catalogue(path)
        twice = [text for text, chinese in room.items() if known.get(text, chinese) != chinese]
        problems += [f"{path.name}: another room has other Chinese for: {text[:70]!r}" for text in twice]
        known.update(room)
    problems += [f"{where}: no Chinese for: {text[:70]!r}" for text, where in used.items() if text not in known]
    problems += [f"locale: no longer used: {text[:70]!r}" for text in known if text not in used]
    return problems + [
        f"{used[text]}: other fields in the Chinese of: {text[:70]!r}"
        for text in used
        if text in known and _fields(text) != _fields(known[text])
    ]


def _fields(text: str) -> set[str]:
    import string

    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def _sentences() -> Iterator[tuple[str, str]]:
    """(sentence, where it stands first) of all code and templates."""
    from babel.messages.extract import extract_from_file
    from jinja2.ext import babel_extract

    root = HERE.parent
    seen: set[str] = set()
    for folder in ("bot", "handlers"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"}:
                continue
            found: list[tuple[int, Any]] = []
            if path.suffix == ".py":
                found = [(line, text) for line, text, *_rest in extract_from_file("python", str(path), KEYWORDS)]
            else:
                with path.open("rb") as file:
                    found = [(line, text) for line, _name, text, _notes in babel_extract(file, tuple(KEYWORDS), (), {})]
            for line, text in found:
                if isinstance(text, str) and text and text not in seen:
                    seen.add(text)
                    yield text, f"{path.relative_to(root)}:{line}"
