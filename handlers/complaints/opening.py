"""What a person said before the first question: everything in it that answers a question is noted, and said back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.dialogue import Talk, pictures
from bot.i18n import _
from bot.patterns import pattern
from bot.site import Site
from bot.understand import dates, money
from bot.understand.question import looks_like_question
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.handing import handed_photos
from handlers.complaints.hearing import fears, grievance, in_need, tells
from handlers.complaints.wording import day, promise, yuan
from handlers.regions.service import Regions

OLDEST = timedelta(days=5 * 366)
_ROUTE = re.compile(r"[^\s,，。]{2,4}[到去至往][^\s,，。]{2,4}")  # 苏州到杭州: where it was is to be asked
_CORRECTED = pattern(r"(?:^|[,，。;； ])(?:哦|啊|呃|额)*(?:不对|我?[说写打记]错了?|更正)[,，。;； ]*")
FIRST_QUESTIONS = ("category", "company")


async def begin(talk: Talk) -> None:
    """Note what the opening tells, once, and say so; a matter told at one of the first questions is an opening too."""
    catalogue = talk.use(Catalogue)
    await talk.once("intro", lambda: _introduce(talk, catalogue))
    said = talk.pending
    if said is None or not said.text or talk.tap or talk.draft.asked not in FIRST_QUESTIONS:
        return
    told = grievance(said.text, catalogue) > 0 and tells(said.text, catalogue)
    if told or (talk.draft.asked == "category" and _names_company(said.text, catalogue)):
        talk.draft.opening = said.text
        talk.pending = None
        if said.media:
            pictures.early(talk, talk.said.media)
        if noted := _noted(talk, catalogue):
            await talk.say(noted)


def _names_company(text: str, catalogue: Catalogue) -> bool:
    """美团, 美团扣我两百: what the matter is may be asked for, the company need not be."""
    return catalogue.named(text) is not None and not looks_like_question(text)


async def _introduce(talk: Talk, catalogue: Catalogue) -> None:
    for key, known in (("category", catalogue.categories), ("company", catalogue.companies)):
        value = talk.args.get(key, "")
        if any(one.id == value for one in known):
            talk.draft.keep(key, value, ahead=True)
    noted = _noted(talk, catalogue) if talk.opening else ""
    if in_need(talk.opening):
        noted = _("I hear how hard it is; this can't wait. ") + noted
    if fears(talk.opening):
        noted = f"{promise(talk.use(Site))}\n{noted}"
    text = _("I pass it on to {union}. A few questions; “Cancel” ends it any time.")
    if talk.opening and pictures.early(talk, talk.said.media):  # how many is not known yet: an album comes one by one
        noted += _("What you sent is in as well. ")
    if handed := await handed_photos(talk.store, talk.person.id, talk.args.get("photos", "")):
        talk.draft.partial["photos"] = handed
        noted += _("Your pictures are in: {count}. ").format(count=len(handed))
    if held := pictures.take_held(talk):
        noted += _("Your pictures are in: {count}. ").format(count=held)
    await talk.say(noted + text.format(union=talk.use(Site).said("union")))


async def note_location(talk: Talk) -> None:
    """A location sent before the place is asked for answers that question."""
    said, draft = talk.pending, talk.draft
    if said is None or said.location is None or draft.asked == "place":
        return
    spot, talk.pending = said.location, None
    found = talk.use(Regions).find(spot.label) if spot.label else []
    words = spot.label or _("the place on the map")
    code = found[0].code if found else ""
    place = {"text": words, "code": code, "latitude": spot.latitude, "longitude": spot.longitude}
    draft.keep("place", place, ahead=True)
    await talk.say(_("Location noted."))


def _noted(talk: Talk, catalogue: Catalogue) -> str:
    """Fill in what the opening answers; the sentence that says so, "" when it answers nothing."""
    said = list(_found(talk, catalogue))
    return _("Noted: {what}. ").format(what=_(", ").join(said)) if said else ""


def _found(talk: Talk, catalogue: Catalogue) -> Iterator[str]:
    draft, opening = talk.draft, talk.opening
    category, corrected = catalogue.matter(opening), _last_word(opening)
    if category and "category" not in draft.answers:
        draft.keep("category", category.id, ahead=True)
        yield category.name
    if (company := catalogue.named(corrected) or catalogue.named(opening)) and "company" not in draft.answers:
        draft.keep("company", company.id, ahead=True)
        yield company.name
    yield from when_where_what(talk, opening, category is None or category.money)
    if tells(opening, catalogue):
        draft.keep("story", opening, ahead=True)


def when_where_what(talk: Talk, text: str, money_too: bool) -> Iterator[str]:
    """Fill in the day, the place and the amount a text names; each as it is said back."""
    draft = talk.draft
    if found := dates.find(text, talk.today, latest=talk.today, earliest=talk.today - OLDEST):
        draft.keep("happened", found.value.isoformat(), ahead=True)
        yield _as_said(text[found.start : found.end], found.value, talk.today)
    places = talk.use(Regions).find(text)
    if places and places[0].level != "province" and not _ROUTE.search(text):
        draft.keep("place", {"text": places[0].name, "code": places[0].code}, ahead=True)
        yield places[0].name
    if money_too and (amount := money.find(_last_word(text)) or money.find(text)):
        draft.keep("amount", str(amount.value), ahead=True)
        yield yuan(amount.value)


def _last_word(text: str) -> str:
    """美团扣我200 不对 是饿了么 扣了300: what comes after they corrected themselves; all of it when they did not."""
    return _CORRECTED.split(text)[-1]


async def note_more(talk: Talk, text: str) -> None:
    """What the name of the company came with: 美团 昨天 200块."""
    category = talk.use(Catalogue).category(str(talk.draft.answers.get("category", "")))
    if said := list(when_where_what(talk, text, category.money)):
        await talk.say(_("Noted: {what}. ").format(what=_(", ").join(said)))


def _as_said(words: str, value: date, today: date) -> str:
    """上周五（11月13日): the words with the day they were read as; only the day when they had it already."""
    if any(letter.isdigit() for letter in words):
        return day(value, today)
    return _("{words} ({day})").format(words=words, day=day(value, today))
