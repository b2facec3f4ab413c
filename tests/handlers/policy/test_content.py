"""Articles as files: what is read, what is refused and how it is said, and what a running bot does about an edit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from handlers.policy.content import load
from handlers.policy.library import Library
from tests.policy_support import write_article, write_content


def figures(reference: str) -> str:
    return {"320000.pension_base.2024.floor": "4879"}[reference]


def one_finding(folder: Path) -> tuple[int, str]:
    articles, findings = load(folder, figures)
    assert articles == []
    assert len(findings) == 1
    assert findings[0].severity == "error"
    return findings[0].line, findings[0].message


def test_an_article_is_read_whole(tmp_path: Path) -> None:
    write_article(tmp_path, "who-pays")
    [article], findings = load(tmp_path, figures)
    assert findings == []
    assert (article.id, article.title, article.answer) == ("who-pays", "新职伤谁交钱", "平台交钱，您不用出。")
    assert article.sources[0].number == "人社部发〔2025〕24号"
    assert article.effective.since == dt.date(2025, 1, 1)
    assert article.body.startswith("平台交钱")
    assert article.path == "policies/injury/who-pays.md"


def test_figures_are_filled_in_from_the_regions(tmp_path: Path) -> None:
    answer = "下限 {{320000.pension_base.2024.floor}} 元。"
    write_article(tmp_path, "base", answer=answer, body=f"江苏{answer}")
    [article], _ = load(tmp_path, figures)
    assert article.answer == "下限 4879 元。"
    assert article.body == "江苏下限 4879 元。"


def test_an_unknown_figure_is_named_with_its_line(tmp_path: Path) -> None:
    write_article(tmp_path, "base", body="第一行\n下限 {{990000.pension_base.2024.floor}} 元。")
    line, message = one_finding(tmp_path)
    assert line == 31
    assert "990000.pension_base.2024.floor" in message


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        ({"title": "一个比二十个字还要长的标题是没有人会在手机上读完的"}, 3, "title"),
        ({"regions": "[江苏]"}, 5, "regions.0"),
        ({"occupations": "[pilot]"}, 6, "occupations.0"),
        ({"questions": ["一个", "两个"]}, 7, "questions"),
        ({"answer": "长" * 61}, 17, "answer"),
        ({"since": "soon"}, 25, "effective.from"),
        ({"reviewed": "someday"}, 26, "reviewed"),
        ({"to": "shop:1"}, 28, "next.0.to"),
        ({"body": ""}, 2, "body"),
    ],
)
def test_a_broken_field_is_named_with_its_line(tmp_path: Path, change: dict[str, object], line: int, said: str) -> None:
    path = write_article(tmp_path, "one", **change)
    _, findings = load(tmp_path, figures)
    assert [(found.line, found.message.split(":")[0]) for found in findings] == [(line, said)]
    assert findings[0].path == str(path.relative_to(tmp_path))


def test_an_unknown_key_and_a_missing_one_are_named(tmp_path: Path) -> None:
    path = write_article(tmp_path, "one")
    path.write_text(path.read_text("utf-8").replace("reviewed:", "reveiwed:"), "utf-8")
    _, findings = load(tmp_path, figures)
    assert {found.message.split(":")[0] for found in findings} == {"reviewed", "reveiwed"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("没有头\n", 1, "no front matter"),
        ("---\nid: one\n没有尾\n", 1, "no front matter"),
        ("---\nid: one\ntitle: a: b\n---\n正文\n", 3, "no YAML"),
        ("---\n- 一个列表\n---\n正文\n", 1, "key: value"),
    ],
)
def test_a_broken_front_matter_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = write_article(tmp_path, "one")
    path.write_text(text, "utf-8")
    found_line, message = one_finding(tmp_path)
    assert found_line == line
    assert said in message


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = write_article(tmp_path, "one")
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert "UTF-8" in one_finding(tmp_path)[1]


def test_an_id_is_the_file_name_and_nobody_elses(tmp_path: Path) -> None:
    write_article(tmp_path, "one")
    write_article(tmp_path, "two", id="one")
    write_article(tmp_path, "three").rename(tmp_path / "policies" / "three.md")
    (tmp_path / "policies" / "pay").mkdir()
    (tmp_path / "policies" / "three.md").rename(tmp_path / "policies" / "pay" / "three.md")
    articles, findings = load(tmp_path, figures)
    assert {article.id for article in articles} == {"one", "three"}
    assert [found.message.split(":")[0] for found in findings] == ["id", "id", "topic"]


class Ticks:
    """A clock for the library, moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def running(tmp_path: Path) -> tuple[Library, Path, Ticks]:
    ticks = Ticks()
    return Library(write_content(tmp_path), figures, ticks), tmp_path, ticks


def test_a_good_edit_is_taken_over(running: tuple[Library, Path, Ticks]) -> None:
    library, folder, ticks = running
    write_article(folder, "who-pays", answer="改过的回答。")
    library.refresh()
    assert library.shelf.by_id["who-pays"].answer == "平台交钱，您不用出。"  # not looked yet
    ticks.now = 10
    library.refresh()
    assert library.shelf.by_id["who-pays"].answer == "改过的回答。"


def test_a_broken_edit_keeps_the_last_good_content(running: tuple[Library, Path, Ticks]) -> None:
    library, folder, ticks = running
    before = library.shelf
    path = write_article(folder, "who-pays")
    path.write_text("---\nid: [\n---\n", "utf-8")
    write_article(folder, "retire-age", answer="别的回答。")
    ticks.now = 10
    library.refresh()
    assert library.shelf is before
    assert library.findings[0].path == "policies/injury/who-pays.md"
    write_article(folder, "who-pays", answer="修好了。")
    ticks.now = 20
    library.refresh()
    assert library.findings == []
    assert library.shelf.by_id["who-pays"].answer == "修好了。"
    assert library.shelf.by_id["retire-age"].answer == "别的回答。"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("synonyms.yaml", "words:\n  a: b: c\n", 2),
        ("synonyms.yaml", "words: [a]\n", 1),
        ("elsewhere.yaml", "weather: 雨\n", 1),
        ("elsewhere.yaml", "- weather\n", 1),
    ],
)
def test_broken_word_lists_keep_the_last_good_content(
    running: tuple[Library, Path, Ticks], name: str, text: str, line: int
) -> None:
    library, folder, ticks = running
    before = library.shelf
    (folder / name).write_text(text, "utf-8")
    ticks.now = 10
    library.refresh()
    assert library.shelf is before
    assert [(found.path, found.line) for found in library.findings] == [(name, line)]


def test_an_article_that_goes_is_gone(running: tuple[Library, Path, Ticks]) -> None:
    library, folder, ticks = running
    (folder / "policies" / "injury" / "who-pays.md").unlink()
    ticks.now = 10
    library.refresh()
    assert "who-pays" not in library.shelf.by_id
