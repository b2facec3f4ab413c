"""What can be done with points beside activities: give them, exchange them, list allowances.

Every function works inside the caller's transaction. Points are only ever booked in volunteering's ledger.
"""

from __future__ import annotations

from handlers.rewards.catalogue import NoSuchRewardError, Reward, add, change, everything, offered, set_status, stock_up
from handlers.rewards.content import PointRules, StartSet, Task, open_points, open_start_set
from handlers.rewards.ledger import give
from handlers.rewards.payouts import BadMonthError, NoSuchPayoutError, PaidBeforeError, Payout, make_list, pay
from handlers.rewards.personal import erase, retention_rules, show
from handlers.rewards.redemptions import (
    NoSuchRedemptionError,
    NotEnoughError,
    NotInThatStateError,
    Redemption,
    SoldOutError,
    access_own,
    by_code,
    cancel,
    hand_out,
    lapse,
    own,
    redeem,
    reverse,
)

__all__ = [
    "BadMonthError",
    "NoSuchPayoutError",
    "NoSuchRedemptionError",
    "NoSuchRewardError",
    "NotEnoughError",
    "NotInThatStateError",
    "PaidBeforeError",
    "Payout",
    "PointRules",
    "Redemption",
    "Reward",
    "SoldOutError",
    "StartSet",
    "Task",
    "access_own",
    "add",
    "by_code",
    "cancel",
    "change",
    "erase",
    "everything",
    "give",
    "hand_out",
    "lapse",
    "make_list",
    "offered",
    "open_points",
    "open_start_set",
    "own",
    "pay",
    "redeem",
    "retention_rules",
    "reverse",
    "set_status",
    "show",
    "stock_up",
]
