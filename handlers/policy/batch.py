"""Questions by the file, for `yizhan ask --batch` and `yizhan search`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.batch import BadLine, BatchError, Counts, convert, read_lines, read_row, text_of

if TYPE_CHECKING:
    from bot.search.index import Index
    from bot.search.lexicon import Lexicon
    from handlers.policy.answers import Answers

__all__ = ["BatchError", "Counts", "ask_file", "search_file"]

MOST_RANKED = 100


def ask_file(answers: Answers, questions: Path, out: Path) -> Counts:
    """{"id", "question"} a line -> {"id", "decision", "passages"} a line; raises `BatchError`."""

    def one(asked: Mapping[str, Any]) -> dict[str, Any]:
        decision = answers.decide(text_of(asked, "question"))
        return {"decision": decision.decision, "passages": [passage.as_dict() for passage in decision.passages]}

    return convert(questions, out, one)


def search_file(corpus: Path, questions: Path, out: Path, lexicon: Lexicon) -> Counts:
    """{"id", "title", "text"} and {"id", "question"} a line -> {"id", "ranked": [ids]} a line; raises `BatchError`.

    Lines of the corpus that can't be read are left out and counted with the errors.
    """
    for _line in read_lines(questions):  # a slip in its name shows before the index is built
        break
    ids, index, bad = _index(corpus)

    def one(asked: Mapping[str, Any]) -> dict[str, Any]:
        hits = index.top(lexicon.clauses(text_of(asked, "question")), MOST_RANKED)
        return {"ranked": [ids[int(hit.id)] for hit in hits]}

    counts = convert(questions, out, one)
    return Counts(counts.lines, counts.errors + bad)


def _index(corpus: Path) -> tuple[list[str | int], Index, int]:
    """The ids of a corpus, the index of its lines by their place, and how many lines can't be read."""
    from bot.search.index import Document, Index

    ids: list[str | int] = []
    documents: list[Document] = []
    bad = 0
    for line in read_lines(corpus):
        try:
            row = read_row(line)
            fields = {"title": str(row.get("title") or ""), "text": text_of(row, "text")}
        except BadLine:
            bad += 1
            continue
        ids.append(row["id"])
        documents.append(Document(str(len(documents)), fields))
    return ids, Index.build(documents, {"title": 1.0, "text": 1.0}), bad
