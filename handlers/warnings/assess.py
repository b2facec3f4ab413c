"""From what was filed to what is a warning. Nothing here reads or writes: the simulation runs the very same.

A case stands behind one warning only, the first that took it; no other group counts it, open or closed the warning may
be. So one matter is one warning, however many groups it shows in, and a closed one comes again only with new cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.warnings.groups import SCOPES, Group, group_of
from handlers.warnings.method import common_wobble, limit, usual
from handlers.warnings.rules import Rules
from handlers.warnings.states import Level

LINED = ("cluster", "matter")  # groups that have one company and one matter
SHARES = len(SCOPES) + len(LINED)  # ways to be wrong, with an equal part each of the false alarms borne


@dataclass(frozen=True, slots=True)
class Case:
    """One case of late, without its words; `grave`: they are of arrears or of a closing business."""

    id: int
    person_id: int | None
    company: str
    company_words: str
    category: str
    region: str
    filed_at: datetime
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A warning that is there: what it took, it keeps."""

    group: Group
    first_at: datetime
    closed_at: datetime | None = None

    def holds(self, case: Case) -> bool:
        """True when a case stands behind it."""
        lasts = self.closed_at is None or case.filed_at <= self.closed_at
        return lasts and self.first_at <= case.filed_at and self.group.has(case)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is looked at. `cases`: of the week, and of the guard band before it; `week_from`: where the week begins;
    `weeks`: the counts of the trailing weeks, by group; efforts as in `method`."""

    cases: Sequence[Case]
    week_from: datetime
    weeks: Mapping[Group, Sequence[int]]
    efforts: Sequence[float]
    week_effort: float
    whole_effort: float  # of the week and the guard band
    heard: bool = True  # all words of the time were looked through: grave ones can be compared with what is usual


@dataclass(frozen=True, slots=True)
class Rise:
    """A group that is a warning; `expected`: cases a week that are usual."""

    group: Group
    cases: tuple[Case, ...]
    expected: float
    chance: float
    level: Level


def persons(cases: Iterable[Case]) -> int:
    """How many different people; a case whose person is erased counts as one."""
    return len({case.person_id if case.person_id is not None else -case.id for case in cases})


def alike(cases: Iterable[Case]) -> int:
    """The most people that have the same company and the same matter: these may have a common request."""
    parts: dict[Group, list[Case]] = defaultdict(list)
    for case in cases:
        if group := group_of("matter", case):
            parts[group].append(case)
    return max(map(persons, parts.values()), default=0)


def grave(cases: Iterable[Case]) -> int:
    """How many people speak of arrears or of a closing business."""
    return persons(case for case in cases if case.grave)


def level_of(cases: Sequence[Case], week_from: datetime, rules: Rules) -> Level:
    """How heavy cases of the week and the guard band are together."""
    if alike(cases) >= rules.line.persons:
        return Level.LINE
    week = [case for case in cases if case.filed_at >= week_from]
    return Level.GRAVE if grave(week) >= rules.grave.persons else Level.RISE


def assess(picture: Picture, known: Sequence[Known], rules: Rules) -> list[Rise]:
    """The groups that are warnings now and are none yet; the narrowest first, then by how unlikely they are."""
    found: list[Rise] = []
    taken = list(known)
    for scope in SCOPES:
        if scope == "grave" and not picture.heard:
            continue
        free = _free(picture.cases, scope, taken)
        rises = _rises(picture, scope, free, rules)
        standing = {one.group for one in taken if one.closed_at is None}
        for rise in sorted(rises, key=lambda one: one.chance):
            if rise.group not in standing:
                found.append(rise)
                taken.append(Known(rise.group, min(case.filed_at for case in rise.cases)))
    return found


def _free(cases: Sequence[Case], scope: str, taken: Sequence[Known]) -> list[Case]:
    """Cases that stand behind no warning. One about a place takes none from a company's: it says too little of them."""
    holding = [one for one in taken if one.group.scope != "region" or scope == "region"]
    return [case for case in cases if not any(one.holds(case) for one in holding)]


def _rises(picture: Picture, scope: str, cases: Sequence[Case], rules: Rules) -> Iterable[Rise]:
    groups: dict[Group, list[Case]] = defaultdict(list)
    for case in cases:
        group = group_of(scope, case)
        if group and (case.grave or scope != "grave"):
            groups[group].append(case)
    past = {group: weeks for group, weeks in picture.weeks.items() if group.scope == scope}
    wobble = common_wobble(past.values(), picture.efforts)
    bound = limit(rules.false_alarms_per_month, SHARES, len(past.keys() | groups.keys()))
    lined = [group for group, own in groups.items() if _is_line(group, own, rules)]
    line = min(rules.line.chance, limit(rules.false_alarms_per_month, SHARES, len(lined)))
    least = rules.grave.persons if scope == "grave" else rules.least_persons
    for group, own in groups.items():
        weeks = past.get(group, [0] * len(picture.efforts))
        if rise := _rise(picture, own, weeks, wobble, bound, least) or (
            _line(picture, own, weeks, wobble, line) if group in lined else None
        ):
            found, chance, normal = rise
            yield Rise(group, found, normal, chance, level_of(own, picture.week_from, rules))


def _is_line(group: Group, cases: Sequence[Case], rules: Rules) -> bool:
    """True when so many people are in it that they may elect representatives; they must share company and matter."""
    return group.scope in LINED and len(cases) >= rules.line.persons and persons(cases) >= rules.line.persons


_Found = tuple[tuple[Case, ...], float, float]  # cases, chance, cases a week that are usual


def _rise(
    picture: Picture, cases: Sequence[Case], weeks: Sequence[int], wobble: float, bound: float, least: int
) -> _Found | None:
    """The week, when it is past its bound."""
    week = tuple(case for case in cases if case.filed_at >= picture.week_from)
    if len(week) < least or (many := persons(week)) < least:
        return None
    normal = usual(weeks, picture.efforts, picture.week_effort, wobble)
    chance = normal.chance(many)
    return (week, chance, normal.mean) if chance <= bound else None


def _line(picture: Picture, cases: Sequence[Case], weeks: Sequence[int], wobble: float, bound: float) -> _Found | None:
    """The week and the guard band, when so many people are more than a busy company always has."""
    normal = usual(weeks, picture.efforts, picture.whole_effort, wobble)
    chance = normal.chance(persons(cases))
    week = normal.mean * picture.week_effort / picture.whole_effort
    return (tuple(cases), chance, week) if chance <= bound else None
