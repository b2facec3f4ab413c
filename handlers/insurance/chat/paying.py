"""What a month of the employee pension costs somebody who pays alone."""

from __future__ import annotations

from decimal import Decimal

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from handlers.insurance.chat import asking
from handlers.insurance.chat.wording import basis, lines, local, percent, yuan
from handlers.insurance.contribution import Contribution
from handlers.insurance.rules import ContributionRules
from handlers.insurance.service import BadInput
from handlers.insurance.setting import Setting

WORDS = (
    "每月交多少",
    "社保交多少",
    "养老交多少",
    "一个月交多少",
    "每月交多少钱",
    "缴费基数",
    "contribution",
    "how much a month",
)


@dialogue("contribution", title=N_("What does it cost a month"), words=WORDS)
async def contribution(talk: Talk) -> None:
    """Three levels beside each other, or one that was asked for."""
    place = await asking.work(talk)
    asking.remember(talk)
    rules = asking.rules(talk)
    setting = rules.setting(place, talk.today)
    if setting.base is None:
        await talk.say(_unknown(setting), _further(place, known=False))
        return
    try:
        level = Decimal(int(talk.args.get("level", "0") or 0)) / 100
        levels = (rules.contribution(place, setting.base.year, level),) if level else setting.levels
    except (BadInput, ValueError):
        levels = setting.levels
    await talk.say(_costs(setting, levels, talk.today.year, rules.rules.contribution), _further(place, known=True))


def _unknown(setting: Setting) -> str:
    name, phone = setting.work.name, setting.work.phone
    if setting.differs:
        return _("In {name} every city has its own base. Send the city and I look again.").format(name=name)
    text = _("The base of {name} is not confirmed, so I give no amount. {phone} knows it.")
    return text.format(name=name, phone=phone)


def _costs(setting: Setting, levels: tuple[Contribution, ...], year: int, rates: ContributionRules) -> str:
    base = setting.base
    assert base is not None, "only called where a base is confirmed"
    low = levels[0]
    first = _("{place}: from {amount} a month, if you pay yourself.") if len(levels) > 1 else ""
    first = first.format(place=setting.work.short, amount=yuan(low.monthly))
    rows = [_row(one, rates) for one in levels]
    shares = _("Of the {rate} %, {personal} % go to your own account and {pooled} % to the common fund.")
    return lines(
        first,
        *rows,
        shares.format(rate=percent(rates.rate), personal=percent(rates.personal), pooled=percent(rates.pooled)),
        _("These are the figures of {year}; ask 12333 for newer ones.").format(year=base.year)
        if base.year < year
        else "",
        basis([low.cited, rates.source]),
        local() if any(one.confidence != "high" for one in levels) else "",
    )


def _row(one: Contribution, rates: ContributionRules) -> str:
    text = _("· {level} % level: {amount} a month ({base} × {rate} %)")
    row = text.format(level=percent(one.level), amount=yuan(one.monthly), base=yuan(one.base), rate=percent(rates.rate))
    return row + (_(", an estimate") if one.estimated else "")


def _further(place: str, *, known: bool) -> list[Option]:
    options = [
        Option(_("{level} % level").format(level=level), f"go:contribution?level={level}") for level in (80, 150)
    ]
    return [
        *(options if known else ()),
        Option(_("What pension will I get"), "go:pension_estimate"),
        Option(_("Another place"), "go:contribution?new=1"),
        Option(_("Join social insurance"), "go:insurance"),
    ]
