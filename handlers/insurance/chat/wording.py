"""Numbers put into words, always with what stands behind them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from decimal import Decimal

from bot.i18n import _, language
from handlers.regions.service import Source

ASK = "12333"  # labour and social insurance, everywhere in China


def yuan(amount: Decimal) -> str:
    """975.80 元, 200 元."""
    whole = amount == amount.to_integral_value()
    return _("{amount} yuan").format(amount=f"{amount:.0f}" if whole else f"{amount:.2f}")


def month(running: int) -> str:
    """2045年3月, Mar 2045."""
    year, rest = divmod(running, 12)
    return f"{calendar.month_abbr[rest + 1]} {year}" if language() == "en" else f"{year}年{rest + 1}月"


def age(months: int) -> str:
    """63 岁, 61 岁 4 个月."""
    years, rest = divmod(months, 12)
    if rest:
        return _("{years} years and {months} months").format(years=years, months=rest)
    return _("{years} years").format(years=years)


def length(months: int) -> str:
    """A stretch of time: 15 年, 3 年 2 个月, 5 个月."""
    years, rest = divmod(months, 12)
    parts = [_("1 year") if years == 1 else _("{count} years").format(count=years)] if years else []
    if rest or not years:
        parts.append(_("1 month") if rest == 1 else _("{count} months").format(count=rest))
    return _("{years} {months}").format(years=parts[0], months=parts[1]) if len(parts) == 2 else parts[0]


def titled(name: str, text: str) -> str:
    """职工养老：每月 975.80 元起; Employee pension: from 975.80 yuan."""
    return _("{name}: {text}").format(name=name, text=text)


def percent(share: Decimal) -> str:
    """0.6 is 60."""
    return f"{share * 100:.0f}"


def basis(sources: Iterable[Source | str]) -> str:
    """The line behind numbers: where they come from and since when."""
    cited = dict.fromkeys(one if isinstance(one, str) else one.label for one in sources)
    return _("Basis: {sources}.").format(sources=_("; ").join(cited))


def local() -> str:
    """What is said behind a fact of medium confidence."""
    return _("As far as known; local rules decide, ask {phone}.").format(phone=ASK)


def lines(*parts: str) -> str:
    """The parts that are there, one a line."""
    return "\n".join(part for part in parts if part)


def plain_months(text: str) -> str:
    """2045-03 inside a sentence of the schemes as people say it."""

    def said(match: re.Match[str]) -> str:
        found = month(int(match[1]) * 12 + int(match[2]) - 1)
        return f"{found} " if language() == "en" and match[0].endswith(" ") else found

    return re.sub(r"(?<!\d)(\d{4})-(\d{2})(?![\d-]) ?", said, text)
