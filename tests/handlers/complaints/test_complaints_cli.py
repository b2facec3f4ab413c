"""`yizhan export complaints` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from handlers.complaints.cli import add_commands


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs the command line with these words, on an empty store of its own."""
    monkeypatch.setenv("YIZHAN_DATA_DIR", str(tmp_path / "data"))
    app = typer.Typer()
    add_commands(app)

    def go(*words: str) -> Result:
        return CliRunner().invoke(app, ["export", *words])

    return go


def test_an_empty_store_gives_an_empty_table(run, tmp_path: Path) -> None:
    out = tmp_path / "all.csv"
    result = run("complaints", "--format", "csv", "--out", str(out), "--since", "2026-01-01")
    assert (result.exit_code, result.stdout) == (0, f"0 complaints in {out}\n")
    assert out.read_text("utf-8-sig").startswith("receipt,submitted_at,")


def test_xlsx_unless_said_otherwise(run, tmp_path: Path) -> None:
    assert run("complaints", "--out", str(tmp_path / "all.xlsx")).exit_code == 0
    assert (tmp_path / "all.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--format", "pdf"], "--format: 'pdf' is none of xlsx, csv, jsonl"),
        (["--until", "tomorrow"], "--until: 'tomorrow' is no date; write it like 2026-03-05"),
        (["--status", "gone"], "--status: 'gone' is none of"),
    ],
)
def test_bad_input_ends_with_one_line_and_code_2(run, tmp_path: Path, words: list[str], says: str) -> None:
    result = run("complaints", "--out", str(tmp_path / "all.csv"), *words)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert says in result.stderr
    assert not (tmp_path / "all.csv").exists()


def test_without_a_file_it_says_so(run) -> None:
    result = run("complaints")
    assert result.exit_code == 2
    assert "--out" in result.stderr


def test_help_names_every_option(run) -> None:
    text = run("complaints", "--help").stdout
    assert all(
        f"--{name}" in text for name in ("out", "format", "since", "until", "company", "status", "full", "database")
    )
