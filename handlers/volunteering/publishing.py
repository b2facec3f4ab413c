"""发布活动, 我发的活动: what community staff do in the chat."""

from __future__ import annotations

from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from handlers.volunteering import service
from handlers.volunteering.asking import missing, number_in
from handlers.volunteering.drafting import drafted
from handlers.volunteering.service import Setting, Slot
from handlers.volunteering.wording import brief, day, details, short

MINE = ("我发的活动", "我发布的活动", "报名情况", "报名人数", "报名名单", "谁报名了", "看报名", "my slots")


async def organiser(talk: Talk) -> bool:
    """Whether this person may publish; tells who may not how they could."""
    try:
        await service.require_organiser(talk.store, talk.person.id)
    except service.NotStaffError:
        text = _("Only community staff publish activities. If you are one, ask your administrator for a code.")
        await talk.say(text, [Option(_("What there is"), "go:volunteer"), Option(_("Menu"), "go:menu")])
        return False
    return True


@dialogue(
    "new_slot", title=N_("Publish an activity"), words=["发布活动", "发活动", "新活动", "new slot", "new activity"]
)
async def new_slot(talk: Talk) -> None:
    """From the title to the published slot."""
    if not await organiser(talk):
        return
    plan = await drafted(talk)
    slot = await service.create(talk.store, talk.person.id, plan)
    setting = talk.use(Setting)
    text = _(
        "Published: {what}.\nCode for checking in: {code}. Show it at the place only.\n"
        "“Activities I run” shows who signed up, in numbers."
    )
    said = text.format(what=brief(slot, setting.zone, talk.now), code=slot.code)
    ways = [Option(_("Activities I run"), "go:my_slots"), Option(_("Publish another"), "go:new_slot")]
    await talk.say(said, [_tell_people(slot), *ways])


def _tell_people(slot: Slot) -> Option:
    return Option(_("Send it to many"), f"go:new_broadcast?slot={slot.id}")


@dialogue("my_slots", title=N_("Activities I run"), words=MINE, after="offer")
async def my_slots(talk: Talk) -> None:
    """One's own slots; one of them with numbers, code and ways on."""
    if not await organiser(talk):
        return
    wanted = number_in(talk, "slot")
    if wanted:
        await _show(talk, wanted)
        return
    own = await service.own_slots(talk.store, talk.person.id)
    setting = talk.use(Setting)
    if not own:
        await talk.say(_("You have published nothing yet."), [Option(_("Publish an activity"), "go:new_slot")])
        return
    options = [Option(_row(slot, setting, talk), f"go:my_slots?slot={slot.id}") for slot in own]
    await talk.say(_("Which activity?"), [*options, Option(_("Publish another"), "go:new_slot")])


def _row(slot: Slot, setting: Setting, talk: Talk) -> str:
    start = slot.starts_at.astimezone(setting.zone)
    when = f"{day(start.date(), talk.now.astimezone(setting.zone).date())} {start:%H:%M}"
    return f"{when} {slot.title} · {slot.taken}/{slot.capacity}"


async def _show(talk: Talk, slot_id: int) -> None:
    try:
        slot = await service.access_own_slot(talk.store, talk.person.id, slot_id)
    except service.NoSuchSlotError:
        await missing(talk)
        return
    setting = talk.use(Setting)
    slot = await service.settled(talk.store, setting, slot.id)
    if "rest" in talk.args:
        many = await service.put_down_the_rest(talk.store, setting, slot, talk.person.id)
        await talk.say(_("Put down till the end for {count} people.").format(count=many))
        return
    counted = await service.counts(talk.store, slot.id)
    numbers = _("Signed up {booked} of {all}, waiting {waiting}, asked {offered}, checked in {attended}.").format(
        all=slot.capacity, **{name: counted.get(name, 0) for name in ("booked", "waiting", "offered", "attended")}
    )
    code = _("Code for checking in: {code}. Show it at the place only.").format(code=slot.code)
    inside = await service.still_inside(talk.store, slot.id)
    text = "\n".join((details(slot, setting.zone, talk.now), numbers, code))
    await talk.say(text, _steps(talk, slot, inside))


def _steps(talk: Talk, slot: Slot, inside: int) -> list[Option]:
    steps = [Option(_("All I run"), "go:my_slots")]
    if slot.status == "open" and slot.starts_at > talk.now:
        steps = [_tell_people(slot), Option(_("Call it off"), f"go:slot_cancel?slot={slot.id}"), *steps]
    if inside and slot.ends_at <= talk.now:
        label = _("{count} forgot to check out: put them down till the end").format(count=inside)
        steps.insert(0, Option(label, f"go:my_slots?slot={slot.id}&rest=1"))
    return steps


@dialogue("slot_cancel", title=N_("Call an activity off"))
async def slot_cancel(talk: Talk) -> None:
    """Call a slot off; everybody signed up is told why."""
    if not await organiser(talk):
        return
    try:
        slot = await service.access_own_slot(talk.store, talk.person.id, number_in(talk, "slot"))
    except service.NoSuchSlotError:
        await missing(talk)
        return
    off = [slot, *await _with_later(talk, slot)]
    asked = _("Why is “{title}” called off? Everybody signed up reads this.").format(title=slot.title)
    reason = str(await talk.text("reason", asked, longest=100, label=_("Reason"), asides=False))
    sure = [
        Choice("yes", _("Yes, call it off"), ("是", "确定", "取消活动", "yes")),
        Choice("no", _("No, leave it on"), ("不", "no", "保留")),
    ]
    asked = _("{count} people are told at once. Call it off?")
    if len(off) > 1:
        asked = _("{times} activities are called off and {count} people are told at once. Call them off?")
    asked = asked.format(times=len(off), count=await service.concerned(talk.store, off))
    if (await talk.choose("sure", asked, sure, ahead=False)).value == "no":
        await talk.say(_("All right, it stays."), [Option(_("Activities I run"), "go:my_slots")])
        return
    try:
        series = len(off) > 1
        many = await service.call_off(talk.store, talk.use(Setting), slot, talk.person.id, reason, with_later=series)
    except service.TooLateError:
        await talk.say(_("It has begun or was called off before; nothing was changed."))
        return
    ways = [Option(_("Activities I run"), "go:my_slots"), Option(_("Publish another"), "go:new_slot")]
    await talk.say(_("Called off. {count} people are told.").format(count=many), ways)


async def _with_later(talk: Talk, slot: Slot) -> list[Slot]:
    """The later ones of its series, when they are to be called off as well."""
    found = await service.later(talk.store, slot)
    if not found:
        return []
    zone = talk.use(Setting).zone
    days = _(", ").join(short(one.starts_at.astimezone(zone).date()) for one in found)
    asked = _("It takes place every week, later on {days}. Only this one, or those as well?").format(days=days)
    choices = [
        Choice("one", _("Only this one"), ("只取消这次", "只这一次", "这次", "一次")),
        Choice("all", _("Those as well"), ("都取消", "全部", "都", "全取消", "all")),
    ]
    chosen = await talk.choose("which", asked, choices, label=_("Which ones"), ahead=False)
    return found if chosen.value == "all" else []


DIALOGUES = (new_slot, my_slots, slot_cancel)
