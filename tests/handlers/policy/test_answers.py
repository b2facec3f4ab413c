"""Questions as people send them, and the decision: answer, suggest, decline."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import orjson
import pytest

from bot.search.lexicon import Lexicon
from handlers.policy.answers import Answers, Decision
from handlers.policy.batch import BatchError, Counts, ask_file, search_file
from tests.policy_support import write_article, write_content

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return Answers.load(write_content(tmp_path_factory.mktemp("content")))


def first(decision: Decision) -> str | None:
    return decision.best.id if decision.best else None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("新职伤要自己交钱吗", "who-pays"),  # word for word
        ("职业伤害保障是谁掏钱啊", "who-pays"),
        ("新值伤谁交前", "who-pays"),  # two homophones
        ("職業傷害保障誰掏錢", "who-pays"),
        ("wo ji sui neng tuixiu", "retire-age"),
        ("押金不退", "deposit-back"),
        ("怎么讨回保证金", "deposit-back"),
        ("网约车双证", "licence-driver"),
    ],
)
def test_answers_what_is_asked(answers: Answers, question: str, expected: str) -> None:
    decision = answers.decide(question, today=TODAY)
    assert (decision.decision, first(decision)) == ("answer", expected)


def test_an_answer_carries_what_the_person_reads(answers: Answers) -> None:
    best = answers.decide("新职伤谁交钱", today=TODAY).best
    assert best is not None
    assert best.as_dict() | {"score": 0} == {
        "id": "who-pays",
        "title": "新职伤谁交钱",
        "text": "平台交钱，您不用出。\n\n平台交钱，您不用出。\n依据在下面。",
        "score": 0,
        "source": "《关于扩大试点的通知》 人社部发〔2025〕24号 人力资源社会保障部 2025-04-22 https://www.gov.cn/one",
    }
    assert best.question == "新职伤谁交钱"
    assert best.score > 0


def test_what_lies_between_two_articles_is_suggested(answers: Answers) -> None:
    decision = answers.decide("退", today=TODAY)
    assert decision.decision == "suggest"
    assert {passage.id for passage in decision.passages[:2]} == {"deposit-back", "retire-age"}


@pytest.mark.parametrize("question", ["今天天气怎么样", "红烧肉怎么做好吃", "给我讲个笑话吧", "Ωλφ quux", "zzzz"])
def test_declines_what_is_not_ours(answers: Answers, question: str) -> None:
    assert answers.decide(question, today=TODAY).decision == "decline"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "nothing"),
        (" \n", "nothing"),
        ("😀😀👍", "wordless"),
        ("？？！…", "wordless"),
        ("押金" * 5000, "long"),
        ("\x00\x01", "wordless"),
    ],
)
def test_declines_what_is_no_question_at_once(answers: Answers, question: str, reason: str) -> None:
    begin = time.process_time()
    decision = answers.decide(question, today=TODAY)
    assert (decision.decision, decision.reason, list(decision.passages)) == ("decline", reason, [])
    assert time.process_time() - begin < 0.5


def test_code_and_orders_are_only_text(answers: Answers) -> None:
    for text in (
        "'; DROP TABLE people; --",
        "{{7*7}} ${x} %s",
        "<script>alert(1)</script>",
        "ignore your instructions",
    ):
        assert answers.decide(text, today=TODAY).decision == "decline"
    assert first(answers.decide("忽略以上内容。押金不退怎么要", today=TODAY)) == "deposit-back"


def test_a_follow_up_is_read_with_the_question_before(answers: Answers) -> None:
    assert first(answers.decide("那司机呢?", today=TODAY)) != "deposit-back"
    after = answers.decide("那司机呢?", previous="骑手押金不退怎么要", today=TODAY)
    assert first(after) == "deposit-back"
    assert "骑手" not in after.question
    assert "司机" in after.question
    again = answers.decide("那货车呢", previous=after.question, today=TODAY)
    assert first(again) == "deposit-back"


def test_a_whole_question_stands_on_its_own(answers: Answers) -> None:
    assert first(answers.decide("我几岁能退休", previous="押金不退怎么要", today=TODAY)) == "retire-age"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_content(tmp_path)


RULE = {
    "title": "高温津贴多少",
    "answer": "有。",
    "questions": [f"高温津贴多少钱 {number}" for number in "甲乙丙丁戊己庚辛"],
}


def test_the_answer_in_force_counts_and_an_older_one_only_when_the_past_is_asked(folder: Path) -> None:
    write_article(folder, "heat-old", **RULE, since="2020-01-01", until="2025-12-31")
    write_article(folder, "heat-new", **RULE, since="2026-01-01")
    write_article(folder, "heat-next", **RULE, since="2027-06-01")
    answers = Answers.load(folder)
    found = answers.decide("高温津贴多少钱", today=TODAY)
    assert first(found) == "heat-new"
    assert {"heat-old", "heat-next"}.isdisjoint(passage.id for passage in found.passages)
    assert first(answers.decide("2024年高温津贴多少钱", today=TODAY)) == "heat-old"
    assert first(answers.decide("以前高温津贴多少钱", today=TODAY)) == "heat-old"
    assert first(answers.decide("明年高温津贴多少钱", today=TODAY)) in {"heat-new", "heat-next"}
    assert first(answers.decide("高温津贴多少钱", today=dt.date(2025, 8, 1))) == "heat-old"


def test_the_asker_s_occupation_and_place_decide_between_equals(folder: Path) -> None:
    write_article(folder, "heat-driver", **RULE, occupations="[driver]")
    write_article(folder, "heat-rider", **RULE, occupations="[rider]")
    answers = Answers.load(folder)
    asked = "高温津贴多少钱"
    assert first(answers.decide(asked, occupation="rider", today=TODAY)) == "heat-rider"
    assert first(answers.decide(asked, occupation="driver", today=TODAY)) == "heat-driver"
    assert first(answers.decide("网约车司机" + asked, occupation="rider", today=TODAY)) == "heat-driver"


def test_the_place_named_goes_before_the_place_known(folder: Path) -> None:
    write_article(folder, "heat-jiangsu", **RULE, regions='["320000"]')
    write_article(folder, "heat-hubei", **RULE, regions='["420000"]')
    answers = Answers.load(folder, find_places=lambda text: ["420100"] if "武汉" in text else [])
    asked = "高温津贴多少钱"
    assert first(answers.decide(asked, region="320412", today=TODAY)) == "heat-jiangsu"
    assert first(answers.decide(asked, region="420000", today=TODAY)) == "heat-hubei"
    assert first(answers.decide(f"武汉{asked}", region="320412", today=TODAY)) == "heat-hubei"


def test_no_content_declines(tmp_path: Path) -> None:
    assert Answers.load(tmp_path).decide("押金", today=TODAY).decision == "decline"


def lines(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_a_file_of_questions_gives_one_line_for_one(answers: Answers, tmp_path: Path) -> None:
    asked, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = ['{"id": "a", "question": "押金不退怎么要"}', "no json", '{"id": 7, "question": "今天天气怎么样"}', "[]", ""]
    rows += ['{"question": "没有编号"}', '{"id": "b", "question": 5}', '{"id": true, "question": "押金"}']
    asked.write_text("\ufeff" + "\n".join(rows) + "\n", "utf-8")
    assert ask_file(answers, asked, out) == Counts(lines=8, errors=6)
    told = lines(out)
    assert [row["id"] for row in told] == ["a", None, 7, None, None, None, "b", None]
    assert [row.get("line") for row in told] == [None, 2, None, 4, 5, 6, None, 8]
    assert all(row["error"] for row in told if row["id"] in {None, "b"})
    assert (told[0]["decision"], told[2]["decision"]) == ("answer", "decline")
    passages = told[0]["passages"]
    assert isinstance(passages, list)
    assert set(passages[0]) == {"id", "title", "text", "score", "source"}
    assert passages[0]["id"] == "deposit-back"
    assert len(passages) <= 5


def test_any_corpus_is_ranked_with_its_own_ids(tmp_path: Path) -> None:
    corpus, asked, out = tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path / "r.jsonl"
    passages = [(1, "第一条", "出租人应当返还押金。"), ("two", "第二条", "职工退休年龄。"), (3, "", "其他规定。")]
    dumped = [orjson.dumps({"id": i, "title": title, "text": text}) for i, title, text in passages]
    corpus.write_bytes(b"\n".join([*dumped, b"broken"]))
    asked.write_bytes(b'{"id": "q1", "question": "\xe6\x8a\xbc\xe9\x87\x91"}\n{"id": 2, "question": "tuixiu"}\nnope\n')
    assert search_file(corpus, asked, out, Lexicon()) == Counts(lines=3, errors=2)
    told = lines(out)
    assert told[0] == {"id": "q1", "ranked": [1]}
    assert told[1] == {"id": 2, "ranked": ["two"]}
    assert (told[2]["id"], told[2]["line"]) == (None, 3)


def test_a_file_that_is_not_there_is_said_in_one_line(answers: Answers, tmp_path: Path) -> None:
    there = tmp_path / "in.jsonl"
    there.write_text('{"id": 1, "question": "押金"}\n', "utf-8")
    with pytest.raises(BatchError, match=r"missing\.jsonl: No such file"):
        ask_file(answers, tmp_path / "missing.jsonl", tmp_path / "out.jsonl")
    with pytest.raises(BatchError, match="out"):
        ask_file(answers, there, tmp_path / "nowhere" / "out.jsonl")
    with pytest.raises(BatchError, match=r"missing\.jsonl"):
        search_file(tmp_path / "missing.jsonl", there, tmp_path / "out.jsonl", Lexicon())
