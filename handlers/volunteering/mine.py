"""我的志愿: what I signed up for, cancelling, my points, my certificate."""

from __future__ import annotations

import re

from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.site import Site
from bot.understand.words import bare
from handlers.volunteering import service
from handlers.volunteering.asking import agreed, link, missing, number_in
from handlers.volunteering.certificate_file import certificate_link
from handlers.volunteering.guessing import page_of
from handlers.volunteering.service import Attended, Certificate, Setting, Signup, Slot
from handlers.volunteering.wording import brief, certified, details, lasts, points

STATES = {
    "booked": N_("signed up"),
    "attended": N_("checked in"),
    "waiting": N_("waiting list"),
    "offered": N_("a place is held for you"),
}
REASONS = {
    "order": (N_("Orders came in"), ("有单", "来单了", "跑单")),
    "ill": (N_("Not well"), ("病了", "不舒服", "身体")),
    "clash": (N_("Something else came up"), ("有事", "冲突", "时间不行")),
}


_WHERE = pattern(
    r"(?:请问|那个|我们|咱们?|我|今天|明天|后天|下午|上午|志愿|活动|报的)*"
    r"(?:(?:在|到|去)?(?:哪里?|哪儿|什么地方|几点|什么时候|啥时候)(?:集合|碰头|报到|签到|开始)|(?:集合|签到)(?:地点|时间|的?地方)(?:在哪里?|是哪里?|是几点|呢)?)"
    r"(?:啊|呀|呢|吗|来着)?"
)


def asks_where(text: str) -> float:
    """在哪集合, 活动几点开始: asked by who has signed up."""
    return 0.9 if _WHERE.fullmatch(bare(text).replace(" ", "")) else 0.0


_CANNOT = pattern(
    r"(?:不好意思|对不起|抱歉|那个|我|今天|明天|后天|今晚|上午|下午|晚上|可能|临时|突然|有点?事|来单了|有单|病了|不舒服|要?加班"
    r"|外面|雨|下大?雨了?|(?:太|好|下得好)大了?|天气不好|太热了?|太冷了?|这个|活动|志愿|的)*"
    r"(?:(?:去|来|到|参加)不了|不(?:去|来|参加))(?:活动|志愿)?(?:了|啦)+(?:吧|啊|呀|哦)?"
    r"|我?(?:要|想|能不能|可以)取消(?:这个|我的|那个)?(?:活动|报名|志愿)(?:吗|了|吧)?"
)


def cannot_come(text: str) -> float:
    """明天有事，去不了了: somebody who gives their place back."""
    return 0.9 if _CANNOT.fullmatch(re.sub(r"[\s,，。;；!！]+", "", bare(text))) else 0.0


@dialogue(
    "my_volunteering",
    title=N_("My activities"),
    words=[
        "我的志愿",
        "我的活动",
        "我的报名",
        "我的志愿活动",
        "志愿时长",
        "我的时长",
        "我的志愿时长",
        "my activities",
        "my hours",
    ],
    hears=asks_where,
    after="offer",
)
async def my_volunteering(talk: Talk) -> None:
    """What is to come, and the sum of what was."""
    wanted = number_in(talk, "signup")
    if wanted:
        await _show(talk, wanted)
        return
    setting = talk.use(Setting)
    own = await service.own_signups(talk.store, talk.person.id)
    if talk.opening and len(own) == 1:  # where and when: of the only one there is
        await _show(talk, own[0][0].id)
        return
    been = await service.attended(talk.store, talk.person.id)
    lines = [
        _("You are signed up for these. Tap one to see it or to cancel:") if own else _("You are not signed up now.")
    ]
    if been:
        lines.append(await _total(talk, been))
    listed = [
        Option(
            f"{brief(slot, setting.zone, talk.now)} · {_(STATES[mine.status])}", f"go:my_volunteering?signup={mine.id}"
        )
        for mine, slot in own
    ]
    ways = [Option(_("What there is"), "go:volunteer"), Option(_("My points"), "go:my_points")]
    if been:
        ways.append(Option(_("Certificate of hours"), "go:certificate"))
    await talk.say("\n".join(lines), [*listed, *ways])


async def _total(talk: Talk, been: list[Attended]) -> str:
    gained = await service.balance(talk.store, talk.person.id)
    text = _("So far: {times} times, {hours}, {points}.")
    spent = lasts(sum(one.minutes for one in been))
    return text.format(times=len(been), hours=spent, points=points(gained) or _("no points"))


async def _show(talk: Talk, signup_id: int) -> None:
    setting = talk.use(Setting)
    try:
        mine, slot = await service.access_own_signup(talk.store, setting, talk.person.id, signup_id)
    except service.NoSuchSignupError:
        await missing(talk)
        return
    if mine.status not in STATES:
        await talk.say(_("That one is over for you."), [Option(_("What there is"), "go:volunteer")])
        return
    lines = [details(slot, setting.zone, talk.now), _("You: {state}").format(state=_(STATES[mine.status]))]
    if mine.status in {"booked", "attended"}:
        number = service.pseudonym(talk.store, mine.id)
        lines.append(_("Your number there: {number}. Staff know you by it.").format(number=number))
    if mine.handover:
        lines.append(_("Your place is on offer: {code}").format(code=mine.handover))
    await talk.say("\n".join(lines), _steps(mine))
    if mine.status == "booked" and (url := link(talk, f"/activities/{slot.id}.ics")):
        await talk.say(_("For your phone's calendar:"), kind="file", url=url)


def _steps(mine: Signup) -> list[Option]:
    if mine.status == "attended":
        return [Option(_("Check out"), "go:check_out")]
    steps = [Option(_("I can't come"), f"go:volunteer_cancel?signup={mine.id}")]
    if mine.status == "booked":
        steps.insert(0, Option(_("Check in"), "go:check_in"))
        steps.append(Option(_("Find cover or swap"), f"go:volunteer_swap?signup={mine.id}"))
    if mine.status == "offered":
        steps.insert(0, Option(_("I take it"), f"go:volunteer_offer?signup={mine.id}"))
    return steps


@dialogue(
    "volunteer_cancel",
    title=N_("Cancel a sign-up"),
    words=[
        "取消报名",
        "取消志愿",
        "取消志愿报名",
        "志愿请假",
        "退出活动",
        "去不了",
        "来不了",
        "我来不了",
        "我去不了",
        "cancel sign-up",
    ],
    hears=cannot_come,
)
async def cancel_signup(talk: Talk) -> None:
    """Give a place back, with a reason or without; who waits gets it."""
    found = await _meant(talk)
    if found is None:
        return
    mine, slot = found
    unasked = "quick" in talk.args or slot.starts_at <= talk.now
    reason = "" if unasked else await _reason(talk, slot)
    answer = await service.cancel(talk.store, talk.use(Setting), talk.person.id, mine.id, reason)
    texts = {
        "cancelled": _("Cancelled: {title}. Thank you for telling us; the place goes to the next."),
        "over": _("“{title}” has begun, so it can't be cancelled here. Please call the contact."),
        "gone": _("You have no place in “{title}” any more."),
    }
    text = texts[answer.said].format(title=slot.title)
    await talk.say(text, [Option(_("What there is"), "go:volunteer"), Option(_("Menu"), "go:menu")])


async def _meant(talk: Talk) -> tuple[Signup, Slot] | None:
    """The sign-up the button names, the only one, or the one chosen."""
    setting, wanted = talk.use(Setting), number_in(talk, "signup")
    if not wanted:
        own = [pair for pair in await service.own_signups(talk.store, talk.person.id) if pair[0].status != "attended"]
        if not own:
            await _nothing_to_cancel(talk)
            return None
        listed = [Choice(str(mine.id), brief(slot, setting.zone, talk.now)) for mine, slot in own]
        chosen = await talk.choose("signup", _("Which activity?"), listed, ahead=False) if len(own) > 1 else listed[0]
        wanted = int(chosen.value)
    try:
        return await service.access_own_signup(talk.store, setting, talk.person.id, wanted)
    except service.NoSuchSignupError:
        await missing(talk)
        return None


async def _nothing_to_cancel(talk: Talk) -> None:
    """Who runs activities may mean one of those."""
    options = [Option(_("What there is"), "go:volunteer")]
    if await service.runs_some(talk.store, talk.person.id):
        options.insert(0, Option(_("Activities I run"), "go:my_slots"))
    await talk.say(_("You are not signed up now."), options)


async def _reason(talk: Talk, slot: Slot) -> str:
    listed = [Choice(key, _(name), aliases) for key, (name, aliases) in REASONS.items()]
    asked = _("Give your place in “{title}” back? Say why; you can skip that.").format(title=slot.title)
    chosen = await talk.choose("reason", asked, listed, other=True, optional=True, ahead=False)
    return chosen.label


@dialogue(
    "certificate",
    title=N_("Certificate of hours"),
    words=["志愿证明", "时长证明", "志愿时长证明", "志愿服务证明", "certificate"],
)
async def certificate(talk: Talk) -> None:
    """The hours, certified free of charge, with a code that a page confirms."""
    been = await service.attended(talk.store, talk.person.id)
    if not been:
        text = _("No hours are recorded yet. They count once you checked in and out.")
        await talk.say(text, [Option(_("What there is"), "go:volunteer")])
        return
    await agreed(talk)
    asked = _("Whose name goes on it? It is kept encrypted, and a stranger sees only the surname.")
    name = str(await talk.text("name", asked, longest=30, label=_("Name")))
    made = await service.issue(talk.store, talk.use(Setting), talk.person.id, name)
    await talk.say(_text(made, talk.use(Site)))
    if url := link(talk, certificate_link(talk.store.vault, made.code, talk.now)):
        await talk.say(_("To print (link good for 24 hours):"), kind="file", url=url)
    if url := link(talk, page_of(talk.store.vault, made.code)):
        await talk.say(_("Anybody can check it here:"), kind="link", url=url)


def _text(made: Certificate, site: Site) -> str:
    lines = [
        _("Certificate of volunteer service {code}").format(code=made.code),
        certified(made.name, made.times, made.minutes, made.first, made.last),
        _("Recorded and issued by {operator} on {day}, free of charge.").format(
            operator=site.said("operator"), day=made.issued_on
        ),
        _("Something wrong? Reply “Staff” and it is put right."),
    ]
    return "\n".join(lines)


DIALOGUES = (my_volunteering, cancel_signup, certificate)
