"""社区议事会: read, support, propose; and being at a meeting, by the code shown there."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue import Talk, dialogue
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.site import Site
from bot.understand.private import tells_numbers
from bot.understand.question import looks_like_question
from bot.understand.words import bare, normalise
from handlers.council import meetings, service
from handlers.council.service import NAMES, Proposal, Status
from handlers.council.wording import consent, line, notice, when, whole
from handlers.profile.service import ensure_consent

LISTED = 6
LONGEST, SHORTEST = 300, 8  # characters of a proposal
WRONG_CODES, PAUSE = 5, timedelta(minutes=10)
_PROPOSES = pattern(
    r"(?:我|们|想|要|也|来)*(?:给|向|跟)?(?:你们|社区|街道|小区)?(?:提|说|写)(?:一?[个点条些])?(?:建议|意见|提议)(?:吧|啊|可以吗|行吗)?"
    r"|(?:i (?:want|would like) to )?(?:make a proposal|make a suggestion|suggest something)"
)
_SUGGESTS = pattern(
    r"(?:我|我们)?(?:强烈)?(?:建议|提议|希望)(?!.{0,6}(?:平台|公司|国家|政府|美团|饿了么|滴滴)).{0,20}?"
    r"(?:休息[站点室处]|驿站|充电|换电柜|停车[位点棚]|厕所|卫生间|热水|饮水|座椅|椅子|遮阳|雨棚|外卖柜|取餐柜|(?:外卖|取餐|置物|快递|餐|货)架|架子|减速带|斑马线|红绿灯|门禁)"
    r".{0,40}"
)
_NEXT = pattern(
    r"(?:社区)?议事会?(?:下次)?(?:是)?(?:什么时候|啥时候|几点|哪天|几号|在哪儿?)(?:开|举行|有)?(?:会)?.{0,3}"
    r"|(?:社区)?下(?:一)?次(?:社区)?(?:议事会?|会议?|开会)(?:是)?(?:什么时候|啥时候|几点|哪天|几号|在哪).{0,3}|看看?议事会?(?:有啥|有什么)?"
)
_CODE = pattern(r"(?:到会|议事签到|会议签到|任务签到|at the meeting)[\s:：，,]*([0-9]{6})")


def zone_of(talk: Talk) -> ZoneInfo:
    """Where the service is."""
    return ZoneInfo(talk.use(Site).timezone)


def _ways_on() -> list[Option]:
    return [
        Option(_("Propose something"), "go:council_propose"),
        Option(_("My proposals"), "go:my_proposals"),
        Option(_("Menu"), "go:menu"),
    ]


def hears_meeting(text: str) -> float:
    """议事会什么时候开: when and where the next one is."""
    return 0.9 if _NEXT.fullmatch(bare(text)) else 0.0


def hears_proposal(text: str) -> float:
    """我要提建议; 建议在路口建个骑手休息站."""
    said = bare(text)
    if _PROPOSES.fullmatch(said):
        return 0.9
    return 0.7 if not looks_like_question(said) and _SUGGESTS.fullmatch(said) else 0.0


@dialogue(
    "council",
    title=N_("Community council"),
    words=["议事会", "社区议事会", "议事", "看提议", "council", "community council"],
    hears=hears_meeting,
    after="offer",
)
async def council(talk: Talk) -> None:
    """What is proposed and what came of it, or one proposal; the next meeting."""
    wanted = id_in(talk, "proposal")
    if wanted:
        await _show(talk, wanted)
        return
    start = id_in(talk, "from") % 10_000
    found = await service.public(talk.store, start, LISTED + 1)
    options = [Option(line(one), f"go:council?proposal={one.id}") for one in found[:LISTED]]
    if len(found) > LISTED:
        options.append(Option(_("More"), f"go:council?from={start + LISTED}"))
    text = _("What others propose for the community. Tap one to read or support it.")
    lines = [text if found else _("No proposals yet. Yours can be the first.")]
    for one in await service.coming(talk.store, 2):
        said = _("Next meeting: {when}, {place}, {title}. Send “At the meeting” and the code when you are there.")
        lines.append(said.format(when=when(one, zone_of(talk)), place=one.place, title=one.title))
    await talk.say("\n".join(lines), [*options, *_ways_on()])


async def _show(talk: Talk, proposal_id: int) -> None:
    try:
        one = await service.access_public(talk.store, talk.person.id, proposal_id)
    except service.NoSuchProposalError:
        await _missing(talk)
        return
    options = [Option(_("Other proposals"), "go:council"), *_ways_on()]
    if one.status is Status.OPEN and one.person_id != talk.person.id:
        mine = await service.supports(talk.store, one.id, talk.person.id)
        label = _("Take my support back") if mine else _("I support it")
        options.insert(0, Option(label, f"go:council_support?proposal={one.id}{'&back=1' if mine else ''}"))
    lines = [whole(one)]
    if one.reason:
        lines.append(_("Why: {words}").format(words=one.reason))
    await talk.say("\n".join(lines), options)


async def _missing(talk: Talk) -> None:
    await talk.say(_("I find no such proposal."), [Option(_("Other proposals"), "go:council"), *_ways_on()])


@dialogue("council_support", title=N_("Support a proposal"), after="offer")
async def support(talk: Talk) -> None:
    """One tap: in favour, once a person; or not any more."""
    try:
        one = await service.access_public(talk.store, talk.person.id, id_in(talk, "proposal"))
        said = await _counted(talk, one)
    except service.NoSuchProposalError:
        await _missing(talk)
        return
    except service.NotAllowedError:
        said = _("This one is no longer open for support.")
    read = Option(_("Read it"), f"go:council?proposal={one.id}")
    await talk.say(said, [read, Option(_("Other proposals"), "go:council")])


async def _counted(talk: Talk, one: Proposal) -> str:
    if talk.args.get("back"):
        if await service.take_back(talk.store, one, talk.person.id):
            return _("Taken back.")
        return _("You did not support this one.")
    if one.person_id == talk.person.id and one.status is Status.OPEN:
        return _("It is your own; others can support it.")
    if await service.support(talk.store, one, talk.person.id):
        return _("Counted in, without your name. You are told when it is answered.")
    return _("You support it already; each counts once.")


@dialogue(
    "council_propose",
    title=N_("Propose something"),
    words=["提议", "我要提议", "提建议", "我有建议", "我有个建议", "提意见", "propose"],
    hears=hears_proposal,
)
async def propose(talk: Talk) -> None:
    """A proposal in one's own words; staff look at it before others read it."""
    if talk.opening and hears_proposal(talk.opening) < 0.9 and SHORTEST <= len(talk.opening) <= LONGEST:
        await talk.once("begun", lambda: _note(talk))
    await ensure_consent(talk, consent(), notice())
    asked = _(
        "What should be better in the community, and how? Up to {most} characters.\n"
        "Please no names and no phone numbers: it will be public."
    )
    words = str(
        await talk.text(
            "words", asked.format(most=LONGEST), longest=LONGEST, shortest=SHORTEST, label=_("Proposal"), asides=False
        )
    )
    if tells_numbers(words):
        lead = _("There is a phone or identity number in it, and it will be public. Please write it again without.")
        await talk.say(lead)
        talk.change("words")
    last = _("“{words}”\nStaff look at it first, then it is published without your name. Hand it in?")
    await talk.confirm(last.format(words=words), yes=_("Hand it in"))
    await service.propose(talk.store, talk.person.id, words)
    text = _("Thank you, it is handed in. You are told here when it is published, and when it is answered.")
    await talk.say(text, [Option(_("Other proposals"), "go:council"), Option(_("My proposals"), "go:my_proposals")])


async def _note(talk: Talk) -> None:
    """What was proposed in the very first sentence is not asked for again."""
    talk.draft.keep("words", talk.opening, ahead=True)


@dialogue("my_proposals", title=N_("My proposals"), words=["我的提议", "我的建议", "my proposals"], after="offer")
async def my_proposals(talk: Talk) -> None:
    """What I proposed, with its state."""
    found = await service.own(talk.store, talk.person.id)
    if not found:
        await talk.say(_("You have proposed nothing yet."), _ways_on())
        return
    options = [
        Option(
            line(one) if one.status is Status.OPEN else f"{line(one).rsplit(' · ', 1)[0]} · {_(NAMES[one.status])}",
            f"go:council?proposal={one.id}",
        )
        for one in found
    ]
    await talk.say(_("Your proposals, newest first."), [*options, Option(_("Other proposals"), "go:council")])


def has_code(text: str) -> float:
    """到会 482913."""
    return 1.0 if _CODE.fullmatch(normalise(text)) else 0.0


@dialogue(
    "council_arrive",
    title=N_("At the meeting"),
    words=["到会", "议事签到", "会议签到", "任务签到", "at the meeting"],
    hears=has_code,
)
async def arrive(talk: Talk) -> None:
    """The code shown at the place: there, and the points."""
    if (until := _paused(talk)) is not None:
        text = _("Too many wrong codes. Try again at {at}, or ask the organiser.")
        await talk.say(text.format(at=f"{until.astimezone(zone_of(talk)):%H:%M}"))
        return
    code = "" if "wrong" in talk.draft.done else _code_at_once(talk)
    if not code:
        asked = _("What is the code shown at the place? Six digits.")
        code = re.sub(r"\D", "", normalise(str(await talk.text("code", asked, longest=20))))
    said, meeting = await service.arrive(talk.store, talk.person.id, code)
    if meeting is None:
        _note_wrong(talk)
        await talk.say(_("No meeting that goes on now has this code. Please look once more."))
        if _paused(talk) is None:
            talk.draft.done["wrong"] = True
            talk.change("code")  # asked again: the next six digits are an answer
        return
    talk.memory.pop("meeting-codes", None)
    texts = {"in": _("You are in: {title}."), "already": _("You are in already: {title}.")}
    lines = [texts[said].format(title=meeting.title)]
    if said == "in" and meeting.points:
        lines.append(_("Points for you: {points}.").format(points=meeting.points))
    options = [Option(_("My points"), "go:my_points")]
    if meeting.kind == meetings.COUNCIL:
        options.append(Option(_("Community council"), "go:council"))
    await talk.say("\n".join(lines), options)


def _code_at_once(talk: Talk) -> str:
    """The code that came with the words 到会, or with a link; "" when none did."""
    given = _CODE.fullmatch(normalise(talk.opening or talk.said.text))
    return given[1] if given else talk.args.get("code", "")


def _paused(talk: Talk) -> datetime | None:
    """Till when no code is looked at: guessing must not pay."""
    kept: dict[str, Any] = talk.memory.get("meeting-codes", {})
    if kept.get("count", 0) < WRONG_CODES:
        return None
    until = datetime.fromisoformat(kept["at"]) + PAUSE
    if until <= talk.now:
        talk.memory.pop("meeting-codes")
        return None
    return until


def _note_wrong(talk: Talk) -> None:
    kept: dict[str, Any] = talk.memory.get("meeting-codes", {})
    talk.memory["meeting-codes"] = {"count": int(kept.get("count", 0)) + 1, "at": talk.now.isoformat()}


DIALOGUES = (council, support, propose, my_proposals, arrive)
