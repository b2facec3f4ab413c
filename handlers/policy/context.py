"""What the situation adds to the words: occupation, place, the question before, the day that is asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.patterns import pattern
from bot.search.normalise import normalise
from handlers.policy.content import Article
from handlers.profile.service import TRADE_WORDS, occupation_in

FOLLOWS = pattern(r"^(那么?|如果是|换成|要是)|呢[?？。!！ ]*$")
LONGEST_FOLLOW_UP = 12  # characters; what is longer stands on its own
PAST = pattern(r"以前|之前|从前|过去|当时|那时|原来|旧规|老规|去年|前年|早先|曾经")
FUTURE = pattern(r"以后|将来|明年|后年|今后|即将|马上要")
YEAR = pattern(r"(?<!\d)(20\d\d)(?!\d)")
TAIL = pattern("(00){1,2}$")
YEARS_APART = dt.timedelta(days=366)


def joined(question: str, previous: str | None) -> str:
    """The question with what it leaves unsaid: after 骑手受伤谁赔, 那司机呢? asks 受伤谁赔 司机."""
    if not previous or len(question.strip()) > LONGEST_FOLLOW_UP or not FOLLOWS.search(question.strip()):
        return question
    rest = FOLLOWS.sub(" ", question.strip())
    if occupation_in(rest):
        for word in TRADE_WORDS:
            previous = normalise(previous).replace(word, " ")
    return f"{previous} {rest}"


def asked_day(question: str, today: dt.date) -> dt.date:
    """The day whose rules are asked about: a year that is named, a year back or ahead for 以前 or 以后, else today."""
    named = [int(year) for year in YEAR.findall(normalise(question))]
    if named and named[0] != today.year:
        return dt.date(named[0], 12, 31) if named[0] < today.year else dt.date(named[0], 1, 1)
    if PAST.search(question):
        return today - YEARS_APART
    return today + YEARS_APART if FUTURE.search(question) else today


@dataclass(frozen=True, slots=True)
class Situation:
    """Who asks, and about when. What the question itself names goes before the profile."""

    today: dt.date
    day: dt.date
    occupation: str | None = None
    named_occupation: str | None = None
    region: str | None = None
    named_regions: Sequence[str] = ()

    def fit(self, article: Article) -> float:
        """How far an article is for this person and day: 1 for what everybody may read, 0 for what is not in force."""
        return self._in_force(article) * self._for_occupation(article) * self._for_region(article)

    def _in_force(self, article: Article) -> float:
        if article.holds_on(self.day):
            return 1.0
        return 0.9 if article.holds_on(self.today) else 0.0

    def _for_occupation(self, article: Article) -> float:
        occupation = self.named_occupation or self.occupation
        if "all" in article.occupations or occupation is None:
            return 1.0
        if occupation in article.occupations:
            return 1.05
        return 0.7 if self.named_occupation else 0.85

    def _for_region(self, article: Article) -> float:
        if "national" in article.regions:
            return 1.0
        wanted = self.named_regions or ([self.region] if self.region else [])
        if any(_holds(own, place) for own in article.regions for place in wanted):
            return 1.1
        return 0.6 if wanted else 0.85


def _holds(own: str, place: str) -> bool:
    """Does the article's region hold the place, or the place the region? GB/T 2260: 320000 holds 320400 and 320412."""
    one, other = TAIL.sub("", own), TAIL.sub("", place)
    return one.startswith(other) or other.startswith(one)
