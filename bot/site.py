"""Who runs the service: content/site.yaml, read once at start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.content import BrokenContent, read_yaml
from bot.settings import BadSettings


class Site(BaseModel):
    """Names and promises of one installation; working days are those of China's calendar."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    name_en: str
    area: str
    operator: str
    operator_en: str
    union: str
    union_en: str
    case_officers: int = Field(ge=1)
    reply_workdays: int = Field(ge=1)
    question_workdays: int = Field(ge=1)
    retention_days: int = Field(ge=30)
    reopen_days: int = Field(default=30, ge=0)
    desk_from: int = Field(default=9, ge=0, le=23)
    desk_until: int = Field(default=18, ge=1, le=24)
    chat_days: int = Field(default=90, ge=30)
    held_days: int = Field(default=180, ge=30)
    parked_days: int = Field(default=180, ge=30)
    second_factor: tuple[Literal["union", "community", "admin"], ...] = ()
    public_figures: bool = False
    timezone: str = "Asia/Shanghai"
    region: str = ""
    hotlines: dict[str, str] = Field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin."""
        return ZoneInfo(self.timezone)

    def said(self, word: str) -> str:
        """A name in the language in force: name, operator or union."""
        from bot.i18n import language

        return str(getattr(self, f"{word}_en" if language() == "en" else word))


def load_site(content_dir: Path) -> Site:
    """Read content/site.yaml; raises `BadSettings` with the field that is wrong."""
    path = content_dir / "site.yaml"
    if not path.exists():
        raise BadSettings(f"{path} is missing")
    try:
        return Site.model_validate(read_yaml(path))
    except BrokenContent as error:
        raise BadSettings(str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise BadSettings(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
