"""How a complaint is put into words: days, money, the summary, what happens next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.i18n import N_, _, language
from bot.site import Site
from handlers.complaints.case import Case, Report, Step
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.record import PERSON
from handlers.complaints.status import NAMES, RATINGS, Status

EXCERPT = 60  # characters of the story in a summary

# What became of requests to see who stands behind a case, to its person.
IDENTITY = {
    "asked": N_("The officer asks for your name and phone"),
    "agreed": N_("You agreed: the officers may see your name and phone"),
    "refused": N_("You did not agree: your name and phone stay sealed"),
    "approved": N_("Two officers found it necessary to open your name and phone"),
}


def day(value: date, today: date | None = None) -> str:
    """11月13日, 13 Nov; with the year when it is another than that of `today`."""
    other_year = today is not None and today.year != value.year
    if language() == "en":
        return f"{value:%d %b %Y}".lstrip("0") if other_year else f"{value:%d %b}".lstrip("0")
    return f"{value.year}年{value.month}月{value.day}日" if other_year else f"{value.month}月{value.day}日"


def yuan(amount: Decimal) -> str:
    """200 元, 35.50 元."""
    whole = amount == amount.to_integral_value()
    return _("{amount} yuan").format(amount=f"{amount:.0f}" if whole else f"{amount:.2f}")


def pictures(count: int) -> str:
    """2 张图; "" for none."""
    return _("{count} pictures").format(count=count) if count else ""


def joined(parts: Sequence[str]) -> str:
    """The parts that are there, side by side."""
    return " · ".join(part for part in parts if part)


def promise(site: Site) -> str:
    """Who sees what, for who is afraid to be found out: what the last look says as well."""
    text = _("Only officers of {union} see it, the platform does not.\nWithout your name, they don't know who you are.")
    return text.format(union=site.said("union"))


def summary(report: Report, catalogue: Catalogue, site: Site, today: date) -> str:
    """The last look before a report is handed in, with who will see what."""
    facts = (
        catalogue.category(report.category).name,
        catalogue.company_name(report.company, report.company_words),
        day(report.happened_on, today) if report.happened_on else "",
        yuan(report.amount) if report.amount is not None else "",
        report.place,
        pictures(len(report.media)),
        _("without name") if report.anonymous else joined([report.name, report.contact]),
    )
    story = " ".join(report.story.split())
    told = f"“{story[:EXCERPT]}{'…' if len(story) > EXCERPT else ''}”"
    return "\n".join((_("A look before it goes:"), joined(facts), told, who_sees(report, site)))


def who_sees(report: Report, site: Site) -> str:
    """One line, before anything is sent: who will see what."""
    if report.anonymous:
        text = _(
            "Who sees it: only {officers} officers of {union}.\n"
            "They see neither your account nor your name. The platform sees none of it."
        )
    else:
        text = _(
            "Who sees it: only {officers} officers of {union}.\n"
            "Your name and phone stay sealed, unless you agree or two officers must open them.\n"
            "The platform sees none of it."
        )
    return text.format(officers=site.case_officers, union=site.said("union"))


def headline(case: Case, catalogue: Catalogue) -> str:
    """A case in one line."""
    facts = (
        catalogue.category(case.category).name,
        catalogue.company_name(case.company, case.company_words),
        day(case.happened_on, case.submitted_at.date()) if case.happened_on else "",
        yuan(case.amount) if case.amount is not None else "",
    )
    return joined(facts)


def progress(case: Case, happened: Sequence[Step], catalogue: Catalogue, site: Site, today: date) -> str:
    """A case as its person sees it: what it is, every step, what happens next."""
    zone = ZoneInfo(site.timezone)
    lines = [f"{case.code}", headline(case, catalogue), *(_step(step, zone) for step in happened)]
    return "\n".join([*lines, what_next(case, site, today)])


def _step(step: Step, zone: ZoneInfo) -> str:
    at = day(local_day(step.at, zone))
    extra = _(" ({pictures})").format(pictures=pictures(step.attachments)) if step.attachments else ""
    words = _(": {words}").format(words=step.words) if step.words else ""
    return f"{at} {step_name(step)}{extra}{words}"


def step_name(step: Step) -> str:
    """What happened, as its person reads it."""
    if step.kind == "status":
        return _(NAMES[Status(step.status)])
    if step.kind == "rating":
        return _("You rated the outcome: {rating}").format(rating=_(RATINGS[int(step.status)]))
    if step.kind == "identity":
        return _(IDENTITY[step.status])
    return _("You added something") if step.actor == PERSON else _("The officer wrote")


def what_next(case: Case, site: Site, today: date) -> str:
    """A plain sentence: what happens next with a case."""
    return outlook(case.status, case.due_on, site, today)


def outlook(status: Status, due_on: date, site: Site, today: date) -> str:
    """A plain sentence: what happens next in a status."""
    if status is Status.RECEIVED:
        late = today > due_on
        text = (
            _("It should have been answered by {day}. Reply “Staff” and somebody looks into it.")
            if late
            else _("Next: an officer answers by {day}, right here.")
        )
        return text.format(day=day(due_on))
    if status is Status.CLOSED:
        text = _("It ended without a result. You can still ask {labour} (labour) or {legal_aid} (legal aid).")
        lines = {"labour": "12333", "legal_aid": "12348"} | site.hotlines
        return text.format(labour=lines["labour"], legal_aid=lines["legal_aid"])
    if status is Status.RESOLVED:
        text = _("It is settled. If it comes back, you can open it again within {days} days.")
        return text.format(days=site.reopen_days)
    if status is Status.REOPENED:
        return _("It was opened again. The officer answers by {day}, right here.").format(day=day(due_on))
    return _NEXT[status]()


_NEXT = {
    Status.ACCEPTED: lambda: _("Next: the officer checks the facts, and may ask you here."),
    Status.IN_PROGRESS: lambda: _("It is being worked on. What comes of it is told here."),
    Status.MEDIATION: lambda: _("The union is talking with the company. What comes of it is told here."),
    Status.REFERRED: lambda: _("The office in charge has it now. Its answer is told here."),
    Status.WITHDRAWN: lambda: _("You took it back; nobody works on it any more."),
}


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an instant where the service stands."""
    return at.astimezone(zone).date()
