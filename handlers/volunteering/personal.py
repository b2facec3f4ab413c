"""What volunteering keeps about a person, and how it is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.retention import Rule, change, older
from bot.store.unit import Unit
from handlers.volunteering import certificates as proofs
from handlers.volunteering import ledger
from handlers.volunteering.setting import Setting
from handlers.volunteering.sheet import pseudonym
from handlers.volunteering.signups import cancel
from handlers.volunteering.tables import certificates, checkins, entries, sealed_aad, signups, slots


async def show(unit: Unit, person_id: int) -> dict[str, Any]:
    """Sign-ups with hours, points and certificates, ready for JSON."""
    moves = await ledger.statement(unit, person_id, most=1000)
    return {
        "signups": [_signup(unit, row) for row in await _signups(unit, person_id)],
        "points": await ledger.balance(unit, person_id),
        "movements": [
            {"at": one.at.isoformat(), "kind": one.kind, "subject": one.subject, "points": one.amount} for one in moves
        ],
        "certificates": [
            {"code": one.code, "name": one.name, "minutes": one.minutes, "issued_on": one.issued_on}
            for one in await proofs.own(unit, person_id)
        ],
        "published": await _published(unit, person_id),
    }


async def _signups(unit: Unit, person_id: int) -> list[sa.RowMapping]:
    wanted = (
        sa.select(
            signups.c.id,
            signups.c.status,
            signups.c.made_at,
            signups.c.reason,
            slots.c.title,
            slots.c.starts_at,
            checkins.c.in_at,
            checkins.c.out_at,
            checkins.c.minutes,
            checkins.c.id.label("checkin_id"),
            checkins.c.reason.label("staff_reason"),
        )
        .select_from(signups)
        .join(slots, slots.c.id == signups.c.slot_id)
        .join(checkins, checkins.c.signup_id == signups.c.id, isouter=True)
        .where(signups.c.person_id == person_id)
        .order_by(signups.c.id)
    )
    return list(await unit.rows(wanted))


def _signup(unit: Unit, row: sa.RowMapping) -> dict[str, Any]:
    sealed = row["reason"]
    times = {name: row[name].isoformat() if row[name] else None for name in ("made_at", "starts_at", "in_at", "out_at")}
    reason = unit.vault.open(sealed, sealed_aad("signups", row["id"], "reason")).decode() if sealed else ""
    by_staff = row["staff_reason"]
    said = unit.vault.open(by_staff, sealed_aad("checkins", row["checkin_id"], "reason")).decode() if by_staff else ""
    told = {"activity": row["title"], "status": row["status"], "number": pseudonym(unit, row["id"])}
    return {**told, "minutes": row["minutes"], "reason": reason, "put_down_because": said, **times}


async def _published(unit: Unit, person_id: int) -> list[dict[str, str]]:
    wanted = sa.select(slots.c.title, slots.c.starts_at).where(slots.c.person_id == person_id).order_by(slots.c.id)
    return [{"title": row["title"], "starts_at": row["starts_at"].isoformat()} for row in await unit.rows(wanted)]


async def erase(unit: Unit, person_id: int, setting: Setting) -> None:
    """Places to come pass on; certificates go; what stays counts, with nobody behind it."""
    live = sa.select(signups.c.id).where(
        signups.c.person_id == person_id, signups.c.status.in_(("booked", "offered", "waiting"))
    )
    for signup_id in sorted((await unit.execute(live)).scalars()):
        await cancel(unit, setting, person_id, signup_id)
    await unit.execute(sa.delete(certificates).where(certificates.c.person_id == person_id))
    own = sa.select(signups.c.id).where(signups.c.person_id == person_id)
    wordless: dict[str, Any] = {"reason": None}
    await unit.execute(sa.update(checkins).where(checkins.c.signup_id.in_(own)).values(**wordless))
    emptied: dict[str, Any] = {"person_id": None, "reason": None}
    await unit.execute(sa.update(signups).where(signups.c.person_id == person_id).values(**emptied))
    await unit.execute(sa.update(entries).where(entries.c.person_id == person_id).values(person_id=None))
    nobody: dict[str, Any] = {"person_id": None, "contact": None}
    await unit.execute(sa.update(slots).where(slots.c.person_id == person_id).values(**nobody))


def retention_rules(days: int) -> list[Rule]:
    """Words go so many days after their matter: reasons, and the contacts of activities. Hours and points stay."""
    age = timedelta(days=days)
    reasons = older(signups.c.ended_at, age, signups.c.reason.is_not(None))
    worded = sa.or_(slots.c.contact.is_not(None), slots.c.reason.is_not(None))
    return [
        change("reasons of sign-ups", signups, reasons, reason=None),
        change(
            "reasons of attendance",
            checkins,
            older(checkins.c.out_at, age, checkins.c.reason.is_not(None)),
            reason=None,
        ),
        change("contacts of activities", slots, older(slots.c.ends_at, age, worded), contact=None, reason=None),
    ]
