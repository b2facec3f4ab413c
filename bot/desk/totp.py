"""The second factor of a sign-in: a code that changes every 30 seconds (TOTP, RFC 6238), or a recovery code.

The secret is sealed; recovery codes are kept as keyed hashes. A code serves once (RFC 6238, 5.2): the step it was of is
kept, and only a later one is good after it. Five wrong codes, and the person waits ten minutes, in any browser.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

import sqlalchemy as sa

from bot.desk.tables import desk_recovery_codes, desk_totp, totp_aad
from bot.store.ids import new_id
from bot.store.unit import Unit

STEP = 30  # seconds
AROUND = 1  # steps a phone's clock may be off, either way
MOST_WRONG = 5
PAUSE = timedelta(minutes=10)
CODES = 10
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: copied from paper without a slip


class Verdict(Enum):
    """What a code was."""

    GOOD = "good"
    RECOVERY = "recovery"  # a recovery code, now used up
    WRONG = "wrong"
    WAIT = "wait"  # too many wrong ones; this one was not looked at


@dataclass(frozen=True, slots=True)
class Factor:
    """Somebody's second factor: `on` once confirmed, `secret` only until then, and how many recovery codes are left."""

    on: bool = False
    secret: str = ""
    codes: int = 0


async def factor(unit: Unit, person_id: int) -> Factor:
    """Where somebody stands with it."""
    row = await unit.first(sa.select(desk_totp).where(desk_totp.c.person_id == person_id))
    if row is None:
        return Factor()
    if row["confirmed_at"] is None:
        return Factor(secret=_secret(unit, row))
    left = sa.select(sa.func.count()).select_from(desk_recovery_codes)
    left = left.where(desk_recovery_codes.c.person_id == person_id, desk_recovery_codes.c.used_at.is_(None))
    return Factor(on=True, codes=int(await unit.value(left)))


async def is_on(unit: Unit, person_id: int) -> bool:
    """True when a sign-in of this person needs a code."""
    wanted = sa.select(desk_totp.c.person_id)
    wanted = wanted.where(desk_totp.c.person_id == person_id, desk_totp.c.confirmed_at.is_not(None))
    return await unit.value(wanted) is not None


async def on_for(unit: Unit) -> set[int]:
    """Everybody who has it on."""
    wanted = sa.select(desk_totp.c.person_id).where(desk_totp.c.confirmed_at.is_not(None))
    return set((await unit.execute(wanted)).scalars())


async def begin(unit: Unit, person_id: int) -> None:
    """Make a secret to confirm; one that is confirmed stays as it is."""
    import pyotp

    sealed = unit.vault.seal(pyotp.random_base32().encode(), totp_aad(person_id))
    row = {"person_id": person_id, "secret": sealed, "made_at": unit.now}
    await unit.insert_new(desk_totp, [row], desk_totp.c.person_id)


async def confirm(unit: Unit, person_id: int, code: str) -> tuple[Verdict, list[str]]:
    """Turn it on by its first code; gives the recovery codes, which are not shown again."""
    verdict = await check(unit, person_id, code, recovery=False)
    if verdict is not Verdict.GOOD:
        return verdict, []
    own = sa.update(desk_totp).where(desk_totp.c.person_id == person_id, desk_totp.c.confirmed_at.is_(None))
    if (await unit.execute(own.values(confirmed_at=unit.now))).rowcount != 1:
        return Verdict.WRONG, []  # it was on already
    return verdict, await new_codes(unit, person_id)


async def new_codes(unit: Unit, person_id: int) -> list[str]:
    """Fresh recovery codes; the old ones end."""
    await unit.execute(sa.delete(desk_recovery_codes).where(desk_recovery_codes.c.person_id == person_id))
    made = ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(CODES)]
    for code in made:
        unit.insert(desk_recovery_codes, id=new_id(), person_id=person_id, code_mac=_mac(unit, code))
    return made


async def check(unit: Unit, person_id: int, words: str, *, recovery: bool = True) -> Verdict:
    """Look at a code, and count it: the caller commits whatever the verdict is."""
    row = await unit.first(unit.locking(sa.select(desk_totp).where(desk_totp.c.person_id == person_id)))
    if row is None:
        return Verdict.WRONG
    recent = row["wrong_since"] is not None and unit.now - row["wrong_since"] < PAUSE
    if recent and row["wrong"] >= MOST_WRONG:
        return Verdict.WAIT
    code = "".join(unicodedata.normalize("NFKC", words).upper().split())
    step = _step(_secret(unit, row), code, unit.now.timestamp(), row["last_step"])
    values: dict[str, object] = {"wrong": 0, "wrong_since": None}
    if step is not None:
        await _set(unit, person_id, values | {"last_step": step})
        return Verdict.GOOD
    if recovery and await _use(unit, person_id, code):
        await _set(unit, person_id, values)
        return Verdict.RECOVERY
    since = row["wrong_since"] if recent else unit.now
    await _set(unit, person_id, {"wrong": row["wrong"] + 1 if recent else 1, "wrong_since": since})
    return Verdict.WRONG


async def turn_off(unit: Unit, person_id: int) -> bool:
    """Remove the secret and the recovery codes; False when there was nothing."""
    await unit.execute(sa.delete(desk_recovery_codes).where(desk_recovery_codes.c.person_id == person_id))
    return (await unit.execute(sa.delete(desk_totp).where(desk_totp.c.person_id == person_id))).rowcount > 0


def picture(secret: str, name: str, issuer: str) -> str:
    """The QR code that an authenticator app reads, as inline SVG."""
    import pyotp
    import segno

    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    return str(segno.make(address, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True))


def _step(secret: str, code: str, now: float, last: int) -> int | None:
    """The step a code is of, when it is about now and later than the last one that was used."""
    import pyotp

    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        return None
    totp, at = pyotp.TOTP(secret), int(now) // STEP
    good = [step for step in range(at - AROUND, at + AROUND + 1) if hmac.compare_digest(totp.generate_otp(step), code)]
    return next((step for step in good if step > last), None)


async def _use(unit: Unit, person_id: int, code: str) -> bool:
    table = desk_recovery_codes
    plain = f"{code[:5]}-{code[-5:]}" if len(code.replace("-", "")) == 10 else code
    own = sa.update(table).where(table.c.person_id == person_id, table.c.code_mac == _mac(unit, plain))
    return (await unit.execute(own.where(table.c.used_at.is_(None)).values(used_at=unit.now))).rowcount == 1


async def _set(unit: Unit, person_id: int, values: dict[str, object]) -> None:
    await unit.execute(sa.update(desk_totp).where(desk_totp.c.person_id == person_id).values(**values))


def _secret(unit: Unit, row: sa.RowMapping) -> str:
    return unit.vault.open(row["secret"], totp_aad(row["person_id"])).decode()


def _mac(unit: Unit, code: str) -> bytes:
    return unit.vault.mac(code, "recovery-code")
