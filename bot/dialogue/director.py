"""The director: takes one message through the conversation: global words, the open question, then the rest."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import noticed, pictures, running
from bot.dialogue.leading import led, mention_english
from bot.dialogue.registry import BACK, CANCEL, RESTART, RESUME, SHORTEST_MATTER, Dialogue, gives_up, next_matter
from bot.dialogue.state import Draft
from bot.dialogue.talk import Talk
from bot.i18n import _
from bot.messages import BESIDE_NUMBER, Event, Option, stands_for
from bot.understand import NotUnderstood
from bot.understand import choice as choices
from bot.understand.question import looks_like_question
from bot.understand.words import normalise

SURE = 0.9  # so sure must a dialogue be of words that could be the answer to a notice
LONGEST_PICK = 12  # characters: what is longer is no choice among old buttons


async def direct(talk: Talk, away: bool = False) -> None:
    """Answer one message: fills `talk.replies`, leaves the new state in `talk.state`. `away`: the person was gone for
    long, so a form half done is offered rather than gone on with."""
    said = talk.said
    if pictures.of_album(talk) or (said.event is not None and await _event(talk, said.event)):
        return
    if said.heard:
        await talk.say(_("I heard: “{words}”").format(words=said.text))
    if away:
        running.forget_passing(talk)
    if away and talk.state.open is not None and not said.choice and not _has_other_matter(talk):
        await _welcome_back(talk)
    elif said.choice:
        await _tapped(talk, said.choice)
    else:
        await _said(talk)
    mention_english(talk)
    _remember_options(talk)
    pictures.remember_album(talk)


def _remember_options(talk: Talk) -> None:
    options = [[option.label, option.value] for reply in talk.replies for option in reply.options]
    if options:
        talk.state.shown = options
        noticed.stale(talk)


# -- events


async def _event(talk: Talk, event: Event) -> bool:
    """Deal with what is no message; True when that was all."""
    plain = {
        Event.EDITED: _("I can't see changes to earlier messages. Please send it again as a new one."),
        Event.UNREADABLE: _("I can't read that yet. Please send words, a picture or a location."),
        Event.TOO_LARGE: _("That file is too large for me: at most 20 MB. A smaller picture or a screenshot will do."),
        Event.GROUP: _("I only talk one to one, to keep your matters private. Please write to me directly."),
    }
    if event in plain:
        if talk.state.open is not None and event is not Event.GROUP:  # a form is nobody else's to read
            await led(talk, plain[event], running.run(talk, talk.state.open, replay=True))
        else:
            await talk.say(plain[event])
        return True
    if event in {Event.START, Event.RETURNED, Event.SCAN}:
        await _arrived(talk)
        return True
    if event is Event.TAP:
        await _go(talk, talk.said.payload)
        _remember_options(talk)
        return True
    return event in {Event.LEFT, Event.SILENT, Event.MOVED, Event.CONSENT}


async def _arrived(talk: Talk) -> None:
    """Through a link or a QR code, which anybody may have written."""
    name, args = running.target(talk.said.payload)
    found = talk.registry.by_name.get(name)
    if found is None:
        await running.open_one(talk, talk.registry.by_name[talk.registry.home], args={"greet": "1"})
    else:
        await running.open_one(talk, found, args={key: args[key] for key in found.linked if key in args})
    _remember_options(talk)


def _has_other_matter(talk: Talk) -> bool:
    """True for words that are no answer to an old question, and no greeting: 我的诉求, 取消, 我被车撞了."""
    text = talk.said.text
    named = talk.registry.named(text)
    known = normalise(text) in BACK | CANCEL | RESTART or (named is not None and named.name != talk.registry.home)
    return known or talk.registry.urgent(text) is not None or talk.registry.foremost(text) is not None


async def _welcome_back(talk: Talk) -> None:
    draft = talk.state.open
    assert draft is not None
    draft.asked = ""  # till they say so, nothing is an answer to it
    if talk.said.media:
        pictures.beside(talk, talk.said.media)
    if looks_like_question(talk.said.text) and await talk.registry.aside(talk, talk.said.text, True):
        running.offer(talk, draft)
        return
    text = _("Welcome back. Your “{title}” is half done. Go on, or start again?")
    ways = [Option(_("Go on"), "do:resume"), Option(_("Start again"), "do:restart"), Option(_("Drop it"), "do:cancel")]
    await talk.say(text.format(title=running.title(talk, draft)), ways)


# -- taps


async def _tapped(talk: Talk, value: str) -> None:
    if value.startswith("#"):
        found = next((shown for _label, shown in talk.state.shown if stands_for(value, shown)), None)
        value = found or (await noticed.look(talk)).stood_for(value) or value
    verb, _sep, rest = value.partition(":")
    if verb == "do" and rest in ACTIONS:
        await ACTIONS[rest](talk)
    elif verb == "go":
        await _go(talk, rest)
    else:
        await _answered(talk, value)


async def _go(talk: Talk, target: str) -> None:
    name, args = running.target(target)
    found = talk.registry.by_name.get(name)
    if found is None:
        await _outdated(talk)
    else:
        await running.open_one(talk, found, args=args)


async def _answered(talk: Talk, value: str) -> None:
    """A tap on an answer: of the open question, or of an earlier one (which changes that answer)."""
    head, sep, tapped = value.partition("=")
    mark, dot, key = head.partition(".")
    draft = talk.state.open
    if not sep or not dot or draft is None or draft.mark != mark:
        await _outdated(talk)
        return
    if draft.asked != key and key in draft.answers:
        if draft.asked:
            draft.drop(draft.asked)
        draft.drop(key)
        draft.asked = key
    if draft.asked != key:
        await _outdated(talk)
        return
    talk.tap = tapped.removeprefix(BESIDE_NUMBER)
    await running.run(talk, draft)


async def _outdated(talk: Talk) -> None:
    draft = talk.state.open
    step = running.run(talk, draft, replay=True) if draft is not None else running.home(talk)
    await led(talk, _("That button is from before and no longer counts."), step)


# -- words


async def _said(talk: Talk) -> None:
    text = talk.said.text
    if not text and talk.said.media and all(one.kind == "voice" for one in talk.said.media):
        await _unheard(talk)
        return
    word = normalise(text)
    draft = talk.state.open
    if (foremost := talk.registry.foremost(text)) is not None:
        await _foremost(talk, foremost)
        return
    for words, action in ((BACK, "back"), (CANCEL, "cancel"), (RESTART, "restart")):
        if word in words:
            await ACTIONS[action](talk)
            return
    if draft is not None and await _of_form(talk, draft, word):
        return
    told = await noticed.look(talk)
    if (value := _of_notice(talk, told)) is not None:
        await _tapped(talk, value)
    elif (named := talk.registry.named(text, by_sound=draft is None or not draft.asked)) is not None:
        await running.open_one(talk, named)
    elif (urgent := _urgent(talk)) is not None:
        await running.open_one(talk, urgent, opening=text)
    elif draft is not None and draft.asked:
        await (_unclear(talk, draft, told) if _may_be_for(told, draft) else running.run(talk, draft))
    elif (value := told.numbered(text) or _matched(talk)) is not None:
        await _tapped(talk, value)
    elif not await _awaited(talk, told):
        await _free(talk)


async def _of_form(talk: Talk, draft: Draft, word: str) -> bool:
    """What is said of the form itself: it is given up, dropped for another matter, gone on with when it was put aside,
    or answered with an option it shows. True when that was all."""
    if gives_up(talk.said.text, in_story=draft.free):
        await _cancel(talk)
    elif matter := "" if draft.free else next_matter(talk.said.text):
        talk.state.stack.remove(draft)
        talk.said = talk.pending = replace(talk.said, text=matter)
        await led(talk, _("All right, cancelled."), _said(talk))
    elif _is_shown(talk, word):
        await running.run(talk, draft)
    elif not draft.asked and word in RESUME:
        await _resume(talk)
    else:
        return False
    return True


def _of_notice(talk: Talk, told: noticed.Noticed) -> str | None:
    """The option of a notice with this very label, unless what was shown since has one too."""
    picked = told.picked(talk.said.text)
    if picked is None:
        return None
    since = not told.fresh and any(normalise(label) == normalise(talk.said.text) for label, _v in talk.state.shown)
    return None if since else picked


def _may_be_for(told: noticed.Noticed, draft: Draft) -> bool:
    """True when words typed into a form may answer a notice that came since; a story that is being told goes on."""
    return told.fresh and bool(told.awaits) and not draft.free


async def _unclear(talk: Talk, draft: Draft, told: noticed.Noticed) -> None:
    """A form is open, and a notice that came since awaits words: whose are these? What can be picked is picked."""
    form = [(value, label, ()) for label, value in talk.state.shown]
    try:
        if talk.said.text and len(talk.said.text) > LONGEST_PICK:
            raise NotUnderstood("long")
        choices.parse(talk.said.text, form)
        await running.run(talk, draft)
    except NotUnderstood:
        await _hand_over(talk, told, "ask")


async def _awaited(talk: Talk, told: noticed.Noticed) -> bool:
    """Plain words or pictures go to who awaits them; not a question that has an answer, which is asked about then, nor
    what another dialogue is sure of. True when that was all."""
    said = talk.said
    if not told.awaits or not (said.text or said.media):
        return False
    if said.text and talk.registry.claimed(said.text, SURE) is not None:
        return False
    if looks_like_question(said.text) and await talk.registry.aside(talk, said.text, True):
        talk.replies[:] = [replace(reply, options=()) for reply in talk.replies]
        await _hand_over(talk, told, "ask")
    else:
        await _hand_over(talk, told, "take")
    return True


async def _hand_over(talk: Talk, told: noticed.Noticed, how: str) -> None:
    """Open the dialogue that awaits words with them; `plain` tells it to take them, or to ask first."""
    name, args = running.target(told.awaits)
    found = talk.registry.by_name.get(name)
    if found is None:  # a deploy took this dialogue away
        noticed.settled(talk)
        await _free(talk)
    else:
        await running.open_one(talk, found, opening=talk.said.text, args={**args, "plain": how})


async def _foremost(talk: Talk, one: Dialogue) -> None:
    """Done before everything else. A story under way, or staff who await an answer, get the words all the same."""
    draft, before = talk.state.open, len(talk.replies)
    if draft is not None and draft.free and draft.asked:
        await running.run(talk, draft)
    elif draft is None and (told := await noticed.look(talk)).awaits:
        await _hand_over(talk, told, "take")
    done = talk.replies[before:] if talk.state.open is None else []  # the next question waits
    talk.replies[before:] = [replace(reply, options=()) for reply in done]
    await running.open_one(talk, one, opening=talk.said.text)


def _urgent(talk: Talk) -> Dialogue | None:
    """What may not wait for the form under way (我被车撞了); a story that is being told is a story."""
    draft = talk.state.open
    if draft is None or draft.free:
        return None
    found = talk.registry.urgent(talk.said.text)
    return found if found is not None and found.name != draft.name else None


async def _unheard(talk: Talk) -> None:
    """A recording without its words: kept where pictures are asked for, else asked to be typed."""
    draft = talk.state.open
    if draft is not None and draft.asked == "photos":
        await running.run(talk, draft)
        return
    text = _("I can't listen to voice messages here. Please type it.")
    if draft is not None:
        await led(talk, text, running.run(talk, draft, replay=True))
    else:
        await talk.say(text)


def _is_shown(talk: Talk, word: str) -> bool:
    """True when the open question shows just these words as an option: then they answer it."""
    return any(normalise(label) == word for label, value in talk.state.shown if not value.startswith(("go:", "do:")))


def _matched(talk: Talk) -> str | None:
    """The option shown last that the words mean: its very label (which a tap sends where there are no buttons), else by
    number, part of a label or a near miss; there a longer text is its own matter."""
    text = talk.said.text
    exact = {value for label, value in talk.state.shown if normalise(label) == normalise(text)}
    if len(exact) == 1:
        return exact.pop()
    if len(text) > LONGEST_PICK or looks_like_question(text):
        return None
    try:
        return choices.parse(text, [(value, label, ()) for label, value in talk.state.shown])
    except NotUnderstood:
        return None


async def _free(talk: Talk) -> None:
    said = talk.said
    if said.text:
        claimed = talk.registry.claimed(said.text)
        if claimed is not None:
            await running.open_one(talk, claimed, opening=said.text)
        elif _tells_of_picture(talk):
            await running.open_one(talk, talk.registry.by_name["complaint"], opening=said.text)
        elif choices.place_in_list(said.text) is not None and talk.state.open is None:
            await led(talk, _("Nothing has that number here."), running.home(talk))
        elif not _welcomed(talk):
            await talk.registry.aside(talk, said.text, False)
        elif not await talk.registry.aside(talk, said.text, True):
            await _resume(talk)
    elif said.media:
        pictures.hold(talk)
        text = _("Picture received. Is it for a complaint? You can also just write what happened.")
        await talk.say(
            text, [Option(_("File a complaint"), "go:complaint"), Option(_("Menu"), f"go:{talk.registry.home}")]
        )
    elif said.location is not None:
        await led(talk, _("Thank you for the location."), running.home(talk))
    else:
        await running.home(talk)


def _tells_of_picture(talk: Talk) -> bool:
    """A picture came, they were told they could just write what happened, and they do."""
    offered = talk.state.open is None and talk.state.shown[:1] == [[_("File a complaint"), "go:complaint"]]
    told = len(talk.said.text) >= SHORTEST_MATTER and not looks_like_question(talk.said.text)
    return offered and told and pictures.holds(talk)


def _welcomed(talk: Talk) -> bool:
    """True when the last thing said was: go on with the old form, or not?"""
    return talk.state.open is not None and bool(talk.state.shown) and talk.state.shown[0][1] == "do:resume"


# -- actions


async def _back(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await running.home(talk)
        return
    if draft.back():
        await running.run(talk, draft, replay=True)
    else:
        lead = _("This is the first question. “Cancel” leaves the form.")
        await led(talk, lead, running.run(talk, draft, replay=True))


async def _cancel(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await led(talk, _("Nothing is under way."), running.home(talk))
        return
    await running.drop(talk, draft)


async def _restart(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await running.home(talk)
        return
    fresh = Draft(draft.name, args=draft.args)
    talk.state.push(fresh)
    await running.run(talk, fresh, replay=True)


async def _resume(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await _outdated(talk)
    else:
        await running.run(talk, draft, replay=True)


ACTIONS = {"back": _back, "cancel": _cancel, "restart": _restart, "resume": _resume}
