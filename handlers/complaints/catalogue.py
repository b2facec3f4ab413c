"""What a complaint can be about and whom it can be against: content/complaint_categories.yaml and companies.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.content import BrokenContent, Finding, line_of, read_yaml
from bot.dialogue import Choice
from bot.i18n import language
from bot.understand.words import normalise

CATEGORIES = "complaint_categories.yaml"
COMPANIES = "companies.yaml"
OTHER = "other"
# Nicknames that are everyday words as well: they count as an answer, not inside a story.
EVERYDAY = frozenset({"hello", "ele", "的的", "第第", "大大", "橙子", "小猪", "拉拉", "曹操", "中储", "字节", "风韵"})

Words = Annotated[tuple[str, ...], BeforeValidator(lambda given: tuple(map(str, given)))]


class Category(BaseModel):
    """One matter; the fields are explained at the head of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    zh: str
    en: str
    aliases: Words = ()
    signs: Words = ()
    over: Words = ()
    money: bool = False
    papers_zh: str
    papers_en: str
    due_workdays: int | None = None

    @property
    def name(self) -> str:
        """What it is called in the language in force."""
        return self.en if language() == "en" else self.zh

    @property
    def papers(self) -> str:
        """Which papers help, in the language in force."""
        return self.papers_en if language() == "en" else self.papers_zh

    @cached_property
    def heard(self) -> re.Pattern[str]:
        """Matches a normalised story that means this matter."""
        parts = (
            re.escape(normalise(sign)).replace("…", ".{0,8}?").replace(r"\.\.\.", ".{0,8}?") for sign in self.signs
        )
        return re.compile("|".join(parts) or r"(?!)")


class Company(BaseModel):
    """One platform; `occupations` says who works for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    aliases: Words = ()
    occupations: Words = ()

    @property
    def called(self) -> tuple[str, ...]:
        """Its names and nicknames, normalised."""
        return tuple(dict.fromkeys(map(normalise, (self.name, *self.aliases))))


@dataclass(frozen=True)
class Catalogue:
    """Both lists, as dialogues and the command line work with them."""

    categories: tuple[Category, ...]
    companies: tuple[Company, ...]

    def category(self, category_id: str) -> Category:
        """A category by id; one that content no longer has counts as the last, "other"."""
        return next((one for one in self.categories if one.id == category_id), self.categories[-1])

    def matter(self, story: str) -> Category | None:
        """The one category a story speaks of; None when it speaks of none, or of several."""
        plain = normalise(story)
        heard = [one for one in self.categories if one.heard.search(plain)]
        beaten = {other for one in heard for other in one.over}
        left = [one for one in heard if one.id not in beaten]
        return left[0] if len(left) == 1 else None

    def company(self, words: str) -> Company | None:
        """The company an answer or an option of the command line means: by id, name or nickname, or named within."""
        plain = normalise(words)
        exact = [one for one in self.companies if plain == one.id or plain in one.called]
        return exact[0] if exact else self.named(words)

    def named(self, story: str) -> Company | None:
        """The one company a story names; None when it names none, or several."""
        meant = {
            self._by_name[match[0]].id: self._by_name[match[0]] for match in self._names.finditer(normalise(story))
        }
        return next(iter(meant.values())) if len(meant) == 1 else None

    def company_name(self, company_id: str, words: str = "") -> str:
        """What a stored company is called: its name, or the person's words where it has no id."""
        return next((one.name for one in self.companies if one.id == company_id), words)

    def offered(self, occupation: str, most: int = 6) -> list[Company]:
        """The companies shown to choose from: those of the occupation, or the first of each when it is not known."""
        own = [one for one in self.companies if occupation in one.occupations]
        return (own or _first_of_each(self.companies))[:most]

    @cached_property
    def _by_name(self) -> dict[str, Company]:
        return {name: one for one in self.companies for name in one.called if len(name) > 1 and name not in EVERYDAY}

    @cached_property
    def _names(self) -> re.Pattern[str]:
        """All names, the longest first, so that 美团打车 is not taken for 美团; Latin ones only as whole words."""
        ordered = sorted(self._by_name, key=len, reverse=True)
        return re.compile(
            "|".join(rf"(?<![a-z0-9]){re.escape(n)}(?![a-z0-9])" if n.isascii() else re.escape(n) for n in ordered)
        )


T = TypeVar("T", Category, Company)


def choices(found: Iterable[Category | Company]) -> list[Choice]:
    """Categories or companies as the options of a question."""
    return [
        Choice(one.id, one.name, (one.zh, one.en, *one.aliases) if isinstance(one, Category) else one.aliases)
        for one in found
    ]


@lru_cache(maxsize=8)
def open_catalogue(content: Path) -> Catalogue:
    """Both lists of a content folder, read once a process. Raises `BrokenContent` with file and line."""
    categories = _read(content / CATEGORIES, Category)
    _check(content / CATEGORIES, categories)
    return Catalogue(categories, _read(content / COMPANIES, Company))


def _read(path: Path, kind: type[T]) -> tuple[T, ...]:
    rows = read_yaml(path)
    if not isinstance(rows, list) or not rows:
        raise BrokenContent(Finding(str(path), 1, "error", "must be a list of entries, each with an id"))
    found = tuple(_entry(path, kind, place, row) for place, row in enumerate(rows))
    for place, one in enumerate(found):
        if one.id in {other.id for other in found[:place]}:
            raise _broken(path, [place, "id"], f"the id {one.id} is there twice")
    return found


def _entry(path: Path, kind: type[T], place: int, row: Any) -> T:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        slip: Any = error.errors()[0]
        field = ".".join(map(str, slip["loc"]))
        raise _broken(path, [place, *slip["loc"]], f"{field}: {slip['msg']}") from None


def _check(path: Path, categories: Sequence[Category]) -> None:
    known = {one.id for one in categories}
    if categories[-1].id != OTHER:
        raise _broken(path, [len(categories) - 1], f"the last category must be {OTHER}")
    for place, one in enumerate(categories):
        if unknown := set(one.over) - known:
            raise _broken(path, [place, "over"], f"over: there is no category {min(unknown)}")


def _whole(name: str) -> str:
    """A pattern for a name: as it stands, a Latin one only as a whole word."""
    return rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name)


def _broken(path: Path, keys: Sequence[str | int], message: str) -> BrokenContent:
    return BrokenContent(Finding(str(path), line_of(path, keys), "error", message))


def _first_of_each(companies: Sequence[Company]) -> list[Company]:
    """The first two riders' companies, then the first of the others: what a new person most likely means."""
    firsts: dict[str, list[Company]] = {}
    for one in companies:
        for occupation in one.occupations:
            firsts.setdefault(occupation, []).append(one)
    return [one for group in firsts.values() for one in group[:2]]
