"""Running dialogues: opened, run from the top, left; the form each interrupted is gone on with, or offered."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

from bot.dialogue.leading import led
from bot.dialogue.registry import Dialogue
from bot.dialogue.state import Draft
from bot.dialogue.talk import Cancelled, Rerun, Stop, Switch, Talk
from bot.i18n import _
from bot.messages import Option

MOST_RUNS = 12  # a dialogue that keeps changing its own answers is a bug, not a conversation


def target(value: str) -> tuple[str, dict[str, str]]:
    """name?key=value: the name of a dialogue, and what it is started with."""
    name, _sep, query = value.partition("?")
    return name, dict(parse_qsl(query))


async def home(talk: Talk) -> None:
    """Open the menu."""
    await open_one(talk, talk.registry.by_name[talk.registry.home])


async def drop(talk: Talk, draft: Draft, said: str = "") -> None:
    """Give a form up; `said` is what its dialogue said to that already."""
    talk.state.stack.remove(draft)
    filled = len(draft.order) - len(draft.filled) > 1
    said = said or (_("All right, cancelled. Nothing was handed in.") if filled else _("All right, cancelled."))
    one = talk.registry.by_name.get(draft.name)
    await led(talk, said, _leave(talk, one) if talk.state.open is not None else home(talk))


def forget_passing(talk: Talk) -> None:
    """Drop the dialogue under way when nothing is lost with it."""
    draft = talk.state.open
    one = talk.registry.by_name.get(draft.name) if draft is not None else None
    if draft is not None and one is not None and one.passing:
        talk.state.stack.remove(draft)


async def open_one(talk: Talk, one: Dialogue, opening: str = "", args: dict[str, str] | None = None) -> None:
    """Open a dialogue over whatever is under way; by its word alone, one that is half done is gone on with."""
    forget_passing(talk)
    unfinished = None if opening or args else talk.state.unfinished(one.name)
    if unfinished is not None:
        talk.state.push(unfinished)
        lead = _("You have begun this already, so we go on. “Restart” begins anew.")
        await led(talk, lead, run(talk, unfinished, replay=True))
        return
    draft = Draft(one.name, args=args or {}, opening=opening)
    talk.state.push(draft)
    await run(talk, draft, replay=True)


async def run(talk: Talk, draft: Draft, replay: bool = False) -> None:
    """Run a dialogue from the top till it asks, ends or hands over. `replay`: what was said is no answer to it."""
    if replay:
        talk.pending = None
    one = talk.registry.by_name.get(draft.name)
    if one is None:  # a deploy took this dialogue away
        talk.state.stack.remove(draft)
        await home(talk)
        return
    before = len(talk.replies)
    for _turn in range(MOST_RUNS):
        try:
            await one.run(talk)
        except Rerun:
            talk.pending = None
            continue
        except Switch as switch:
            talk.state.stack.remove(draft)
            await open_one(talk, talk.registry.by_name[switch.name], switch.opening, switch.arguments)
            return
        except Cancelled:
            last = talk.replies.pop().text if len(talk.replies) > before else ""
            await drop(talk, draft, last)
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
        offer(talk, draft)
        return
    # their options would stand above those of the open question, with its numbers
    talk.replies[:] = [replace(reply, options=()) for reply in talk.replies]
    await led(talk, _("— Back to where we were:"), run(talk, draft, replay=True))


def offer(talk: Talk, draft: Draft) -> None:
    """An option below the last reply: the form under way."""
    last = talk.replies[-1]
    option = Option(_("Go on with: {title}").format(title=title(talk, draft)), "do:resume")
    talk.replies[-1] = replace(last, options=(*last.options, option))
    draft.asked = ""


def title(talk: Talk, draft: Draft) -> str:
    """What a form is called, in the language in force."""
    one = talk.registry.by_name.get(draft.name)
    return _(one.title) if one is not None else draft.name
