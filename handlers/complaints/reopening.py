"""An ended complaint opened again by its worker, for as long after its end as the site says."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue import Talk, dialogue, pictures
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.site import Site
from bot.understand.words import bare
from bot.workdays import after
from handlers.complaints import service
from handlers.complaints.record import PERSON, tell_reopened
from handlers.complaints.status import REOPENABLE
from handlers.complaints.wording import day

# What people say, clause by clause, to who tells them that it is settled, when it is not.
_WHAT, _LACKS = ("", "还", "还是", "根本", "钱", "钱还"), ("没", "没有")
_DONE = ("", "解决", "办好", "到账", "收到", "收到钱", "给", "补", "发", "退")
_SAID = (what + lacks + done for what in _WHAT for lacks in _LACKS for done in _DONE)
_OTHERWISE = (
    "不对",
    "不是",
    "假的",
    "骗人",
    "哪有",
    "没人管",
    "工资没发",
    "no",
    "not settled",
    "not solved",
    "not paid",
)
NOT_SETTLED = (*_SAID, *_OTHERWISE)
_AGAIN = pattern(
    r"(?:是的?|对|好的?|嗯|那|就|请|我|要|想|帮|给)*[ ,，]*(?:我|要|想|请|帮我|给我)*"
    r"(?:重新|再)(?:给我|帮我)?(?:办|办理|弄|处理|打开|查|开)(?:一下|一次|一遍)?(?:吧|啊|了)?"
)
LONGEST = 2000  # characters
MOST_PICTURES = 9
KEPT = "still_not_right"  # in the conversation's memory: {"case", "words"}


def hears_again(text: str) -> float:
    """是的 重新办, 再查一遍."""
    return 0.7 if _AGAIN.fullmatch(bare(text)) else 0.0


def may_reopen(case: service.Case, site: Site, now: datetime) -> bool:
    """True while its worker can open a case again."""
    if case.status not in REOPENABLE or case.closed_at is None:
        return False
    return now - case.closed_at <= timedelta(days=site.reopen_days)


def reopen_option(case: service.Case, *, kept: bool = False) -> Option:
    """The button that opens it again; `kept`: with the words that were kept for it."""
    return Option(_("Open it again"), f"go:complaint_reopen?case={case.id}{'&kept=1' if kept else ''}")


def keep_for_reopening(talk: Talk, case: service.Case, words: str) -> None:
    """What may be the reason to open a case again, till they say so; the pictures with it are held, too."""
    talk.memory[KEPT] = {"case": case.id, "words": words[:LONGEST]}
    if talk.said.media:
        pictures.hold(talk)


async def _reason(talk: Talk, case: service.Case) -> str:
    """What is not right: said already, or asked for."""
    kept = talk.memory.pop(KEPT, {})
    if (talk.args.get("kept") or talk.opening) and kept.get("case") == case.id:
        pictures.take_held(talk)
        return str(kept["words"])
    asked = _("{code}: what is still not right? A few words; pictures can come along.").format(code=case.code)
    return str(await talk.text("words", asked, longest=LONGEST, shortest=2, asides=False))


@dialogue(
    "complaint_reopen",
    title=N_("Open a complaint again"),
    words=("重新打开", "重开诉求", "重开", "reopen"),
    hears=hears_again,
    pictures=True,
)
async def reopen_complaint(talk: Talk) -> None:
    """What is still wrong, and it goes on; whoever followed it up is told."""
    case, site = await _case(talk), talk.use(Site)
    if case is None:
        return
    if not may_reopen(case, site, talk.now):
        text = _("This one can't be opened again. You can file a new one.")
        await talk.say(text, [Option(_("File a new one"), "go:complaint")])
        return
    said = await _reason(talk, case)
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
