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
        """Read everything and make the indexes, so that the first question is answered as quickly as the rest."""
        self.answers.decide("工伤怎么赔")
