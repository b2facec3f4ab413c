"""做志愿: what fits me, and signing up in two taps; what was offered from the waiting list."""

from __future__ import annotations

import re
from math import inf

from bot.dialogue import Place, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.understand.words import bare
from handlers.volunteering import service
from handlers.volunteering.asking import agreed, here_still, missing, number_in, remember_here
from handlers.volunteering.attending import DIALOGUES as ATTENDING
from handlers.volunteering.mine import DIALOGUES as MINE
from handlers.volunteering.publishing import DIALOGUES as PUBLISHING
from handlers.volunteering.saying import say_answer
from handlers.volunteering.service import Answer, Setting, Slot
from handlers.volunteering.spots import Degrees, metres, sent
from handlers.volunteering.swapping import DIALOGUES as SWAPPING
from handlers.volunteering.wording import details, distance, line, spans

LISTED = 5
_WANTS = pattern(
    r"(?:我|也|想|要|来|去|报名|参加)*(?:做|当|干|报|参加|报名)(?:个|点|一下)?(?:志愿者?|义工|公益)(?:活动|服务)?(?:吧|呀|啊)?"
    r"|(?:现在|今天|明天|后天|下午|这会儿|最近|周末|附近|本周|这周|没单)*(?:有啥|有什么|有没有|有哪些|看看|找个?|找点)"
    r"(?:志愿|公益)?(?:的)?(?:活动|志愿|志愿者)(?:可以|能)?(?:做|参加|报名|报)?(?:的|吗|没有|没|呀|啊|呢)?"
    r"|(?:我想|我要|想|要)?报名(?:参加)?(?:吧|呀|啊)?"
    r"|(?:今天|明天|后天|上午|下午|晚上|现在|最近|附近|本周|这周|下周)*有(?:没有)?(?:志愿)?活动(?:吗|没|没有|呀|啊|呢)?"
    r"|(?:志愿|活动)?(?:现在|还)?有(?:没有)?(?:空位|名额|空的?名额)(?:吗|没|没有|呀|啊|呢)?"
    r"|(?:我)?(?:今天|明天|下午|上午|晚上|这会儿|现在)*(?:没单|闲着|有空|没事干?)[,， ]*"
    r"(?:做|干)点?(?:啥|什么|别的)(?:好|呢)?"
    r"|(?:今天|明天|下午|上午|晚上|现在|最近|周末)*(?:有没有|有)(?:什么|啥|点)?(?:事|活儿?|活动)(?:可以|能)?(?:做|干)?的?"
    r"[,， ]*(?:可以|能|想)?(?:赚|挣|攒|换|拿)点?积?分(?:的)?(?:吗|没有|没|呀|啊|呢)?"
    r"|(?:i )?(?:want|would like|like) to volunteer|(?:any|what) (?:volunteer )?activities.*"
)


def wants(text: str) -> float:
    """有啥活动 下午那会儿没单, 我想做志愿: somebody looking for something to do, not asking after a rule."""
    first = re.split(r"[，,。；;！!？? ]", bare(text), maxsplit=1)[0]
    return 0.9 if _WANTS.fullmatch(bare(text)) or (_WANTS.fullmatch(first) and "活动" in first) else 0.0


@dialogue(
    "volunteer",
    title=N_("Volunteer"),
    words=["做志愿", "志愿", "志愿活动", "报名志愿", "volunteer", "volunteering"],
    hears=wants,
    linked=("slot",),
    after="offer",
)
async def volunteer(talk: Talk) -> None:
    """What fits, or one of it with all there is to know."""
    wanted = number_in(talk, "slot")
    if wanted:
        await _show(talk, wanted)
    else:
        await _list(talk, all_of_them="all" in talk.args)


async def _list(talk: Talk, *, all_of_them: bool) -> None:
    setting, person = talk.use(Setting), talk.person
    every = await service.coming(talk.store, person.occupation, person.region)
    fits = await service.fitting(talk.store, setting, person.id, person.occupation, person.region)
    shown = every if all_of_them else fits
    here = await _here(talk) if "near" in talk.args else here_still(talk)
    if here is not None:
        shown = sorted(shown, key=lambda slot: _far(slot, here))
    start = min(number_in(talk, "from"), len(shown))
    page = shown[start : start + LISTED]
    options = [Option(_label(talk, slot, here), f"go:volunteer?slot={slot.id}") for slot in page]
    if len(shown) > start + LISTED:
        options.append(Option(_("More"), f"go:volunteer?from={start + LISTED}{'&all=1' if all_of_them else ''}"))
    if len(every) > len(fits) and not all_of_them:
        options.append(Option(_("Other times"), "go:volunteer?all=1"))
    if (
        here is None
        and talk.person.channel != "web"
        and len(shown) > 1
        and any(slot.latitude is not None for slot in shown)
    ):
        options.append(Option(_("Nearest first"), "go:volunteer?near=1"))
    if not person.occupation and every:
        options.append(Option(_("Say what I do, so that it fits"), "go:profile"))
    await talk.say(_heading(len(shown), all_of_them, bool(person.occupation)), [*options, *_ways_on()])


def _heading(count: int, all_of_them: bool, known: bool) -> str:
    if not count:
        return _("Nothing fits at the moment. Community staff add new ones; look again later.")
    if all_of_them or not known:
        return _("Activities to come: {count}. Which one?").format(count=count)
    return _("{count} in your free time. Which one?").format(count=count)


async def _here(talk: Talk) -> Degrees | None:
    """Where the person is; None when it was told in words, which have no distance."""
    where = await talk.place("here", _("Send your location, and I put the nearest first."))
    if not isinstance(where, Place) or where.latitude is None or where.longitude is None:
        return None
    here = sent(talk.person.channel, where.latitude, where.longitude)
    remember_here(talk, here)
    return here


def _far(slot: Slot, here: Degrees) -> float:
    if slot.latitude is None or slot.longitude is None:
        return inf
    return metres((slot.latitude, slot.longitude), here)


def _label(talk: Talk, slot: Slot, here: Degrees | None) -> str:
    setting = talk.use(Setting)
    text = line(slot, setting.zone, talk.now)
    if here is not None and (away := _far(slot, here)) < inf:
        text = f"{text} · {distance(away)}"
    busy = service.in_peak(setting, slot, talk.person.occupation, talk.person.region)
    return _("{line} · your busy time").format(line=text) if busy else text


def _ways_on() -> list[Option]:
    return [
        Option(_("My activities"), "go:my_volunteering"),
        Option(_("Report from the street"), "go:street_report"),
        Option(_("Community council"), "go:council"),
        Option(_("Rules and points"), "go:ask?topic=volunteer"),
    ]


async def _show(talk: Talk, slot_id: int) -> None:
    setting = talk.use(Setting)
    try:
        slot = await service.settled(talk.store, setting, slot_id)
    except service.NoSuchSlotError:
        await missing(talk)
        return
    mine = await service.live(talk.store, slot.id, talk.person.id)
    if mine is not None:  # an old button, tapped once more
        await talk.start("my_volunteering", signup=str(mine.id))
        return
    if slot.status != "open" or slot.starts_at <= talk.now:
        await say_answer(talk, Answer("over", slot))
        return
    lines = [details(slot, setting.zone, talk.now)]
    if slot.left <= 0:
        lines.append(_("It is full. On the waiting list you are asked as soon as a place comes free."))
    if busy := service.in_peak(setting, slot, talk.person.occupation, talk.person.region):
        text = _("It touches your busy time {spans}; better to keep clear of it.")
        lines.append(text.format(spans=spans(busy, setting.zone)))
    await talk.say("\n".join(lines), [_first_step(slot), Option(_("Others"), "go:volunteer")])


def _first_step(slot: Slot) -> Option:
    if slot.left > 0:
        return Option(_("Sign up"), f"go:volunteer_join?slot={slot.id}")
    return Option(_("Join the waiting list"), f"go:volunteer_join?slot={slot.id}&wait=1")


@dialogue("volunteer_join", title=N_("Sign up"), after="offer")
async def join(talk: Talk) -> None:
    """Take a place, or a turn on the waiting list; nothing is noted before the person agreed."""
    wait = talk.args.get("wait") == "1"
    try:
        await service.find(talk.store, number_in(talk, "slot"))
        await agreed(talk)
        answer = await service.sign_up(talk.store, talk.use(Setting), talk.person, number_in(talk, "slot"), wait=wait)
    except service.NoSuchSlotError:
        await missing(talk)
        return
    await say_answer(talk, answer)


@dialogue("volunteer_offer", title=N_("Take the place"), after="offer")
async def take_offer(talk: Talk) -> None:
    """Say yes to a place that came free."""
    try:
        answer = await service.accept(talk.store, talk.use(Setting), talk.person, number_in(talk, "signup"))
    except service.NoSuchSignupError:
        await missing(talk)
        return
    await say_answer(talk, answer)


DIALOGUES = (volunteer, join, take_offer, *MINE, *SWAPPING, *ATTENDING, *PUBLISHING)
