"""content/warnings.yaml: what is taken, what is refused and where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content import BrokenContent
from bot.settings import packaged
from handlers.warnings.rules import FILE, check_warnings, open_rules


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copy(packaged("content") / FILE, tmp_path / FILE)
    return tmp_path


def changed(content: Path, old: str, new: str) -> None:
    path = content / FILE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_shipped_file_is_good(content: Path) -> None:
    assert check_warnings(content) == []
    assert open_rules(content).line.persons == 10  # the law's number


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("least_persons: 4", "least_persons: 1", "least_persons"),
        ("persons: 10", "persons: zehn", "persons"),
        ("baseline_weeks: 8", "baseline_weeks: 100", "baseline_weeks"),
        ("tell: [union]", "tell: [community]", "tell"),
        ("guard_weeks: 1", "guard_weeks: 1\nmisspelt: 2", "misspelt"),
    ],
)
def test_a_slip_is_named_with_its_line(content: Path, old: str, new: str, names: str) -> None:
    changed(content, old, new)
    with pytest.raises(BrokenContent) as slip:
        open_rules(content)
    assert slip.value.finding.line > 1
    assert names in slip.value.finding.message


def test_words_of_one_character_would_be_everywhere(content: Path) -> None:
    changed(content, "    - 跑路\n", "    - 跑\n")
    [finding] = check_warnings(content)
    lines = (content / FILE).read_text("utf-8").splitlines()
    assert (finding.severity, lines[finding.line - 1].strip()) == ("error", "- 跑")


@pytest.mark.parametrize(
    ("story", "grave"), [("站长跑路了", True), ("老闆跑路，拖欠三個月", True), ("超时扣了我50", False)]
)
def test_words_are_heard_in_any_spelling(story: str, grave: bool) -> None:
    assert open_rules(packaged("content")).grave.heard(story) is grave
