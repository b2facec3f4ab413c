"""Certificates of hours: issued free of charge, confirmed by a public page.

民政部令第 67 号 (2021-02-01): who records certifies, truly and free of charge; hours are the measure.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store import codes
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.volunteering.attendance import Attended, attended
from handlers.volunteering.setting import Setting
from handlers.volunteering.tables import certificate_aad, certificates

PREFIX = "ZM"  # 证明: not to be taken for the receipt of a complaint
MOST_LINES = 20


class NoHoursError(ValueError):
    """There is nothing to certify."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is certified. `lines`: the newest activities, (day as ISO 8601, title, minutes)."""

    code: str
    name: str
    minutes: int
    times: int
    first: str
    last: str
    lines: tuple[tuple[str, str, int], ...]
    issued_on: str

    @property
    def period(self) -> str:
        """From when till when; one day where it was one."""
        return self.first if self.first == self.last else f"{self.first} – {self.last}"

    @property
    def masked(self) -> str:
        """The name as a stranger sees it: 王**."""
        return self.name[:1] + "*" * (len(self.name) - 1)


async def issue(unit: Unit, setting: Setting, person_id: int, name: str) -> Certificate:
    """Certify all hours credited up to now. Raises `NoHoursError`."""
    found = await attended(unit, person_id)
    if not found:
        raise NoHoursError
    certificate = _made(setting, found, name, unit.now)
    row_id = new_id()
    content = unit.vault.seal_json(asdict(certificate), certificate_aad(row_id))
    unit.insert(
        certificates, id=row_id, code=certificate.code, person_id=person_id, content=content, issued_at=unit.now
    )
    return certificate


def _made(setting: Setting, found: list[Attended], name: str, now: datetime) -> Certificate:
    days = [one.starts_at.astimezone(setting.zone).date().isoformat() for one in found]
    return Certificate(
        code=PREFIX + codes.new_code().removeprefix(codes.PREFIX),
        name=name,
        minutes=sum(one.minutes for one in found),
        times=len(found),
        first=min(days),
        last=max(days),
        lines=tuple((day, one.title, one.minutes) for day, one in zip(days, found, strict=True))[:MOST_LINES],
        issued_on=now.astimezone(setting.zone).date().isoformat(),
    )


def read_code(typed: str) -> str:
    """The number of a certificate as somebody typed it, in its one spelling; "" for what can't be one."""
    body = typed.strip().upper().removeprefix(PREFIX)
    try:
        return PREFIX + codes.parse_code(body).removeprefix(codes.PREFIX)
    except codes.BadCode:
        return ""


async def look_up(unit: Unit, code: str) -> Certificate | None:
    """The certificate with this number; None when there is none."""
    row = await unit.first(sa.select(certificates).where(certificates.c.code == code))
    return _opened(unit, row) if row is not None else None


def _opened(unit: Unit, row: sa.RowMapping) -> Certificate:
    content: dict[str, Any] = unit.vault.open_json(row["content"], certificate_aad(row["id"]))
    content["lines"] = tuple((day, title, minutes) for day, title, minutes in content["lines"])
    return Certificate(**content)


async def own(unit: Unit, person_id: int) -> list[Certificate]:
    """All certificates a person had issued, oldest first."""
    rows = await unit.rows(
        sa.select(certificates).where(certificates.c.person_id == person_id).order_by(certificates.c.id)
    )
    return [_opened(unit, row) for row in rows]
