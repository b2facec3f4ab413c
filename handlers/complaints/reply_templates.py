"""Ready words for staff: content/reply_templates.yaml, filled in with the facts of a case."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.content import BrokenContent, Finding, line_of, read_yaml
from bot.i18n import language, speaking
from handlers.complaints.case import Case
from handlers.complaints.catalogue import Catalogue, open_catalogue
from handlers.complaints.status import Status
from handlers.complaints.wording import day, yuan

FILE = "reply_templates.yaml"
FACTS = frozenset({"code", "category", "company", "amount", "happened_on", "due_on"})


class ReplyTemplate(BaseModel):
    """One; the fields are explained at the head of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    zh: str
    en: str
    text_zh: str
    text_en: str
    categories: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()

    @property
    def name(self) -> str:
        """What staff choose it by, in the language in force."""
        return self.en if language() == "en" else self.zh

    def fits(self, case: Case) -> bool:
        """True for cases of its matters and statuses; without any it is for all."""
        return (not self.categories or case.category in self.categories) and (
            not self.statuses or case.status in self.statuses
        )


def fitting(content: Path, case: Case) -> list[ReplyTemplate]:
    """The templates for a case: those for its matter first."""
    found = [one for one in open_templates(content) if one.fits(case)]
    return sorted(found, key=lambda one: not one.categories)


def filled(template: ReplyTemplate, case: Case, catalogue: Catalogue, worker: str) -> str:
    """The words with the facts of a case, in the language of its worker; a fact the case lacks is left as ……."""
    with speaking(worker):
        facts = {
            "code": case.code,
            "category": catalogue.category(case.category).name,
            "company": catalogue.company_name(case.company, case.company_words),
            "amount": yuan(case.amount) if case.amount is not None else "",
            "happened_on": day(case.happened_on) if case.happened_on else "",
            "due_on": day(case.due_on),
        }
        text = template.text_en if worker == "en" else template.text_zh
    return text.strip().format(**{name: fact or "……" for name, fact in facts.items()})


def open_templates(content: Path) -> tuple[ReplyTemplate, ...]:
    """All templates, as the file is now; where it is broken, the last ones that were good."""
    path = content / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (BrokenContent, OSError):
        return _good.get(path, ())


_good: dict[Path, tuple[ReplyTemplate, ...]] = {}


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> tuple[ReplyTemplate, ...]:
    """changed: when the file was, in nanoseconds; it is read once for each. Raises `BrokenContent`."""
    rows: Any = read_yaml(path) or []
    if not isinstance(rows, list):
        raise _broken(path, [], "must be a list of entries, each with an id")
    _good[path] = tuple(_entry(path, place, row) for place, row in enumerate(rows))
    return _good[path]


def _entry(path: Path, place: int, row: Any) -> ReplyTemplate:
    try:
        one = ReplyTemplate.model_validate(row)
    except ValidationError as error:
        slip = error.errors()[0]
        raise _broken(path, [place, *slip["loc"]], f"{'.'.join(map(str, slip['loc']))}: {slip['msg']}") from None
    for field in ("text_zh", "text_en"):
        if unknown := sorted(_names(getattr(one, field)) - FACTS):
            known = ", ".join(sorted(FACTS))
            raise _broken(path, [place, field], f"there is no {{{unknown[0]}}}; there are {known}")
    return one


def _names(text: str) -> set[str]:
    """The placeholders of a text; "?" for a brace that begins none."""
    try:
        return {name for _said, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"?"}


def check_templates(content: Path) -> list[Finding]:
    """What is wrong with the file."""
    path = content / FILE
    if not path.exists():
        return []
    try:
        found = _read(path, path.stat().st_mtime_ns)
    except BrokenContent as error:
        return [error.finding]
    known = {one.id for one in open_catalogue(content).categories}
    slips = [
        _finding(path, [place, "categories"], f"there is no category {name}")
        for place, one in enumerate(found)
        for name in one.categories
        if name not in known
    ]
    twice = [place for place, one in enumerate(found) if one.id in {other.id for other in found[:place]}]
    return [*slips, *(_finding(path, [place, "id"], f"the id {found[place].id} is there twice") for place in twice)]


def _finding(path: Path, keys: Sequence[str | int], message: str) -> Finding:
    return Finding(str(path), line_of(path, keys), "error", message)


def _broken(path: Path, keys: Sequence[str | int], message: str) -> BrokenContent:
    return BrokenContent(_finding(path, keys, message))
