"""Which schemes are open to a person, why and why not, and what they cost a month."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from bot.i18n import N_, _, language
from handlers.insurance.conditions import Facts
from handlers.insurance.contribution import Contribution
from handlers.insurance.person import Person
from handlers.insurance.schemes import Scheme
from handlers.insurance.setting import Setting

ZERO: Final = Decimal("0.00")


class Option(NamedTuple):
    """One scheme for one person. Money in yuan a month, None where it is local or not confirmed.

    `why` says why it is open, or why not; `levels` are the contributions at the usual levels where a base is
    published; `sources` are lines to print, the last ones those of the figures with their period.
    """

    scheme: str
    eligible: bool
    why: tuple[str, ...]
    monthly_min: Decimal | None
    monthly_max: Decimal | None
    levels: tuple[Contribution, ...]
    sources: tuple[str, ...]


class Guide(NamedTuple):
    """All schemes, those that are open first and best first, and what the person must be warned of."""

    options: tuple[Option, ...]
    warnings: tuple[str, ...]


def guide(person: Person, setting: Setting, facts: Facts, schemes: tuple[Scheme, ...]) -> Guide:
    """What is open to a person in a setting; `facts` are both's together."""
    speech = language()
    open_: list[tuple[int, Scheme, Option]] = []
    closed: list[tuple[int, Option]] = []
    for scheme in schemes:
        reasons = [need.text.say(speech, facts) for need in scheme.needs if not need.test(facts)]
        if reasons:
            closed.append((scheme.place(facts), _closed(scheme, reasons, setting)))
        else:
            open_.append((scheme.place(facts), scheme, _open(scheme, person, setting, facts, speech)))
    open_.sort(key=lambda row: row[0])
    closed.sort(key=lambda row: row[0])
    warnings: dict[str, None] = dict.fromkeys(_own_warnings(person, setting))
    for _place, scheme, _option in open_:
        for note in scheme.notes:
            if note.test(facts):
                warnings[note.text.say(speech, facts)] = None
    options = [option for _place, _scheme, option in open_] + [option for _place, option in closed]
    return Guide(tuple(options), tuple(warnings))


def _closed(scheme: Scheme, reasons: list[str], setting: Setting) -> Option:
    return Option(scheme.id, False, tuple(reasons), None, None, (), setting.sources[scheme.id])


def _open(scheme: Scheme, person: Person, setting: Setting, facts: Facts, speech: str) -> Option:
    low, high, levels = _cost(scheme, person, setting)
    sources = setting.priced if levels else setting.sources
    why = tuple([clause.text.say(speech, facts) for clause in scheme.why if clause.test(facts)])
    return Option(scheme.id, True, why, low, high, levels, sources[scheme.id])


def _cost(
    scheme: Scheme, person: Person, setting: Setting
) -> tuple[Decimal | None, Decimal | None, tuple[Contribution, ...]]:
    kind = scheme.cost.kind
    if kind == "free":
        return ZERO, ZERO, ()
    if kind == "limit":
        return ZERO, setting.limits[scheme.id], ()
    if kind == "local" or not setting.levels:
        return None, None, ()
    lowest, highest = setting.levels[0], setting.levels[-1]
    if person.relation == "employee" and scheme.cost.share_employee == "personal":
        return lowest.personal, highest.personal, setting.levels
    return lowest.monthly, highest.monthly, setting.levels


def _own_warnings(person: Person, setting: Setting) -> Iterator[str]:
    name, phone, base = setting.work.name, setting.work.phone, setting.base
    if setting.differs:
        yield _(N_("The floor differs between the cities of {name}; give the code of the city.")).format(name=name)
    elif base is None:
        yield _(N_("The contribution base of {name} is not confirmed; call {phone}.")).format(name=name, phone=phone)
    elif base.year < person.as_of.year:
        older = _(N_("For {name} only the figures of {year} are confirmed; ask {phone} for newer ones."))
        yield older.format(name=name, year=base.year, phone=phone)
    if person.paid_months is None:
        yield _(N_("Months paid so far are not known; this counts none."))
    if person.relation == "unknown":
        yield _(N_("Your relation to the platform is not known; this assumes no employment."))
    if person.occupation == "other":
        yield _(N_("Your occupation is not one of rider, driver, trucker and streamer; ask about platform cover."))
