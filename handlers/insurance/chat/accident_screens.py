"""What the screens after an accident say, and what is asked after later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bot.i18n import _
from bot.messages import Option
from handlers.insurance.chat.emergency import beaten, grave
from handlers.insurance.chat.wording import basis, lines
from handlers.insurance.reminding import Ask
from handlers.insurance.service import Insurance

BEFORE = timedelta(days=5)  # a last call so long before the employer's time runs out


def life(opening: str, kind: str | None) -> str:
    """The first screen: the person."""
    traffic = kind in {"traffic", None}
    first = (
        _("Don't move, and don't tough it out. Call 120 now.") if grave(opening) else _("You come first. Can you move?")
    )
    return lines(
        first,
        _("Badly hurt: 120. Then police: 110, traffic 122.") if traffic else _("Badly hurt: call 120 at once."),
        _("Get away from who hit you, and call 110.") if beaten(opening) else "",
        _("Don't move the vehicles, don't settle privately.") if traffic else "",
        _("When done reply “1”: I take you through evidence and report."),
        _("If you need a person now, reply “Staff”."),
    )


def scene(kind: str) -> str:
    """The second: police and traces."""
    if kind == "traffic":
        return lines(
            _("Call 122 or 110 and wait for the police."),
            _("Photograph both vehicles, plates, the road, your wounds."),
            _("Get the other side's name, phone and plate."),
            _("Ask for the written finding of who is at fault. Sign nothing private."),
        )
    if kind == "fall":
        return lines(
            _("Photograph the spot, the bike and your wounds; note the time."),
            _("Is there a camera nearby? Ask the shop to keep the film."),
            _("Did anybody see it? Keep a phone number."),
        )
    return lines(
        _("Beaten or bitten: call 110 and keep the receipt of the report."),
        _("Heat: stop, into the shade, drink; if it is bad call 120."),
        _("Photograph the place and your wounds; note the time."),
    )


def doctor() -> str:
    """The third: treatment and papers."""
    return lines(
        _("See a doctor today, even if it seems small."),
        _("Say it happened while delivering or driving an order."),
        _("Keep records, bills and films as originals."),
    )


def report(insurance: Insurance) -> str:
    """The fourth: the report."""
    scheme = insurance.scheme("occupational_injury")
    return lines(
        _("Report it in the platform's app today: look for one-tap report."),
        _("No labour contract is needed, and it costs you nothing."),
        _("Screenshot the order and the report. Did it work?"),
        basis(one.label for one in scheme.sources),
    )


def after_report(answer: str) -> str:
    """What to do when the report did not go through; "" when it did."""
    return {
        "refused": lines(
            _("Then report it yourself: call 12333, or go to the district's labour office."),
            _("The union can also step in: tap below. We go on here afterwards."),
        ),
        "missing": lines(
            _("Call the platform's service line and record it."),
            _("If they do nothing, call 12333 and report it yourself."),
        ),
        "later": _("Do it today: the sooner the safer."),
        "idle": lines(
            _("Without an order it is mostly not covered. Don't give up by yourself: ask 12333."),
            _("If somebody else is at fault, they pay."),
        ),
    }.get(answer, "")


def evidence() -> str:
    """The fifth: what to keep, and whether to keep it here."""
    return lines(
        _("Keep: photos, order, route, bills, police finding, phone of a witness."),
        _("Shall I keep your pictures? Encrypted; “Erase me” deletes them."),
    )


def claim(insurance: Insurance, place: str, happened: date, employed: str, today: date) -> list[str]:
    """The claim as a checklist, with the dates that are known and a plain warning where none is; both when unsure."""
    work_injury = lines(*_work_injury(insurance, happened, today))
    platform = lines(*_platform(insurance, place, today))
    return {"yes": [work_injury], "no": [platform]}.get(employed, [work_injury, platform])


def _work_injury(insurance: Insurance, happened: date, today: date) -> Iterator[str]:
    rule = insurance.rules.work_injury
    yield _("With a labour contract: work injury insurance.")
    employer, own = employer_until(insurance, happened), own_until(insurance, happened)
    yield _("□ Your employer applies within {days} days: by {day}").format(days=rule.employer_days, day=employer)
    yield _("□ If not, you apply within {months} months: by {day}").format(months=rule.own_months, day=own)
    yield _("□ Contract or pay slips, records and bills go with it")
    if own < today:
        yield _("That day has passed. Ask 12333 or legal aid 12348 today.")
    yield basis([rule.source])


def _platform(insurance: Insurance, place: str, today: date) -> Iterator[str]:
    yield _("Without a contract: occupational injury protection.")
    yield _("□ The platform applies for confirmation")
    yield _("□ The labour office sends its finding")
    yield _("□ When healed: have the degree of disability assessed")
    yield _("□ Then claim treatment and benefits")
    yield _("The time limits are not confirmed, so I name no days. The sooner the better; ask 12333.")
    yield _known_here(insurance, place, today)


def _known_here(insurance: Insurance, place: str, today: date) -> str:
    regions = insurance.regions
    name = regions.region(place).short
    fact = regions.facts(place).get("injury_protection")
    cited = [one.label for one in insurance.scheme("occupational_injury").sources]
    if fact is not None and fact.holds(today):
        return basis([fact.source.label, *cited])
    return lines(_("No record that it has begun in {place}; ask 12333.").format(place=name), basis(cited))


def employer_until(insurance: Insurance, happened: date) -> date:
    """The last day for the employer."""
    return happened + timedelta(days=insurance.rules.work_injury.employer_days)


def own_until(insurance: Insurance, happened: date) -> date:
    """The last day for the person: the same day so many months later."""
    months = happened.year * 12 + happened.month - 1 + insurance.rules.work_injury.own_months
    year, month = divmod(months, 12)
    try:
        return date(year, month + 1, happened.day)
    except ValueError:  # 29 February
        return date(year, month + 1, 28)


def reminders(insurance: Insurance, happened: date, employed: str, today: date) -> Iterator[Ask]:
    """What is asked after, and when."""
    complaint = Option(_("The platform won't report it"), "go:complaint?category=injury")
    yield Ask(
        today + timedelta(days=1),
        _("Your accident: is it reported in the app? If not, today. If they refuse, call 12333."),
        (complaint,),
    )
    yield Ask(
        today + timedelta(days=3),
        _("Your accident: are bills, records, order screenshot and police finding all safe?"),
    )
    yield Ask(
        today + timedelta(days=7),
        _("Your accident: has the platform applied for confirmation? Ask it; if not, call 12333."),
        (complaint,),
    )
    last = employer_until(insurance, happened) - BEFORE
    if employed in {"yes", "unknown"} and last > today + timedelta(days=7):
        rule = insurance.rules.work_injury
        text = _("Your employer must apply by {day}. Ask whether it has; if not, apply yourself.")
        yield Ask(last, lines(text.format(day=employer_until(insurance, happened)), basis([rule.source])))


def closing(pictures: int, reminded: bool) -> str:
    """The last screen."""
    return lines(
        _("That is all for now. Get well."),
        _("{count} pictures are kept, encrypted.").format(count=pictures) if pictures else "",
        _("I ask after it tomorrow morning.") if reminded else "",
        _("Come back any time: “I had an accident”."),
    )
