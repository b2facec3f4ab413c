"""What the operator edits: content/points.yaml (what earns how much) and content/rewards.yaml (the start set)."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.content import read_model
from bot.i18n import language

_ID = Field(pattern=r"^[a-z][a-z0-9_]{0,18}$")


class Task(BaseModel):
    """Something staff give points for by a code shown at the place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = _ID
    name: str = Field(min_length=1, max_length=30)
    name_en: str = Field(min_length=1, max_length=60)
    points: int = Field(ge=0, le=1000)

    @property
    def said(self) -> str:
        """Its name in the language in force."""
        return self.name_en if language() == "en" else self.name


class PointRules(BaseModel):
    """What is worth how many points, beside the activities' own; the file says what each is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    report: int = Field(ge=0, le=1000)
    council: int = Field(ge=0, le=1000)
    tasks: tuple[Task, ...] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> PointRules:
        names = [task.id for task in self.tasks]
        if len(set(names)) != len(names) or "council" in names:
            raise ValueError("tasks: every id once, and none may be council")
        return self


class StartReward(BaseModel):
    """One thing of the start set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = _ID
    name: str = Field(min_length=1, max_length=40)
    points: int = Field(ge=1, le=100_000)
    stock: int = Field(ge=0, le=100_000)
    collect: str = Field(default="", max_length=120)


class StartSet(BaseModel):
    """The catalogue a service begins with, and how long something redeemed is held."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hold_days: int = Field(ge=1, le=365)
    rewards: tuple[StartReward, ...] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> StartSet:
        names = [one.id for one in self.rewards]
        if len(set(names)) != len(names):
            raise ValueError("rewards: every id once")
        return self


def open_points(content_dir: Path) -> PointRules:
    """content/points.yaml; raises `BrokenContent` with the line of a slip."""
    return read_model(content_dir / "points.yaml", PointRules)


def open_start_set(content_dir: Path) -> StartSet:
    """content/rewards.yaml; raises `BrokenContent` with the line of a slip."""
    return read_model(content_dir / "rewards.yaml", StartSet)
