"""The look through the content: the real one is clean, a name nobody has is found with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content import BrokenContent
from bot.settings import packaged
from bot.site import load_site
from handlers.volunteering.check import check_volunteering
from handlers.volunteering.service import open_setting


def test_the_content_is_clean() -> None:
    assert check_volunteering(packaged("content")) == []


@pytest.fixture
def content(tmp_path: Path) -> Path:
    for name in ("occupations.yaml", "volunteering.yaml", "site.yaml"):
        shutil.copy(packaged("content") / name, tmp_path)
    return tmp_path


def test_an_occupation_nobody_can_choose_is_found(content: Path) -> None:
    path = content / "occupations.yaml"
    path.write_text(path.read_text().replace("  driver:\n", "  drivver:\n"))
    [finding] = check_volunteering(content)
    assert path.read_text().splitlines()[finding.line - 1].strip() == "drivver:"
    assert finding.severity == "error" and "driver" in finding.message


def test_a_rule_that_makes_no_sense_stops_the_start(content: Path) -> None:
    path = content / "volunteering.yaml"
    path.write_text(path.read_text().replace("least_share: 0.6", "least_share: 6"))
    with pytest.raises(BrokenContent) as broken:
        open_setting(content, load_site(content))
    assert path.read_text().splitlines()[broken.value.finding.line - 1].startswith("least_share")
