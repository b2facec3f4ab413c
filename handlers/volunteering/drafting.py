"""The questions about a new activity, with a look at the peaks of those it is for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bot.dialogue import Choice, Place, Talk
from bot.dialogue.questions import Money
from bot.dialogue.several import Several
from bot.i18n import _
from bot.peaks import Span
from bot.site import Site
from handlers.profile.service import OCCUPATIONS, occupation_choices
from handlers.regions.service import Regions
from handlers.volunteering.service import Plan, Setting
from handlers.volunteering.spots import sent
from handlers.volunteering.times import Hours, day_ahead
from handlers.volunteering.wording import dated, hours, lasts, points, spaced, spans, trades, yuan

MOST_PEOPLE = 500
MOST_YUAN = Decimal(500)
EVERYBODY = "everybody"


async def drafted(talk: Talk) -> Plan:
    """Ask for all of it, show it, and have it confirmed."""
    title = str(await talk.text("title", _("What is the activity called?"), longest=30, label=_("Title"), asides=False))
    asked = _("What is to be done? One or two sentences.")
    task = str(await talk.text("task", asked, longest=300, label=_("Task"), asides=False))
    region, place, spot = await _place(talk)
    occupations = await _occupations(talk)
    start, end = await _times(talk, occupations, region)
    capacity, minimum = await _people(talk)
    given = await _points(talk, end - start)
    allowance = await _allowance(talk)
    asked = _("Insurance for volunteers? One line, like “accident insurance by the community”.")
    insurance = await talk.text("insurance", asked, longest=100, label=_("Insurance"), optional=True, asides=False)
    asked_for = _("Who is the contact? A name and a phone number.")
    contact = await talk.text("contact", asked_for, longest=60, label=_("Contact"), asides=False)
    here = None
    if spot is not None and spot.latitude is not None and spot.longitude is not None:
        here = sent(talk.person.channel, spot.latitude, spot.longitude)
    plan = Plan(
        title=title,
        task=task,
        place=place,
        starts_at=start,
        ends_at=end,
        capacity=capacity,
        minimum=minimum,
        occupations=occupations,
        points=given,
        allowance=allowance,
        insurance=insurance or "",
        contact=str(contact),
        region=region,
        latitude=here[0] if here else None,
        longitude=here[1] if here else None,
    )
    await talk.confirm(summary(talk, plan), yes=_("Publish"))
    return plan


async def _place(talk: Talk) -> tuple[str, str, Place | None]:
    """(GB/T 2260 code, words, the place): near the service where the words name no district."""
    regions, near = talk.use(Regions), talk.use(Site).region

    def known(words: str) -> list[tuple[str, str]]:
        found = sorted(regions.find(words), key=lambda region: region.code[:4] != near[:4])
        return [(region.code, region.name) for region in found]

    where = await talk.place("place", _("Where? Type the place, or send a location."), label=_("Place"), known=known)
    if not isinstance(where, Place):
        return near, str(where), None
    return where.code or near, where.text[:100], where


async def _occupations(talk: Talk) -> tuple[str, ...]:
    """Whom it is for; empty for everybody."""
    everybody = Choice(EVERYBODY, _("Everybody"), ("所有人", "都可以", "不限", "全部", "大家", "everyone", "all"))
    options = (everybody, *occupation_choices())
    text = _("Whom is it for? You can name several.")
    asked = Several(key="occupations", text=text, label=_("Occupations"), options=options, everything=EVERYBODY)
    found = await talk.ask(asked)
    return () if EVERYBODY in found else tuple(one for one in OCCUPATIONS if one in found)


async def _times(talk: Talk, occupations: tuple[str, ...], region: str) -> tuple[datetime, datetime]:
    """Begin and end, to come, and outside the peaks unless they insist."""
    on: date = await talk.ask(day_ahead("day", _("On which day?"), talk.today, _("Day")))
    asked = Hours(key="hours", text=_("From when till when? Like 14:30-16:00."), label=_("Time"))
    begin, finish = await talk.ask(asked)
    start, end = _instants(talk, on, begin, finish)
    if start <= talk.now:
        await talk.say(_("That time is over already."))
        talk.change("hours")
    concerned = occupations or tuple(talk.use(Setting).peaks.occupations)
    busy = talk.use(Setting).peaks.within(concerned, start, end, talk.use(Setting).zone, region)
    return await _warned(talk, concerned, start, end, busy, region) if busy else (start, end)


def _instants(talk: Talk, on: date, begin: time, finish: time) -> tuple[datetime, datetime]:
    zone = talk.use(Setting).zone
    return datetime.combine(on, begin, zone), datetime.combine(on, finish, zone)


async def _warned(
    talk: Talk, concerned: tuple[str, ...], start: datetime, end: datetime, busy: list[Span], region: str
) -> tuple[datetime, datetime]:
    """Say what the time touches, and offer the next free gap."""
    setting = talk.use(Setting)
    free = setting.peaks.next_free(concerned, start, end - start, setting.zone, region)
    touched = [one for one in concerned if setting.peaks.within([one], start, end, setting.zone, region)]
    text = _("That is the busy time of {who}: {spans} (this service's default, no rule). Better to keep clear of it.")
    options = [Choice("keep", _("Keep this time"), ("就这个时间", "不改", "keep")), Choice("other", _("Another time"))]
    if free is not None:
        options.insert(0, Choice("shift", _("Move it to {when}").format(when=_when(talk, free, free + (end - start)))))
    key = f"peak-{start:%m%d%H%M}-{end:%H%M}"
    asked = text.format(who=trades(tuple(touched)), spans=spans(busy, setting.zone))
    chosen = await talk.choose(key, asked, options, ahead=False)
    if chosen.value == "other":
        talk.change("hours", key)
    if chosen.value == "shift" and free is not None:
        _keep_times(talk, free, free + (end - start))
        return free, free + (end - start)
    return start, end


def _keep_times(talk: Talk, start: datetime, end: datetime) -> None:
    talk.draft.keep("day", start.date().isoformat())
    talk.draft.keep("hours", [f"{start:%H:%M}", f"{end:%H:%M}"])


def _when(talk: Talk, start: datetime, end: datetime) -> str:
    zone = talk.use(Setting).zone
    return spaced(dated(start.astimezone(zone).date(), talk.today), hours(start, end, zone))


async def _people(talk: Talk) -> tuple[int, int]:
    """(capacity, minimum): how many at most, and without how many it makes no sense."""
    capacity = int(await talk.number("capacity", _("How many people?"), least=1, most=MOST_PEOPLE, label=_("Places")))
    text = _("How many at least? I tell you a day before when there are fewer. Skip if it does not matter.")
    minimum = await talk.number("minimum", text, least=0, most=MOST_PEOPLE, label=_("Minimum"), optional=True)
    if minimum is not None and int(minimum) > capacity:
        await talk.say(_("The minimum is above the number of places."))
        talk.change("minimum")
    return capacity, int(minimum or 0)


async def _points(talk: Talk, length: timedelta) -> int:
    """Points for the whole of it; suggested by the rule."""
    minutes = int(length.total_seconds()) // 60
    usual = max(1, round(minutes * talk.use(Setting).rules.points_per_hour / 60))
    options = [Choice(str(usual), _("{points} (for {hours})").format(points=points(usual), hours=lasts(minutes)))]
    text = _("How many points? They are the community's thanks; volunteering itself is unpaid.")
    return int(await talk.number("points", text, least=0, most=100, label=_("Points"), options=options))


async def _allowance(talk: Talk) -> int:
    """The subsidy a head, in fen; 0 for none."""
    text = _("A subsidy towards meals and fares, in yuan a head? Skip if there is none.")
    given = await talk.ask(Money(key="allowance", text=text, label=_("Subsidy (yuan)"), most=MOST_YUAN, optional=True))
    return int(given * 100) if given is not None else 0


def summary(talk: Talk, plan: Plan) -> str:
    """The last look before it is published."""
    setting = talk.use(Setting)
    concerned = plan.occupations or tuple(setting.peaks.occupations)
    busy = setting.peaks.within(concerned, plan.starts_at, plan.ends_at, setting.zone, plan.region)
    people = _("{count} people").format(count=plan.capacity)
    least = _("at least {count}").format(count=plan.minimum) if plan.minimum else ""
    lines = [
        _("A look before it is published:"),
        f"{plan.title} · {plan.place}",
        _when(talk, plan.starts_at, plan.ends_at),
        plan.task,
        " · ".join(filter(None, (people, least, trades(plan.occupations), points(plan.points)))),
        _("A subsidy of {amount} yuan towards meals and fares.").format(amount=yuan(plan.allowance))
        if plan.allowance
        else "",
        _("Insurance: {words}").format(words=plan.insurance) if plan.insurance else "",
        _("Contact: {words}").format(words=plan.contact),
        _("Touches busy times: {spans}").format(spans=spans(busy, setting.zone)) if busy else "",
    ]
    return "\n".join(filter(None, lines))
