"""One view of a corpus as postings: for every token and every pair, the documents that hold it and its weight there.

Weights are BM25F, worked out when the index is built (Robertson and Zaragoza 2009, section 3.6; eager scoring as in
BM25S, arXiv 2407.03618), so that a question is a sum of slices. A term is an int64: a token's number (from 1),
or for a pair the first number shifted by 32 bits plus the second.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.search.tokens import BREAK, Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]

PAIR = 32  # bits that the first token of a pair is shifted by
UNKNOWN = (1 << 31) - 1  # the token that no corpus holds
UNKNOWN_PAIR = UNKNOWN << PAIR


@dataclass(frozen=True, slots=True)
class Formula:
    """The numbers of the weighting: saturation k1, length normalisation b, and how much a lone token counts."""

    k1: float = 1.2
    b: float = 0.5
    single: float = 1.0


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms in order; term i holds documents and weights [starts[i]:starts[i+1]]; rarity[i] is its idf. Whole numbers
    that count are as narrow as the corpus lets them be: an index stays in memory for as long as a service runs."""

    vocabulary: Mapping[str, int]
    terms: Ints
    starts: NDArray[np.integer[Any]]
    documents: NDArray[np.integer[Any]]
    weights: Floats
    rarity: Floats
    rarest: float
    single: float

    def numbers(self, tokens: Tokens, whole: bool = False) -> Ints:
        """The terms of a token sequence, singles then pairs; breaks make none. `whole`: no singles of longer words."""
        ids = np.array([self.vocabulary.get(token, UNKNOWN) for token in tokens], dtype=np.int64)
        first, second = ids[:-1], ids[1:]
        pairs = np.where((first == UNKNOWN) | (second == UNKNOWN), UNKNOWN_PAIR, (first << PAIR) | second)
        paired = (first != 0) & (second != 0)
        singles = ids != 0
        if whole:
            singles[:-1] &= ~paired
            singles[1:] &= ~paired
        return np.concatenate([ids[singles], pairs[paired]])

    def find(self, terms: Ints) -> Ints:
        """Where each term stands in `terms`, -1 for one the corpus does not hold."""
        if not len(self.terms):
            return np.full(len(terms), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        return np.where(self.terms[at] == terms, at, -1)

    def worth(self, terms: Ints, at: Ints) -> Floats:
        """The rarity of each term; one that the corpus does not hold is as rare as can be."""
        missing = np.where(terms < (1 << PAIR), self.rarest * self.single, self.rarest)
        known = self.rarity[at] if len(self.rarity) else missing
        return np.where(at >= 0, known, missing).astype(np.float32)

    def score(self, at: Ints, weights: Floats, count: int) -> NDArray[np.float64]:
        """Sum the slices of the terms at `at`, each times its weight, over `count` documents."""
        slices = [slice(self.starts[one], self.starts[one + 1]) for one in at]
        if not slices:
            return np.zeros(count)
        held = np.diff(self.starts)[at]
        documents = np.concatenate([self.documents[one] for one in slices])
        shares = np.concatenate([self.weights[one] for one in slices]) * np.repeat(weights, held)
        return np.bincount(documents, weights=shares, minlength=count).astype(np.float64)

    def totals(self, count: int) -> NDArray[np.float64]:
        """Every document's weight summed over its terms."""
        return np.bincount(self.documents, weights=self.weights, minlength=count).astype(np.float64)


def build(fields: Iterable[tuple[float, Iterable[Tokens]]], count: int, formula: Formula) -> Postings:
    """Postings of `count` documents from their fields: (weight of the field, one token list a document)."""
    vocabulary = _Vocabulary({BREAK: 0})
    parts = [_field(weight, texts, vocabulary, formula) for weight, texts in fields]
    found = _Found(
        np.concatenate([part.terms for part in parts]),
        np.concatenate([part.documents for part in parts]),
        np.concatenate([part.shares for part in parts]),
    )
    del parts
    return _gather(found, vocabulary, count, formula)


class _Vocabulary(dict[str, int]):
    """Numbers tokens as they come; the break is 0."""

    def __missing__(self, token: str) -> int:
        self[token] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class _Found:
    """Occurrences, side by side: the term, the document, and its length-normalised share of a count."""

    terms: Ints
    documents: NDArray[np.int32]
    shares: Floats


def _field(weight: float, texts: Iterable[Tokens], vocabulary: _Vocabulary, formula: Formula) -> _Found:
    """Every occurrence in one field; new tokens get the vocabulary's next number."""
    numbers, sizes, number = array("q"), array("q"), vocabulary.__getitem__
    for tokens in texts:
        numbers.extend(map(number, tokens))
        sizes.append(len(tokens))
    ids, lengths = np.array(numbers, dtype=np.int64), np.array(sizes, dtype=np.int64)
    owner = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    share = (weight / (1 - formula.b + formula.b * lengths / _mean(lengths))).astype(np.float32)
    single, pair = ids != 0, (ids[:-1] != 0) & (ids[1:] != 0) & (owner[:-1] == owner[1:])
    terms = np.concatenate([ids[single], ((ids[:-1] << PAIR) | ids[1:])[pair]])
    documents = np.concatenate([owner[single], owner[:-1][pair]])
    return _Found(terms, documents, share[documents])


def _mean(lengths: Ints) -> float:
    """The mean length of the documents that have the field at all."""
    filled = lengths[lengths > 0]
    return float(filled.mean()) if filled.size else 1.0


def _gather(found: _Found, vocabulary: _Vocabulary, count: int, formula: Formula) -> Postings:
    """Sum the occurrences of a term in a document, then weigh them by rarity and saturation."""
    order = np.lexsort((found.documents, found.terms))
    terms, documents, shares = found.terms[order], found.documents[order], found.shares[order]
    heads = np.flatnonzero(_changes(terms) | _changes(documents))
    counts = np.add.reduceat(shares, heads) if heads.size else shares
    terms, documents = terms[heads], documents[heads]
    starts = np.flatnonzero(_changes(terms))
    edges = np.append(starts, terms.size).astype(np.int64)
    held = np.diff(edges)
    rarity = _rarity(held, terms[starts], count, formula)
    weights = np.repeat(rarity, held) * counts * (formula.k1 + 1) / (counts + formula.k1)
    rarest = float(np.log1p((count + 0.5) / 0.5))
    return Postings(
        dict(vocabulary),
        terms[starts],
        _narrow(edges),
        _narrow(documents),
        weights.astype(np.float32),
        rarity,
        rarest,
        formula.single,
    )


def _narrow(numbers: NDArray[Any]) -> NDArray[np.integer[Any]]:
    """The same whole numbers in as few bytes as hold them."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))


def _changes(column: NDArray[Any]) -> NDArray[np.bool_]:
    """True where a sorted column's value differs from the one before it; the first is True."""
    return np.concatenate([np.ones(min(len(column), 1), dtype=bool), column[1:] != column[:-1]])


def _rarity(held: Ints, terms: Ints, count: int, formula: Formula) -> Floats:
    """How telling a term is: ln(1 + (N - n + 0.5) / (n + 0.5)), lone tokens less than pairs."""
    idf = np.log1p((count - held + 0.5) / (held + 0.5))
    return np.where(terms < (1 << PAIR), idf * formula.single, idf).astype(np.float32)
