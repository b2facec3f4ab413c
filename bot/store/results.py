"""What became of a row of the outbox, in short codes that stay the same, and what they mean for staff.

`result` of a row is one of these, or one of these and what the platform said ("told to wait: 429"), or only that
("400 chat not found"). `meaning` reads all of them.
"""

from __future__ import annotations

from bot.i18n import N_, _

QUIET = "quiet hours"
TOLD = "told to wait"
UNSUBSCRIBED = "unsubscribed"
STOPPED = "stopped"
UNREACHABLE = "unreachable"
NO_ADDRESS = "no address"
BROKEN = "can't be opened"
TIMED_OUT = "timed out"
CUT_OFF = "stopped while it was sent"
NEXT_CONTACT = "with the next contact"
WINDOW = "window closed"
TEMPLATE = "template"
SUBSCRIPTION = "subscription"
MASS = "mass"
NO_QUOTA = "no mass quota"
NO_RIGHT = "no right"
TOO_OLD = "too old"
NEVER_CAME = "never came back"
TOO_LATE = "too late"

MEANINGS = {
    QUIET: N_("Waits for the end of the night or of their busy hours"),
    TOLD: N_("Waits as long as the platform asked us to"),
    UNSUBSCRIBED: N_("They unsubscribed before it went out"),
    STOPPED: N_("Passed over: it was stopped"),
    UNREACHABLE: N_("They blocked us, or left"),
    NO_ADDRESS: N_("There is no address to send it to"),
    BROKEN: N_("Its words can't be read with the keys we have"),
    TIMED_OUT: N_("The platform never said whether it arrived"),
    CUT_OFF: N_("We stopped while it was on its way; it may have arrived"),
    NEXT_CONTACT: N_("Told with the answer to their next message"),
    WINDOW: N_("WeChat lets us write only after they did; it goes out when they write"),
    TEMPLATE: N_("A template message told them that something waits; the words go out when they write"),
    SUBSCRIPTION: N_("A subscription message told them that something waits; the words go out when they write"),
    MASS: N_("Handed to WeChat's mass sending"),
    NO_QUOTA: N_("WeChat's mass sendings of this month are used up"),
    NO_RIGHT: N_("The account may not write first; it goes out when they write"),
    TOO_OLD: N_("It could not be sent for months and was given up"),
    NEVER_CAME: N_("They have not written for months; it was given up"),
    TOO_LATE: N_("Its hour was over before it could go out"),
}
STATES = {
    "waiting": N_("Still to be sent"),
    "queued": N_("Still to be sent"),
    "later": N_("Still to be sent"),
    "sent": N_("Sent"),
    "contact": N_("Goes out when they write next"),
    "unknown": N_("The platform never said whether it arrived"),
    "failed": N_("Could not be sent"),
    "skipped": N_("Not sent"),
}
_PLATFORMS = {  # what platforms say, as channels pass it on
    "403": UNREACHABLE,
    "errcode 43004": UNREACHABLE,
    "errcode 43019": UNREACHABLE,
    "errcode 45015": WINDOW,
    "errcode 45047": WINDOW,
    "errcode 45028": NO_QUOTA,
    "errcode 48001": NO_RIGHT,
    "errcode 48002": NO_RIGHT,
    "errcode 48004": NO_RIGHT,
    "errcode 50002": NO_RIGHT,
    "errcode 40200": NO_RIGHT,
}


def code_of(result: str) -> str:
    """The code in a row's result, "" when it has none."""
    head = result.partition(":")[0]
    return head if head in MEANINGS else _PLATFORMS.get(head, "")


def meaning(state: str, result: str) -> str:
    """One sentence for staff, in the language in force."""
    return _(MEANINGS.get(code_of(result)) or STATES.get(state, STATES["waiting"]))
