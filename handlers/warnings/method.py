"""The method: is a week's count of a group more than chance makes of what is usual?

The family is that of Farrington and others, "A statistical algorithm for the early detection of outbreaks of infectious
disease" (J. R. Stat. Soc. A 159, 1996), as improved by Noufaily and others (Statistics in Medicine 32, 2013), used by
health authorities for many small series at once:
- What is usual is a rate over the trailing weeks. A whole week holds each weekday once; rest days and public holidays
  count with their own weight (the week's `effort`).
- Guard band, as in EARS C2 (Hutwagner and others, J. Urban Health 80, 2003): the newest weeks are no baseline, so a
  slow outbreak does not raise its own. Weeks of an outbreak that is over are weighed down by their Anscombe residual
  (past 2.58, by its square).
- Counts vary more than Poisson's: the spread (variance / mean) is estimated from the weeks, and drawn to that of all
  groups, since eight weeks say little. Of all groups it is a wobble of the rate (its variance / its square), so that it
  grows with the count: companies have good and bad weeks. A baseline of few cases is itself uncertain: with Jeffreys'
  prior the predictive distribution is negative binomial. Its upper tail is the chance.
- Many groups, every day: the limit on the chance is the false alarms a month that the operator bears, divided by the
  looks of a month. Expected numbers add up, however the groups hang together, so this bound needs no independence
  (Bonferroni). Looks within a day cost nothing: the count only grows till its end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PRIOR = 0.5  # Jeffreys' prior of a Poisson rate
OUTLYING = 2.58  # Noufaily and others: where a past week begins to count less
OWN_WEEKS = 12.0  # how many weeks of a group's own the common spread weighs as
NEARLY = 1e-9  # a spread this near to 1 is Poisson's
LOOKS = 30  # days of a month
FEWEST_DAYS = 10  # of each kind, before rest days get a weight of their own


@dataclass(frozen=True, slots=True)
class Usual:
    """What a group's week is usually like: the mean count, and the variance as a multiple of it (1 and more)."""

    mean: float
    spread: float

    def chance(self, count: int) -> float:
        """How likely it is that so many or more come by chance."""
        return tail(count, self.mean, self.spread)


def usual(weeks: Sequence[int], efforts: Sequence[float], effort: float, wobble: float) -> Usual:
    """What to expect of a time of `effort`, from past weeks and theirs. wobble: `common_wobble` of all groups."""
    common = 1 + wobble * sum(weeks) / len(weeks)
    weights = _weights(weeks, efforts, common)
    cases = sum(weight * count for weight, count in zip(weights, weeks, strict=True)) + PRIOR
    done = sum(weight * one for weight, one in zip(weights, efforts, strict=True))
    rate = cases / done
    own = _excess(weeks, efforts, weights, rate)
    free = len(weeks) - 1
    spread = (own * free + common * OWN_WEEKS) / (free + OWN_WEEKS)
    return Usual(rate * effort, max(spread, 1.0) * (1 + effort / done))


def _weights(weeks: Sequence[int], efforts: Sequence[float], spread: float) -> list[float]:
    """1 for a week as any; less for one that was an outbreak. They add up to the number of weeks."""
    rate = (sum(weeks) + PRIOR) / sum(efforts)
    found = []
    for count, effort in zip(weeks, efforts, strict=True):
        mean = rate * effort
        residual = 1.5 * (count ** (2 / 3) - mean ** (2 / 3)) / (mean ** (1 / 6) * math.sqrt(max(spread, 1.0)))
        found.append(residual**-2 if residual > OUTLYING else 1.0)
    scale = len(found) / sum(found)
    return [weight * scale for weight in found]


def _excess(weeks: Sequence[int], efforts: Sequence[float], weights: Sequence[float], rate: float) -> float:
    """Pearson's dispersion of the weeks around their rate."""
    rows = zip(weeks, efforts, weights, strict=True)
    return sum(weight * (count - rate * one) ** 2 / (rate * one) for count, one, weight in rows) / (len(weeks) - 1)


def common_wobble(groups: Iterable[Sequence[int]], efforts: Sequence[float]) -> float:
    """How much rates change from week to week beyond chance, over all groups with enough cases to tell: the variance of
    the rate as a share of its square, 0 to 1."""
    total, cases, whole = 0.0, 0.0, sum(efforts)
    for weeks in groups:
        mean = sum(weeks) / len(weeks)
        if mean >= 1:  # with less than one a week the residuals say nothing
            total += _excess(weeks, efforts, [1.0] * len(weeks), sum(weeks) / whole) - 1
            cases += mean
    return min(max(total / cases, 0.0), 1.0) if cases else 0.0


def tail(count: int, mean: float, spread: float) -> float:
    """P(N >= count) for a negative binomial of this mean and variance `spread` times it; Poisson at 1."""
    if count <= mean:  # the long end is summed from the short one
        return max(0.0, 1 - sum(math.exp(_log(at, mean, spread)) for at in range(count)))
    size = mean / (spread - 1) if spread > 1 + NEARLY else 0.0
    share = 1 - 1 / spread
    total, at, term = 0.0, count, math.exp(_log(count, mean, spread))
    while term > total * 1e-12:
        total += term
        term *= (at + size) / (at + 1) * share if size else mean / (at + 1)
        at += 1
    return min(total, 1.0)


def _log(count: int, mean: float, spread: float) -> float:
    """The logarithm of P(N = count)."""
    if spread <= 1 + NEARLY:
        return count * math.log(mean) - mean - math.lgamma(count + 1)
    size = mean / (spread - 1)
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return ways - size * math.log(spread) + count * math.log(1 - 1 / spread)


def rest_weight(totals: Mapping[bool, Sequence[int]]) -> float:
    """How many complaints come on a rest day, as a share of a working day's; `totals`: counts a day, by whether it is a
    working day. 1 as long as too few days are known."""
    working, resting = totals.get(True, ()), totals.get(False, ())
    if min(len(working), len(resting)) < FEWEST_DAYS or not sum(working):
        return 1.0
    share = (sum(resting) / len(resting)) / (sum(working) / len(working))
    return min(max(share, 0.2), 2.0)


def limit(false_alarms_per_month: float, shares: int, groups: int) -> float:
    """The chance below which a group is a warning: the month's false alarms, shared among the ways of looking, and in
    each among its groups and the days of a month."""
    return false_alarms_per_month / (LOOKS * shares * max(groups, 1))
