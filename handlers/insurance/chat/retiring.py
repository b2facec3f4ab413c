"""When do I retire, and what if years are missing by then."""

from __future__ import annotations

from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from handlers.insurance.chat import asking
from handlers.insurance.chat.hearing import wants_retirement
from handlers.insurance.chat.questions import PaidMonths
from handlers.insurance.chat.wording import age, basis, length, lines, local, month
from handlers.insurance.retirement import Retirement
from handlers.insurance.service import Insurance

RETIREMENT_WORDS = (
    "几岁退休", "退休年龄", "什么时候退休", "多大退休", "我几岁退休", "我什么时候退休", "算退休", "退休计算",
    "retirement", "when do i retire",
)  # fmt: skip
SHORTFALL_WORDS = (
    "年限不够怎么补", "怎么补差", "年限不够", "年限不够怎么办", "缴费年限不够", "交不够怎么办", "补差",
    "shortfall", "what if years are missing",
)  # fmt: skip
MOST_RESIDENT = 960  # months


@dialogue("retirement", title=N_("When do I retire"), words=RETIREMENT_WORDS, hears=wants_retirement)
async def retirement(talk: Talk) -> None:
    """The month under the gradual rules, the flexible range, and the years that are needed."""
    birth, track = await asking.birth(talk), await asking.track(talk)
    asking.remember(talk)
    rules = asking.rules(talk)
    way = rules.retirement(birth, track)
    await talk.say(_told(way, birth, track, talk), _further())
    if talk.draft.answers.get("way") in {"before", asking.UNKNOWN, "worker"}:
        await talk.say(_other_track(rules, birth, track))


def _told(way: Retirement, birth: int, track: str, talk: Talk) -> str:
    past = way.month <= talk.today.year * 12 + talk.today.month - 1
    first = _("You reached retirement age in {month}, at {age}.") if past else _("You retire in {month}, at {age}.")
    needed = _("To draw a pension you need {length} of contributions by then ({months} months).")
    flexible = _("Flexible: {earliest} at the earliest, {latest} at the latest.")
    names = {"male60": _("man"), "female55": _("woman, 55 track"), "female50": _("woman, 50 track")}
    return lines(
        first.format(month=month(way.month), age=age(way.age_months)),
        _("Counted for: born {birth}, {who}.").format(birth=month(birth), who=names[track]),
        flexible.format(earliest=month(way.earliest), latest=month(way.latest)),
        _("Earlier needs enough years by then; ask at the counter 3 months ahead."),
        needed.format(length=length(way.required_months), months=way.required_months),
        asking.guessed_month(talk),
        basis(way.sources[:2]),
    )


def _other_track(rules: Insurance, birth: int, track: str) -> str:
    other = "female50" if track == "female55" else "female55"
    way = rules.retirement(birth, other)
    if track == "female55":
        text = _("Some places take the 50 track if an employer paid for years: then {month}, at {age}.")
    else:
        text = _("Once you pay for yourself, mostly the 55 track counts: then {month}, at {age}.")
    return lines(text.format(month=month(way.month), age=age(way.age_months)), basis(way.sources[:1]), local())


def _further() -> list[Option]:
    return [
        Option(_("What pension will I get"), "go:pension_estimate"),
        Option(_("What if years are missing"), "go:shortfall"),
        Option(_("Card and reminders"), "go:insurance_card"),
        Option(_("For somebody else"), "go:retirement?new=1"),
    ]


@dialogue("shortfall", title=N_("What if years are missing"), words=SHORTFALL_WORDS)
async def shortfall(talk: Talk) -> None:
    """How many months are missing, whether they can be made up, and what becomes of years in the other scheme."""
    birth, track = await asking.birth(talk), await asking.track(talk)
    paid = await asking.paid(talk, birth)
    resident = await _resident(talk)
    asking.remember(talk)
    rules = asking.rules(talk)
    way = rules.retirement(birth, track)
    left = max(0, way.month - (talk.today.year * 12 + talk.today.month - 1))
    missing = max(0, way.required_months - (paid or 0))
    await talk.say(_missing(way, missing, left, paid), [Option(_("Join social insurance"), "go:insurance")])
    if resident:
        await talk.say(_transfer(rules, paid or 0, resident, of_age=left == 0))


async def _resident(talk: Talk) -> int:
    """Months paid into the resident pension."""
    none = (Choice("0", _("None"), ("没有", "没交过", "没交", "不知道", "记不清")),)
    asked = _("And the resident pension (paid by the year, at home): how long?")
    question = PaidMonths(key="resident", text=asked, most=MOST_RESIDENT, options=none)  # type: ignore[arg-type]
    given = await talk.ask(question)
    return int(given) if str(given).isdigit() else 0


def _missing(way: Retirement, missing: int, left: int, paid: int | None) -> str:
    source = basis([way.sources[2], _("Ministry's notice no. 132 of 2016: no back-payment to gain years")])
    unknown = _("Months paid so far are not known; this counts none.") if paid is None else ""
    if not missing:
        return lines(_("Your years are enough for {month}.").format(month=month(way.month)), unknown, source)
    need = _("You need {need}; {missing} are missing, and {left} are left until {month}.").format(
        need=length(way.required_months), missing=length(missing), left=length(left), month=month(way.month)
    )
    if left >= missing:
        return lines(_("You can still make it: pay on without a break."), need, unknown, source)
    short = length(missing - left)
    if left:
        first = _("Paying until {month} leaves you {short} short.").format(month=month(way.month), short=short)
    else:
        first, need = _("You are of age and {short} short.").format(short=short), ""
    if not left and not paid:
        then = _("Past retirement age nobody can join anew; ask 12333 what is left.")
    else:
        then = _("Then: pay on after that until it is enough, or move to the resident pension.")
    return lines(
        first,
        need,
        then,
        _("Missed months can't be bought back later."),
        unknown,
        source,
        local(),
    )


def _transfer(rules: Insurance, employee: int, resident: int, *, of_age: bool) -> str:
    result = rules.transfer(employee, resident, of_age=of_age)
    texts = {
        "resident_to_employee": _("Your resident account moves into the employee one; its years do not count."),
        "employee_to_resident": _("Both together are {months} in the resident pension."),
        "not_yet": _("The two can be joined only at retirement age."),
        "already_paid": _("Once a pension is paid nothing is joined."),
        "nothing": _("There is nothing to join."),
    }
    return lines(texts[result.way].format(months=length(result.months)), basis([result.source]))
