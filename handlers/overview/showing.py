"""The overview as charts with a table beside each, every row a link to its cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.desk import charts
from bot.i18n import _
from handlers.complaints.service import Catalogue, counting
from handlers.overview.figures import MOST_COMPANIES, SERIES, Filters, Overview

if TYPE_CHECKING:
    from markupsafe import Markup

Cell = str | int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `url` leads to the cases of it."""

    label: str
    cells: tuple[Cell, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One question with its answer: a chart, and the same numbers as a table."""

    title: str
    chart: Markup | None
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    legend: tuple[str, ...] = ()
    note: str = ""


def figures(found: Overview, filters: Filters, catalogue: Catalogue, called: dict[str, str]) -> list[Figure]:
    """All questions, in a rep's order. `called`: the names of colleagues, by owner."""
    return [
        incoming(found, filters, catalogue),
        balance(found),
        late_by_owner(found, filters, called),
        late_by_category(found, filters, catalogue),
        companies(found, filters, catalogue),
        durations(found, filters, catalogue),
        satisfaction(found, catalogue),
    ]


def incoming(found: Overview, filters: Filters, catalogue: Catalogue) -> Figure:
    """What comes in, a week at a time."""
    title = _("What is coming in, a week at a time")
    own = list(found.filed.items())[:SERIES]
    rest = list(found.filed.values())[SERIES:]
    series = [charts.Series(catalogue.category(name).name, tuple(weeks)) for name, weeks in own]
    if rest:
        series.append(charts.Series(_("the rest"), tuple(map(sum, zip(*rest, strict=True)))))
    rows = tuple(
        Row(catalogue.category(name).name, (sum(weeks), weeks[-1]), filters.cases(category=name, status="all"))
        for name, weeks in found.filed.items()
    )
    said = _("{count} in {weeks} weeks.").format(count=found.filed_in_all, weeks=len(found.weeks))
    chart = charts.stacked(title, said, _weeks(found), series)
    heads = (_("Matter"), _("In the period"), _("Last seven days"))
    return Figure(title, chart, heads, rows, tuple(one.name for one in series), said)


def balance(found: Overview) -> Figure:
    """Whether more comes in than comes to an end."""
    title = _("Come in and come to an end")
    came = [sum(weeks) for weeks in zip(*found.filed.values(), strict=True)] or [0] * len(found.weeks)
    series = (
        charts.Series(_("came in"), tuple(came)),
        charts.Series(_("came to an end"), tuple(found.ended)),
    )
    said = _("{came} came in, {ended} came to an end.").format(came=sum(came), ended=sum(found.ended))
    rows = tuple(
        Row(f"{day:%m-%d}", (one, other)) for day, one, other in zip(found.weeks, came, found.ended, strict=True)
    )
    chart = charts.lines(title, said, _weeks(found), series)
    heads = (_("Week from"), _("came in"), _("came to an end"))
    return Figure(title, chart, heads, rows[::-1], tuple(one.name for one in series), said)


def late_by_owner(found: Overview, filters: Filters, called: dict[str, str]) -> Figure:
    """What is overdue, by who follows it up."""
    rows = tuple(
        Row(
            called.get(owner, _("somebody who left")) if owner else _("nobody"),
            (count,),
            filters.cases(owner=owner or "none", overdue="1", sort="due"),
        )
        for owner, count in found.overdue_owners
    )
    return _barred(_("Overdue, by who follows it up"), (_("Followed up by"), _("overdue")), rows)


def late_by_category(found: Overview, filters: Filters, catalogue: Catalogue) -> Figure:
    """What is overdue, by matter."""
    rows = tuple(
        Row(catalogue.category(name).name, (count,), filters.cases(category=name, overdue="1", sort="due"))
        for name, count in found.overdue_categories
    )
    return _barred(_("Overdue, by matter"), (_("Matter"), _("overdue")), rows)


def companies(found: Overview, filters: Filters, catalogue: Catalogue) -> Figure:
    """Which company it is about."""
    own = [(name, count) for name, count in found.companies if name][:MOST_COMPANIES]
    rest = found.filed_in_all - sum(count for _name, count in own)
    rows = [
        Row(catalogue.company_name(name, name), (count,), filters.cases(company=name, status="all"))
        for name, count in own
    ]
    if rest > 0:
        rows.append(Row(_("all others"), (rest,)))
    return _barred(_("Which company"), (_("Company"), _("In the period")), rows)


def durations(found: Overview, filters: Filters, catalogue: Catalogue) -> Figure:
    """How long it takes to an end."""
    title = _("Days to an end")
    ordered = sorted(found.lengths.items(), key=lambda one: (one[0] != "", -one[1].median))
    rows = tuple(
        Row(
            catalogue.category(name).name if name else _("all together"),
            (one.median, one.most, one.count),
            filters.cases(category=name, status="all") if name else "",
        )
        for name, one in ordered
    )
    said = _("Half took no longer than the median, eight of ten no longer than the 80th percentile.")
    chart = charts.bars(title, said, [(row.label, float(row.cells[0]), str(row.cells[0])) for row in rows])
    heads = (_("Matter"), _("Median"), _("80th percentile"), _("ended"))
    return Figure(title, chart if rows else None, heads, rows, (), said)


def satisfaction(found: Overview, catalogue: Catalogue) -> Figure:
    """How content people are with the end."""
    title = _("How content people are")
    names = counting.rating_names()
    rows = tuple(
        Row(
            catalogue.category(name).name if name else _("all together"),
            (*(one.get(rating, 0) for rating in names), _percent(one, max(names))),
        )
        for name, one in sorted(found.ratings.items(), key=lambda one: (one[0] != "", -sum(one[1].values())))
    )
    said = _("Only of those who rated the end of their case.")
    together = found.ratings.get("", {})
    chart = charts.bars(
        title, said, [(names[rating], together.get(rating, 0), str(together.get(rating, 0))) for rating in names]
    )
    heads = (_("Matter"), *(names[rating] for rating in names), _("content"))
    return Figure(title, chart if together else None, heads, rows, (), said)


def _percent(ratings: dict[int, int], best: int) -> str:
    return f"{100 * ratings.get(best, 0) / sum(ratings.values()):.0f}%"


def _weeks(found: Overview) -> list[str]:
    return [f"{day:%m-%d}" for day in found.weeks]


def _barred(title: str, heads: tuple[str, ...], rows: Iterable[Row]) -> Figure:
    all_of_them: Sequence[Row] = tuple(rows)
    total = sum(int(row.cells[0]) for row in all_of_them)
    said = _("{count} in all.").format(count=total)
    shown = [(row.label, float(row.cells[0]), str(row.cells[0])) for row in all_of_them[: MOST_COMPANIES + 1]]
    return Figure(title, charts.bars(title, said, shown) if shown else None, heads, tuple(all_of_them), (), said)
