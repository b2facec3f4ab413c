"""What can be reported: content/grid_kinds.yaml."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.content import read_model
from bot.i18n import language
from bot.understand.words import normalise

OTHER = "other"


class Kind(BaseModel):
    """One kind of thing that is wrong in the street; the fields are explained at the head of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,18}$")
    name: str = Field(min_length=1, max_length=30)
    name_en: str = Field(min_length=1, max_length=60)
    signs: tuple[str, ...] = ()
    metres: int | None = Field(default=None, ge=1, le=1000)

    @property
    def said(self) -> str:
        """Its name in the language in force."""
        return self.name_en if language() == "en" else self.name

    @cached_property
    def heard(self) -> re.Pattern[str]:
        """Matches normalised words that mean this kind."""
        parts = (
            re.escape(normalise(sign)).replace("…", ".{0,8}?").replace(r"\.\.\.", ".{0,8}?") for sign in self.signs
        )
        return re.compile("|".join(parts) or r"(?!)")


class GridKinds(BaseModel):
    """All kinds, in the order they are offered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metres: int = Field(ge=1, le=1000)
    kinds: tuple[Kind, ...]

    @model_validator(mode="after")
    def _whole(self) -> GridKinds:
        names = [kind.id for kind in self.kinds]
        if len(set(names)) != len(names):
            raise ValueError("kinds: every id once")
        if OTHER not in names:
            raise ValueError("kinds: other is needed, for what is none of the rest")
        return self

    def kind(self, kind_id: str) -> Kind:
        """The kind with this id; the one for the rest when the file has none such any more."""
        found = {kind.id: kind for kind in self.kinds}
        return found.get(kind_id, found[OTHER])

    def known(self, kind_id: str) -> bool:
        """Whether there is such a kind."""
        return any(kind.id == kind_id for kind in self.kinds)

    def hear(self, text: str) -> Kind | None:
        """The kind that free words speak of; None when they speak of none."""
        words = normalise(text)
        return next((kind for kind in self.kinds if kind.heard.search(words)), None)

    def near(self, kind_id: str) -> int:
        """Within how many metres two reports of a kind are of the same thing."""
        return self.kind(kind_id).metres or self.metres


def open_kinds(content_dir: Path) -> GridKinds:
    """content/grid_kinds.yaml; raises `BrokenContent` with the line of a slip."""
    return read_model(content_dir / "grid_kinds.yaml", GridKinds)
