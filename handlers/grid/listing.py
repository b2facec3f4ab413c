"""The desk's list of reports: filters that live in the URL, counts, pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

import sqlalchemy as sa

from bot.desk.paging import Order, split
from bot.store.unit import Unit
from handlers.grid.content import GridKinds
from handlers.grid.report import OPEN, Report, Status, open_report
from handlers.grid.tables import grid_reports

SIZE = 50
NEWEST = Order(grid_reports.c.made_at, grid_reports.c.id, falling=True)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is shown: status "open" (received and passed on), "all" or one; "" for every kind and region."""

    status: str = "open"
    kind: str = ""
    region: str = ""

    @classmethod
    def read(cls, query: Callable[[str], str], kinds: GridKinds) -> Filters:
        """From a URL; what makes no sense counts as not given."""
        status, kind, region = query("status"), query("kind"), query("region")
        return cls(
            status if status in {"open", "all", *Status} else "open",
            kind if kinds.known(kind) else "",
            region if region.isdigit() and len(region) == 6 else "",
        )

    def url(self, **changed: str) -> str:
        """The URL with some of it changed."""
        values = {name: value for name, value in {**asdict(self), **changed}.items() if value}
        return f"/desk/reports?{urlencode(values)}"

    def where(self, *, status: bool = True) -> list[sa.ColumnElement[bool]]:
        """The conditions."""
        table = grid_reports
        found: list[sa.ColumnElement[bool]] = []
        if status and self.status == "open":
            found.append(table.c.status.in_([one.value for one in OPEN]))
        elif status and self.status != "all":
            found.append(table.c.status == self.status)
        if self.kind:
            found.append(table.c.kind == self.kind)
        if self.region:
            found.append(table.c.region == self.region)
        return found


async def page(unit: Unit, filters: Filters, after: str) -> tuple[list[Report], str]:
    """(one page, newest first, the cursor of the next or "")."""
    wanted = NEWEST.past(NEWEST.sorted(sa.select(grid_reports).where(*filters.where())), after).limit(SIZE + 1)
    shown, following = split(await unit.rows(wanted), SIZE, NEWEST)
    return [open_report(unit.vault, row) for row in shown], following


async def counts(unit: Unit, filters: Filters) -> dict[str, int]:
    """How many by status, under the other filters; also "open" and "all"."""
    grouped = sa.select(grid_reports.c.status, sa.func.count()).where(*filters.where(status=False))
    rows = await unit.execute(grouped.group_by(grid_reports.c.status))
    found = {str(status): int(count) for status, count in map(tuple, rows)}
    return found | {"open": sum(found.get(one, 0) for one in OPEN), "all": sum(found.values())}


async def regions(unit: Unit) -> list[str]:
    """Every region with a report."""
    named = sa.select(grid_reports.c.region).where(grid_reports.c.region != "").distinct()
    return sorted((await unit.execute(named)).scalars())


def map_url(report: Report) -> str:
    """Where it is, on a map staff open by themselves; "" where no place on the map is known. The address is Amap's
    URI form for a marker (https://lbs.amap.com/api/uri-api/guide/mobile-web/point), in WGS-84."""
    if report.latitude is None or report.longitude is None:
        return ""
    spot = f"{report.longitude:.6f},{report.latitude:.6f}"
    return f"https://uri.amap.com/marker?{urlencode({'position': spot, 'name': report.code, 'coordinate': 'wgs84'})}"
