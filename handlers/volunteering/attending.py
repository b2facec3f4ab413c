"""签到, 签退: the code shown at the place, and out again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.dialogue import Talk, dialogue
from bot.dialogue.questions import Text
from bot.i18n import N_, _
from bot.messages import Incoming, Option
from bot.understand.words import normalise
from handlers.volunteering import service
from handlers.volunteering.service import Presence, Setting, Slot
from handlers.volunteering.spots import Degrees, sent
from handlers.volunteering.wording import brief, distance, lasts, moment, points

IN = ("签到", "我要签到", "打卡", "我到了", "到了", "到现场了", "我到现场了", "check in", "checkin", "i am here")
OUT = (
    "签退",
    "我要签退",
    "结束签退",
    "我走了",
    "走了",
    "干完了",
    "做完了",
    "忙完了",
    "活动结束了",
    "check out",
    "checkout",
)
AGAIN = ("wrong", "far")  # another try is asked for
_WITH_CODE = re.compile(r"(?:我要|我)?(?:签到|check ?in)(?:码|了)?[\s:，,]*([0-9]{6})")


def has_code(text: str) -> float:
    """签到 482913."""
    return 1.0 if _WITH_CODE.fullmatch(normalise(text)) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrSpot(Text):
    """The code in words, or where the person is: kept as [latitude, longitude]."""

    def understand(self, said: Incoming) -> Any:
        if said.location is not None:
            return [said.location.latitude, said.location.longitude]
        return Text.understand(self, said)


@dialogue("check_in", title=N_("Check in"), words=IN, hears=has_code, linked=("slot", "code"))
async def check_in(talk: Talk) -> None:
    """Check in with the code at the place, typed or carried by its QR code; or by a location."""
    setting = talk.use(Setting)
    # beside a button “Check in” the words are taken for the button, and the code stands only in what was said
    given = _WITH_CODE.fullmatch(normalise(talk.opening or talk.said.text))
    code: str = given[1] if given else talk.args.get("code", "")
    if code and await talk.once("brought", lambda: _tried(talk, setting, code)) not in AGAIN:
        return
    before = await service.check_in(talk.store, setting, talk.person, "")
    if before.said != "inside" or before.slot is None:
        await _said_in(talk, before)
    elif await _tried(talk, setting, await _code_or_spot(talk, setting, before.slot)) in AGAIN:
        talk.change("code")


async def _tried(talk: Talk, setting: Setting, code: str | list[float]) -> str:
    """Check in and say what came of it; gives that in one word."""
    found = await _checked_in(talk, setting, code)
    await _said_in(talk, found)
    return found.said


async def _code_or_spot(talk: Talk, setting: Setting, slot: Slot) -> str | list[float]:
    asked = _("“{title}”: what is the code shown at the place? Six digits.").format(title=slot.title)
    if talk.can_locate and setting.rules.check_in_metres and slot.latitude is not None:
        asked += _(" Or send your location.")
    answer: str | list[float] = await talk.ask(CodeOrSpot(key="code", text=asked, longest=20, label=_("Code")))
    return answer


async def _checked_in(talk: Talk, setting: Setting, code: str | list[float]) -> Presence:
    if isinstance(code, list):
        here: Degrees = sent(talk.person.channel, code[0], code[1])
        return await service.check_in_here(talk.store, setting, talk.person, here)
    digits = re.sub(r"\D", "", normalise(code))
    return await service.check_in(talk.store, setting, talk.person, digits or "-")


async def _said_in(talk: Talk, found: Presence) -> None:
    zone = talk.use(Setting).zone
    what = brief(found.slot, zone, talk.now) if found.slot else ""
    at = moment(found.at, zone, talk.now) if found.at else ""
    texts = {
        "in": _("Checked in: {what}. Send “Check out” when you leave."),
        "done": _("Your hours at “{title}” are put down already: {hours}."),
        "none": _("You are not signed up for anything now."),
        "early": _("Too early. {what}: check-in opens at {at}."),
        "wrong": _("That is not the code of your activity. Please look once more."),
        "far": _far(found),
        "pause": _("Too many wrong codes. Try again at {at}, or ask the organiser."),
    }
    options = {
        "in": [Option(_("Check out"), "go:check_out")],
        "done": [Option(_("My points"), "go:my_points")],
        "none": [Option(_("What there is"), "go:volunteer")],
    }
    title = found.slot.title if found.slot else ""
    said = texts[found.said].format(what=what, at=at, title=title, hours=lasts(found.minutes))
    await talk.say(said, options.get(found.said, []))


def _far(found: Presence) -> str:
    if not found.metres:
        return _("A location does not count here. Please send the code shown at the place.")
    text = _("You are {far} from the place. Try again there, or send the code shown there.")
    return text.format(far=distance(found.metres))


@dialogue("check_out", title=N_("Check out"), words=OUT)
async def check_out(talk: Talk) -> None:
    """Leave: hours and points are put down."""
    found = await service.check_out(talk.store, talk.use(Setting), talk.person)
    if found.said == "none":
        await talk.say(_("You are not checked in anywhere."), [Option(_("My activities"), "go:my_volunteering")])
        return
    title = found.slot.title if found.slot else ""
    if found.said == "late":
        await talk.say(_("“{title}” ended long ago. The organiser can still put your hours down.").format(title=title))
        return
    gained = _("{points} for you.").format(points=points(found.points)) if found.points else _no_points(found)
    text = _("Checked out: {title}, {hours}. Thank you!").format(title=title, hours=lasts(found.minutes))
    options = [Option(_("My points"), "go:my_points"), Option(_("What there is"), "go:volunteer")]
    await talk.say(f"{text}\n{gained}".strip(), options)


def _no_points(found: Presence) -> str:
    """Why there are none, where there could have been."""
    if found.slot is None or not found.slot.points:
        return ""
    return _("It was too short for points; the hours count all the same.")


DIALOGUES = (check_in, check_out)
