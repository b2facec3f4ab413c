"""Cases like this one: of the same company, matter and place about that time, or whose stories share rare words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from bot.store.unit import Unit
from handlers.complaints.case import Case
from handlers.complaints.tables import case_terms, cases
from handlers.complaints.terms import hashed, words_of

NEAR = timedelta(days=60)  # before or after
MOST = 5
RARE = 30  # cases at most that a rare word is in
LOOKED_AT = 40  # words of a story, spread over all of it
SHARED = 2  # rare words: one alone is chance
SHOWN = ("id", "code", "status", "category", "company", "company_words", "region", "submitted_at")


async def similar(unit: Unit, case: Case) -> Sequence[sa.RowMapping]:
    """Up to `MOST` of them, those with shared words first; SHOWN of each, no words of anybody."""
    ids = list(dict.fromkeys([*await _by_words(unit, case), *await _by_facts(unit, case)]))[:MOST]
    rows = await unit.rows(sa.select(*(cases.c[name] for name in SHOWN)).where(cases.c.id.in_(ids)))
    return sorted(rows, key=lambda row: ids.index(row["id"]))


async def _by_facts(unit: Unit, case: Case) -> list[int]:
    """The nearest before and the nearest after, each found along an index."""
    if not case.company:
        return []
    at = cases.c.submitted_at
    alike = sa.and_(
        cases.c.company == case.company,
        cases.c.category == case.category,
        cases.c.region == case.region,
        cases.c.id != case.id,
    )
    before = sa.and_(alike, at <= case.submitted_at, at >= case.submitted_at - NEAR)
    after = sa.and_(alike, at > case.submitted_at, at <= case.submitted_at + NEAR)
    found: list[sa.RowMapping] = []
    for near, order in ((before, at.desc()), (after, at)):
        found += await unit.rows(sa.select(cases.c.id, at).where(near).order_by(order).limit(MOST))
    return [row["id"] for row in sorted(found, key=lambda row: abs(row["submitted_at"] - case.submitted_at))]


async def _by_words(unit: Unit, case: Case) -> list[int]:
    """Cases that share at least `SHARED` rare words with this one's story, the rarest first: a word that `n` other
    cases have counts 1/n, and together they must count 1."""
    own = sorted(hashed(unit.vault, words_of(case.story)))
    step = max(1, len(own) // LOOKED_AT)
    shared: Counter[int] = Counter()
    weight: dict[int, float] = defaultdict(float)
    for term in own[::step][:LOOKED_AT]:
        # one word too many would be one that is everywhere
        some = sa.select(case_terms.c.case_id).where(case_terms.c.term == term).limit(RARE + 2)
        found = list((await unit.execute(some)).scalars())
        others = [one for one in found if one != case.id]
        if len(others) > RARE:
            continue
        for one in others:
            shared[one] += 1
            weight[one] += 1 / len(others)
    good = [one for one, count in shared.items() if count >= SHARED and weight[one] >= 1]
    return sorted(good, key=lambda one: -weight[one])[:MOST]
