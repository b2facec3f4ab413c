"""The worker's side of the thread: answering the officer, agreeing to be named, rating the outcome."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from handlers.complaints import disclosure, service
from handlers.complaints.casework import rating_options
from handlers.complaints.status import RATINGS

LONGEST = 2000  # characters
REPLY = ("回复", "回复经办人", "回经办人", "reply")


async def _case(talk: Talk) -> service.Case | None:
    """The case a notice's button names; says so when it is none of this person's."""
    number = talk.args.get("case", "")
    try:
        return await service.access_own_case(talk.store, talk.person.id, case_id=int(number) if number.isdigit() else 0)
    except service.NoSuchCaseError:
        await talk.say(_("I find no such complaint of yours. If it was filed from another account, ask there."), _on())
        return None


def _on() -> list[Option]:
    return [Option(_("My complaints"), "go:my_complaints"), Option(_("Menu"), "go:menu")]


async def _open_case(talk: Talk) -> service.Case | None:
    """The case of the button, else the open one that changed last: who only types "reply" means that."""
    if talk.args.get("case"):
        return await _case(talk)
    own = [case for case in await service.my_cases(talk.store, talk.person.id) if not case.ended]
    if not own:
        await talk.say(_("You have no open complaint."), [Option(_("File a complaint"), "go:complaint")])
        return None
    latest = max(own, key=lambda case: case.updated_at)
    talk.args["case"] = str(latest.id)  # the same one for the answer that follows
    return await _case(talk)


@dialogue("complaint_answer", title=N_("Answer the officer"), words=REPLY)
async def answer(talk: Talk) -> None:
    """What the worker says goes into the case at once; pictures alone will do."""
    case = await _open_case(talk)
    if case is None:
        return
    if case.ended:
        text = _("This complaint has ended, nothing can be changed any more. You can file a new one.")
        await talk.say(text, [Option(_("File a new one"), "go:complaint")])
        return
    asked = _("{code}: write your answer. Pictures only: send them, then “Skip”.").format(code=case.code)
    said = await talk.text("words", asked, longest=LONGEST, optional=True, asides=False)
    media = talk.draft.partial.get("photos", [])[:9]
    if not said and not media:
        await talk.say(_("Nothing was added."), _on())
        return
    await service.add_to(talk.store, case, said or "", media)
    await talk.say(_("Added to {code}. The officer sees it.").format(code=case.code), _on())


@dialogue("complaint_identity", title=N_("Name and phone for the officer"))
async def identity(talk: Talk) -> None:
    """The worker agrees or not that officers see who they are; where nothing was left before, it is asked for."""
    case = await _case(talk)
    if case is None:
        return
    number = talk.args.get("request", "")
    try:
        request = await disclosure.waiting(talk.store, case.id, int(number) if number.isdigit() else 0, "consent")
    except disclosure.NoSuchRequestError:
        await talk.say(_("You have answered this before. Nothing was changed."), _on())
        return
    if talk.args.get("say") != "yes":
        await disclosure.refuse(talk.store, case, request.id)
        await talk.say(_("All right. Your name and phone stay sealed; the case goes on as before."), _on())
        return
    name, phone = await _given(talk) if case.anonymous else ("", "")
    await disclosure.agree(talk.store, case, request.id, name, phone)
    await talk.say(_("Thank you. The officers of this case can see your name and phone now."), _on())


async def _given(talk: Talk) -> tuple[str, str]:
    name = await talk.text("name", _("Your name?"), longest=30, label=_("Name"))
    phone = await talk.phone("phone", _("Your phone number?"), label=_("Phone"), optional=True)
    return str(name), phone or ""


@dialogue("complaint_rate", title=N_("Rate the outcome"))
async def rate(talk: Talk) -> None:
    """One tap counts; a word on it may follow."""
    case = await _case(talk)
    if case is None:
        return
    rating = talk.args.get("rating", "")
    try:
        if rating not in map(str, RATINGS):
            await talk.say(_("How did it go for you?"), rating_options(case.id))
            return
        await talk.once("rated", lambda: service.rate(talk.store, case, int(rating)))
    except service.NotRatedError:
        await talk.say(_("This complaint has not ended yet; it can be rated then."), _on())
        return
    words = await talk.text("words", _("Noted, thank you. A word on it? Or skip."), longest=500, optional=True)
    if words:
        await service.remark(talk.store, case, str(words))
    await talk.say(_("Thank you. The officers see it."), _on())


DIALOGUES = (answer, identity, rate)
