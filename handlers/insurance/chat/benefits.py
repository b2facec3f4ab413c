"""How long medical insurance makes one wait after a break; what occupational injury protection pays by grade."""

from __future__ import annotations

from decimal import Decimal

from bot.dialogue import Choice, Talk, dialogue
from bot.dialogue.questions import Number
from bot.i18n import N_, _
from bot.messages import Option
from handlers.insurance.chat import asking
from handlers.insurance.chat.hearing import asks_grade, grade_in
from handlers.insurance.chat.questions import PaidMonths
from handlers.insurance.chat.wording import basis, lines, local, yuan
from handlers.insurance.injury import InjuryBenefits
from handlers.insurance.service import BadInput
from handlers.regions.service import Entry, NoFigure

WAITING_WORDS = ("医保断了等多久", "医保断了", "断保", "医保断缴", "医保等待期", "waiting", "waiting period")
INJURY_WORDS = (
    "伤残等级赔多少",
    "伤残赔多少",
    "几级伤残赔多少",
    "工伤等级",
    "伤残等级",
    "新职伤赔多少",
    "injury benefits",
)
MEDICAL = "12393"  # medical insurance, everywhere in China
MOST_YEARS = 40


@dialogue("waiting", title=N_("Medical insurance after a break"), words=WAITING_WORDS)
async def waiting(talk: Talk) -> None:
    """Resident scheme: the months; employee scheme: local, and who knows."""
    kinds = [
        Choice("resident", _("Resident medical (by the year)"), ("居民医保", "居民", "城乡居民", "新农合", "农村")),
        Choice("employee", _("Employee medical (by the month)"), ("职工医保", "职工", "灵活就业")),
    ]
    asked = _("Which medical insurance was it?")
    if (await talk.choose("kind", asked, kinds, ahead=False)).value == "employee":
        text = _("How long you wait after a break of the employee scheme is local. Call {phone} first, then pay on.")
        await talk.say(text.format(phone=MEDICAL), [Option(_("Join social insurance"), "go:insurance")])
        return
    broken = await _years(
        talk, "broken", _("How many years did you not pay? 0 if only late this year."), _("Only late this year")
    )
    since = (
        await _years(talk, "since", _("And how many years have you paid again since?"), _("None yet")) if broken else 0
    )
    result = asking.rules(talk).medical_waiting(broken, since)
    text = lines(
        _("You wait {months} months, counted from when you pay.").format(months=result.months),
        _("{fixed} for everybody who is late, {variable} for the years of the break.").format(
            fixed=result.fixed, variable=result.variable
        ),
        _("Until then bills are not refunded, so pay early."),
        basis([result.source]),
        _("Local rules decide; ask {phone}.").format(phone=MEDICAL),
    )
    await talk.say(text, [Option(_("Join social insurance"), "go:insurance"), Option(_("Menu"), "go:menu")])


async def _years(talk: Talk, key: str, asked: str, none: str) -> int:
    question = PaidMonths(
        key=key,
        text=asked,
        most=Decimal(MOST_YEARS * 12),
        options=(Choice("0", none, ("没有", "刚断", "今年")),),
    )
    given = await talk.ask(question)
    return -(-int(given) // 12) if str(given).isdigit() or isinstance(given, Decimal) else 0


@dialogue("injury_benefits", title=N_("What is paid by grade"), words=INJURY_WORDS, hears=asks_grade)
async def injury_benefits(talk: Talk) -> None:
    """By grade of disability, in months of the region's base, and in yuan where that base is known."""
    grade = await _grade(talk)
    place = await asking.work(talk)
    asking.remember(talk)
    entry = _base(talk, place)
    try:
        result = asking.rules(talk).injury_benefits(grade, entry.values["value"] if entry else None)
    except BadInput as problem:
        await talk.say(str(problem), [Option(_("Again"), "go:injury_benefits"), Option(_("Menu"), "go:menu")])
        return
    options = [
        Option(_("I had an accident"), "go:accident"),
        Option(_("The platform won't report it"), "go:complaint?category=injury"),
        Option(_("Another grade"), "go:injury_benefits"),
    ]
    await talk.say(_paid(result, entry, asking.rules(talk).regions.region(place).short), options)


async def _grade(talk: Talk) -> int:
    found = grade_in(talk.opening)
    if found and "grade" not in talk.draft.answers and "grade" not in talk.draft.passed:
        talk.draft.keep("grade", str(found), ahead=True)
    said = talk.pending
    if said is not None and talk.draft.asked == "grade" and (named := grade_in(said.text)):
        talk.pending = None
        talk.draft.keep("grade", str(named))
    asked = _("Which grade was found, 1 to 10? 1 is the worst.")
    question = Number(key="grade", text=asked, least=Decimal(1), most=Decimal(10))
    return int(await talk.ask(question))


def _base(talk: Talk, place: str) -> Entry | None:
    try:
        return asking.rules(talk).regions.in_force(place, "calculation_base", talk.today)
    except NoFigure:
        return None


def _paid(result: InjuryBenefits, entry: Entry | None, place: str) -> str:
    once = _("Once: {months} months of the base{amount}.")
    rows = [once.format(months=result.lump_months, amount=_amount(result.lump))]
    if result.monthly_percent:
        text = _("Every month: {percent} % of the base{amount}.")
        rows.append(text.format(percent=result.monthly_percent, amount=_amount(result.monthly)))
    if result.leaving_months:
        text = _("Once more, in place of monthly pay: {months} months{amount}.")
        rows.append(text.format(months=result.leaving_months, amount=_amount(result.leaving)))
    unknown = _("The base of {place} is not confirmed, so there are no amounts in yuan.").format(place=place)
    return lines(
        _("Grade {grade}, occupational injury protection:").format(grade=result.grade),
        *rows,
        "" if entry else unknown,
        _("Medical treatment is paid besides. With a labour contract, other rules hold."),
        basis([result.source, *([entry.cited] if entry else [])]),
        local(),
    )


def _amount(value: Decimal | None) -> str:
    return "" if value is None else _(", about {amount} (estimate)").format(amount=yuan(value))
