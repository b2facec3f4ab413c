"""How points, things and allowances are put into words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.i18n import _, language

if TYPE_CHECKING:
    from handlers.rewards.payouts import Payout


def yuan(fen: int) -> str:
    """45 元, 12.50 元."""
    return _("{amount} yuan").format(amount=f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}")


def day(at: datetime, zone: ZoneInfo) -> str:
    """11月28日, 28 Nov, where the service is."""
    local = at.astimezone(zone)
    return f"{local:%d %b}".lstrip("0") if language() == "en" else f"{local.month}月{local.day}日"


def taken_back(one: Payout) -> str:
    """What of an allowance was taken back after it was listed; "" for nothing, and for all of it."""
    if not one.struck or one.status == "struck":
        return ""
    paid = _("taken back after it was paid: {count}")
    return (paid if one.status == "paid" else _("left out, taken back: {count}")).format(count=one.struck)


def hours(minutes: int) -> str:
    """1.5 小时."""
    return _("{count} hours").format(count=f"{minutes * 10 // 60 / 10:g}")
