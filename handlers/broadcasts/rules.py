"""The operator's rules for broadcasts: content/broadcasts.yaml."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.content import BrokenContent, Finding, read_model


class Rules(BaseModel):
    """The file says what each is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    approval_above: int = Field(ge=0)
    longest_text: int = Field(ge=20, le=900)  # with the last line it fits a caption in Telegram and a text in WeChat
    longest_label: int = Field(ge=2, le=20)
    most_buttons: int = Field(ge=1, le=5)
    contacted_days: int = Field(ge=0, le=365)
    in_dialogue_minutes: int = Field(ge=0, le=1440)
    furthest_days: int = Field(ge=1, le=365)


def load_rules(content: Path) -> Rules:
    """Read the file; raises `BrokenContent` with the line of a slip."""
    return read_model(content / "broadcasts.yaml", Rules)


def check_broadcasts(content: Path) -> list[Finding]:
    """What is wrong with the file."""
    try:
        load_rules(content)
    except BrokenContent as error:
        return [error.finding]
    return []
