"""When something is a warning: the operator's thresholds, content/warnings.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.content import Finding, line_of, read_model
from bot.understand.words import normalise

FILE = "warnings.yaml"


class Line(BaseModel):
    """Ten people with a common request may elect representatives: Labour Dispute Mediation and Arbitration Law of the
    People's Republic of China, article 7 (in force since 2008-05-01)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    persons: int = Field(ge=2)
    chance: float = Field(gt=0, le=1)


class Grave(BaseModel):
    """Words of arrears and of businesses that close."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    persons: int = Field(ge=2)
    words: tuple[str, ...] = Field(min_length=1)

    def heard(self, story: str) -> bool:
        """True when a story has one of the words."""
        plain = normalise(story)
        return any(normalise(word) in plain for word in self.words)


class Rules(BaseModel):
    """The file, which says what each is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    false_alarms_per_month: float = Field(gt=0, le=100)
    least_persons: int = Field(ge=2)
    baseline_weeks: int = Field(ge=4, le=26)
    guard_weeks: int = Field(ge=1, le=4)
    line: Line
    grave: Grave
    tell: tuple[Literal["union", "admin"], ...] = Field(min_length=1)


def open_rules(content_dir: Path) -> Rules:
    """Read the file; raises `BrokenContent` with the line of a slip."""
    return read_model(content_dir / FILE, Rules)


def check_warnings(content_dir: Path) -> list[Finding]:
    """A finding for each grave word that is too short to mean anything. Raises `BrokenContent`."""
    path = content_dir / FILE
    return [
        Finding(str(path), line_of(path, ["grave", "words", place]), "error", f"{word!r}: two characters at least")
        for place, word in enumerate(open_rules(content_dir).grave.words)
        if len(normalise(word)) < 2
    ]
