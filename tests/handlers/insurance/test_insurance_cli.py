"""`yizhan insurance --batch IN --out OUT`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

LINES = (
    '{"id": 1, "op": "retirement", "birth": "1972-09", "track": "male60"}\n'
    "no json\n"
    '{"id": 3, "op": "contribution", "region": "320000", "year": 2026, "level": 0.6}\n'
)


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["insurance", *map(str, words)])
    return result.exit_code, result.stderr


def test_a_batch_is_answered_line_by_line(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(LINES, "utf-8")
    code, said = run("--batch", source, "--out", target)
    assert code == 0
    assert "2 " in said
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert (rows[0]["month"], rows[0]["required_months"]) == ("2034-09", 210)
    assert rows[1]["id"] is None and rows[1]["line"] == 2
    assert "12333" in rows[2]["error"]


def test_the_same_file_is_refused_and_stays_whole(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(LINES, "utf-8")
    code, said = run("--batch", source, "--out", tmp_path / "." / "in.jsonl")
    assert code == 2
    assert "another file" in said
    assert source.read_text("utf-8") == LINES


@pytest.mark.parametrize(("given", "out"), [("missing.jsonl", "out.jsonl"), (".", "out.jsonl"), ("in.jsonl", "no/out")])
def test_a_file_that_can_not_be_used_ends_with_one_line(tmp_path: Path, given: str, out: str) -> None:
    (tmp_path / "in.jsonl").write_text(LINES, "utf-8")
    code, said = run("--batch", tmp_path / given, "--out", tmp_path / out)
    assert code == 2
    assert len(said.strip().splitlines()) == 1


def test_both_files_are_needed() -> None:
    assert run("--batch", "x")[0] == 2
