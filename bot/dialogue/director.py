"""The director: takes one message through the conversation: global words, the open question, then the rest."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

from bot.dialogue.registry import BACK, CANCEL, RESTART, Dialogue
from bot.dialogue.state import Draft
from bot.dialogue.talk import Cancelled, Rerun, Stop, Switch, Talk
from bot.i18n import _
from bot.messages import Event, Option, stands_for
from bot.understand import NotUnderstood
from bot.understand import choice as choices
from bot.understand.question import looks_like_question
from bot.understand.words import normalise

LONGEST_PICK = 12  # characters: what is longer is no choice among old buttons
MOST_RUNS = 12  # a dialogue that keeps changing its own answers is a bug, not a conversation


async def direct(talk: Talk, away: bool = False) -> None:
    """Answer one message: fills `talk.replies`, leaves the new state in `talk.state`. `away`: the person was gone for
    long, so a form half done is offered rather than gone on with."""
    said = talk.said
    if said.event is not None and await _event(talk, said.event):
        return
    if said.heard:
        await talk.say(_("I heard: “{words}”").format(words=said.text))
    if away and talk.state.open is not None and not said.choice:
        await _welcome_back(talk)
        return
    if said.choice:
        await _tapped(talk, said.choice)
    else:
        await _said(talk)
    _remember_options(talk)


def _remember_options(talk: Talk) -> None:
    options = [[option.label, option.value] for reply in talk.replies for option in reply.options]
    if options:
        talk.state.shown = options


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
        await talk.say(plain[event])
        if talk.state.open is not None:
            await _run(talk, talk.state.open, replay=True)
        return True
    if event in {Event.START, Event.RETURNED, Event.SCAN}:
        await _arrived(talk)
        return True
    if event is Event.TAP:
        await _go(talk, talk.said.payload)
        _remember_options(talk)
        return True
    return event in {Event.LEFT, Event.SILENT, Event.MOVED}


async def _arrived(talk: Talk) -> None:
    name, args = _target(talk.said.payload)
    if name not in talk.registry.by_name:
        name, args = talk.registry.home, {"greet": "1"}
    await _open(talk, talk.registry.by_name[name], args=args)
    _remember_options(talk)


async def _welcome_back(talk: Talk) -> None:
    draft = talk.state.open
    assert draft is not None
    talk.state.held = ""
    title = _title(talk, draft)
    text = _("Welcome back. Your “{title}” is half done. Go on, or start again?").format(title=title)
    await talk.say(
        text,
        [Option(_("Go on"), "do:resume"), Option(_("Start again"), "do:restart"), Option(_("Drop it"), "do:cancel")],
    )
    _remember_options(talk)


# -- taps


async def _tapped(talk: Talk, value: str) -> None:
    if value.startswith("#"):
        value = next((shown for _label, shown in talk.state.shown if stands_for(value, shown)), value)
    verb, _sep, rest = value.partition(":")
    if verb == "do" and rest in ACTIONS:
        await ACTIONS[rest](talk)
    elif verb == "go":
        await _go(talk, rest)
    else:
        await _answered(talk, value)


async def _go(talk: Talk, target: str) -> None:
    name, args = _target(target)
    found = talk.registry.by_name.get(name)
    if found is None:
        await _outdated(talk)
    else:
        await _open(talk, found, args=args)


def _target(target: str) -> tuple[str, dict[str, str]]:
    name, _sep, query = target.partition("?")
    return name, dict(parse_qsl(query))


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
    talk.tap = tapped
    await _run(talk, draft)


async def _outdated(talk: Talk) -> None:
    await talk.say(_("That button is from before and no longer counts."))
    if talk.state.open is not None:
        await _run(talk, talk.state.open, replay=True)
    else:
        await _home(talk)


# -- words


async def _said(talk: Talk) -> None:
    text = talk.said.text
    if not text and talk.said.media and all(one.kind == "voice" for one in talk.said.media):
        await _unheard(talk)
        return
    word = normalise(text)
    for words, action in ((BACK, "back"), (CANCEL, "cancel"), (RESTART, "restart")):
        if word in words:
            await ACTIONS[action](talk)
            return
    draft = talk.state.open
    if draft is not None and _is_shown(talk, word):
        await _run(talk, draft)
    elif (named := talk.registry.named(text)) is not None:
        await _open(talk, named)
    elif draft is not None and draft.asked:
        await _run(talk, draft)
    elif (value := _matched(talk)) is not None:
        await _tapped(talk, value)
    else:
        await _free(talk)


async def _unheard(talk: Talk) -> None:
    """A recording without its words: kept where pictures are asked for, else asked to be typed."""
    draft = talk.state.open
    if draft is not None and draft.asked == "photos":
        await _run(talk, draft)
        return
    await talk.say(_("I can't listen to voice messages here. Please type it."))
    if draft is not None:
        await _run(talk, draft, replay=True)


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
            await _open(talk, claimed, opening=said.text)
        else:
            await talk.registry.aside(talk, said.text, False)
    elif said.media:
        text = _("I got it, but nothing is being filled in now, so I do not keep it. Is it for a complaint?")
        await talk.say(
            text, [Option(_("File a complaint"), "go:complaint"), Option(_("Menu"), f"go:{talk.registry.home}")]
        )
    elif said.location is not None:
        await talk.say(_("Thank you for the location. What would you like to do?"))
        await _home(talk)
    else:
        await _home(talk)


# -- actions


async def _back(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await _home(talk)
        return
    if not draft.back():
        await talk.say(_("This is the first question. “Cancel” leaves the form."))
    await _run(talk, draft, replay=True)


async def _cancel(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await talk.say(_("Nothing is under way."))
        await _home(talk)
        return
    await _drop(talk, draft)


async def _drop(talk: Talk, draft: Draft) -> None:
    talk.state.stack.remove(draft)
    await talk.say(_("Cancelled. Nothing of it was kept."))
    await _leave(talk, talk.registry.by_name.get(draft.name))
    if talk.state.open is None:
        await _home(talk)


async def _restart(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await _home(talk)
        return
    fresh = Draft(draft.name, args=draft.args)
    talk.state.push(fresh)
    await _run(talk, fresh, replay=True)


async def _resume(talk: Talk) -> None:
    draft = talk.state.open
    if draft is None:
        await _outdated(talk)
    else:
        await _run(talk, draft, replay=True)


async def _home(talk: Talk) -> None:
    await _open(talk, talk.registry.by_name[talk.registry.home])


ACTIONS = {"back": _back, "cancel": _cancel, "restart": _restart, "resume": _resume}


# -- running


async def _open(talk: Talk, one: Dialogue, opening: str = "", args: dict[str, str] | None = None) -> None:
    draft = Draft(one.name, args=args or {}, opening=opening)
    talk.state.push(draft)
    await _run(talk, draft, replay=True)


async def _run(talk: Talk, draft: Draft, replay: bool = False) -> None:
    """Run a dialogue from the top till it asks, ends or hands over. `replay`: what was said is no answer to it."""
    if replay:
        talk.pending = None
    one = talk.registry.by_name.get(draft.name)
    if one is None:  # a deploy took this dialogue away
        talk.state.stack.remove(draft)
        await _home(talk)
        return
    for _turn in range(MOST_RUNS):
        try:
            await one.run(talk)
        except Rerun:
            talk.pending = None
            continue
        except Switch as switch:
            talk.state.stack.remove(draft)
            await _open(talk, talk.registry.by_name[switch.name], switch.opening, switch.arguments)
            return
        except Cancelled:
            await _drop(talk, draft)
            return
        except Stop:
            return
        talk.state.stack.remove(draft)
        await _leave(talk, one)
        return
    raise RuntimeError(f"dialogue {one.name!r} does not come to an end")


async def _leave(talk: Talk, ended: Dialogue | None) -> None:
    """After a dialogue: the form it interrupted is gone on with, or offered."""
    draft = talk.state.open
    if draft is None:
        return
    if ended is not None and ended.after == "offer" and talk.replies:
        last = talk.replies[-1]
        option = Option(_("Go on with: {title}").format(title=_title(talk, draft)), "do:resume")
        talk.replies[-1] = replace(last, options=(*last.options, option))
        draft.asked = ""
        return
    await talk.say(_("— Back to where we were:"))
    await _run(talk, draft, replay=True)


def _title(talk: Talk, draft: Draft) -> str:
    one = talk.registry.by_name.get(draft.name)
    return _(one.title) if one is not None else draft.name
