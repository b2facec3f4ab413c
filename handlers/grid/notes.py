"""What goes out unasked about a report: to staff of the place, to who reported it, to who supports it."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from bot import notices
from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.grid.content import GridKinds
from handlers.grid.report import NAMES, Report, Status
from handlers.grid.tables import grid_supports
from handlers.staff import service as staff

TOPIC = "reports"


async def tell_staff(unit: Unit, report: Report, kinds: GridKinds) -> None:
    """A new one, to community staff of its place; they see it at the desk."""

    def made() -> Reply:
        text = _("New report {code}: {kind}, {place}. It waits at the desk under “Reports”.")
        place = report.place or _("place on the map")
        said = text.format(code=report.code, kind=kinds.kind(report.kind).said, place=place)
        return Reply(said, (Option(_("Sign in at the desk"), "go:sign_in"),))

    for person_id in await in_charge(unit, report.region):
        await _tell(unit, person_id, made, f"report:new:{report.id}:{person_id}", TOPIC)


async def in_charge(unit: Unit, region: str) -> list[int]:
    """Whose report it is to look at: community staff who named this place, or the city around it, in their profile;
    where nobody did, all of them; where there are none, the administrators."""
    members = await staff.members(unit)
    community = [one.person_id for one in members if one.role == "community"]
    rows = await unit.rows(sa.select(people.c.id, people.c.region).where(people.c.id.in_(community)))
    own = [row["id"] for row in rows if row["region"] and region and _holds(row["region"], region)]
    return sorted(own or community or [one.person_id for one in members if one.role == "admin"])


def _holds(around: str, region: str) -> bool:
    return around == region or (around.endswith("00") and region.startswith(around.rstrip("0")))


async def tell_people(unit: Unit, report: Report, kinds: GridKinds, to: Status, words: str) -> None:
    """Another state, to who reported it (always) and to who supports it (unless they want none of it)."""

    def made() -> Reply:
        text = _("{code} ({kind}): {state}.")
        said = text.format(code=report.code, kind=kinds.kind(report.kind).said, state=_(NAMES[to]))
        more = _("Staff say: {words}").format(words=words) if words else ""
        options = (Option(_("My reports"), f"go:my_reports?report={report.id}"),)
        return Reply(f"{said}\n{more}".strip(), options)

    supporters = sa.select(grid_supports.c.person_id).where(grid_supports.c.report_id == report.id)
    everybody = sorted(set((await unit.execute(supporters)).scalars()))
    if report.person_id is not None:
        await _tell(unit, report.person_id, made, f"report:{to}:{report.id}:{unit.now:%m%d%H%M%S}", "")
    for person_id in everybody:
        await _tell(unit, person_id, made, f"report:{to}:{report.id}:{person_id}:{unit.now:%m%d%H%M%S}", TOPIC)


async def tell_confirmed(unit: Unit, report: Report, kinds: GridKinds, points: int) -> None:
    """The points, to who reported it."""
    if report.person_id is None or not points:
        return

    def made() -> Reply:
        text = _("Staff looked at {code} ({kind}) and found it so. Points for you: {points}. Thank you!")
        said = text.format(code=report.code, kind=kinds.kind(report.kind).said, points=points)
        return Reply(said, (Option(_("My points"), "go:my_points"),))

    await _tell(unit, report.person_id, made, f"report:points:{report.id}", "")


async def _tell(unit: Unit, person_id: int, made: Callable[[], Reply], dedupe: str, topic: str) -> None:
    with speaking(await notices.language_of(unit, person_id)):
        await notices.notify(unit, person_id, made(), topic=topic, dedupe_key=dedupe)
