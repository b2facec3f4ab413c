"""The content a running bot answers from: read once, read again when a file changes, kept when the change is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from bot.content import Finding
from bot.search.lexicon import Lexicon
from handlers.policy.content import Article, Resolve, load
from handlers.policy.ranking import Ranking, load_elsewhere

ADDED = 0.15  # the articles are written in plain words already: official terms help little, and mislead at more
Fingerprint = tuple[tuple[str, int, int], ...]


class Shelf:
    """One good state of the content; the indexes are made when the first question comes."""

    def __init__(self, folder: Path, articles: Sequence[Article]) -> None:
        self.folder = folder
        self.articles = articles

    @cached_property
    def lexicon(self) -> Lexicon:
        return Lexicon.load(self.folder / "synonyms.yaml", added=ADDED)

    @cached_property
    def ranking(self) -> Ranking:
        return Ranking(self.articles, load_elsewhere(self.folder / "elsewhere.yaml"), self.lexicon)

    @cached_property
    def by_id(self) -> Mapping[str, Article]:
        return {article.id: article for article in self.articles}


class Library:
    """The shelf in use. `findings` is what is wrong with the files as they are now."""

    def __init__(self, folder: Path, resolve: Resolve) -> None:
        self._folder, self._resolve = folder, resolve
        self._seen = self._fingerprint()
        articles, self.findings = load(folder, resolve)
        self.shelf = Shelf(folder, articles)

    def refresh(self) -> list[Finding] | None:
        """Look whether a file changed: None when not, else what is wrong now; a broken edit changes no answer."""
        seen = self._fingerprint()
        if seen == self._seen:
            return None
        self._seen = seen
        articles, findings = load(self._folder, self._resolve)
        if not findings:
            self.shelf = Shelf(self._folder, articles)
        self.findings = findings
        return findings

    def _fingerprint(self) -> Fingerprint:
        """Name, time and size of every file an answer is made of; about 2 ms for 300 files."""
        patterns = ("policies/*/*.md", "regions/*.yaml", "*.yaml")
        files = sorted(path for pattern in patterns for path in self._folder.glob(pattern))
        return tuple((str(path), status.st_mtime_ns, status.st_size) for path in files if (status := path.stat()))
