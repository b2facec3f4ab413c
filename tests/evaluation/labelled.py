"""The labelled questions: tests/evaluation/questions/*.jsonl, one {"id", "question", "expect", "half"} a line.

`expect` names the articles that answer it, best first or alike; an empty list means that the bot must decline.
`half` is `tune` (look at it, adjust) or `report` (only ever counted). Optional: `kind` (of wording), `occupation`,
`region`, `previous`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handlers.policy.content import Article

FOLDER = Path(__file__).with_name("questions")


@dataclass(frozen=True, slots=True)
class Labelled:
    id: str
    question: str
    expect: tuple[str, ...]
    half: str
    kind: str = ""
    occupation: str | None = None
    region: str | None = None
    previous: str | None = None

    @property
    def ours(self) -> bool:
        return bool(self.expect)


def read(folder: Path = FOLDER) -> list[Labelled]:
    """All labelled questions; raises ValueError naming the file and line of a bad one."""
    questions = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                questions.append(Labelled(**(row | {"expect": tuple(row["expect"])})))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}:{number}: {error}") from error
    return questions


def held_out(articles: Sequence[Article]) -> tuple[list[Article], list[Labelled]]:
    """The articles without every third of their questions, and those questions with their article as the label."""
    kept, asked = [], []
    for article in articles:
        rest = [question for at, question in enumerate(article.questions) if at % 3 != 2]
        kept.append(article.model_copy(update={"questions": rest}))
        out = article.questions[2::3]
        asked += [
            Labelled(f"{article.id}:{at}", question, (article.id,), "held-out") for at, question in enumerate(out)
        ]
    return kept, asked


def unknown(questions: Sequence[Labelled], articles: set[str]) -> list[str]:
    """Labels that name no article."""
    return [f"{one.id}: {label}" for one in questions for label in one.expect if label not in articles]
