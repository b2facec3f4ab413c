"""The content a running bot answers from: read once, read again when a file changes, kept when the change is broken."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaml import CSafeLoader, MarkedYAMLError, YAMLError
from yaml import load as load_yaml

from bot.content import Finding
from bot.log import get_logger
from bot.search.lexicon import Lexicon
from bot.understand.sound import sound, syllables
from handlers.policy import several
from handlers.policy.content import Article, Resolve, load

if TYPE_CHECKING:
    from handlers.policy.ranking import Ranking

ADDED = 0.15  # the articles are written in plain words already: official terms help little, and mislead at more
LOOK_AGAIN = 2.0  # seconds between two looks at the files' times
Fingerprint = tuple[tuple[str, int, int], ...]


class Shelf:
    """One good state of the content; the indexes are made when the first question comes."""

    def __init__(
        self,
        folder: Path,
        articles: Sequence[Article],
        lexicon: Lexicon | None = None,
        elsewhere: Mapping[str, Sequence[str]] | None = None,
        ambiguous: Mapping[str, several.Several] | None = None,
    ) -> None:
        self.folder = folder
        self.articles = articles
        self.lexicon = lexicon or Lexicon(added=ADDED)
        self.elsewhere = elsewhere or {}
        self.ambiguous = ambiguous or {}

    @cached_property
    def ranking(self) -> Ranking:
        """The indexes over the articles; about 0.2 s for 300, and numpy's import when it is the first."""
        from handlers.policy.ranking import Ranking

        return Ranking(self.articles, self.elsewhere, self.lexicon)

    def meant(self, question: str) -> several.Several | None:
        """What words that mean several things may mean: by the words, by their sound, or by how it is told; None for
        all others."""
        found = self.ambiguous.get(words := several.folded(question))
        found = found or (self._by_sound.get(heard) if (heard := sound(words)) else None)
        return found or next((one for one in self._told if one.heard.fullmatch(words)), None)

    @cached_property
    def _told(self) -> list[several.Several]:
        """Those that are told in many ways, each once, in their order."""
        found: list[several.Several] = []
        for one in self.ambiguous.values():
            if one.told and one not in found:
                found.append(one)
        return found

    @cached_property
    def _by_sound(self) -> Mapping[str, several.Several]:
        """The same by their syllables; of two that sound the same the first."""
        named = [(syllables(words), one) for words, one in self.ambiguous.items()]
        return {heard: one for heard, one in reversed(named) if heard}

    @cached_property
    def by_id(self) -> Mapping[str, Article]:
        """The articles by their ids."""
        return {article.id: article for article in self.articles}


@dataclass(frozen=True, slots=True)
class Reading:
    """The content as it was read once: the files' state before, the shelf, and what is wrong with them."""

    seen: Fingerprint
    shelf: Shelf
    findings: list[Finding]


class Library:
    """The shelf in use. `findings` is what is wrong with the files as they were last read; `reading` is what was read
    already, by another process perhaps: a file changed since is noticed as always."""

    def __init__(
        self,
        folder: Path,
        resolve: Resolve,
        ticks: Callable[[], float] = time.monotonic,
        reading: Reading | None = None,
    ) -> None:
        self._folder, self._resolve, self._ticks = folder, resolve, ticks
        self._looked = ticks()
        reading = reading or self.read()
        self.seen, self.shelf, self.findings = reading.seen, reading.shelf, reading.findings

    def read(self) -> Reading:
        """Read everything now."""
        return Reading(self._fingerprint(), *self._read())

    def refresh(self) -> None:
        """Take over a change of the files, looked for every two seconds; a broken edit changes no answer."""
        if self._ticks() - self._looked < LOOK_AGAIN:
            return
        self._looked, seen = self._ticks(), self._fingerprint()
        if seen == self.seen:
            return
        self.seen = seen
        shelf, self.findings = self._read()
        if not self.findings:
            self.shelf = shelf
        log = get_logger()
        for found in self.findings:
            log.warning("content_kept", path=found.path, line=found.line, message=found.message)

    def _read(self) -> tuple[Shelf, list[Finding]]:
        articles, findings = load(self._folder, self._resolve)
        words = _yaml(self._folder, "synonyms.yaml", findings)
        lexicon = _lexicon(words, findings)
        elsewhere = _elsewhere(_yaml(self._folder, "elsewhere.yaml", findings), findings)
        ambiguous = several.read(_yaml(self._folder, several.FILE, findings), findings)
        return Shelf(self._folder, articles, lexicon, elsewhere, ambiguous), findings

    def _fingerprint(self) -> Fingerprint:
        """Name, time and size of every file that is read; about 2 ms for 300 files."""
        beside = (self._folder / name for name in ("synonyms.yaml", "elsewhere.yaml", several.FILE))
        files = [*self._folder.glob("policies/*/*.md"), *beside]
        states = ((str(path), path.stat()) for path in sorted(files) if path.exists())
        return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _yaml(folder: Path, name: str, findings: list[Finding]) -> dict[str, Any]:
    """A file of key: value lines; empty when it is not there, empty with a finding when it can't be read."""
    path = folder / name
    if not path.exists():
        return {}
    try:
        data = load_yaml(path.read_text("utf-8"), CSafeLoader) or {}
    except (YAMLError, UnicodeDecodeError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        problem = error.problem if isinstance(error, MarkedYAMLError) else error
        findings.append(Finding(name, mark.line + 1 if mark else 1, "error", f"no YAML: {problem}"))
        return {}
    if isinstance(data, dict):
        return data
    findings.append(Finding(name, 1, "error", "must be `key: value` lines"))
    return {}


def _lexicon(data: dict[str, Any], findings: list[Finding]) -> Lexicon:
    try:
        return Lexicon.of(data, ADDED)
    except (TypeError, ValueError, AttributeError) as error:
        message = f"needs words: {{lay: official terms}}, alike: [words ...], ignore: [words]: {error}"
        findings.append(Finding("synonyms.yaml", 1, "error", message))
        return Lexicon(added=ADDED)


def _elsewhere(data: dict[str, Any], findings: list[Finding]) -> dict[str, list[str]]:
    good = {str(name): asked for name, asked in data.items() if isinstance(asked, list)}
    for name in data.keys() - good.keys():
        findings.append(Finding("elsewhere.yaml", 1, "error", f"{name}: must be a list of questions"))
    return {name: [str(question) for question in asked] for name, asked in good.items()}
