"""What is said at a question it does not answer: noted for its own question, or for the story; a fear is answered."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from bot.dialogue import Talk, pictures
from bot.i18n import _
from bot.messages import Incoming
from bot.patterns import pattern
from bot.site import Site
from bot.understand import NotUnderstood, dates, money, place
from bot.understand.question import looks_like_question
from bot.understand.words import bare, normalise
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.hearing import fears, without_fear
from handlers.complaints.opening import when_where_what
from handlers.complaints.wording import promise, yuan
from handlers.regions.service import Regions

CONSENT = frozenset({"consent", "consent-read"})
FACTS = frozenset({"happened", "place", "amount"})
SHORTEST_ANSWER = 2  # characters; fewer are what a sentence leaves over
SHORTEST_PART = 8  # characters; fewer are no part of a story
_PART = pattern(
    r"^(?:补充|另外|还有|对了)|客服|电话|申诉|站长|队长|老板|平台|系统|不理|不管|没人|不认|不退|不给|扣了|扣我|罚了|罚我|凭什么|凭啥|态度|说我"
)
_NO_PLACE = pattern(
    r"(?:[0-9]{2,6}|[一二两三四五六七八九十百千万]{2,6})(?:多|来)?(?:元|块钱?)?|(?:大?前天|昨天|今天)(?:上午|中午|下午|晚上)?|[0-9]{1,2}月[0-9]{1,2}[号日]"
    r"|上个?(?:周|星期|礼拜)[一二三四五六日天]"
)
_LARGE = pattern(r"[百千万]|^[0-9]{3,6}$")


async def note_early(talk: Talk) -> None:
    """Take what was said where it belongs; what is asked is asked again, unless these words answer it as well."""
    said, asked = talk.pending, talk.draft.asked
    if said is None or not said.text or talk.tap or talk.draft.free:
        return
    if fears(said.text):
        await _reassure(talk, said)
    elif asked not in CONSENT | FACTS or looks_like_question(said.text):
        return
    elif _is_part(talk, said.text):
        _to_story(talk, said.text)
        if not _answers(talk, asked, said.text):
            talk.lead = _("Added to what happened.")
            _is_done(talk, said)
    elif (asked in CONSENT or asked == "happened" or _no_place(talk, said.text)) and _note_facts(talk, said.text):
        _is_done(talk, said)


async def _reassure(talk: Talk, said: Incoming) -> None:
    """Say who sees what; words beside the fear (怕站长知道 不留名) are an answer still."""
    rest = bare(without_fear(said.text))
    if len(rest) < SHORTEST_ANSWER:
        talk.lead = promise(talk.use(Site))
        _is_done(talk, said)
        return
    await talk.say(promise(talk.use(Site)))
    if len(rest) < SHORTEST_PART:
        talk.pending = replace(said, text=rest)


def _is_done(talk: Talk, said: Incoming) -> None:
    """The words have been taken; pictures that came with them are kept as well."""
    talk.pending = None
    pictures.early(talk, said.media)


def _note_facts(talk: Talk, text: str) -> bool:
    """上周五 at the question of consent; (昨天在)天宁区 at the question of the day. True when that was all."""
    draft = talk.draft
    answered = draft.asked == "happened" and _answers(talk, draft.asked, text)
    if answered and not talk.use(Regions).find(text):
        return False
    noted = list(_noted(talk, text))
    if noted:
        talk.lead = _("Noted: {what}. ").format(what=_(", ").join(noted)).strip()
    if answered:
        draft.filled.remove("happened")  # their own answer: “back” comes to it
    return bool(noted)


def _no_place(talk: Talk, text: str) -> bool:
    """Two hundred, or a day, where the place is asked for; 三百 is one, 八佰伴 is a place."""
    return talk.draft.asked == "place" and _NO_PLACE.fullmatch(bare(text)) is not None


def _is_part(talk: Talk, text: str) -> bool:
    """True for a sentence of the story (客服电话打了5次都不理), and no place that has a long name."""
    if len(bare(text)) < SHORTEST_PART or not _PART.search(normalise(text)):
        return False
    return place.find(text) is None and not talk.use(Regions).find(text)


def _to_story(talk: Talk, words: str) -> None:
    if "story" in talk.draft.answers:
        talk.draft.partial["captions"] = [*talk.draft.partial.get("captions", []), words]
    else:
        talk.draft.keep("story", words, ahead=True)


def _answers(talk: Talk, asked: str, text: str) -> bool:
    """Is the day, or the amount, that is asked for in these words as well?"""
    if asked == "happened":
        return dates.find(text, talk.today, latest=talk.today) is not None
    return asked == "amount" and money.find(text) is not None


def _noted(talk: Talk, text: str) -> Iterator[str]:
    """The day, the place and the amount, kept for the questions that come; 三千二 without its unit as well."""
    money_too = talk.use(Catalogue).category(str(talk.draft.answers.get("category", ""))).money
    found = list(when_where_what(talk, text, money_too))
    yield from found
    if not found and money_too and _LARGE.search(normalise(text)):
        with contextlib.suppress(NotUnderstood):
            amount = money.parse(text)
            talk.draft.keep("amount", str(amount), ahead=True)
            yield yuan(amount)
