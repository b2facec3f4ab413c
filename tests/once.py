"""What the tests of one process do once: each makes services of its own, and all of these would read the same content,
compile the same templates and the same SQL again. Nothing here holds what a test writes."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.engine import Engine

from bot import content
from bot.desk import view
from bot.settings import packaged
from handlers.policy import service as policies


def read_content(patch: pytest.MonkeyPatch) -> None:
    """Content files are parsed, and the policies indexed, once. Content of a test's own has answers of its own."""
    parse, open_answers, own = content.parse_yaml, policies.open_answers, packaged("content")
    parsed = cache(lambda data: pickle.dumps(parse(data)))
    patch.setattr(content, "parse_yaml", lambda data: pickle.loads(parsed(data)))  # nobody gets another's copy
    answers = cache(lambda: open_answers(own))  # they keep nothing of who asks

    def opened(folder: Path, reading: Any = None) -> Any:
        return answers() if folder == own and reading is None else open_answers(folder, reading)

    patch.setattr(policies, "open_answers", opened)


def compile_templates(patch: pytest.MonkeyPatch) -> None:
    """The desk's templates are compiled once."""
    make: Callable[..., Any] = view.make_environment
    known: dict[Any, Any] = {}

    def kept(folders: Mapping[str, Path], zone: ZoneInfo) -> Any:
        key = (*sorted(folders.items()), zone)
        if key not in known:
            known[key] = make(folders, zone)
        return known[key]

    patch.setattr(view, "make_environment", kept)


class _Compiled:
    """Compiled SQL by the kind of database instead of by the engine. It holds no values."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def get(self, key: tuple[Any, ...]) -> Any:
        return self._known.get((type(key[0]), *key[1:]))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._known[type(key[0]), *key[1:]] = compiled


def compile_statements(patch: pytest.MonkeyPatch) -> None:
    """SQL is compiled once for all engines."""
    compiled = _Compiled()
    shared = property(lambda _engine: compiled, lambda _engine, _own: None)
    patch.setattr(Engine, "_compiled_cache", shared, raising=False)
