"""What can be done with broadcasts. Used by the dialogues, the desk and the service's chore alike.

Every function works inside the caller's transaction; who may what is decided here (`record.access`).
"""

from __future__ import annotations

from handlers.broadcasts.filling import fill, keep
from handlers.broadcasts.personal import erase, retention_rules, show
from handlers.broadcasts.preview import Counts, Reach
from handlers.broadcasts.record import (
    Broadcast,
    NobodyError,
    NoSuchBroadcastError,
    NotNowError,
    NotYourAreaError,
    Plan,
    SamePersonError,
    access,
    newest,
    require,
)
from handlers.broadcasts.report import FATES, Line, Progress, lines, progress
from handlers.broadcasts.rules import Rules, check_broadcasts
from handlers.broadcasts.segments import Audience, Segment
from handlers.broadcasts.setting import Broadcasting, open_broadcasting
from handlers.broadcasts.words import Button, Words
from handlers.broadcasts.work import (
    approve,
    change,
    create,
    drop,
    hand_in,
    pause,
    refuse,
    resume,
    stop,
    take_back,
    try_out,
    waiting_for,
)

__all__ = [
    "FATES",
    "Audience",
    "Broadcast",
    "Broadcasting",
    "Button",
    "Counts",
    "Line",
    "NoSuchBroadcastError",
    "NobodyError",
    "NotNowError",
    "NotYourAreaError",
    "Plan",
    "Progress",
    "Reach",
    "Rules",
    "SamePersonError",
    "Segment",
    "Words",
    "access",
    "approve",
    "change",
    "check_broadcasts",
    "create",
    "drop",
    "erase",
    "fill",
    "hand_in",
    "keep",
    "lines",
    "newest",
    "open_broadcasting",
    "pause",
    "progress",
    "refuse",
    "require",
    "resume",
    "retention_rules",
    "show",
    "stop",
    "take_back",
    "try_out",
    "waiting_for",
]
