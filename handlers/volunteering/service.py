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
    check_in_here,
    check_out,
    put_down_the_rest,
    still_inside,
)
from handlers.volunteering.calling_off import TooLateError, call_off
from handlers.volunteering.certificates import Certificate, NoHoursError, issue, look_up
from handlers.volunteering.changing import TooSmallError, change, plan_of
from handlers.volunteering.handing import Handover, give, keep, offered_by_code, swap, take_over
from handlers.volunteering.ledger import Line, Posted, Unbalanced, balance, imbalance, post, reverse, statement
from handlers.volunteering.personal import erase, retention_rules, show
from handlers.volunteering.repeating import Occasion, occasion, weekly
from handlers.volunteering.setting import Rules, Setting, open_setting
from handlers.volunteering.sheet import (
    Entry,
    NoPlaceError,
    NoSuchEntryError,
    excuse,
    pseudonym,
    put_down,
    sheet,
    strike,
    take_out,
)
from handlers.volunteering.signups import (
    Answer,
    NoSuchSignupError,
    Signup,
    accept,
    access_own_signup,
    cancel,
    live,
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
from handlers.volunteering.wording import invitation

__all__ = [
    "Allowance",
    "Answer",
    "Attended",
    "Certificate",
    "Entry",
    "Handover",
    "Line",
    "NoHoursError",
    "NoPlaceError",
    "NoSuchEntryError",
    "NoSuchSignupError",
    "NoSuchSlotError",
    "NotStaffError",
    "Occasion",
    "Plan",
    "Posted",
    "Presence",
    "Rules",
    "Setting",
    "Signup",
    "Slot",
    "TooLateError",
    "TooSmallError",
    "Unbalanced",
    "accept",
    "access_own_signup",
    "access_own_slot",
    "allowances",
    "attended",
    "balance",
    "call_off",
    "cancel",
    "change",
    "check_in",
    "check_in_here",
    "check_out",
    "coming",
    "counts",
    "create",
    "engaged",
    "erase",
    "excuse",
    "find",
    "fitting",
    "give",
    "imbalance",
    "in_peak",
    "invitation",
    "issue",
    "keep",
    "live",
    "look_up",
    "occasion",
    "offered_by_code",
    "open_setting",
    "own_signups",
    "own_slots",
    "plan_of",
    "post",
    "pseudonym",
    "put_down",
    "put_down_the_rest",
    "require_organiser",
    "retention_rules",
    "reverse",
    "settled",
    "sheet",
    "show",
    "sign_up",
    "statement",
    "still_inside",
    "strike",
    "swap",
    "sweep",
    "take_out",
    "take_over",
    "volunteered",
    "weekly",
]
