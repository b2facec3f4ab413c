"""Languages: gettext catalogues, one .po a room, merged at load. English is the language of the source.

The language in force is the person's own, set by the dispatcher for the time of one message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

DEFAULT = "zh_CN"
LANGUAGES = {"zh_CN": "中文", "en": "English"}

_current: ContextVar[str] = ContextVar("language", default=DEFAULT)
_loaded: dict[str, dict[str, str]] = {}
_folder: list[Path] = []


def use_folder(folder: Path) -> None:
    """Say where the catalogues are; drops what was loaded from elsewhere."""
    if _folder != [folder]:
        _folder[:] = [folder]
        _loaded.clear()


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """Mark a sentence for translation where it can't be translated yet."""
    return message


def _(message: str) -> str:
    """The sentence in the language in force; the English one when the catalogue has none."""
    language = _current.get()
    if language == "en":
        return message
    loaded = _loaded.get(language)
    return (_catalogue(language) if loaded is None else loaded).get(message) or message


def language() -> str:
    """The language in force."""
    return _current.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Put a language in force for a while; an unknown one falls back to the default."""
    token = _current.set(language if language in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _current.reset(token)


def _catalogue(language: str) -> dict[str, str]:
    if language not in _loaded:
        _loaded[language] = {}
        for path in sorted(_where().glob(f"{language}/LC_MESSAGES/*.po")):
            _loaded[language].update(read_catalogue(path))
    return _loaded[language]


def _where() -> Path:
    if not _folder:
        from bot.settings import packaged

        _folder.append(packaged("locale"))
    return _folder[0]


def read_catalogue(path: Path) -> dict[str, str]:
    """One .po file as {English: translated}; fuzzy and empty entries are left out."""
    import polib

    entries = (entry for entry in polib.pofile(str(path)) if not entry.fuzzy and not entry.obsolete)
    return {entry.msgid: entry.msgstr for entry in entries if entry.msgstr}
