"""The labels fit the content, the noises are what they say, and the figures on the half to tune on hold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.search.tables import syllables
from handlers.policy.answers import Answers
from handlers.policy.service import open_answers
from tests.evaluation.__main__ import CONTENT, TODAY
from tests.evaluation.labelled import held_out, read, unknown
from tests.evaluation.measure import measure
from tests.evaluation.noise import NOISES, dropped, pinyin, slips, traditional


@pytest.fixture(scope="module")
def answers() -> Answers:
    return open_answers(CONTENT)


def test_labels_name_articles_and_ids_are_unique(answers: Answers) -> None:
    questions = read()
    assert unknown(questions, set(answers.library.shelf.by_id)) == []
    assert [name for name, times in Counter(one.id for one in questions).items() if times > 1] == []
    assert {one.half for one in questions} == {"tune", "report"}
    assert len(questions) >= 400


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(
        '{"id": "a", "question": "q", "expect": [], "half": "tune"}\n{"id": 1}\n', "utf-8"
    )
    with pytest.raises(ValueError, match=r"one\.jsonl:2"):
        read(tmp_path)


def test_noises_change_what_they_say_and_always_the_same() -> None:
    question = "职业伤害保障谁交钱"
    for count in (1, 2):
        slipped = slips(count)(question)
        changed = [(one, other) for one, other in zip(question, slipped, strict=True) if one != other]
        assert len(changed) == count
        assert all(syllables()[one] == syllables()[other] for one, other in changed)
    assert traditional(question) == "職業傷害保障誰交錢"
    assert pinyin("谁交钱") == "shuijiao qian"
    assert len(dropped(question)) == len(question) - 1
    assert all(noise(question) == noise(question) for noise in NOISES.values())


def test_held_out_questions_are_gone_from_their_article(answers: Answers) -> None:
    kept, asked = held_out(answers.library.shelf.articles)
    left = {article.id: set(article.questions) for article in kept}
    assert all(one.question not in left[one.expect[0]] for one in asked)
    assert len(asked) > len(kept)


def test_the_figures_hold(answers: Answers) -> None:
    tuned = [one for one in read() if one.half == "tune"]
    plain = measure(answers, tuned, NOISES["as asked"], TODAY)
    assert plain.hit1 >= 0.85
    assert plain.hit3 >= 0.94
    assert plain.wrong <= 0.03
    assert plain.declined >= 0.95
    assert measure(answers, tuned, NOISES["1 homophone"], TODAY).hit1 >= plain.hit1 - 0.05
    assert measure(answers, tuned, NOISES["traditional"], TODAY).hit1 >= plain.hit1 - 0.01
