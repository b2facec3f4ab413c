"""An ended complaint opened again by its worker, for as long after its end as the site says."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue import Talk, dialogue
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site
from bot.workdays import after
from handlers.complaints import service
from handlers.complaints.record import PERSON, tell_reopened
from handlers.complaints.status import REOPENABLE
from handlers.complaints.wording import day

LONGEST = 2000  # characters
MOST_PICTURES = 9


def may_reopen(case: service.Case, site: Site, now: datetime) -> bool:
    """True while its worker can open a case again."""
    if case.status not in REOPENABLE or case.closed_at is None:
        return False
    return now - case.closed_at <= timedelta(days=site.reopen_days)


def reopen_option(case: service.Case) -> Option:
    """The button that opens it again."""
    return Option(_("Open it again"), f"go:complaint_reopen?case={case.id}")


@dialogue("complaint_reopen", title=N_("Open a complaint again"), words=("重新打开", "重开诉求", "重开", "reopen"))
async def reopen_complaint(talk: Talk) -> None:
    """What is still wrong, and it goes on; whoever followed it up is told."""
    case, site = await _case(talk), talk.use(Site)
    if case is None:
        return
    if not may_reopen(case, site, talk.now):
        text = _("This one can't be opened again. You can file a new one.")
        await talk.say(text, [Option(_("File a new one"), "go:complaint")])
        return
    asked = _("{code}: what is still not right? A few words; pictures can come along.").format(code=case.code)
    said = str(await talk.text("words", asked, longest=LONGEST, shortest=2, asides=False))
    media = talk.draft.partial.get("photos", [])[:MOST_PICTURES]
    due_on = after(talk.now.astimezone(site.zone).date(), site.reply_workdays)
    await service.reopen(talk.store, case, PERSON, due_on, said, media)
    await tell_reopened(talk.store, case)
    text = _("{code} is open again. Somebody answers by {day}, right here.")
    await talk.say(text.format(code=case.code, day=day(due_on)), [_mine(case), Option(_("Menu"), "go:menu")])


async def _case(talk: Talk) -> service.Case | None:
    """The case of the button, else the one that ended last; says so when there is none."""
    if not talk.args.get("case"):
        ended = [case for case in await service.my_cases(talk.store, talk.person.id) if case.status in REOPENABLE]
        latest = max(ended, key=lambda case: case.updated_at, default=None)
        talk.args["case"] = str(latest.id) if latest is not None else "0"
    try:
        return await service.access_own_case(talk.store, talk.person.id, case_id=id_in(talk, "case"))
    except service.NoSuchCaseError:
        await talk.say(_("You have no complaint that could be opened again."), [Option(_("Menu"), "go:menu")])
        return None


def _mine(case: service.Case) -> Option:
    return Option(_("My complaints"), f"go:my_complaints?case={case.id}")
