"""The worker's side of a case: agreeing to be named, rating the outcome."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site
from handlers.complaints import disclosure, service
from handlers.complaints.casework import rating_options
from handlers.complaints.reopening import keep_for_reopening, may_reopen, reopen_option
from handlers.complaints.status import RATINGS

WORST = str(min(RATINGS))


async def named_case(talk: Talk) -> service.Case | None:
    """The case a notice's button names; says so when it is none of this person's."""
    try:
        return await service.access_own_case(talk.store, talk.person.id, case_id=id_in(talk, "case"))
    except service.NoSuchCaseError:
        await talk.say(
            _("I find no such complaint of yours. If it was filed from another account, ask there."), ways_on()
        )
        return None


def ways_on() -> list[Option]:
    """What can be tapped after something was done."""
    return [Option(_("My complaints"), "go:my_complaints"), Option(_("Menu"), "go:menu")]


@dialogue("complaint_identity", title=N_("Name and phone for the officer"))
async def identity(talk: Talk) -> None:
    """The worker agrees or not that officers see who they are; where nothing was left before, it is asked for."""
    case = await named_case(talk)
    if case is None:
        return
    try:
        request = await disclosure.waiting(talk.store, case.id, id_in(talk, "request"), "consent")
    except disclosure.NoSuchRequestError:
        await talk.say(_("You have answered this before. Nothing was changed."), ways_on())
        return
    if talk.args.get("say") != "yes":
        await disclosure.refuse(talk.store, case, request.id)
        await talk.say(_("All right. Your name and phone stay sealed; the case goes on as before."), ways_on())
        return
    name, phone = await _given(talk) if case.anonymous else ("", "")
    await disclosure.agree(talk.store, case, request.id, name, phone)
    await talk.say(_("Thank you. The officers of this case can see your name and phone now."), ways_on())


async def _given(talk: Talk) -> tuple[str, str]:
    name = await talk.text("name", _("Your name?"), longest=30, label=_("Name"))
    phone = await talk.phone("phone", _("Your phone number?"), label=_("Phone"), optional=True)
    return str(name), phone or ""


@dialogue("complaint_rate", title=N_("Rate the outcome"), passing=True)
async def rate(talk: Talk) -> None:
    """One tap counts; a word on it may follow."""
    case = await named_case(talk)
    if case is None:
        return
    rating = talk.args.get("rating", "")
    try:
        if rating not in map(str, RATINGS):
            await talk.say(_("How did it go for you?"), rating_options(case.id))
            return
        await talk.once("rated", lambda: service.rate(talk.store, case, int(rating)))
    except service.NotRatedError:
        await talk.say(_("This complaint has not ended yet; it can be rated then."), ways_on())
        return
    words = await talk.text("words", _("Noted, thank you. A word on it? Or skip."), longest=500, optional=True)
    if words:
        await service.remark(talk.store, case, str(words))
    if rating != WORST or not may_reopen(case, talk.use(Site), talk.now):
        await talk.say(_("Thank you. The officers see it."), ways_on())
        return
    if words:
        keep_for_reopening(talk, case, str(words))
    again = reopen_option(case, kept=bool(words))
    await talk.say(_("Noted, the officers see it. Not settled? Have it opened again."), [again, *ways_on()])


DIALOGUES = (identity, rate)
