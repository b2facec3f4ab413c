"""What an export shows of a case. `working` is what the officers work with, its fields fixed; `forwardable` can be
handed on: no internal ids, no notes, no staff, nothing that tells who the worker is (see `masking` for their words).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.export import Column, Row
from bot.i18n import _
from bot.store.vault import Vault
from handlers.complaints.case import words
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.exporting.masking import masked
from handlers.complaints.status import NAMES, Status
from handlers.profile.service import occupation_name
from handlers.regions.service import NoFigure, Regions

Name = Literal["working", "forwardable"]
PROFILES: tuple[Name, ...] = get_args(Name)
Cells = Callable[[Vault, sa.RowMapping, int], Row]  # of a row of `cases`; the number counts from 1

# Names and order are fixed: other programs read them. Status, category and occupation are ids; company is its name.
COLUMNS = (
    Column("receipt"),
    Column("submitted_at", "instant"),
    Column("status"),
    Column("category"),
    Column("company", width=20),
    Column("place", width=20),
    Column("occupation"),
    Column("happened_on", "day"),
    Column("amount"),
    Column("story", width=60),
    Column("attachments"),
    Column("anonymous"),
    Column("owner"),
    Column("due_on", "day"),
    Column("closed_at", "instant"),
    Column("outcome", width=30),
)
IDENTITY = (Column("name"), Column("contact"), Column("channel"))


@dataclass(frozen=True, slots=True)
class Setting:
    """What turns stored ids into words, and where the readers are."""

    catalogue: Catalogue
    regions: Regions
    zone: ZoneInfo


def columns(profile: Name, full: bool = False) -> tuple[Column, ...]:
    """The heading: of a working export by the fixed names, of a forwardable one in the language in force."""
    if profile == "working":
        return (*COLUMNS, *IDENTITY) if full else COLUMNS
    return (
        Column(_("No."), width=6),
        Column(_("Submitted"), "day"),
        Column(_("Status")),
        Column(_("Matter")),
        Column(_("Company"), width=20),
        Column(_("District")),
        Column(_("Work")),
        Column(_("Date"), "day"),
        Column(_("Amount (yuan)")),
        Column(_("In the worker's words, masked"), width=60),
        Column(_("Files")),
        Column(_("Ended on"), "day"),
        Column(_("Outcome"), width=30),
    )


def cells_of(profile: Name, setting: Setting, full: bool = False) -> Cells:
    """How a row of `cases` becomes a row of the table."""
    if profile == "forwardable":
        near = cache(lambda code: district(setting.regions, code))
        return lambda vault, row, number: _forwardable(setting, near, vault, row, number)
    return lambda vault, row, _number: _working(setting.catalogue, vault, row, full)


def _working(catalogue: Catalogue, vault: Vault, row: sa.RowMapping, full: bool) -> Row:
    cells = (
        row["code"],
        row["submitted_at"],
        row["status"],
        row["category"],
        catalogue.company_name(row["company"], row["company_words"]),
        words(vault, row, "place"),
        row["occupation"],
        row["happened_on"],
        row["amount"],
        words(vault, row, "story"),
        row["attachments"],
        row["anonymous"],
        row["owner"],
        row["due_on"],
        row["closed_at"],
        words(vault, row, "outcome"),
    )
    return (*cells, words(vault, row, "name"), words(vault, row, "contact"), row["channel"]) if full else cells


def _forwardable(setting: Setting, near: Callable[[str], str], vault: Vault, row: sa.RowMapping, number: int) -> Row:
    own = (words(vault, row, "name"), words(vault, row, "contact"))
    return (
        number,
        row["submitted_at"].astimezone(setting.zone).date(),
        _(NAMES[Status(row["status"])]),
        setting.catalogue.category(row["category"]).name,
        setting.catalogue.company_name(row["company"], masked(row["company_words"], *own)),
        near(row["region"]),
        occupation_name(row["occupation"]),
        row["happened_on"],
        row["amount"],
        masked(words(vault, row, "story"), *own),
        row["attachments"],
        row["closed_at"].astimezone(setting.zone).date() if row["closed_at"] else None,
        masked(words(vault, row, "outcome"), *own),
    )


def district(regions: Regions, code: str) -> str:
    """A place to its district, never nearer: the name of its GB/T 2260 code; "" when it is not known."""
    try:
        return regions.region(code).name if code else ""
    except NoFigure:
        return ""
