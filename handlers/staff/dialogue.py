"""Becoming staff: the invitation code is sent in any chat. And the way to the desk: a link on asking."""

from __future__ import annotations

from bot.desk.links import TooManyLinks
from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.settings import Settings
from handlers.staff import service

SIGN_IN = ("登录", "登陆", "工作台", "sign in", "signin", "log in", "login", "desk")

LOCAL = "http://127.0.0.1:8000"  # where `yizhan run` listens unless told otherwise


def _is_code(text: str) -> float:
    return 1.0 if service.find_code(text) else 0.0


@dialogue("join_staff", title=N_("Join as staff"), hears=_is_code)
async def join_staff(talk: Talk) -> None:
    """Use an invitation code."""
    code = service.find_code(talk.opening) or ""
    role = await service.join(talk.store, talk.person.id, code)
    if role is None:
        await talk.say(_("This code does not work: used, too old, or mistyped. Ask for a new one."))
        return
    text = _("Welcome. You are now here as: {role}.").format(role=_(service.ROLES[role]))
    await talk.say(text, [Option(_("Sign in at the desk"), "go:sign_in")])


@dialogue("sign_in", title=N_("Sign in at the desk"), words=SIGN_IN)
async def sign_in(talk: Talk) -> None:
    """A link to the desk for staff; workers need none."""
    try:
        path = await service.sign_in_link(talk.store, talk.person.id)
    except TooManyLinks:
        await talk.say(_("That was many links at once. Please use the last one, or ask again in ten minutes."))
        return
    if path is None:
        await talk.say(
            _("You need no sign-in here: just write. The desk is for staff."), [Option(_("Menu"), "go:menu")]
        )
        return
    base = "" if talk.person.channel == "web" else talk.use(Settings).public_url or LOCAL
    text = _("Your link to the desk. It works once, for ten minutes. Do not pass it on.")
    await talk.say(text, kind="link", url=base + path)


DIALOGUES = (join_staff, sign_in)
