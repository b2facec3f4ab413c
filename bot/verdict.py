"""What a send's outcome means for its row: the same for what the courier carries one by one and for a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import Outcome
from bot.delivery import MOST_ATTEMPTS
from bot.store.outbox import TOLD

LONGEST_HOLD = 15.0  # seconds a row that failed holds up what else is for the same person
STATES = {
    "sent": "sent",
    "retry": "waiting",
    "blocked": "failed",
    "unknown": "unknown",
    "refused": "failed",
    "contact": "contact",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` of the row from now on, `reason` as its result, when it is due or was done, attempts so far; `held`:
    till when nothing else is sent to the same person, None when nothing is in the way."""

    state: str
    reason: str
    when: datetime
    attempts: int
    held: datetime | None = None


def backoff(attempts: int) -> float:
    """Seconds before the next try: 4, 8, 16 ... at most an hour."""
    return float(min(2 ** (attempts + 1), 3600))


def judge(outcome: Outcome, kind: str, attempts: int, now: datetime) -> Verdict:
    """What becomes of a row of this kind, tried so often before."""
    reason = outcome.reason.replace("\0", "")[:200]
    if outcome.result == "retry":
        return _again(outcome.after, reason, attempts, now)
    state = STATES[outcome.result]
    if outcome.result == "blocked" and kind == "notice":
        state = "contact"  # their own matter: told when they come back
    return Verdict(state, reason, now, attempts + 1)


def _again(after: float | None, reason: str, attempts: int, now: datetime) -> Verdict:
    if after is not None:  # what the platform told us to wait for is no failed attempt of ours
        when = now + timedelta(seconds=after)
        return Verdict("waiting", f"{TOLD}{reason}"[:200], when, attempts, when)
    if attempts + 1 >= MOST_ATTEMPTS:
        return Verdict("failed", reason, now, attempts + 1)
    pause = backoff(attempts + 1)
    held = now + timedelta(seconds=min(pause, LONGEST_HOLD))
    return Verdict("waiting", reason, now + timedelta(seconds=pause), attempts + 1, held)
