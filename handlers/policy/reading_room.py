"""The answers, opened when the first question comes (or in the background after start): a start need not wait for the
content to be read, and what search needs (numpy, 10 MB) is imported only by who asks."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.policy.answers import Answers


class ReadingRoom:
    """Holds the answers over one content folder."""

    def __init__(self, content_dir: Path) -> None:
        self.content_dir = content_dir
        self._lock = threading.Lock()
        self._answers: Answers | None = None

    @property
    def answers(self) -> Answers:
        """The answers, read when they are first needed; safe to call from any thread."""
        with self._lock:
            if self._answers is None:
                from handlers.policy.service import open_answers

                self._answers = open_answers(self.content_dir)
            return self._answers

    def warm(self) -> None:
        """Have everything read and the indexes made, so that the first question is answered as quickly as the rest.
        A process of its own does it; a question that comes before it is done is answered without it."""
        from handlers.policy.apart import read_apart

        reading = read_apart(self.content_dir)
        with self._lock:
            if self._answers is None and reading is not None:
                from handlers.policy.service import open_answers

                self._answers = open_answers(self.content_dir, reading)
        self.answers.decide("工伤怎么赔")
