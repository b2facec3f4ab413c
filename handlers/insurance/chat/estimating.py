"""What pension will I get: an estimate, with five years more and with the 100 % level beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from handlers.insurance.chat import asking
from handlers.insurance.chat.hearing import wants_estimate
from handlers.insurance.chat.questions import PaidMonths, Yuan
from handlers.insurance.chat.wording import basis, length, lines, local, month, percent, yuan
from handlers.insurance.retirement import Retirement
from handlers.insurance.service import FIVE_YEARS, Insurance, Outcome, Plan
from handlers.regions.service import Entry, NoFigure

WORDS = (
    "能领多少", "能领多少养老金", "养老金能领多少", "算养老金", "退休能领多少", "退休金多少", "养老金计算",
    "pension estimate", "how much pension", "what pension will i get",
)  # fmt: skip
LEVELS = {"60": Decimal("0.6"), "80": Decimal("0.8"), "100": Decimal(1), "150": Decimal("1.5")}
UNTIL_ENOUGH, UNTIL_RETIREMENT = "enough", "retirement"
MOST_MONTHS = 600
MOST_ACCOUNT = Decimal(3_000_000)  # yuan


@dataclass(frozen=True, slots=True)
class Ground:
    """Where an estimate stands: the region's figures, the statutory month, the months left and needed until then."""

    calculation: Entry
    base: Entry
    wage: Decimal
    month: int
    left: int
    required: int


@dialogue("pension_estimate", title=N_("What pension will I get"), words=WORDS, hears=wants_estimate)
async def pension_estimate(talk: Talk) -> None:
    """Ask what the formula needs; say the estimate, two alternatives, and what is not in it."""
    birth, track = await asking.birth(talk), await asking.track(talk)
    place = await asking.work(talk)
    rules = asking.rules(talk)
    ground = _ground(talk, rules, place, rules.retirement(birth, track))
    if ground is None:
        asking.remember(talk)
        await _not_known(talk, rules, place)
        return
    paid = await asking.paid(talk, birth) or 0
    level = LEVELS[await _level(talk)]
    to_go = await _to_go(talk, max(0, ground.required - paid), ground)
    account = await _account(talk, paid)
    asking.remember(talk)
    credit = account if account is not None else ground.wage * level * paid * rules.rules.contribution.personal
    stopped = max(ground.month, ground.month - ground.left + to_go) - birth
    plan = Plan(
        ground.calculation.values["value"] or Decimal(0), ground.wage, level, paid, credit, to_go, level, stopped
    )
    outcomes = rules.outcomes(plan)
    await talk.say(_result(outcomes["as_is"], rules, ground, talk, guessed=account is None and paid > 0))
    await talk.say(_beside(outcomes, plan, ground, rules), _further())


def _ground(talk: Talk, rules: Insurance, place: str, way: Retirement) -> Ground | None:
    try:
        calculation = rules.regions.in_force(place, "calculation_base", talk.today)
    except NoFigure:
        return None
    base = rules.setting(place, talk.today).base
    if calculation is None or base is None:
        return None
    wage = rules.contribution(place, base.year, Decimal(1)).base
    left = max(0, way.month - (talk.today.year * 12 + talk.today.month - 1))
    return Ground(calculation, base, wage, way.month, left, way.required_months)


async def _not_known(talk: Talk, rules: Insurance, place: str) -> None:
    region = rules.regions.region(place)
    text = _("I can't estimate for {name}: its bases are not confirmed. {phone} or the counter can.")
    rule = _("The rule: more years, a higher level and a later start bring more.")
    said = lines(text.format(name=region.name, phone=region.phone), rule)
    await talk.say(said, [Option(_("When do I retire"), "go:retirement"), Option(_("Menu"), "go:menu")])


async def _level(talk: Talk) -> str:
    options = [
        Choice("60", _("The lowest, 60 %"), ("最低", "最低档", "60", "60%", "60档", "不知道")),
        Choice("80", _("80 %"), ("80%", "80", "80档")),
        Choice("100", _("100 %"), ("100%", "100", "100档")),
        Choice("150", _("150 %"), ("150%", "150", "150档")),
    ]
    return (await talk.choose("level", _("Which level do you pay, or want to?"), options, ahead=False)).value


async def _to_go(talk: Talk, missing: int, ground: Ground) -> int:
    """Months still to be paid."""
    enough, until = UNTIL_ENOUGH, UNTIL_RETIREMENT
    options = (
        Choice(
            enough, _("Until it is enough: {length}").format(length=length(missing)), ("交够", "够了就停", "最低年限")
        ),
        Choice(until, _("Until I retire: {length}").format(length=length(ground.left)), ("交到退休", "一直交", "退休")),
    )
    asked = _("How much longer will you pay? Tap, or send years.")
    question = PaidMonths(key="to_go", text=asked, most=Decimal(MOST_MONTHS), options=options)
    given = str(await talk.ask(question))
    if given in {enough, "unknown"}:
        return missing
    return ground.left if given == until else int(Decimal(given))


async def _account(talk: Talk, paid: int) -> Decimal | None:
    """Yuan in the personal account; None to have it estimated."""
    if not paid:
        return Decimal(0)
    skip = (Choice("skip", _("I don't know"), ("不知道", "跳过", "不清楚", "没查过")),)
    asked = _("How much is in your personal account? The 12333 app shows it.")
    question = Yuan(key="account", text=asked, most=MOST_ACCOUNT, options=skip)
    given = await talk.ask(question)
    return None if given == "skip" else Decimal(given)


def _result(outcome: Outcome, rules: Insurance, ground: Ground, talk: Talk, *, guessed: bool) -> str:
    pension = outcome.pension
    short = _("Not enough to draw a pension: {need} are needed, you would have {months}. If it were enough:")
    few = outcome.months < ground.required
    parts = _("Basic part {basic} + account part {account} ({credit} ÷ {divisor} months).")
    return lines(
        short.format(need=length(ground.required), months=length(outcome.months)) if few else "",
        _("Estimate: about {total} a month from {month}.").format(
            total=yuan(pension.total), month=month(ground.month + max(0, outcome.plan.to_go - ground.left))
        ),
        parts.format(
            basic=yuan(pension.basic),
            account=yuan(pension.account_pension),
            credit=yuan(outcome.account),
            divisor=pension.divisor,
        ),
        _("For {length} paid at {level} %.").format(length=length(outcome.months), level=percent(outcome.plan.level)),
        _("Your account is estimated too.") if guessed else "",
        _("At today's figures, without interest or rises. A transitional part, if you have one, is not in it."),
        asking.guessed_month(talk),
        basis([rules.rules.pension.source, ground.calculation.cited, ground.base.cited]),
        local(),
    )


def _beside(outcomes: dict[str, Outcome], plan: Plan, ground: Ground, rules: Insurance) -> str:
    """Five years more, and the 100 % level, each beside the plan with what it costs more and when that is back."""
    rows = [_("Beside that (estimates):")]
    longer = outcomes["longer"]
    late = max(ground.left, plan.to_go + FIVE_YEARS) - max(ground.left, plan.to_go)
    if late:
        longer = rules.outcomes(replace(plan, age_months=plan.age_months + late))["longer"]
    rows.append(_row(_("5 years more"), outcomes["as_is"], longer, rules))
    if late:
        rows.append(_("(that means starting {length} later)").format(length=length(late)))
    if plan.level < 1 and plan.to_go:
        rows.append(_row(_("100 % level from now"), outcomes["as_is"], outcomes["higher"], rules))
    cited = basis([rules.rules.pension.source, ground.calculation.cited, ground.base.cited])
    return lines(*rows, cited)


def _row(label: str, now: Outcome, then: Outcome, rules: Insurance) -> str:
    more_paid, more = then.paid - now.paid, then.pension.total - now.pension.total
    text = _("· {label}: {total} a month. You pay {paid} more and get {more} more a month")
    row = text.format(label=label, total=yuan(then.pension.total), paid=yuan(more_paid), more=yuan(more))
    if more <= 0 or more_paid <= 0:
        return row
    back = rules.break_even(more_paid, more, then.plan.age_months)
    return row + _("; back after {length}").format(length=length(back.months))


def _further() -> list[Option]:
    return [
        Option(_("When do I retire"), "go:retirement"),
        Option(_("What does it cost a month"), "go:contribution"),
        Option(_("Join social insurance"), "go:insurance"),
        Option(_("For somebody else"), "go:pension_estimate?new=1"),
    ]
