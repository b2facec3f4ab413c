"""The content read by a process of its own answers as the content read here does; when that can't be done, it is
read here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from handlers.policy.apart import read_apart
from handlers.policy.reading_room import ReadingRoom
from handlers.policy.service import open_answers

CONTENT = Path(__file__).parents[3] / "content"
QUESTION = "送餐路上摔了谁赔"


def test_the_same_answer() -> None:
    reading = read_apart(CONTENT)
    assert reading is not None
    assert "ranking" in vars(reading.shelf)  # the indexes came along: nothing is built here
    apart, here = open_answers(CONTENT, reading).decide(QUESTION), open_answers(CONTENT).decide(QUESTION)
    assert (apart.decision, apart.best and apart.best.id) == (here.decision, here.best and here.best.id)
    assert apart.best is not None


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_read_here_when_the_other_process_fails(monkeypatch: pytest.MonkeyPatch, python: str) -> None:
    monkeypatch.setattr(sys, "executable", python)
    assert read_apart(CONTENT) is None
    room = ReadingRoom(CONTENT)
    room.warm()
    assert room.answers.decide(QUESTION).best is not None


def test_a_slip_in_the_content_is_told(tmp_path: Path) -> None:
    (tmp_path / "synonyms.yaml").write_text("ignore: [", "utf-8")
    reading = read_apart(tmp_path)
    assert reading is not None
    assert [found.path for found in reading.findings] == ["synonyms.yaml"]
