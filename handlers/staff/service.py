"""Staff roles: invite, join by code, look up, end."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import sqlalchemy as sa

from bot.i18n import N_
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.staff.tables import invitations, staff

ROLES = {"union": N_("union rep"), "community": N_("community staff"), "admin": N_("administrator")}
LIFE = timedelta(days=7)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read out on the phone without a slip
_CODE = re.compile(r"IN-?([2-9A-HJKMNP-TV-Z]{4})-?([2-9A-HJKMNP-TV-Z]{4})-?([2-9A-HJKMNP-TV-Z]{4})")


class UnknownRole(ValueError):
    """There is no such role."""


def find_code(text: str) -> str | None:
    """The invitation code in what was typed, in its one spelling; None when there is none."""
    found = _CODE.fullmatch(text.strip().upper().replace(" ", ""))
    return "IN-" + "-".join(found.groups()) if found else None


async def invite(unit: Unit, role: str, actor: str = "operator") -> str:
    """A new code for one person, good for seven days; only its hash is kept."""
    if role not in ROLES:
        raise UnknownRole(f"role must be one of {', '.join(ROLES)}, not {role!r}")
    parts = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)]
    code = "IN-" + "-".join(parts)
    row_id = new_id()
    mac = unit.vault.mac(code, "invitation")
    unit.insert(invitations, id=row_id, code_mac=mac, role=role, created_at=unit.now, expires_at=unit.now + LIFE)
    await audit.write(unit, actor, "staff.invite", f"invitation:{row_id}", role)
    return code


async def join(unit: Unit, person_id: int, code: str) -> str | None:
    """Use a code: gives the role, or None when it is unknown, used or too old. A code serves once."""
    statement = (
        sa.update(invitations)
        .where(
            invitations.c.code_mac == unit.vault.mac(code, "invitation"),
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > unit.now,
        )
        .values(used_at=unit.now, used_by=person_id)
        .returning(invitations.c.role)
    )
    role: str | None = await unit.value(statement)
    if role is not None:
        await unit.execute(sa.update(staff).where(_current(person_id)).values(ended_at=unit.now))
        unit.insert(staff, id=new_id(), person_id=person_id, role=role, since=unit.now)
        await audit.write(unit, f"person:{person_id}", "staff.join", f"person:{person_id}", role)
    return role


async def role_of(unit: Unit, person_id: int) -> str | None:
    """The role a person has now; None for workers."""
    role: str | None = await unit.value(sa.select(staff.c.role).where(_current(person_id)))
    return role


async def leave(unit: Unit, person_id: int, actor: str) -> bool:
    """End somebody's role; False when they had none."""
    ended = await unit.execute(sa.update(staff).where(_current(person_id)).values(ended_at=unit.now))
    if ended.rowcount:
        await audit.write(unit, actor, "staff.leave", f"person:{person_id}")
    return bool(ended.rowcount)


async def show(unit: Unit, person_id: int) -> list[dict[str, str | None]]:
    """The roles a person has and had, for “my data”."""
    rows = await unit.rows(sa.select(staff).where(staff.c.person_id == person_id).order_by(staff.c.id))
    return [
        {
            "role": row["role"],
            "since": row["since"].isoformat(),
            "until": row["ended_at"] and row["ended_at"].isoformat(),
        }
        for row in rows
    ]


async def erase(unit: Unit, person_id: int) -> None:
    """A role ends with its person."""
    await leave(unit, person_id, f"person:{person_id}")


def _current(person_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(staff.c.person_id == person_id, staff.c.ended_at.is_(None))
