"""The content check: clean content has no findings, and each slip is found with its file, line and what to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.content import Finding
from handlers.policy.answers import Answers
from handlers.policy.check import check
from tests.policy_support import QUESTIONS, write_article, write_content

TODAY = dt.date(2026, 11, 21)
DIALOGUES = {"complaint", "insurance"}


def findings(folder: Path) -> list[Finding]:
    return check(Answers.load(folder, lambda reference: "4879"), folder, DIALOGUES, TODAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "topics.yaml").write_text("injury: {zh: 新职伤, en: Injury}\n", "utf-8")
    return write_content(tmp_path)


def test_clean_content_has_no_findings(folder: Path) -> None:
    assert findings(folder) == []


@pytest.mark.parametrize(
    ("change", "severity", "line", "said"),
    [
        ({"until": "2024-12-31"}, "error", 25, "before from"),
        ({"until": "2026-06-30"}, "warning", 25, "not in force"),
        ({"reviewed": "2025-11-20"}, "warning", 26, "not reviewed since 2025-11-20"),
        ({"reviewed": "2027-01-01"}, "error", 26, "in the future"),
        ({"to": "article:nowhere"}, "error", 28, "article:nowhere leads nowhere"),
        ({"to": "article:who-pays"}, "error", 28, "leads nowhere"),
        ({"to": "dialogue:lottery"}, "error", 28, "complaint, insurance"),
        ({"body": "第一行\n今年缴费基数下限是 4879 元。"}, "error", 31, "content/regions"),
        ({"answer": "最低工资 2490元，以当地为准。"}, "error", 17, "2490元"),
    ],
)
def test_a_slip_is_named(folder: Path, change: dict[str, object], severity: str, line: int, said: str) -> None:
    path = write_article(folder, "who-pays", **change)
    [found] = findings(folder)
    assert (found.severity, found.line, found.path) == (severity, line, str(path.relative_to(folder)))
    assert said in found.message


@pytest.mark.parametrize(
    "change",
    [
        {"to": "article:retire-age"},
        {"to": "dialogue:complaint"},
        {"reviewed": "2025-11-21"},
        {"body": "缴费基数下限是 {{320000.pension_base.2024.floor}} 元，罚 2000 元以下，按 60% 的档。"},
    ],
)
def test_what_is_right_stays_silent(folder: Path, change: dict[str, object]) -> None:
    write_article(folder, "who-pays", **change)
    assert findings(folder) == []


def test_a_source_that_cannot_be_found_is_a_warning(folder: Path) -> None:
    path = write_article(folder, "who-pays")
    text = path.read_text("utf-8")
    for known in ("人社部发〔2025〕24号", "https://www.gov.cn/one", "2025-04-22"):
        text = text.replace(known, "null")
    path.write_text(text, "utf-8")
    assert [(found.severity, found.line) for found in findings(folder)] == [("warning", 20)]


def test_an_unknown_topic_is_an_error(folder: Path) -> None:
    write_article(folder, "new-thing", topic="lottery", questions=[f"彩票奖金税率{one}" for one in "甲乙丙丁戊己庚辛"])
    [found] = findings(folder)
    assert "content/topics.yaml has no lottery" in found.message


def test_schema_findings_come_with_the_rest(folder: Path) -> None:
    write_article(folder, "who-pays", answer="长" * 61)
    write_article(folder, "retire-age", reviewed="2020-01-01")
    assert [(found.severity, found.message.split(":")[0]) for found in findings(folder)] == [
        ("error", "answer"),
        ("warning", "not reviewed since 2020-01-01"),
    ]


def test_questions_that_find_another_article_first_are_named(folder: Path) -> None:
    asked = [*QUESTIONS["retire-age"][:7], "头盔押金退不退呀"]
    path = write_article(folder, "retire-age", questions=asked)
    [found] = findings(folder)
    assert (found.severity, found.path) == ("warning", str(path.relative_to(folder)))
    assert found.line == path.read_text("utf-8").splitlines().index("  - 头盔押金退不退呀") + 1
    assert "finds deposit-back first" in found.message


def test_an_article_that_its_own_questions_do_not_find_is_an_error(folder: Path) -> None:
    write_article(folder, "lost", title="甲乙", keywords="丙丁", questions=QUESTIONS["deposit-back"])
    [found] = [one for one in findings(folder) if "no question finds this article" in one.message]
    assert (found.severity, found.path, found.line) == ("error", "policies/injury/lost.md", 7)


def test_the_same_question_twice_is_an_error_in_both(folder: Path) -> None:
    write_article(folder, "retire-age", questions=[*QUESTIONS["retire-age"], "押金能要回来吗"])
    twins = [found for found in findings(folder) if "also stands under" in found.message]
    assert {found.path for found in twins} == {"policies/injury/retire-age.md", "policies/injury/deposit-back.md"}
    assert {found.severity for found in twins} == {"error"}


def test_an_id_taken_twice_is_an_error(folder: Path) -> None:
    (folder / "topics.yaml").write_text("injury: {}\npay: {}\n", "utf-8")
    write_article(folder, "who-pays", topic="pay")
    found = [one for one in findings(folder) if one.message.startswith("id:")]
    assert [(one.path, one.severity) for one in found] == [("policies/pay/who-pays.md", "error")]
