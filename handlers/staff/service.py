"""Staff roles: invite, join by code, look up, end. Who may do what at the desk stands in bot/desk/members.py."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import sqlalchemy as sa

from bot.desk import links, sessions, totp
from bot.desk.members import Member
from bot.i18n import DEFAULT, N_, _
from bot.store import audit
from bot.store.ids import new_id
from bot.store.retention import Rule, delete, older
from bot.store.tables import identities, people
from bot.store.unit import Unit
from handlers.staff.tables import invitations, name_aad, staff

ROLES = {"union": N_("union rep"), "community": N_("community staff"), "admin": N_("administrator")}
LIFE = timedelta(days=7)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read out on the phone without a slip
_CODE = re.compile(r"IN-?([2-9A-HJKMNP-TV-Z]{4})-?([2-9A-HJKMNP-TV-Z]{4})-?([2-9A-HJKMNP-TV-Z]{4})")


class UnknownRole(ValueError):
    """There is no such role."""


class NoSuchMember(LookupError):
    """There is no such member of staff."""


def find_code(text: str) -> str | None:
    """The invitation code in what was typed, in its one spelling; None when there is none."""
    found = _CODE.fullmatch(text.strip().upper().replace(" ", ""))
    return "IN-" + "-".join(found.groups()) if found else None


async def invite(unit: Unit, role: str, actor: str = "operator", name: str = "") -> str:
    """A new code for one person, good for seven days; only its hash is kept. `name` is what colleagues will see."""
    if role not in ROLES:
        raise UnknownRole(f"role must be one of {', '.join(ROLES)}, not {role!r}")
    parts = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)]
    code = "IN-" + "-".join(parts)
    row_id = new_id()
    mac = unit.vault.mac(code, "invitation")
    times = {"created_at": unit.now, "expires_at": unit.now + LIFE}
    unit.insert(invitations, id=row_id, code_mac=mac, role=role, name=_sealed(unit, row_id, name), **times)
    await audit.write(unit, actor, "staff.invite", f"invitation:{row_id}", role)
    return code


def retention_rules() -> list[Rule]:
    """Invitations go a month after they ended, used or not."""
    return [delete("invitations", invitations, older(invitations.c.expires_at, timedelta(days=30)))]


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
        .returning(invitations.c.id, invitations.c.role, invitations.c.name)
    )
    row = await unit.first(statement)
    if row is None:
        return None
    await unit.execute(sa.update(staff).where(_current(person_id)).values(ended_at=unit.now))
    _appoint(unit, person_id, row["role"], _opened(unit, row))
    await audit.write(unit, f"person:{person_id}", "staff.join", f"person:{person_id}", row["role"])
    return str(row["role"])


def _appoint(unit: Unit, person_id: int, role: str, name: str) -> None:
    row_id = new_id()
    sealed = _sealed(unit, row_id, name)
    unit.insert(staff, id=row_id, person_id=person_id, role=role, since=unit.now, name=sealed)


async def member(unit: Unit, person_id: int) -> Member | None:
    """The member a person is now; None for workers and for who has left."""
    row = await unit.first(sa.select(staff).where(_current(person_id)))
    return _member(unit, row) if row is not None else None


async def members(unit: Unit) -> list[Member]:
    """Everybody of staff, the newest last."""
    rows = await unit.rows(sa.select(staff).where(staff.c.ended_at.is_(None)).order_by(staff.c.id))
    return [_member(unit, row) for row in rows]


async def name_of(unit: Unit, actor: str) -> str:
    """What colleagues call whoever acts as staff:<person id>, here still or not; "" for anybody else."""
    head, _sep, number = actor.partition(":")
    if head != "staff" or not number.isdecimal():
        return ""
    newest = sa.select(staff).where(staff.c.person_id == int(number)).order_by(staff.c.id.desc()).limit(1)
    row = await unit.first(newest)
    return _member(unit, row).name if row is not None else ""


async def rename(unit: Unit, person_id: int, name: str, actor: str) -> None:
    """Give a member the name colleagues see."""
    for row in await unit.rows(sa.select(staff.c.id).where(_current(person_id))):
        sealed = _sealed(unit, row["id"], name)
        await unit.execute(sa.update(staff).where(staff.c.id == row["id"]).values(name=sealed))
    await audit.write(unit, actor, "staff.rename", f"person:{person_id}")


def _member(unit: Unit, row: sa.RowMapping) -> Member:
    fallback = f"{_(ROLES[row['role']])} {row['person_id'] % 10_000:04d}"
    return Member(row["person_id"], row["role"], _opened(unit, row) or fallback)


async def first_admin(unit: Unit) -> int | None:
    """The person who signs in by the first administrator's link: the one made for it, without any account in a chat.

    None once an administrator is there whom the bot can write to: that one gets links in the chat.
    """
    if not await needs_first_admin(unit):
        return None
    admins = sa.select(staff.c.person_id).where(staff.c.role == "admin", staff.c.ended_at.is_(None))
    found: int | None = await unit.value(admins.order_by(staff.c.id).limit(1))
    if found is not None:
        return found
    person_id = new_id()
    unit.insert(people, id=person_id, language=DEFAULT, timezone="Asia/Shanghai", created_at=unit.now)
    _appoint(unit, person_id, "admin", "")
    await audit.write(unit, "operator", "staff.first_admin", f"person:{person_id}", "admin")
    return person_id


async def needs_first_admin(unit: Unit) -> bool:
    """True while no administrator has an account in a chat."""
    reached = sa.select(identities.c.id).where(identities.c.person_id == staff.c.person_id).exists()
    admins = sa.select(staff.c.id).where(staff.c.role == "admin", staff.c.ended_at.is_(None), reached)
    return await unit.value(admins.limit(1)) is None


async def first_link(unit: Unit) -> str | None:
    """The path of a link that makes the first administrator, good for a day; None when there is no need of one."""
    if not await needs_first_admin(unit):
        return None
    return f"/desk/sign-in/{links.make_first(unit)}"


async def sign_in_link(unit: Unit, person_id: int) -> str | None:
    """The path of a link that signs a member in, good for ten minutes; None for who is no staff.

    Raises `links.TooManyLinks`.
    """
    if await role_of(unit, person_id) is None:
        return None
    return f"/desk/sign-in/{await links.make(unit, person_id)}"


async def role_of(unit: Unit, person_id: int) -> str | None:
    """The role a person has now; None for workers."""
    role: str | None = await unit.value(sa.select(staff.c.role).where(_current(person_id)))
    return role


async def leave(unit: Unit, person_id: int, actor: str) -> bool:
    """End somebody's role; False when they had none."""
    ended = await unit.execute(sa.update(staff).where(_current(person_id)).values(ended_at=unit.now))
    await sessions.end_all(unit, person_id)
    await links.forget(unit, person_id)
    await totp.turn_off(unit, person_id)
    if ended.rowcount:
        await audit.write(unit, actor, "staff.leave", f"person:{person_id}")
    return bool(ended.rowcount)


async def reset_factor(unit: Unit, person_id: int, actor: str) -> bool:
    """Take somebody's second factor off and sign them out everywhere: their phone is lost. False when there is none."""
    if not await totp.turn_off(unit, person_id):
        return False
    await sessions.end_all(unit, person_id)
    await audit.write(unit, actor, "staff.totp_reset", f"person:{person_id}")
    return True


async def let_back_in(unit: Unit, person_id: int, actor: str = "operator") -> str:
    """For who has neither phone nor recovery codes: the second factor goes, every session and link ends; gives the path
    of a fresh link, good for ten minutes. Raises `NoSuchMember`."""
    if await role_of(unit, person_id) is None:
        raise NoSuchMember(f"there is no member of staff {person_id}; `yizhan staff list` shows them")
    had = await totp.turn_off(unit, person_id)
    await sessions.end_all(unit, person_id)
    await links.forget(unit, person_id)
    detail = "second factor taken off" if had else "there was no second factor"
    await audit.write(unit, actor, "staff.let_back_in", f"person:{person_id}", detail)
    return f"/desk/sign-in/{await links.make(unit, person_id)}"


async def show(unit: Unit, person_id: int) -> list[dict[str, str | None]]:
    """The roles a person has and had, for “my data”."""
    rows = await unit.rows(sa.select(staff).where(staff.c.person_id == person_id).order_by(staff.c.id))
    return [
        {
            "role": row["role"],
            "name": _opened(unit, row),
            "since": row["since"].isoformat(),
            "until": row["ended_at"] and row["ended_at"].isoformat(),
        }
        for row in rows
    ]


async def erase(unit: Unit, person_id: int) -> None:
    """A role ends with its person, and the name goes."""
    await leave(unit, person_id, f"person:{person_id}")
    await unit.execute(sa.update(staff).where(staff.c.person_id == person_id).values(name=None))
    await unit.execute(sa.update(invitations).where(invitations.c.used_by == person_id).values(name=None))


def current() -> sa.Select[tuple[int]]:
    """Whoever is of staff now, by their person, for a statement of another capability."""
    return sa.select(staff.c.person_id).where(staff.c.ended_at.is_(None))


def _current(person_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(staff.c.person_id == person_id, staff.c.ended_at.is_(None))


def _sealed(unit: Unit, row_id: int, name: str) -> bytes | None:
    return unit.vault.seal(name.encode(), name_aad(row_id)) if name else None


def _opened(unit: Unit, row: sa.RowMapping) -> str:
    return unit.vault.open(row["name"], name_aad(row["id"])).decode() if row["name"] else ""
