"""群发进度: how broadcasts go, and what can be done with one in the chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.desk.members import Member
from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.store.unit import Unit
from handlers.broadcasts import targets, wording, work
from handlers.broadcasts.composing import sender
from handlers.broadcasts.record import (
    Broadcast,
    NoSuchBroadcastError,
    NotNowError,
    SamePersonError,
    access,
    newest,
)
from handlers.broadcasts.report import progress
from handlers.broadcasts.setting import Broadcasting
from handlers.broadcasts.tapping import number_in
from handlers.regions.service import Regions

LISTED = 6
Step = Callable[[Unit, Member | None, int], Awaitable[None]]
STEPS: dict[str, tuple[str, Step]] = {
    "approve": (N_("Approve"), work.approve),
    "take_back": (N_("Take back"), work.take_back),
    "pause": (N_("Pause"), work.pause),
    "resume": (N_("Go on sending"), work.resume),
    "stop": (N_("Stop it"), work.stop),
}
POSSIBLE = {
    "waiting": ("approve", "take_back"),
    "scheduled": ("take_back",),
    "sending": ("pause", "stop"),
    "paused": ("resume", "stop"),
}
WORDS = ("群发进度", "群发记录", "发送进度", "broadcasts")


@dialogue("broadcasts", title=N_("Messages to many"), words=WORDS, after="offer")
async def follow(talk: Talk) -> None:
    """The newest, or one of them with its figures and what can be done."""
    member = await sender(talk)
    if member is None:
        return
    number = number_in(talk, "b")
    if number is None:
        await _list(talk, member)
        return
    lead = await _step(talk, member, number)
    try:
        one = await access(talk.store, member, number, "read")
    except NoSuchBroadcastError:
        await talk.say(_("There is no such broadcast."), [Option(_("Menu"), "go:menu")])
        return
    await _show(talk, member, one, lead)


async def _list(talk: Talk, member: Member) -> None:
    found = await newest(talk.store, member, LISTED)
    new = Option(_("Send to many"), "go:new_broadcast")
    if not found:
        await talk.say(_("Nothing was sent yet."), [new])
        return
    options = [Option(f"{one.title} · {wording.state_name(one.state)}", f"go:broadcasts?b={one.id}") for one in found]
    await talk.say(_("Which one?"), [*options, new])


async def _step(talk: Talk, member: Member, number: int) -> str:
    """Do what a button asks for; gives what is said about it. To stop is asked about first."""
    name = talk.args.get("do", "")
    if name not in STEPS:
        return ""
    if name == "stop":
        sure = [
            Choice("yes", _("Yes, stop it"), ("是", "停", "确定")),
            Choice("no", _("No, let it run"), ("不", "不停")),
        ]
        asked = _("Who has not got it yet gets nothing, and it can't be started again. Stop it?")
        if (await talk.choose("sure", asked, sure, ahead=False)).value == "no":
            return ""
    try:
        await STEPS[name][1](talk.store, member, number)
    except NoSuchBroadcastError:
        return ""
    except NotNowError:
        return _("That is not possible just now.")
    except SamePersonError:
        return _("You wrote it, so somebody else has to approve it.")
    return _("Done.")


async def _show(talk: Talk, member: Member, one: Broadcast, lead: str) -> None:
    setting = talk.use(Broadcasting)
    head = f"{one.title} · {wording.state_name(one.state)}"
    lines = [lead, head, wording.audience(one.segment, talk.use(Regions))]
    if one.state in {"waiting", "scheduled"}:
        lines.append(_("Goes out: {when}").format(when=wording.due(one, setting.zone)))
    if one.state == "waiting":
        lines += ["——", one.words.text, "——", wording.counted(await setting.counts(talk.store, one))]
    if one.batch_id is not None:
        lines.append(wording.going(await progress(talk.store, one), setting.zone))
    options = [
        Option(_(STEPS[name][0]), f"go:broadcasts?b={one.id}&do={name}")
        for name in POSSIBLE.get(one.state, ())
        if not (name == "approve" and one.author == member.actor)
    ]
    if one.state in {"sending", "paused"}:
        options.append(Option(_("Look again"), f"go:broadcasts?b={one.id}"))
    for slot in await targets.called(talk.store, one.words):
        if member.role == "admin" or slot.person_id == member.person_id:
            label = _("{title}: {taken} of {all}").format(title=slot.title, taken=slot.taken, all=slot.capacity)
            options.append(Option(label, f"go:my_slots?slot={slot.id}"))
    await talk.say("\n".join(filter(None, lines)), [*options, Option(_("All of them"), "go:broadcasts")])


DIALOGUES = (follow,)
