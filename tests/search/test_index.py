"""The engine through its public interface, on a corpus that has nothing to do with policies."""

from pathlib import Path

import pytest

from bot.search.clause import Clause
from bot.search.files import IndexFileError, load, save
from bot.search.index import Document, Index
from bot.search.lexicon import Lexicon
from bot.search.postings import Formula

TEXTS = {
    "injury": ("工伤认定", "职工在工作时间和工作场所内因工作原因受到事故伤害的，应当认定为工伤。"),
    "pension": ("养老保险", "参加基本养老保险的个人，累计缴费满十五年的，按月领取基本养老金。"),
    "pay": ("劳动报酬", "用人单位拖欠劳动报酬的，劳动者可以依法向人民法院申请支付令。"),
    "bank": ("银行账户", "银行应当为存款人保密。"),
    "lease": ("租赁合同", "出租人应当按照约定将租赁物交付承租人，并在租赁期限内保持其用途。"),
    "app": ("网络平台", "平台的APP应当公示规则。"),
}


@pytest.fixture(scope="module")
def index() -> Index:
    documents = [Document(name, {"title": title, "text": text}) for name, (title, text) in TEXTS.items()]
    return Index.build(documents, {"title": 2.0, "text": 1.0})


def first(index: Index, question: str) -> str | None:
    hits = index.top([Clause(question, 1.0)], 10)
    return hits[0].id if hits else None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("工伤怎么认定", "injury"),
        ("公伤怎么认定", "injury"),  # a homophone for a character
        ("工傷認定", "injury"),  # traditional characters
        ("gongshang rending", "injury"),  # typed pinyin
        ("gongshang认定", "injury"),  # half of it
        ("yanglao baoxian", "pension"),
        ("杨劳保险", "pension"),
        ("交满15年养老", "pension"),  # digits for number words
        ("yinhang", "bank"),  # a character with two readings
        ("APP的规则", "app"),
        ("app", "app"),
    ],
)
def test_finds(index: Index, question: str, expected: str) -> None:
    assert first(index, question) == expected


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "？？！", "zzzz"])
def test_finds_nothing_where_nothing_is_shared(index: Index, question: str) -> None:
    assert first(index, question) is None


def test_ranks_by_share_and_keeps_the_limit(index: Index) -> None:
    hits = index.top([Clause("劳动者申请工伤认定", 1.0)], 2)
    assert [hit.id for hit in hits] == ["injury", "pay"]
    assert hits[0].score > hits[1].score > 0


def test_a_field_that_weighs_more_wins() -> None:
    documents = [Document("body", {"title": "甲", "text": "押金"}), Document("title", {"title": "押金", "text": "甲"})]
    assert first(Index.build(documents, {"title": 3.0, "text": 1.0}), "押金") == "title"
    assert first(Index.build(documents, {"title": 1.0, "text": 3.0}), "押金") == "body"


def test_equal_documents_keep_the_order_of_the_corpus() -> None:
    documents = [Document(name, {"text": "退还押金"}) for name in ("b", "a", "c")]
    hits = Index.build(documents, {"text": 1.0}).top([Clause("押金", 1.0)], 2)
    assert [hit.id for hit in hits] == ["b", "a"]


def test_presence_formula_scores_full_reach_for_the_same_text(index: Index) -> None:
    documents = [Document(name, {"title": title}) for name, (title, _) in TEXTS.items()]
    presence = Index.build(documents, {"title": 1.0}, Formula(k1=0.0, b=0.0))
    asked = [Clause("养老保险", 1.0)]
    assert presence.scores(asked)[1] == pytest.approx(presence.reach(asked), rel=1e-5)
    assert presence.totals[1] == pytest.approx(presence.reach(asked), rel=1e-5)


def test_unknown_words_add_to_the_reach_and_not_to_the_scores(index: Index) -> None:
    known, more = [Clause("押金", 1.0)], [Clause("押金 猕猴", 1.0)]
    assert index.reach(more) > index.reach(known)


@pytest.mark.parametrize("documents", [[], [Document("empty", {})], [Document("marks", {"text": "……"})]])
def test_a_corpus_without_words_finds_nothing(documents: list[Document]) -> None:
    empty = Index.build(documents, {"text": 1.0})
    assert empty.top([Clause("押金", 1.0)], 5) == []
    assert empty.reach([Clause("押金", 1.0)]) > 0


def test_saved_and_loaded_answers_alike(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "index"
    save(index, path)
    again = load(path)
    for question in ("公伤认定", "gongshang", "app", "拖欠报酬"):
        asked = [Clause(question, 1.0)]
        assert again.top(asked, 6) == index.top(asked, 6)
        assert again.reach(asked) == index.reach(asked)


def test_a_file_that_is_no_index_is_refused(index: Index, tmp_path: Path) -> None:
    with pytest.raises(IndexFileError):
        load(tmp_path / "missing")
    torn = tmp_path / "torn"
    save(index, torn)
    torn.write_bytes(torn.read_bytes()[:200])
    with pytest.raises(IndexFileError):
        load(torn)


def test_lay_words_find_official_terms(index: Index) -> None:
    lexicon = Lexicon({"讨薪": "拖欠 劳动报酬", "房东 不修": "出租人 保持用途"})
    assert first(index, "讨薪") is None
    for asked in ("讨薪", "讨新", "tao xin", "taoxin"):  # read, heard, typed
        assert index.top(lexicon.clauses(asked), 1)[0].id == "pay"
    assert [clause.text for clause in lexicon.clauses("房东很好")] == ["房东很好"]  # both words must be there
    assert "出租人，保持用途" in [clause.text for clause in lexicon.clauses("房东就是不修")]


def test_the_lexicon_weighs_what_was_typed_most() -> None:
    lexicon = Lexicon({"欠薪": "拖欠 劳动报酬"}, ignore=["请问"], alike=["老板 站长"])
    typed, *added = lexicon.clauses("请问老板欠薪")
    assert (typed.text.strip(), typed.weight) == ("老板欠薪", 1.0)
    assert {clause.text for clause in added} == {"拖欠，劳动报酬", "站长"}
    assert all(clause.weight < 1 for clause in added)


def test_a_question_of_fillers_alone_stays_what_it_is() -> None:
    assert Lexicon(ignore=["怎么办"]).clauses("怎么办")[0].text == "怎么办"


def test_the_lexicon_is_read_from_a_file_or_empty(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.yaml"
    assert Lexicon.load(path).clauses("欠薪") == [Clause("欠薪", 1.0)]
    path.write_text("ignore: [请问]\nalike: [老板 站长]\nwords:\n  欠薪: 劳动报酬\n  '996': 工作时间\n", "utf-8")
    assert len(Lexicon.load(path).clauses("996 欠薪 老板")) == 4
