"""Joining social insurance, as a conversation: little is asked, the answer comes first, details behind buttons."""

from __future__ import annotations

from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site
from handlers.insurance.accident import DIALOGUES as ACCIDENT
from handlers.insurance.chat import asking, clues, recommend
from handlers.insurance.chat import birth as births
from handlers.insurance.chat.calculators import DIALOGUES as CALCULATORS
from handlers.insurance.chat.card import DIALOGUES as CARD
from handlers.insurance.chat.hearing import wants_insurance
from handlers.insurance.chat.wording import basis, lines, percent, yuan
from handlers.insurance.guide import Guide
from handlers.insurance.person import Person
from handlers.insurance.service import BadInput
from handlers.regions.service import Regions

WORDS = (
    "办参保", "参保", "办社保", "社保", "交社保", "缴社保", "自己交社保", "养老怎么交", "养老保险怎么交", "社保怎么交",
    "交养老", "怎么参保", "我要参保", "买社保", "养老保险", "insurance", "social insurance", "join insurance",
)  # fmt: skip
SURELY_WORKING = 50 * 12  # months; nobody reaches retirement age before
YOUNGEST = 16 * 12
MOST_DETAILS = 4  # buttons for single schemes on the first screen


@dialogue("insurance", title=N_("Join social insurance"), words=WORDS, hears=wants_insurance)
async def insurance(talk: Talk) -> None:
    """From the first word to a short, ranked recommendation."""
    await _reuse(talk)
    if talk.opening:
        await talk.once("headline", lambda: _headline(talk))
    if not talk.replies:
        await talk.once("intro", lambda: _introduce(talk))
    person = await asking.person(talk)
    asking.remember(talk)
    await _recommend(talk, person)


async def _reuse(talk: Talk) -> None:
    """Ask whether what was told last time still holds."""
    known = asking.told(talk)
    if talk.opening or talk.args or "birth" not in known:
        return
    options = [
        Choice("same", _("Use it"), ("用上次的", "接着用", "用", "对", "是", "好")),
        Choice("new", _("Ask me anew"), ("重新", "重新填", "不对", "换")),
    ]
    where = talk.use(Regions).region(known["work"]).name if "work" in known else ""
    text = _("Last time: born {birth}, {place}. Use that?").format(
        birth=asking.born(known["birth"]), place=where or "—"
    )
    await talk.choose("reuse", text, options, ahead=False)


async def _introduce(talk: Talk) -> None:
    """What this is, and the way out, to who only tapped or said 社保."""
    if not talk.draft.answers and not talk.args:
        await talk.say(_("I work out what you can join and what it costs. A few questions; “Cancel” ends it any time."))


async def _headline(talk: Talk) -> None:
    """What can be said already, before the first question: from how much a month, where the opening says enough."""
    said, regions = births.find(talk.opening, talk.today), talk.use(Regions)
    work, home = clues.places(talk.opening, regions)
    place = work.code if work else talk.person.region or talk.use(Site).region
    base = asking.rules(talk).setting(place, talk.today).base if place else None
    age = (talk.today.year - said.year) * 12 if said else 0
    if base is None or not YOUNGEST + 12 <= age < SURELY_WORKING - 12:
        return
    level = asking.rules(talk).setting(place, talk.today).levels[0]
    same = home is None or regions.province(home.code) is regions.province(place)
    text = lines(
        _("Without an employer you can pay the employee pension yourself."),
        "" if same else _("Registered elsewhere is mostly no obstacle; local rules decide."),
        _("Estimate for {place}: from {amount} a month, {base} × {rate} %.").format(
            place=regions.region(place).short,
            amount=yuan(level.monthly),
            base=yuan(level.base),
            rate=percent(asking.rules(talk).rules.contribution.rate),
        ),
        basis([level.cited]),
        "" if base.year == talk.today.year else _("Ask 12333 for the figures of {year}.").format(year=talk.today.year),
    )
    await talk.say(text)


async def _recommend(talk: Talk, person: Person) -> None:
    rules = asking.rules(talk)
    try:
        guide = rules.guide(person)
    except BadInput as problem:
        await talk.say(str(problem), [Option(_("Start again"), "go:insurance?new=1"), Option(_("Menu"), "go:menu")])
        return
    await talk.say(lines(recommend.answer(rules, person, guide), recommend.cautions(guide), asking.guessed_month(talk)))
    await talk.say(recommend.listed(rules, guide), _next(talk, guide))


def _next(talk: Talk, guide: Guide) -> list[Option]:
    """Details of the first few, the rest behind one button, and what to work out next."""
    return [
        *_details(talk, guide)[:MOST_DETAILS],
        Option(_("The others"), "go:insurance_more"),
        Option(_("What pension will I get"), "go:pension_estimate"),
        Option(_("When do I retire"), "go:retirement"),
        Option(_("What if years are missing"), "go:shortfall"),
        Option(_("Card and reminders"), "go:insurance_card"),
        Option(_("Change one answer"), "go:insurance_change"),
    ]


def _details(talk: Talk, guide: Guide) -> list[Option]:
    rules, detail = asking.rules(talk), _("Details: {name}")
    return [
        Option(detail.format(name=recommend.name(rules, one)), f"go:insurance_scheme?scheme={one.scheme}")
        for one in guide.options
        if one.eligible
    ]


@dialogue("insurance_scheme", title=N_("Details"))
async def scheme(talk: Talk) -> None:
    """One scheme, for what was told before."""
    person, rules = await asking.person(talk), asking.rules(talk)
    asking.remember(talk)
    guide = rules.guide(person)
    option = next((one for one in guide.options if one.scheme == talk.args.get("scheme")), guide.options[0])
    first, second = recommend.details(rules, person, option)
    await talk.say(first)
    others = [
        Option(_("Back to the list"), "go:insurance_again"),
        Option(_("Card and reminders"), "go:insurance_card"),
        Option(_("Menu"), "go:menu"),
    ]
    await talk.say(second, others)


@dialogue("insurance_again", title=N_("Join social insurance"))
async def again(talk: Talk) -> None:
    """The recommendation once more, from what was told before."""
    person = await asking.person(talk)
    asking.remember(talk)
    await _recommend(talk, person)


@dialogue("insurance_more", title=N_("The others"))
async def more(talk: Talk) -> None:
    """What else is open, and the reasons why the rest is not."""
    person, rules = await asking.person(talk), asking.rules(talk)
    asking.remember(talk)
    guide = rules.guide(person)
    further = [*_details(talk, guide)[MOST_DETAILS:], Option(_("Back to the list"), "go:insurance_again")]
    shut = recommend.closed(rules, guide)
    await talk.say(shut or _("All of it is open to you."), [*further, Option(_("Menu"), "go:menu")])


@dialogue("insurance_change", title=N_("Change one answer"))
async def change(talk: Talk) -> None:
    """Which answer to change; the rest stands."""
    labels = {
        "birth": _("Birth"),
        "sex": _("Sex"),
        "way": _("Track"),
        "work": _("Working place"),
        "home": _("Household"),
        "occupation": _("Trade"),
        "relation": _("Relation"),
        "paid": _("Years paid"),
        "income": _("Income"),
    }
    known = [Choice(key, label) for key, label in labels.items() if key in asking.told(talk)]
    if not known:
        await talk.start("insurance", new="1")
    which = await talk.choose("which", _("Which one?"), known, ahead=False)
    await talk.start("insurance", change=which.value)


DIALOGUES = (insurance, scheme, again, more, change, *CALCULATORS, *CARD, *ACCIDENT)
