"""What a look through the insurance content finds."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.content import BrokenContent, Finding
from handlers.insurance.check import check_insurance
from handlers.insurance.service import open_insurance

CONTENT = Path(__file__).parents[3] / "content"
TODAY = date(2026, 11, 21)
Spoil = Callable[[str, str, str], list[Finding]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("regions", "schemes"):
        shutil.copytree(CONTENT / name, tmp_path / name)
    shutil.copy(CONTENT / "divisions.csv", tmp_path)
    return tmp_path


@pytest.fixture
def spoil(copy: Path) -> Spoil:
    """Replace a text in one file of a copy, and give the errors that are found then."""

    def work(name: str, old: str, new: str) -> list[Finding]:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return [finding for finding in check_insurance(copy, TODAY) if finding.severity == "error"]

    return work


def test_the_projects_own_content_has_no_errors() -> None:
    assert [finding for finding in check_insurance(CONTENT, TODAY) if finding.severity == "error"] == []


def test_a_figure_past_its_period_is_a_warning() -> None:
    def warned(today: date) -> set[tuple[str, str]]:
        found = check_insurance(CONTENT, today)
        return {(Path(each.path).stem, each.message) for each in found if each.severity == "warning"}

    ended = ("310000", "this ended on 2026-12-31; look for what holds now")
    assert ended not in warned(date(2026, 12, 31))
    assert ended in warned(date(2027, 1, 1))
    older = ("320000", "pension_base: the newest confirmed year is 2024; look for 2026")
    assert older in warned(TODAY)
    assert not any(code == "110000" and "pension_base" in message for code, message in warned(TODAY))


def line_with(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "regions/320000.yaml",
            'code: "320000"',
            'code: "329999"',
            "must be the file's name, 320000",
        ),
        ("regions/320000.yaml", "floor: 4879", "floor: 48790", "a cap of 24396 over a floor of 48790 can't be right"),
        ("regions/320000.yaml", "floor: 4879", "floor: abc", "not a region file"),
        ("regions/320000.yaml", "floor: null", "floor: 5000", "floor is not confirmed, so it must be null"),
        ("regions/320000.yaml", "floor: 4879", "floor: null", "floor must be a number"),
        (
            "regions/320000.yaml",
            "confidence: high",
            "confidence: sure",
            "confidence must be high, medium or unconfirmed",
        ),
        ("regions/320000.yaml", "title: 2024", "titel: 2024", "not a region file"),
        ("regions/320000.yaml", "year: 2025", "year: 2024", "2024 stands here twice for all"),
        ("regions/420000.yaml", '"420100"', '"420199"', "there is no region 420199 in divisions.csv"),
        ("regions/620000.yaml", "url: https", "url: htps", "is not an address"),
        ("regions/440000.yaml", "from: 2025-07-01", "from: July", "not a region file"),
        ("regions/000000.yaml", "rate: 0.20", "rates: 0.20", "the rules can't be used"),
        (
            "regions/000000.yaml",
            "issuer: 国务院办公厅, url: null, date: null, from: 2025",
            "issuer: '', url: null, from: 2025",
            "issuer",
        ),
        ("schemes/unemployment.yaml", "of_age: false", "of_ages: false", "there is no fact called 'of_ages'"),
        ("schemes/unemployment.yaml", "{zh: 您已到", "{cn: 您已到", "not a scheme file"),
        ("schemes/unemployment.yaml", "id: unemployment", "id: other", "must be the file's name"),
        (
            "schemes/personal_pension.yaml",
            "personal_pension.2022.limit}} 元",
            "personal_pension.2021.limit}} 元",
            "000000",
        ),
        ("schemes/employee_pension.yaml", "{paid_months} 个月，都", "{paid} 个月，都", "'paid'"),
    ],
)
def test_slips_are_found_with_file_and_message(
    copy: Path, spoil: Spoil, name: str, old: str, new: str, message: str
) -> None:
    found = spoil(name, old, new)
    assert any(each.path == str(copy / name) and message in each.message for each in found), found


def test_a_slip_is_found_on_its_line(copy: Path, spoil: Spoil) -> None:
    found = spoil("regions/320000.yaml", "floor: 4879", "floor: null")
    assert [each.line for each in found] == [line_with(copy / "regions/320000.yaml", "floor: null")]


def test_broken_yaml_is_found_on_its_line(copy: Path, spoil: Spoil) -> None:
    found = spoil("regions/320000.yaml", "short: 江苏", "short: [江苏")
    assert found
    assert all(Path(each.path).name == "320000.yaml" for each in found)
    assert abs(found[0].line - line_with(copy / "regions/320000.yaml", "short: [")) <= 1


@pytest.mark.parametrize("name", ["regions/650000.yaml", "schemes/unemployment.yaml"])
def test_a_missing_file_is_found(copy: Path, name: str) -> None:
    (copy / name).unlink()
    errors = [finding for finding in check_insurance(copy, TODAY) if finding.severity == "error"]
    assert [each.path for each in errors] == [str(copy / name)]


def test_a_source_is_asked_for(copy: Path) -> None:
    path = copy / "schemes" / "unemployment.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("sources:")] + "sources: []\n", encoding="utf-8")
    errors = [finding for finding in check_insurance(copy, TODAY) if finding.severity == "error"]
    assert [each.message for each in errors] == ["the source is missing: name at least one"]


@pytest.mark.parametrize("name", ["regions/000000.yaml", "schemes/unemployment.yaml", "regions/320000.yaml"])
def test_the_service_refuses_broken_content_and_says_where(copy: Path, name: str) -> None:
    (copy / name).write_text("a: [1", encoding="utf-8")
    with pytest.raises(BrokenContent) as refused:
        open_insurance(copy)
    assert refused.value.finding.path == str(copy / name)
    assert refused.value.finding.line >= 1
