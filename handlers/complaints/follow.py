"""My complaints: every step of one's own cases, adding to them, taking them back."""

from __future__ import annotations

import re

from bot.dialogue import Choice, Dialogue, Talk, dialogue, pictures
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.site import Site
from bot.store.codes import BadCode, find_code, parse_code
from bot.understand.words import bare
from handlers.complaints import service
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.files import files_option
from handlers.complaints.reopening import may_reopen, reopen_option
from handlers.complaints.status import NAMES
from handlers.complaints.wording import headline, progress

LISTED = 8  # cases in one list; older ones by their code
LONGEST = 2000  # characters
_PROGRESS = pattern(
    r"(?:我|那个|这个|你们|上次|上回|上周|之前|前几天|昨天|提|报|反映|交|说|写|过|的|想|查|看|问|一下|下)*"
    r"(?:诉求|投诉|举报|反映|案子|事儿?|事情)?(?:现在|到底|究竟|还)*"
    r"(?:(?:怎么样|怎样|咋样|咋个样)了?|(?:有|有没有|出)(?:结果|消息|回复|进展|下文|着落)了?|到哪一?步了?|到哪了"
    r"|(?:办|处理|弄|查)(?:得|的)?(?:怎么样|怎样|咋样|到哪一?步|好|完)了?|(?:怎么|咋|为啥|为什么)?还?没(?:有)?(?:人|消息|结果|回复|动静)+"
    r"|(?:啥时候|什么时候|几时|多久)(?:才|能|会|有|可以)*(?:人|你们)?)(?:回|复|联系|答|理|管|处理|办)*(?:我|一下)?[了吗没么呢啊呀吧啦]*"
)
_ABOUT_MINE = pattern(
    r"我|上次|上回|上周|之前|前几天|昨天|诉求|投诉|案子|有人|没人|人回|你们|^(?:现在|到底)?有(?:没有)?(?:消息|结果|进展|回复)"
)
_WRITTEN = re.compile(r"yz[\s\-_]?[0-9a-z]{4}[\s\-_]?[0-9a-z]{4}", re.I)


def follow_dialogues() -> list[Dialogue]:
    """The conversations on cases that are filed already."""
    mine = ("我的诉求", "我的投诉", "查进度", "查诉求", "进度", "查投诉", "my complaints", "my complaint", "progress")
    back = ("撤诉", "撤回", "撤销", "撤回吧", "我要撤回", "撤了吧", "撤回诉求", "撤回投诉", "撤销投诉", "withdraw")
    return [
        dialogue("my_complaints", title=N_("My complaints"), words=mine, hears=hears_mine, after="offer")(
            my_complaints
        ),
        dialogue("complaint_add", title=N_("Add to my complaint"), hears=hears_adding, pictures=True)(add_to_complaint),
        dialogue("complaint_withdraw", title=N_("Take my complaint back"), words=back, hears=hears_withdrawing)(
            withdraw_complaint
        ),
    ]


def hears_code(text: str) -> float:
    """A receipt code by itself, or inside a sentence; one with a slip in it as well."""
    if find_code(text) or _WRITTEN.fullmatch(bare(text)):
        return 0.95
    try:
        code = parse_code(text)
    except BadCode:
        return 0.0
    # Eight letters may be a word, eight digits a date: one in 32 of these checks out by chance.
    return 0.9 if any(map(str.isdigit, bare(text))) and any(map(str.isalpha, bare(text))) and code else 0.0


def hears_mine(text: str) -> float:
    """A code, or 上次的投诉有结果没, 啥时候有人回我啊."""
    words = "".join(bare(text).split()).strip("?？")
    asked = _PROGRESS.fullmatch(words) and _ABOUT_MINE.search(words)
    return hears_code(text) or (0.85 if asked else 0.0)


def hears_adding(text: str) -> float:
    """ "我要补充", said outside any form."""
    return 0.6 if re.match(r"(?:我|想|要|再|还)*补充(?:一下|材料|证据|几句|点|图|截图|$)", bare(text)) else 0.0


def hears_withdrawing(text: str) -> float:
    """ "撤回吧", "不投诉了"."""
    return 0.95 if re.match(r"(?:我|想|要|把)*(?:撤回|撤销|撤诉|不想?投诉了|不告了)", bare(text)) else 0.0


async def my_complaints(talk: Talk) -> None:
    """One's own cases; one of them with its steps."""
    if talk.args.get("case") or hears_code(talk.opening):
        case = await _meant(talk)
        if case is not None:
            await _show(talk, case)
        return
    own = await service.my_cases(talk.store, talk.person.id, LISTED + 1)
    if not own:
        how = Option(_("What happens then"), "go:article?id=complaint-after-submit")
        await talk.say(_("You have filed no complaint yet."), [Option(_("File a complaint"), "go:complaint"), how])
    elif len(own) == 1:
        await _show(talk, own[0])
    else:
        await _list(talk, own)


async def _meant(talk: Talk) -> service.Case | None:
    """The case a code or a button names; says what is wrong with it when there is none."""
    try:
        if talk.args.get("case"):
            return await service.access_own_case(talk.store, talk.person.id, case_id=id_in(talk, "case"))
        code = find_code(talk.opening) or parse_code(talk.opening)
        return await service.access_own_case(talk.store, talk.person.id, code=code)
    except BadCode:
        await talk.say(_("One character of that code is wrong. Please compare it once more."), _ways_on())
    except service.NoSuchCaseError:
        text = _("I find no such complaint of yours. If it was filed from another account, ask there.")
        await talk.say(text, _ways_on())
    return None


def _ways_on() -> list[Option]:
    return [Option(_("My complaints"), "go:my_complaints"), Option(_("Menu"), "go:menu")]


async def _list(talk: Talk, own: list[service.Case]) -> None:
    catalogue = talk.use(Catalogue)
    text = _("Your complaints, newest first. Which one?")
    if len(own) > LISTED:
        text = _("Your newest complaints. For an older one send its code. Which one?")
    options = [
        Option(f"{headline(case, catalogue)} · {_(NAMES[case.status])}", f"go:my_complaints?case={case.id}")
        for case in own[:LISTED]
    ]
    await talk.say(text, options)


async def _show(talk: Talk, case: service.Case) -> None:
    happened = await service.steps(talk.store, case)
    text = progress(case, happened, talk.use(Catalogue), talk.use(Site), talk.today)
    if case.ended:
        again = [reopen_option(case)] if may_reopen(case, talk.use(Site), talk.now) else []
        options = [*again, Option(_("File a new one"), "go:complaint")]
    else:
        options = [
            Option(_("Add words or pictures"), f"go:complaint_add?case={case.id}"),
            Option(_("Take it back"), f"go:complaint_withdraw?case={case.id}"),
        ]
    whole = [files_option(case.id)] if case.attachments else []
    await talk.say(text, [*options, *whole, Option(_("Menu"), "go:menu")])


async def _open_case(talk: Talk) -> service.Case | None:
    """The open case to work on: the one the button names, the only one, or the one chosen."""
    if talk.args.get("case"):
        case = await _meant(talk)
    else:
        case = await _chosen(talk)
    if case is not None and case.ended:
        again = [reopen_option(case)] if may_reopen(case, talk.use(Site), talk.now) else []
        text = _("This complaint has ended, nothing can be changed any more. You can file a new one.")
        await talk.say(text, [*again, Option(_("File a new one"), "go:complaint")])
        return None
    return case


async def _chosen(talk: Talk) -> service.Case | None:
    own = [case for case in await service.my_cases(talk.store, talk.person.id) if not case.ended]
    if len(own) > 1:
        catalogue = talk.use(Catalogue)
        listed = [Choice(str(case.id), f"{headline(case, catalogue)} · {case.code}") for case in own[:LISTED]]
        chosen = await talk.choose("case", _("Which complaint?"), listed, ahead=False)
        own = [case for case in own if str(case.id) == chosen.value]
    if not own:
        await talk.say(_("You have no open complaint."), [Option(_("File a complaint"), "go:complaint")])
        return None
    return own[0]


async def add_to_complaint(talk: Talk) -> None:
    """Words and pictures for an open case."""
    case = await _open_case(talk)
    if case is None:
        return
    await talk.once("held", lambda: _held(talk))
    asked = _("What would you like to add? Pictures only: skip.")
    said = await talk.text("words", asked, longest=LONGEST, optional=True, asides=False)
    early = talk.draft.partial.get("photos", [])
    more, first = _("{count} pictures so far. More? If not, reply “Done”."), _("Pictures? Up to 9; if none, skip.")
    media = (await talk.photos("photos", (more if early else first).format(count=len(early))))[:9]
    if not said and not media:
        await talk.say(_("Nothing was added."), _ways_on())
        return
    await service.add_to(talk.store, case, said or "", media)
    await talk.say(_("Added to {code}. The officer sees it.").format(code=case.code), _ways_on())


async def _held(talk: Talk) -> None:
    pictures.take_held(talk)


async def withdraw_complaint(talk: Talk) -> None:
    """Take an open case back, with a reason or without; one that is still being filled in is dropped."""
    if await _drops_form(talk):
        return
    case = await _open_case(talk)
    if case is None:
        return
    asked = _("Why do you take {code} back? It helps others; you can skip.").format(code=case.code)
    reason = await talk.text("reason", asked, longest=500, optional=True, asides=False)
    sure = [
        Choice("yes", _("Yes, take it back"), ("是", "确定", "确认", "撤回", "好", "yes")),
        Choice("no", _("No, leave it"), ("不", "不撤了", "保留", "no")),
    ]
    answer = await talk.choose("sure", _("Then nobody works on it any more. Take it back?"), sure, ahead=False)
    if answer.value == "no":
        await talk.say(_("All right, it goes on as before."), _ways_on())
        return
    await service.withdraw(talk.store, case, reason or "")
    await talk.say(_("{code} is taken back. You can file a new one any time.").format(code=case.code), _ways_on())


async def _drops_form(talk: Talk) -> bool:
    """A form under way is nothing yet that could be taken back: is it meant? True when that was all."""
    form = next((one for one in talk.state.stack if one.name == "complaint"), None)
    if form is None or talk.args.get("case"):
        return False
    choices = [
        Choice("drop", _("Don't hand it in"), ("是", "是的", "对", "不填", "撤回", "yes")),
        Choice("on", _("No, go on"), ("不", "继续", "接着", "no")),
    ]
    if any(not case.ended for case in await service.my_cases(talk.store, talk.person.id)):
        choices.append(Choice("filed", _("Another one I filed"), ("以前的", "之前的", "提过的")))
    asked = _("This one is not handed in yet. Leave it?")
    answer = await talk.choose("form", asked, choices, ahead=False)
    if answer.value == "drop":
        talk.state.stack.remove(form)
        await talk.say(_("All right, cancelled. Nothing was handed in."), _ways_on())
    return answer.value != "filed"
