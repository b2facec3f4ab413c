"""What reading a text comes to."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

Code = Literal[
    "empty",  # nothing was said
    "none",  # nothing of the kind is in it
    "ambiguous",  # more than one is in it, or more than one fits
    "imprecise",  # "上个月", "十几": not exact enough
    "invalid",  # February 30, a phone number with a digit missing
    "negative",  # below zero where that can't be
    "range",  # not among the values that make sense
    "currency",  # money, but not yuan
    "future",  # a day that has not come yet
    "past",  # a day too long ago
    "question",  # a question instead of an answer
    "long",  # more words than fit
]


class NotUnderstood(Exception):
    """The answer can't be used. `code` says why: one of Code or of the asker's own; he finds the sentence."""

    def __init__(self, code: Code | str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value spotted in text[start:end]."""

    value: T
    start: int
    end: int
