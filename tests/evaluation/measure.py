"""The figures: what was found, answered, wrong, declined, and how fast."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.policy.answers import Answers, Decision
from tests.evaluation.labelled import Labelled
from tests.evaluation.noise import Noise


@dataclass(slots=True)
class Figures:
    """Shares from 0 to 1; `misses` says what went wrong, in words."""

    hit1: float = 0.0
    hit3: float = 0.0
    answered: float = 0.0
    wrong: float = 0.0
    lost: float = 0.0
    declined: float = 0.0
    seconds: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the questions was decided."""
        return sorted(self.seconds)[min(int(share * len(self.seconds)), len(self.seconds) - 1)] * 1000


def measure(answers: Answers, questions: Sequence[Labelled], noise: Noise, today: dt.date) -> Figures:
    """Ask all questions through the public interface and count."""
    figures = Figures()
    ours = max(sum(one.ours for one in questions), 1)
    others = max(sum(not one.ours for one in questions), 1)
    for one in questions:
        heard = noise(one.question)
        begin = time.perf_counter()
        decision = answers.decide(
            heard, occupation=one.occupation, region=one.region, previous=one.previous, today=today
        )
        figures.seconds.append(time.perf_counter() - begin)
        if one.ours:
            _count(figures, one, decision, 1 / ours)
        elif decision.decision == "decline":
            figures.declined += 1 / others
        else:
            figures.misses.append(f"{one.id} {one.question}: not ours, {decision.decision} {decision.passages[0].id}")
    return figures


def _count(figures: Figures, one: Labelled, decision: Decision, share: float) -> None:
    found = [passage.id for passage in decision.passages]
    right = bool(found) and found[0] in one.expect
    figures.hit1 += share * right
    figures.hit3 += share * any(name in one.expect for name in found[:3])
    figures.answered += share * (decision.decision == "answer")
    figures.wrong += share * (decision.decision == "answer" and not right)
    figures.lost += share * (decision.decision == "decline")
    if not right or decision.decision == "decline":
        figures.misses.append(f"{one.id} {one.question}: {decision.decision} {found[:3]}, expected {list(one.expect)}")
