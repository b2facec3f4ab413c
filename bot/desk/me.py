"""My sign-in: a member's own second factor, on, off, and its recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from bot.desk import totp, view
from bot.desk.refusal import Refused
from bot.desk.section import Page, Section
from bot.desk.totp import Verdict
from bot.i18n import N_, _
from bot.store import audit

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.unit import Unit

LONGEST = 20  # characters of a code


def refuse(verdict: Verdict) -> None:
    """Raise `Refused` for a code that is no good."""
    if verdict is Verdict.WAIT:
        raise Refused(429, _("Too many wrong codes. Please wait ten minutes."))
    if verdict is Verdict.WRONG:
        raise Refused(403, _("This code is not right, or was used already. Wait for the next one."))


def is_needed(visit: Visit) -> bool:
    """True when the operator wants a second factor of this member's role."""
    return visit.member.role in visit.desk.site.second_factor


async def show(visit: Visit) -> Response:
    """Where the member stands."""
    return await _page(visit, [])


async def _page(visit: Visit, codes: list[str]) -> Response:
    async with visit.store.read() as unit:
        own = await totp.factor(unit, visit.member.person_id)
    issuer = f"{visit.desk.site.said('name')} {_('Desk')}"
    qr = totp.picture(own.secret, visit.member.name, issuer) if own.secret else ""
    spaced = " ".join(own.secret[at : at + 4] for at in range(0, len(own.secret), 4))
    return visit.render("desk/me.html", own=own, qr=qr, secret=spaced, codes=codes, needed=is_needed(visit))


async def begin(visit: Visit) -> Response:
    """A secret to confirm."""
    async with visit.store.write() as unit:
        await totp.begin(unit, visit.member.person_id)
    return await _page(visit, [])


async def confirm(visit: Visit) -> Response:
    """On, by the first code; shows the recovery codes."""
    code = visit.needed("code", LONGEST)
    async with visit.store.write() as unit:
        verdict, codes = await totp.confirm(unit, visit.member.person_id, code)
        if codes:
            await _note(visit, unit, "desk.totp_on")
    refuse(verdict)
    return await _page(visit, codes)


async def renew(visit: Visit) -> Response:
    """Other recovery codes."""
    codes: list[str] = []
    code = visit.needed("code", LONGEST)
    async with visit.store.write() as unit:
        verdict = await _checked(visit, unit, code)
        if verdict in {Verdict.GOOD, Verdict.RECOVERY}:
            codes = await totp.new_codes(unit, visit.member.person_id)
            await _note(visit, unit, "desk.totp_codes")
    refuse(verdict)
    return await _page(visit, codes)


async def turn_off(visit: Visit) -> Response:
    """Off, by a code: who finds a desk left open can't."""
    code = visit.needed("code", LONGEST)
    if is_needed(visit):
        raise Refused(403, _("Your role needs the second factor. An administrator can reset it."))
    async with visit.store.write() as unit:
        verdict = await _checked(visit, unit, code)
        if verdict in {Verdict.GOOD, Verdict.RECOVERY}:
            await totp.turn_off(unit, visit.member.person_id)
            await _note(visit, unit, "desk.totp_off")
    refuse(verdict)
    return visit.done("/desk/me", "off")


async def _checked(visit: Visit, unit: Unit, code: str) -> Verdict:
    if not await totp.is_on(unit, visit.member.person_id):
        return Verdict.WRONG
    return await totp.check(unit, visit.member.person_id, code)


async def _note(visit: Visit, unit: Unit, action: str) -> None:
    await audit.write(unit, visit.member.actor, action, f"person:{visit.member.person_id}")


SECTION = Section(
    area="me",
    title=N_("My sign-in"),
    path="/desk/me",
    pages=(
        Page("/me", show),
        Page("/me/begin", begin, "POST"),
        Page("/me/confirm", confirm, "POST"),
        Page("/me/codes", renew, "POST"),
        Page("/me/off", turn_off, "POST"),
    ),
    templates=view.OWN,
    said={"off": N_("The second factor is off.")},
)
