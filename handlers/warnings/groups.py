"""Groups of cases that may rise together: a company, with a matter, with a place; a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Filed(Protocol):
    """What is known of a case without its words; `company_words` is its company where that has no id."""

    @property
    def company(self) -> str: ...
    @property
    def company_words(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def region(self) -> str: ...


LONGEST = 60  # characters of a company's name

# Ways of grouping, the narrowest first: which columns a group of each has.
SCOPES: dict[str, tuple[str, ...]] = {
    "grave": ("company",),  # grave words about a company
    "cluster": ("company", "category", "region"),
    "matter": ("company", "category"),
    "company": ("company",),
    "region": ("region",),
}


@dataclass(frozen=True, slots=True)
class Group:
    """One group; a column that is not of its scope is ""."""

    scope: str
    company: str = ""
    company_words: str = ""
    category: str = ""
    region: str = ""

    @property
    def key(self) -> str:
        """What it is known by; at most 160 characters."""
        return f"{self.scope}:{self.company}~{self.company_words}:{self.category}:{self.region}"

    def has(self, case: Filed) -> bool:
        """True when a case belongs to it; of scope `grave` all cases of the company do, once it is a warning."""
        return group_of(self.scope, case) == self


def group_of(scope: str, case: Filed) -> Group | None:
    """The group of a scope that a case belongs to; None when the case does not say enough."""
    columns = SCOPES[scope]
    company = "company" in columns
    found = Group(
        scope,
        case.company if company else "",
        company_words(case.company, case.company_words) if company else "",
        case.category if "category" in columns else "",
        case.region if "region" in columns else "",
    )
    if company and not (found.company or found.company_words):
        return None
    return None if "region" in columns and not found.region else found


def company_words(company: str, words: str) -> str:
    """A company's name in one spelling, where it has no id; cut to the room there is: İ has two small letters."""
    return "" if company else words.strip().lower()[:LONGEST]
