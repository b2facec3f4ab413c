"""签到, 签退: the code shown at the place, and out again."""

from __future__ import annotations

import re

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.understand.words import normalise
from handlers.volunteering import service
from handlers.volunteering.service import Presence, Setting
from handlers.volunteering.wording import brief, lasts, moment, points

_WITH_CODE = re.compile(r"(?:我要|我)?(?:签到|check ?in)(?:码|了)?[\s:，,]*([0-9]{6})")


def has_code(text: str) -> float:
    """签到 482913."""
    return 1.0 if _WITH_CODE.fullmatch(normalise(text)) else 0.0


@dialogue("check_in", title=N_("Check in"), words=["签到", "我要签到", "打卡", "check in", "checkin"], hears=has_code)
async def check_in(talk: Talk) -> None:
    """Check in with the code at the place: typed, or carried by its QR code."""
    setting = talk.use(Setting)
    # beside a button “Check in” the words are taken for the button, and the code stands only in what was said
    given = _WITH_CODE.fullmatch(normalise(talk.opening or talk.said.text))
    code = given[1] if given else talk.args.get("code", "")
    if not code:
        before = await service.check_in(talk.store, setting, talk.person, "")
        if before.said == "inside" and before.slot is not None:
            asked = _("“{title}”: what is the code shown at the place? Six digits.").format(title=before.slot.title)
            code = re.sub(r"\D", "", normalise(str(await talk.text("code", asked, longest=20, label=_("Code")))))
        else:
            await _said_in(talk, before)
            return
    await _said_in(talk, await service.check_in(talk.store, setting, talk.person, code or "-"))


async def _said_in(talk: Talk, found: Presence) -> None:
    zone = talk.use(Setting).zone
    what = brief(found.slot, zone, talk.now) if found.slot else ""
    at = moment(found.at, zone, talk.now) if found.at else ""
    texts = {
        "in": _("Checked in: {what}. Send “Check out” when you leave."),
        "none": _("You are not signed up for anything now."),
        "early": _("Too early. {what}: check-in opens at {at}."),
        "wrong": _("That is not the code of your activity. Please look once more."),
        "pause": _("Too many wrong codes. Try again at {at}, or ask the organiser."),
    }
    again, list_ = Option(_("Try again"), "go:check_in"), Option(_("What there is"), "go:volunteer")
    options = {"in": [Option(_("Check out"), "go:check_out")], "wrong": [again], "none": [list_]}
    await talk.say(texts[found.said].format(what=what, at=at), options.get(found.said, []))


@dialogue("check_out", title=N_("Check out"), words=["签退", "我要签退", "结束签退", "check out", "checkout"])
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
