"""What a capability hands in for the desk: its pages, its templates, what waits there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from starlette.responses import Response

from bot.store.unit import Unit

if TYPE_CHECKING:
    from bot.desk.members import Member
    from bot.desk.visit import Visit

Handler = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One route below /desk; a POST comes with its form read and its CSRF token checked. `photo`: its form may hold a
    picture."""

    path: str
    handler: Handler
    method: Literal["GET", "POST"] = "GET"
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that waits: how many, what it is (in the language in force), and where to see it."""

    count: int
    label: str
    path: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the desk's menu. `area` is a row of members.AREAS; `title` a msgid; `path` its first page;
    `said` the sentences (msgids) a page shows after something was done, by their short names."""

    area: str
    title: str
    path: str
    pages: tuple[Page, ...]
    templates: Path
    said: Mapping[str, str] = field(default_factory=dict)
    waiting: Callable[[Unit, Member], Awaitable[list[Figure]]] | None = None
