"""The recommendation in words: the answer first, what is open beside it, why the rest is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.i18n import _, language
from handlers.insurance.chat.wording import basis, lines, local, percent, plain_months, titled, yuan
from handlers.insurance.conditions import Facts
from handlers.insurance.contribution import Contribution
from handlers.insurance.guide import Guide, Option
from handlers.insurance.person import Person, facts_of
from handlers.insurance.service import Insurance
from handlers.regions.service import Source

PENSION: Final = "employee_pension"
SUBSIDIES: Final = frozenset({"social_insurance_subsidy", "platform_pension_subsidy"})
MOST_WARNINGS = 2  # on the first screen; the rest stands with the schemes


def answer(insurance: Insurance, person: Person, guide: Guide) -> str:
    """The first screen: may I, from how much a month, and what that is based on."""
    option = next(one for one in guide.options if one.scheme == PENSION)
    if not option.eligible:
        return lines(*option.why, basis(option.sources))
    employed = person.relation == "employee"
    if employed:
        first = _("Your employer must insure you and pays most of it.")
    elif option.levels:
        first = _("You can pay the employee pension yourself, from {least} a month.")
    else:
        first = _("You can pay the employee pension yourself. What it costs here is not confirmed.")
    low = option.levels[0] if option.levels else None
    first = first.format(least=yuan(low.monthly)) if low else first
    why = [plain_months(one) for one in option.why[1:3]]
    cited: list[Source | str] = [*(option.sources[-1:] if low else ()), insurance.rules.retirement.source]
    return lines(first, *why, _estimate(insurance, low, employed), basis(cited))


def _estimate(insurance: Insurance, low: Contribution | None, employed: bool) -> str:
    if low is None or employed:
        return ""
    text = _("Estimate: the lowest base, {base}, times {rate} %.")
    return text.format(base=yuan(low.base), rate=percent(insurance.rules.contribution.rate))


def cautions(guide: Guide) -> str:
    """What to be warned of first."""
    return lines(*(plain_months(one) for one in guide.warnings[:MOST_WARNINGS]))


def listed(insurance: Insurance, guide: Guide) -> str:
    """The second screen: everything that is open, best first, with its cost; one line for the rest."""
    open_ = [one for one in guide.options if one.eligible]
    shut = [one for one in guide.options if not one.eligible]
    parts = [_("Open to you, best first:")] if open_ else []
    parts += [f"{place}. {titled(name(insurance, one), cost(one))}" for place, one in enumerate(open_, start=1)]
    if shut:
        names = _(", ").join(name(insurance, one) for one in shut)
        parts.append(_("Not now: {names}.").format(names=names))
    priced = [one.sources[-1] for one in open_ if one.monthly_max]
    return lines(*parts, basis(priced) if priced else "")


def closed(insurance: Insurance, guide: Guide) -> str:
    """Why the rest is not open, a line each."""
    shut = [one for one in guide.options if not one.eligible]
    rows = [f"· {titled(name(insurance, one), plain_months(one.why[0]))}" for one in shut]
    return lines(_("Not now, and why:"), *rows, basis(one.sources[0] for one in shut)) if shut else ""


def name(insurance: Insurance, option: Option) -> str:
    """A scheme's name in the language in force."""
    return insurance.scheme(option.scheme).name.say(language(), {})


def cost(option: Option) -> str:
    """What a scheme costs a month, in a few words."""
    if option.monthly_max is None or option.monthly_min is None:
        return _("not confirmed here, ask 12333") if option.scheme == PENSION else _("the amount is local")
    if option.scheme in SUBSIDIES:
        return _("a part of what you pay comes back")
    if not option.monthly_max:
        return _("you pay nothing")
    if not option.monthly_min:
        return _("up to {most} a month, as you like").format(most=yuan(option.monthly_max))
    return _("{least} to {most} a month").format(least=yuan(option.monthly_min), most=yuan(option.monthly_max))


def details(insurance: Insurance, person: Person, option: Option) -> tuple[str, str]:
    """One scheme on two screens: why and what it costs; what it brings, and how to get it."""
    scheme, speech = insurance.scheme(option.scheme), language()
    facts = _facts(insurance, person)
    notes = [note.text.say(speech, facts) for note in scheme.notes if note.test(facts)] if option.eligible else []
    uncertain = any(level.confidence != "high" for level in option.levels)
    first = lines(
        name(insurance, option),
        *map(plain_months, option.why),
        *levels(option, person),
        *map(plain_months, notes),
        basis(option.sources[-1:]),
        local() if uncertain else "",
    )
    second = lines(*(titled(title, text) for title, text in about(insurance, person, option)), basis(option.sources))
    return first, second


def about(insurance: Insurance, person: Person, option: Option) -> list[tuple[str, str]]:
    """What to know of a scheme: what it brings and not, papers, where, by when."""
    scheme, facts, speech = insurance.scheme(option.scheme), _facts(insurance, person), language()
    titles = {
        "brings": _("Brings"),
        "excludes": _("Not covered"),
        "papers": _("Bring along"),
        "where": _("Where"),
        "deadline": _("By when"),
    }
    return [(title, scheme.about[part].say(speech, facts)) for part, title in titles.items()]


def _facts(insurance: Insurance, person: Person) -> Facts:
    setting = insurance.setting(person.work_region, person.as_of)
    return facts_of(person, setting, insurance.regions, insurance.rules.retirement)


def levels(option: Option, person: Person) -> Iterator[str]:
    """What a month costs, at three levels where a base is published."""
    if not option.eligible:
        return
    if not option.levels:
        yield _("A month: {cost}.").format(cost=cost(option))
        return
    yield _("A month (estimate):")
    for level in option.levels:
        amount = level.personal if person.relation == "employee" else level.monthly
        text = _("· {level} % level: {amount}")
        yield text.format(level=percent(level.level), amount=yuan(amount))
