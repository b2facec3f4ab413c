"""A request the desk does not grant: a status and one plain sentence."""

from __future__ import annotations


class Refused(Exception):
    """`sentence` is shown to the member, in their language."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
