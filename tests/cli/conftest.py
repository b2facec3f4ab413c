"""The command line as somebody types it, in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def refuses(self) -> str:
        """The one line of a refusal; fails when it was none."""
        assert self.code == 2, self
        assert self.out == ""
        assert self.err.startswith("yizhan: ")
        assert self.err.count("\n") == 1
        return self.err


Run = Callable[..., Said]


@pytest.fixture
def yizhan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `yizhan WORDS` with an empty folder as the working folder; `typed` is its input."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path, typed: str = "") -> Said:
        result = CliRunner().invoke(app, [str(word) for word in words], input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def migrated_here(tmp_path: Path, sqlite_template: Path) -> Path:
    """The working folder of `yizhan`, with a store in its data folder."""
    (tmp_path / "data").mkdir()
    shutil.copy(sqlite_template, tmp_path / "data" / "yizhan.sqlite3")
    return tmp_path
