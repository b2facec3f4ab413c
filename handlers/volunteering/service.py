"""What can be done with volunteering. Used by the dialogues, the desk and the command line alike.

Every function works inside the caller's transaction; `setting` is what `open_setting` gives. Call `sweep` every minute
or so: nothing is decided by it that is not decided again when a slot is looked at.
"""

from __future__ import annotations

from handlers.volunteering.attendance import (
    Allowance,
    Attended,
    Presence,
    allowances,
    attended,
    check_in,
    check_out,
    put_down_the_rest,
    still_inside,
)
from handlers.volunteering.calling_off import TooLateError, call_off
from handlers.volunteering.certificates import Certificate, NoHoursError, issue, look_up
from handlers.volunteering.ledger import Line, Posted, Unbalanced, balance, imbalance, post, reverse, statement
from handlers.volunteering.personal import erase, retention_rules, show
from handlers.volunteering.setting import Rules, Setting, open_setting
from handlers.volunteering.signups import (
    Answer,
    NoSuchSignupError,
    Signup,
    accept,
    access_own_signup,
    cancel,
    own_signups,
    settled,
    sign_up,
)
from handlers.volunteering.slots import (
    NoSuchSlotError,
    NotStaffError,
    Plan,
    Slot,
    access_own_slot,
    coming,
    counts,
    create,
    engaged,
    find,
    fitting,
    in_peak,
    own_slots,
    require_organiser,
)
from handlers.volunteering.sweeping import sweep
from handlers.volunteering.volunteers import volunteered

__all__ = [
    "Allowance",
    "Answer",
    "Attended",
    "Certificate",
    "Line",
    "NoHoursError",
    "NoSuchSignupError",
    "NoSuchSlotError",
    "NotStaffError",
    "Plan",
    "Posted",
    "Presence",
    "Rules",
    "Setting",
    "Signup",
    "Slot",
    "TooLateError",
    "Unbalanced",
    "accept",
    "access_own_signup",
    "access_own_slot",
    "allowances",
    "attended",
    "balance",
    "call_off",
    "cancel",
    "check_in",
    "check_out",
    "coming",
    "counts",
    "create",
    "engaged",
    "erase",
    "find",
    "fitting",
    "imbalance",
    "in_peak",
    "issue",
    "look_up",
    "open_setting",
    "own_signups",
    "own_slots",
    "post",
    "put_down_the_rest",
    "require_organiser",
    "retention_rules",
    "reverse",
    "settled",
    "show",
    "sign_up",
    "statement",
    "still_inside",
    "sweep",
    "volunteered",
]
