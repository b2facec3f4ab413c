"""Speed at 55,000 passages: made-up statutes with the letter frequencies of the project's own articles."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.search.files import load, save
from bot.search.index import Document, Index
from bot.search.lexicon import Lexicon

PASSAGES = 55_000


class Babbler:
    """Text in which each character follows the one before it about as often as in the sample."""

    def __init__(self, sample: str, seed: int = 1) -> None:
        self._dice = random.Random(seed)
        self._all = [one for one in sample if one.isalpha()]
        self._after: dict[str, list[str]] = {}
        for one, following in zip(self._all, self._all[1:], strict=False):
            self._after.setdefault(one, []).append(following)

    def say(self, length: int) -> str:
        """A run of so many characters."""
        spoken = [self._dice.choice(self._all)]
        while len(spoken) < length:
            follow = self._dice.random() < 0.85 and self._after.get(spoken[-1])
            spoken.append(self._dice.choice(follow or self._all))
        return "".join(spoken)

    def passages(self, count: int) -> Iterator[Document]:
        """Statute-like passages: a name, and a text of about a hundred characters."""
        for number in range(count):
            length = int(self._dice.lognormvariate(4.5, 0.6)) + 5
            title = f"{self.say(6)}法第{number % 200}条"
            yield Document(str(number), {"title": title, "text": self.say(length)})


def report(sample: str, lexicon: Lexicon, questions: Sequence[str]) -> str:
    """Build, save, load and ask; one line of figures."""
    passages = list(Babbler(sample).passages(PASSAGES))
    begin = time.perf_counter()
    index = Index.build(passages, {"title": 1.0, "text": 1.0})
    built = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        save(index, path)
        begin = time.perf_counter()
        index = load(path)
        loaded = time.perf_counter() - begin
    seconds = []
    for question in questions:
        begin = time.perf_counter()
        index.top(lexicon.clauses(question), 100)
        seconds.append(time.perf_counter() - begin)
    seconds.sort()
    p50, p99 = (seconds[int(share * (len(seconds) - 1))] * 1000 for share in (0.5, 0.99))
    return f"{PASSAGES:,} passages: built {built:.1f} s, loaded {loaded:.2f} s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
