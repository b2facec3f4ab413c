"""I had an accident: one screen at a time. Life first, then police, doctor, report, evidence; then the claim."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from bot.dialogue import Choice, Talk, dialogue
from bot.dialogue.talk import Cancelled
from bot.i18n import N_, _
from bot.messages import Option
from handlers.complaints.service import complaint_link
from handlers.insurance import reminding
from handlers.insurance.chat import accident_screens as screens
from handlers.insurance.chat import asking
from handlers.insurance.chat.emergency import had_accident, kind_of, moves_on
from handlers.insurance.chat.questions import Day, Spotted
from handlers.profile.service import ensure_consent

WORDS = (
    "我出事了", "出事了", "出事", "我出事", "出事故了", "出车祸了", "车祸", "被车撞了", "我被车撞了", "撞车了", "摔了",
    "我摔了", "摔伤了", "受伤了", "我受伤了", "accident", "i had an accident", "had an accident",
)  # fmt: skip
MOST_PICTURES = 9
OLDEST = timedelta(days=2 * 366)
STOP_WORDS = ("停止提醒", "别提醒了", "不要提醒", "关闭提醒", "不用提醒了", "stop reminders")


@dialogue("accident", title=N_("I had an accident"), words=WORDS, hears=had_accident, pictures=True)
async def accident(talk: Talk) -> None:
    """From the first minute to the claim."""
    talk.draft.opening = talk.opening or talk.said.text  # 我被车撞了 opens as a word, and tells the kind as well
    await _screen(talk, "life", screens.life(talk.opening, kind_of(talk.opening)))
    kind = await _kind(talk)
    await _screen(talk, "scene", screens.scene(kind))
    await _screen(talk, "doctor", screens.doctor())
    await _report(talk)
    happened = await _day(talk)
    employed = await _contract(talk)
    pictures = await _evidence(talk)
    place = await asking.place(talk)
    asking.remember(talk)
    *first, last = screens.claim(asking.rules(talk), place, happened, employed, talk.today)
    for text in first:
        await talk.once("first-claim", partial(talk.say, text))
    await _screen(talk, "claim", last)
    reminded = await _reminders(talk, happened, employed)
    await talk.say(screens.closing(pictures, reminded), _ways_on(talk))


async def _screen(talk: Talk, key: str, text: str) -> None:
    """One screen, left with 1 or with any word that says it is done."""
    options = (Choice("next", _("Done, next step"), ("下一步", "好了", "处理好了", "继续", "next", "done", "ok")),)
    await talk.ask(Spotted(key=key, text=text, options=options, clue=moves_on))


async def _kind(talk: Talk) -> str:
    options = (
        Choice("traffic", _("With a car or a person"), ("车祸", "撞车", "被撞", "撞了人")),
        Choice("fall", _("I fell, or hurt myself"), ("摔", "摔了", "扭了", "自己摔", "砸到")),
        Choice("other", _("Something else"), ("别的", "其他", "被打", "被狗咬", "中暑")),
    )
    question = Spotted(key="kind", text=_("What happened?"), options=options, clue=kind_of, ahead=True)
    return str(await talk.ask(question))


async def _report(talk: Talk) -> None:
    """The report in the app; a platform that refuses is answered at once."""
    options = (
        Choice("reported", _("Reported"), ("报了", "已报", "已经报了", "报好了")),
        Choice("refused", _("The platform won't report it"), ("不给报", "不肯报", "平台不报", "不让报", "拒绝")),
        Choice("missing", _("I can't find where"), ("找不到", "没有入口", "不会报")),
        Choice("later", _("I'll do it later"), ("还没", "等会", "没报", "晚点")),
        Choice("idle", _("I had no order then"), ("没接单", "没单", "下线了")),
    )
    asked = screens.report(asking.rules(talk))
    answer = str(await talk.ask(Spotted(key="report", text=asked, options=options)))
    more = screens.after_report(answer)
    if more:
        refused = [Option(_("Complain to the union"), _complaint(talk))] if answer in {"refused", "missing"} else []
        await talk.once("report-answer", lambda: talk.say(more, refused))


def _complaint(talk: Talk) -> str:
    """Opens a complaint with what is known already: the company, the pictures that are kept."""
    photos = talk.draft.partial.get("photos", [])
    return complaint_link(
        talk, "injury", company=talk.args.get("company", ""), said=str(talk.draft.opening or ""), photos=photos
    )


async def _day(talk: Talk) -> date:
    today = talk.today
    options = (
        Choice(today.isoformat(), _("Today")),
        Choice((today - timedelta(days=1)).isoformat(), _("Yesterday")),
    )
    question = Day(
        key="happened",
        text=_("Which day was it?"),
        today=today,
        latest=today,
        earliest=today - OLDEST,
        options=options,
        ahead=True,
    )
    found: date = await talk.ask(question)
    return found


async def _contract(talk: Talk) -> str:
    """yes, no or unknown: it decides between the two kinds of cover."""
    options = (
        Choice("yes", _("Yes, a labour contract"), ("签了", "有", "有合同", "劳动合同")),
        Choice("no", _("No"), ("没有", "没签", "众包", "协议", "没")),
        Choice("unknown", _("I don't know"), ("不知道", "不清楚")),
    )
    asked = _("Have you a labour contract? It decides which claim you make.")
    known = {"employee": "yes", "agreement": "no", "independent": "no"}.get(asking.told(talk).get("relation", ""))
    if known and "contract" not in talk.draft.answers and "contract" not in talk.draft.passed:
        talk.draft.keep("contract", known, ahead=True)
    return str(await talk.ask(Spotted(key="contract", text=asked, options=options, unknown="unknown")))


async def _evidence(talk: Talk) -> int:
    """How many pictures are kept here, sealed; only for who agrees."""
    options = [
        Choice("yes", _("Yes, keep them here"), ("存", "要", "好", "可以", "是")),
        Choice("no", _("No, I keep them myself"), ("不用", "不要", "不", "自己存", "跳过")),
    ]
    if (await talk.choose("keep", screens.evidence(), options, ahead=False)).value == "no":
        return 0
    if not await _agreed(talk):
        return 0
    early = len(talk.draft.partial.get("photos", []))
    asked = _("Send them now, up to {most}. {count} so far. Reply “Done” when finished.")
    return len(await talk.photos("photos", asked.format(most=MOST_PICTURES, count=early), most=MOST_PICTURES))


async def _agreed(talk: Talk) -> bool:
    """Consent, which may be refused here without losing the way."""
    if talk.draft.done.get("refused"):
        return False
    try:
        await ensure_consent(talk)
    except Cancelled:
        talk.draft.done["refused"] = True
        return False
    return True


async def _reminders(talk: Talk, happened: date, employed: str) -> bool:
    options = [
        Choice("yes", _("Yes, remind me"), ("要", "好", "可以", "提醒我", "是")),
        Choice("no", _("No, thank you"), ("不用", "不要", "不", "没有", "no")),
    ]
    asked = _("Shall I ask after it tomorrow, in 3 days and in 7? “Stop reminders” ends it.")
    if (await talk.choose("remind", asked, options, ahead=False)).value == "no" or not await _agreed(talk):
        return False
    await reminding.promise(talk, screens.reminders(asking.rules(talk), happened, employed, talk.today))
    return True


def _ways_on(talk: Talk) -> list[Option]:
    return [
        Option(_("What is paid by grade"), "go:injury_benefits"),
        Option(_("The platform won't report it"), _complaint(talk)),
        Option(_("Ask staff"), "go:handover"),
        Option(_("Menu"), "go:menu"),
    ]


@dialogue("stop_reminders", title=N_("Stop reminders"), words=STOP_WORDS)
async def stop_reminders(talk: Talk) -> None:
    """Take back the reminders that have not gone out."""
    count = await reminding.stop(talk)
    text = _("Stopped. I won't ask after it any more.") if count else _("No reminders are on.")
    await talk.say(text, [Option(_("Menu"), "go:menu")])


DIALOGUES = (accident, stop_reminders)
