"""Reading cases for another system: every read passes the gate and stands in the audit log under its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.paging import Order, split
from bot.store import audit
from bot.store.codes import BadCode, parse_code
from bot.store.tables import media
from bot.store.tokens import Token
from bot.store.unit import Unit
from handlers.complaints.case import Case, open_case
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.evidence import has_copy
from handlers.complaints.interface.model import Attachment, Detail, Page, Step, Summary
from handlers.complaints.service import NoSuchCaseError, steps
from handlers.complaints.tables import case_media, cases

SCOPE = "cases"
ORIGINALS = "originals"  # beside the other: files as they came, with place and camera in them
ORDER = Order(cases.c.updated_at, cases.c.id)
_COLUMNS = (
    "id",
    "code",
    "status",
    "category",
    "company",
    "company_words",
    "region",
    "occupation",
    "happened_on",
    "amount",
    "anonymous",
    "attachments",
    "submitted_at",
    "updated_at",
    "due_on",
    "closed_at",
    "rating",
)


class BadCursorError(ValueError):
    """No cursor of ours."""


class NoOriginalsError(PermissionError):
    """This key opens no originals."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases; "" and None for all. `changed_since`: an instant."""

    status: str = ""
    category: str = ""
    company: str = ""
    region: str = ""
    changed_since: datetime | None = None
    cursor: str = ""
    limit: int = 100

    def select(self) -> sa.Select[Any]:
        """One page and a row more. Raises `BadCursorError`."""
        found = sa.select(*(cases.c[name] for name in _COLUMNS))
        for name in ("status", "category", "company"):
            if value := getattr(self, name):
                found = found.where(cases.c[name] == value)
        if self.region:
            found = found.where(cases.c.region.startswith(self.region, autoescape=True))
        if self.changed_since is not None:
            found = found.where(cases.c.updated_at >= self.changed_since)
        past = ORDER.past(found, self.cursor) if self.cursor else found
        if self.cursor and past is found:
            raise BadCursorError
        return ORDER.sorted(past).limit(self.limit + 1)


async def list_cases(unit: Unit, token: Token, wanted: Wanted, catalogue: Catalogue, asked: str) -> Page:
    """The gate to the list; `asked` is what was asked for, for the audit log. Raises `BadCursorError`."""
    await audit.write(unit, token.actor, "case.list", "cases", asked)
    shown, cursor = split(await unit.rows(wanted.select()), wanted.limit, ORDER)
    return Page(cases=[Summary(**_summary(row, catalogue)) for row in shown], next=cursor or None)


async def access_case(unit: Unit, token: Token, receipt: str, action: str = "case.read", detail: str = "") -> Case:
    """The gate to one case by its receipt. Raises `NoSuchCaseError`."""
    try:
        code = parse_code(receipt)
    except BadCode:
        raise NoSuchCaseError from None
    row = await unit.first(sa.select(cases).where(cases.c.code == code))
    if row is None:
        raise NoSuchCaseError
    await audit.write(unit, token.actor, action, f"case:{row['id']}", detail)
    return open_case(unit.vault, row)


async def show_case(unit: Unit, token: Token, receipt: str, catalogue: Catalogue) -> Detail:
    """One case, whole. Raises `NoSuchCaseError`."""
    case = await access_case(unit, token, receipt)
    plain = {name: getattr(case, name) for name in _COLUMNS}
    return Detail(
        **_summary(plain, catalogue),
        place=case.place,
        story=case.story,
        outcome=case.outcome,
        steps=[_step(one) for one in await steps(unit, case)],
        files=[_file(row) for row in await _files(unit, case.id)],
    )


async def access_file(unit: Unit, token: Token, receipt: str, media_id: int, *, original: bool) -> None:
    """The gate to a file of a case: its copy, or the original with all that a phone wrote into it. Raises
    `NoOriginalsError`, `NoSuchCaseError`, also for one that is not there yet."""
    if original and ORIGINALS not in token.scopes:
        raise NoOriginalsError
    action = "case.original" if original else "case.photo"
    case = await access_case(unit, token, receipt, action, f"media:{media_id}")
    kept = [row for row in await _files(unit, case.id) if row["id"] == media_id and row["status"] == "kept"]
    if not kept:
        raise NoSuchCaseError


def _summary(row: Any, catalogue: Catalogue) -> dict[str, Any]:
    plain = {name: row[name] for name in _COLUMNS if name not in {"id", "code", "company_words"}}
    plain["receipt"] = row["code"]
    plain["company_name"] = catalogue.company_name(row["company"], row["company_words"])
    plain["amount"] = None if row["amount"] is None else f"{row['amount']:.2f}"
    return plain


def _step(one: Any) -> Step:
    by = {"person": "worker", "system": "system"}.get(one.actor, "staff")
    return Step(at=one.at, kind=one.kind, status=one.status, by=by, words=one.words, attachments=one.attachments)


async def _files(unit: Unit, case_id: int) -> Sequence[sa.RowMapping]:
    wanted = (
        sa.select(media.c.id, media.c.kind, media.c.mime, media.c.size, media.c.sha256, media.c.status)
        .join_from(case_media, media, media.c.id == case_media.c.media_id)
        .where(case_media.c.case_id == case_id)
        .order_by(media.c.id)
    )
    return await unit.rows(wanted)


def _file(row: sa.RowMapping) -> Attachment:
    known = {name: row[name] for name in ("kind", "mime", "size", "sha256")}
    copy = row["status"] == "kept" and has_copy(row["kind"], row["mime"])
    return Attachment(id=str(row["id"]), state=row["status"], copy_available=copy, **known)
