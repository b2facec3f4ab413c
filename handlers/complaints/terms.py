"""Finding cases by words in their stories, which are sealed: an index of keyed hashes, and a look at what it finds.

A text becomes terms: every two neighbouring characters, and every Latin word or number whole. What is stored of a term
is 63 bits of an HMAC with the key of look-ups (it lives as long as the database and is sealed in it, so a rotation of
keys changes nothing here). Who steals the database without the keys sees how many cases share a term and which, not
what it is; with a guess of how common words are they could tell some very common ones. Names, contacts and what staff
write are not indexed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.unit import Unit
from bot.store.vault import CannotOpen, Vault
from bot.understand.words import normalise
from handlers.complaints.case import open_step, words
from handlers.complaints.record import PERSON
from handlers.complaints.tables import case_events, case_terms, cases

PURPOSE = "case-term"
MOST_TERMS = 12  # of one search; more of them find no less
ASKED = 2  # terms asked of each case in the list; the rest is left to the look at what they find
FEW = 1000  # cases: so many are looked at at once, sorted and counted; more are met while walking through the list
COUNTED = 5000  # rows of a term looked at to see how rare it is
MOST_IN = 5000  # values in one statement
AT_ONCE = 200  # cases indexed in one turn of the chore
_LATIN = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> set[str]:
    """The terms of a text as words: 扣了200 gives 扣了 and 200."""
    found: set[str] = set()
    for run in _WORD.findall(normalise(text)):
        found.update(_LATIN.findall(run))
        for part in _LATIN.split(run):
            found.update(part[place : place + 2] for place in range(len(part) - 1))
    return found


def hashed(vault: Vault, found: Iterable[str]) -> list[int]:
    """Words as they are stored: whole numbers of 63 bits, in order."""
    return sorted({int.from_bytes(vault.mac(word, PURPOSE)[:8]) >> 1 for word in found})


async def keep_terms(unit: Unit, case_id: int, text: str) -> None:
    """Put the words of a person into the index."""
    rows = [{"term": term, "case_id": case_id} for term in hashed(unit.vault, words_of(text))]
    await unit.insert_new(case_terms, rows, case_terms.c.term)


def put_terms(unit: Unit, case_id: int, text: str) -> None:
    """The same for a case that has no terms yet: written with everything else."""
    for term in hashed(unit.vault, words_of(text)):
        unit.insert(case_terms, term=term, case_id=case_id)


# -- everything a person said in a case


async def said_in(unit: Unit, case_ids: Sequence[int]) -> list[sa.RowMapping]:
    """The stories of cases and what their people wrote later, sealed as they are kept."""
    own = sa.and_(case_events.c.case_id.in_(case_ids), case_events.c.kind == "words", case_events.c.actor == PERSON)
    stories = await unit.rows(sa.select(cases.c.id, cases.c.story).where(cases.c.id.in_(case_ids)))
    return [*stories, *await unit.rows(sa.select(case_events).where(own))]


def _opened(vault: Vault, sealed: Iterable[sa.RowMapping]) -> tuple[dict[int, str], set[int]]:
    """(case -> its story and what its person wrote later, the cases of which something does not open any more)."""
    found: dict[int, list[str]] = {}
    broken: set[int] = set()
    for row in sealed:
        later = "case_id" in row
        said = found.setdefault(row["case_id"] if later else row["id"], [])
        try:
            said.append(open_step(vault, row).words if later else words(vault, row, "story"))
        except CannotOpen:
            broken.add(row["case_id"] if later else row["id"])
    return {case_id: "\n".join(parts) for case_id, parts in found.items()}, broken


async def _said(unit: Unit, case_ids: Sequence[int]) -> tuple[dict[int, str], set[int]]:
    """The same, read at once; a case that is not there has said nothing."""
    said, broken = _opened(unit.vault, await said_in(unit, case_ids))
    return dict.fromkeys(case_ids, "") | said, broken


async def index(unit: Unit) -> int:
    """Index cases that are not yet: those there were before there was an index. Gives how many."""
    waits = sa.select(cases.c.id).where(sa.text("indexed = 0")).order_by(cases.c.id).limit(AT_ONCE)
    ids = list((await unit.execute(waits if unit.sqlite else waits.with_for_update(skip_locked=True))).scalars())
    if not ids:
        return 0
    said, _broken = await _said(unit, ids)
    terms = {case_id: hashed(unit.vault, words_of(text)) for case_id, text in said.items()}
    rows = [{"term": term, "case_id": case_id} for case_id, own in terms.items() for term in own]
    await unit.insert_new(case_terms, rows, case_terms.c.term)
    await unit.execute(sa.update(cases).where(cases.c.id.in_(ids)).values(indexed=1))
    return len(ids)


async def drop_terms(unit: Unit, case_ids: Sequence[int]) -> None:
    """Take cases out of the index, before their words go: the words say which rows are theirs."""
    said, broken = await _said(unit, case_ids)
    for case_id, text in said.items():
        if case_id in broken:  # then all of the index is looked through
            await unit.execute(sa.delete(case_terms).where(case_terms.c.case_id == case_id))
        else:
            await _drop(unit, case_id, words_of(text))


async def drop_words(unit: Unit, case_id: int, text: str) -> None:
    """Take words out that were taken back; those said elsewhere in the case stay. Called when they are gone."""
    said, _broken = await _said(unit, [case_id])
    await _drop(unit, case_id, words_of(text) - words_of(said[case_id]))


async def _drop(unit: Unit, case_id: int, gone: set[str]) -> None:
    terms = hashed(unit.vault, gone)
    for begin in range(0, len(terms), MOST_IN):
        some = case_terms.c.term.in_(terms[begin : begin + MOST_IN])
        await unit.execute(sa.delete(case_terms).where(case_terms.c.case_id == case_id, some))


# -- looking for words


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for. `parts`: each must be in a case; `few`: the cases that have them, where these are few; else
    `terms`, the rarest first, are asked of each case in the list, and what it finds is to be looked at (`holding`)."""

    parts: tuple[str, ...]
    terms: tuple[int, ...] = ()
    few: tuple[int, ...] | None = None

    def condition(self) -> sa.ColumnElement[bool]:
        """For a statement on `cases`."""
        if self.few is not None:
            return cases.c.id.in_(self.few)
        return sa.and_(*(_asked_of_each(term) for term in self.terms))


def parts_of(text: str) -> tuple[str, ...]:
    """What was typed, word by word, as it is looked for."""
    return tuple(dict.fromkeys(normalise(text).split()))


async def search(unit: Unit, text: str) -> Search:
    """Look words up in the index. One too short for it is looked for among what the others find; alone, nothing is."""
    parts = parts_of(text)
    terms = hashed(unit.vault, set().union(*map(words_of, parts)))
    if not terms:
        return Search(parts, few=())
    counted = [(await _count(unit, term), term) for term in terms]
    rarest = [term for _number, term in sorted(counted)][:MOST_TERMS]
    first, *others = rarest
    both = sa.select(case_terms.c.case_id).where(case_terms.c.term == first)
    both = both.where(*(_has(term, case_terms.c.case_id) for term in others)).limit(FEW + 1)
    ids = list((await unit.execute(both)).scalars())
    few = tuple(sorted(await holding(unit, ids, parts))) if len(ids) <= FEW else None
    return Search(parts, tuple(rarest[:ASKED]), few)


def everywhere(vault: Vault, text: str) -> Search:
    """The same without a look at the index, for who reads all that is found and looks at it (`held`)."""
    parts = parts_of(text)
    terms = tuple(hashed(vault, set().union(*map(words_of, parts))))
    return Search(parts, terms) if terms else Search(parts, few=())


async def _count(unit: Unit, term: int) -> int:
    some = sa.select(sa.literal(1)).where(case_terms.c.term == term).limit(COUNTED).subquery()
    return int(await unit.value(sa.select(sa.func.count()).select_from(some)))


def _asked_of_each(term: int) -> sa.ColumnElement[bool]:
    """A look-up a case, in the order of the list: as a join PostgreSQL would put all cases of a common word together
    first, and sort them."""
    return (
        sa.select(case_terms.c.term)
        .where(case_terms.c.term == term, case_terms.c.case_id == cases.c.id)
        .scalar_subquery()
        .is_not(None)
    )


def _has(term: int, case_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    other = case_terms.alias()
    return sa.exists().where(other.c.term == term, other.c.case_id == case_id)


async def holding(unit: Unit, case_ids: Sequence[int], parts: Sequence[str]) -> set[int]:
    """Those of the cases that do hold every part: terms side by side may come from different places of a story."""
    return held(unit.vault, await said_in(unit, case_ids), parts)


def held(vault: Vault, sealed: Iterable[sa.RowMapping], parts: Sequence[str]) -> set[int]:
    """The same of what `said_in` gave; it takes its time with many."""
    said, _broken = _opened(vault, sealed)
    whole = {case_id: normalise(text) for case_id, text in said.items()}
    return {case_id for case_id, text in whole.items() if all(part in text for part in parts)}
