"""Policy answers for the other capabilities, the dialogue and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from handlers.policy.batch import BatchError, Counts, ask_file, search_file
from handlers.policy.reading_room import ReadingRoom
from handlers.regions.service import open_regions

if TYPE_CHECKING:
    from handlers.policy.answers import Answers, Decision, Passage
    from handlers.policy.library import Reading

__all__ = [
    "Answers",
    "BatchError",
    "Counts",
    "Decision",
    "Passage",
    "ReadingRoom",
    "batch",
    "open_answers",
    "search_files",
]


def open_answers(content_dir: Path, reading: Reading | None = None) -> Answers:
    """The answers over a content folder, with its regions' figures and names. Regions are read when first needed;
    `reading` is the content where it was read already."""

    from handlers.policy.answers import Answers  # what asks a question needs it, a start does not

    def resolve(reference: str) -> str:
        return f"{open_regions(content_dir).figure(reference).value:f}"

    def find_places(text: str) -> list[str]:
        return [region.code for region in open_regions(content_dir).find(text)]

    return Answers.load(content_dir, resolve, find_places, reading)


def batch(content_dir: Path, questions: Path, out: Path) -> Counts:
    """Answer a file of questions; raises `BatchError` when a file can't be read or written."""
    return ask_file(open_answers(content_dir), questions, out)


def search_files(content_dir: Path, corpus: Path, questions: Path, out: Path) -> Counts:
    """Rank any corpus for a file of questions, with the project's lexicon; raises `BatchError`."""
    from bot.search.lexicon import Lexicon

    return search_file(corpus, questions, out, Lexicon.load(content_dir / "synonyms.yaml"))
