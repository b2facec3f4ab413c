"""What is remembered of a conversation between two messages: JSON in one sealed column.

Answers are kept by their question's key, so a restart, a deploy or a week's pause lose nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

VERSION = 1
DEEPEST = 4  # interrupted forms kept on the stack


@dataclass(slots=True)
class Draft:
    """One dialogue under way."""

    name: str
    mark: str = field(default_factory=lambda: secrets.token_hex(2))  # in option values: an old button is told apart
    args: dict[str, str] = field(default_factory=dict)  # what it was started with
    opening: str = ""  # the words that started it, from which answers are filled ahead
    answers: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)  # question key -> what it is called, for "change one"
    order: list[str] = field(default_factory=list)  # keys in the order they were answered
    filled: list[str] = field(default_factory=list)  # keys answered from the opening, not by the person's own step
    passed: list[str] = field(default_factory=list)  # keys not to be filled ahead again
    partial: dict[str, Any] = field(default_factory=dict)  # answers being gathered (photos)
    done: dict[str, Any] = field(default_factory=dict)  # results of `once`
    asked: str = ""  # the key of the open question
    free: bool = False  # the open question asks for a story, which may hold anything
    called: dict[str, list[str]] = field(default_factory=dict)  # question key -> other words for its answer

    def keep(self, key: str, value: Any, *, ahead: bool = False) -> None:
        """Keep an answer."""
        self.answers[key] = value
        if key not in self.order:
            self.order.append(key)
        if ahead:
            self.filled.append(key)

    def drop(self, key: str) -> None:
        """Forget one answer; it will be asked, not filled ahead again."""
        self.answers.pop(key, None)
        self.order = [other for other in self.order if other != key]
        self.filled = [other for other in self.filled if other != key]
        self.passed.append(key)

    def back(self) -> bool:
        """Drop the last answer the person gave, and what was filled after it; False when there is none."""
        own = [key for key in self.order if key not in self.filled]
        if not own:
            return False
        for key in self.order[self.order.index(own[-1]) :]:
            self.drop(key)
        self.asked = ""
        return True


@dataclass(slots=True)
class State:
    """A person's conversation: the open dialogue last on the stack, interrupted ones below it."""

    stack: list[Draft] = field(default_factory=list)
    shown: list[list[str]] = field(default_factory=list)  # [label, value] of the options shown last, in order
    memory: dict[str, Any] = field(default_factory=dict)  # what capabilities remember between messages (no forms)

    @property
    def open(self) -> Draft | None:
        """The dialogue under way."""
        return self.stack[-1] if self.stack else None

    def unfinished(self, name: str) -> Draft | None:
        """A dialogue of this name that is under way, with answers of the person's own."""
        return next((one for one in self.stack if one.name == name and set(one.order) - set(one.filled)), None)

    def push(self, draft: Draft) -> None:
        """Open a dialogue over the one under way; an unfinished one of the same name is replaced."""
        others = [other for other in self.stack if other.name != draft.name]
        self.stack = [*others[-(DEEPEST - 1) :], draft]

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        drafts = [{name: getattr(draft, name) for name in Draft.__slots__} for draft in self.stack]
        return {"v": VERSION, "stack": drafts, "shown": self.shown, "memory": self.memory}

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> State:
        """The opposite of `as_json`; fields a later version added get their defaults, unknown ones are left out."""
        if not data:
            return cls()
        known = Draft.__dataclass_fields__
        stack = [
            Draft(**{key: value for key, value in draft.items() if key in known}) for draft in data.get("stack", [])
        ]
        return cls(stack, data.get("shown", []), data.get("memory", {}))


def stale(updated_at: datetime | None, now: datetime, days: int = 30) -> bool:
    """True when a person was away long enough to be asked whether to go on."""
    return updated_at is not None and (now - updated_at).days >= days
