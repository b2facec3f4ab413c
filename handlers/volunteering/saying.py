"""What came of signing up, cancelling, swapping: in words, every refusal with a way on."""

from __future__ import annotations

from bot.dialogue import Talk
from bot.i18n import _
from bot.messages import Option
from handlers.volunteering import service
from handlers.volunteering.service import Answer, Setting
from handlers.volunteering.wording import brief, short


async def say_answer(talk: Talk, answer: Answer) -> None:
    """What came of it, in words; every refusal with a way on."""
    slot, zone = answer.slot, talk.use(Setting).zone
    other = brief(answer.other, zone, talk.now) if answer.other else ""
    until = short(answer.until.astimezone(zone).date()) if answer.until else ""
    hours = talk.use(Setting).rules.offer_minutes // 60
    texts = {
        "booked": _(
            "You are in: {what}.\nI remind you the evening before and an hour before.\n"
            "On the spot send “Check in”. Can't come? Tell us early."
        ),
        "waiting": _(
            "You are on the waiting list: {what}.\nWhen a place comes free I ask you; confirm within {hours} h."
        ),
        "full": _("Just now the last place went. Join the waiting list?"),
        "already": _STATES.get(answer.status, _STATES["booked"])(),
        "overlap": _("At that time you already have: {other}. Two at once don't work; cancel that one first?"),
        "over": _("This one is closed: it has begun or was called off. Others?"),
        "others": _("This one is for other occupations. Others?"),
        "paused": _("Several times nobody came for you and nobody knew. You can sign up again from {until}."),
        "gone": _("That place went to the next already. You can look for another."),
        "own": _("That is your own code. Send it to who comes instead of you."),
        "cancelled": _("Cancelled: {title}. Thank you for telling us; the place goes to the next."),
    }
    if answer.said == "booked":
        number = service.pseudonym(talk.store, answer.signup_id)
        texts["booked"] += "\n" + _("Your number there: {number}. Staff know you by it.").format(number=number)
    what = brief(slot, zone, talk.now)
    text = texts[answer.said].format(what=what, other=other, until=until, hours=hours, title=slot.title)
    await talk.say(text, _options(answer))


_STATES = {
    "booked": lambda: _("You are signed up already: {what}."),
    "attended": lambda: _("You are checked in already: {what}."),
    "waiting": lambda: _("You are on the waiting list already: {what}."),
    "offered": lambda: _("A place is held for you: {what}. Do you take it?"),
}


def _options(answer: Answer) -> list[Option]:
    others = Option(_("Others"), "go:volunteer")
    mine = Option(_("My activities"), "go:my_volunteering")
    if answer.status == "offered":
        return [Option(_("I take it"), f"go:volunteer_offer?signup={answer.signup_id}"), mine]
    if answer.said in {"booked", "waiting", "already"}:
        return [mine, Option(_("I can't come"), f"go:volunteer_cancel?signup={answer.signup_id}"), others]
    if answer.said == "own":
        return [mine]
    if answer.said == "full":
        return [Option(_("Join the waiting list"), f"go:volunteer_join?slot={answer.slot.id}&wait=1"), others]
    return [mine, others] if answer.said == "overlap" else [others, Option(_("Menu"), "go:menu")]
