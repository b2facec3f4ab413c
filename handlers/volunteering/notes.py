"""What volunteers and organisers are told unasked: reminders, offers, changes. Each is a notice in the outbox.

Reminders belong to the topic "volunteering" and stay out of the person's peaks and the night. An offer asked for, or a
slot called off, is a matter of the person's own and always comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot import notices
from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.people import Person
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import Slot
from handlers.volunteering.wording import brief, moment, points

TOPIC = "volunteering"
KINDS = ("eve", "hour", "out", "offer")
HOUR = timedelta(hours=1)
Gone = tuple[Slot, int]  # a slot that does not take place, and the sign-up of somebody in it
# What people say to an offered place; a nod that went unheard would lose it to them.
TAKES = (
    *(
        "好",
        "好的",
        "好啊",
        "好嘞",
        "行",
        "可以",
        "嗯",
        "嗯嗯",
        "是",
        "是的",
        "对",
        "ok",
        "okay",
        "yes",
        "没问题",
        "要的",
        "我要",
    ),
    *(
        "来",
        "去",
        "我来",
        "我去",
        "我会来",
        "我会去",
        "能来",
        "能去",
        "我能来",
        "我能去",
        "可以来",
        "可以去",
        "报",
        "报名",
        "我报名",
    ),
    *("参加", "我参加", "确认", "确定", "我确认", "收到", "接受", "有空", "有时间", "i take it", "sure"),
)
LEAVES = (
    *(
        "不",
        "不要",
        "不去",
        "不去了",
        "我不去了",
        "不来",
        "不来了",
        "我不来了",
        "不参加",
        "不参加了",
        "不用",
        "不用了",
        "不行",
    ),
    *(
        "没空",
        "没时间",
        "没有时间",
        "下次",
        "下次吧",
        "去不了了",
        "来不了了",
        "我去不了了",
        "我来不了了",
        "no",
        "no thanks",
    ),
)


def key(kind: str, signup_id: int) -> str:
    """What a notice about a sign-up is promised under."""
    return f"volunteering:{kind}:{signup_id}"


async def remind(unit: Unit, setting: Setting, slot: Slot, signup_id: int, person: Person) -> None:
    """Promise the reminders of the evening before and of the hour before, those that are still to come."""
    with speaking(person.language):
        for kind, at in reminder_times(setting, slot, person.occupation, person.region).items():
            if at <= unit.now:
                continue
            text = _("Reminder: {what}. On the spot send “Check in”. Can't come? Tell us early.")
            reply = Reply(text.format(what=brief(slot, setting.zone, at)), _answers(signup_id))
            told, until = key(kind, signup_id), _stands_till(setting, slot, at)
            await notices.notify(unit, person.id, reply, topic=TOPIC, due_at=at, dedupe_key=told, until=until)


def _stands_till(setting: Setting, slot: Slot, at: datetime) -> datetime:
    """How long a reminder made for `at` is right: it says today or tomorrow, and is of no use once it has begun."""
    day = at.astimezone(setting.zone).date() + timedelta(days=1)
    return min(slot.starts_at, datetime.combine(day, datetime.min.time(), setting.zone))


def reminder_times(setting: Setting, slot: Slot, occupation: str, region: str) -> dict[str, datetime]:
    """Kind of reminder -> when it goes out: the evening before and the hour before, moved out of peak and night.

    Later is better than earlier as long as it is before the beginning; two at the same moment become one.
    """
    local = slot.starts_at.astimezone(setting.zone)
    evening = datetime.combine(local.date() - timedelta(days=1), setting.rules.evening_reminder, setting.zone)
    wanted = {"eve": evening, "hour": slot.starts_at - HOUR}
    times: dict[str, datetime] = {}
    for kind, at in wanted.items():
        later = setting.quiet_end(occupation, region, at)
        moved = later if later < slot.starts_at else setting.quiet_start(occupation, region, at)
        if moved not in times.values():
            times[kind] = moved
    return times


def _answers(signup_id: int) -> tuple[Option, ...]:
    return (
        Option(_("Check in"), "go:check_in"),
        Option(_("I can't come"), f"go:volunteer_cancel?signup={signup_id}"),
        Option(_("Details"), f"go:my_volunteering?signup={signup_id}"),
    )


async def remind_to_check_out(unit: Unit, setting: Setting, slot: Slot, signup_id: int, person: Person) -> None:
    """Promise the word shortly before the end, moved before a peak that the end lies in."""
    at = setting.quiet_start(person.occupation, person.region, slot.ends_at - timedelta(minutes=1))
    if at <= unit.now:
        return
    text = _("“{title}” is about to end. Send “Check out” before you go, so that your hours count.")
    reply = Reply(text.format(title=slot.title), (Option(_("Check out"), "go:check_out"),))
    until = slot.ends_at + timedelta(minutes=setting.rules.check_out_after_minutes)
    told = key("out", signup_id)
    await notices.notify(unit, person.id, reply, topic=TOPIC, due_at=at, dedupe_key=told, until=until)


async def forget(unit: Unit, signup_id: int) -> None:
    """Take back what has not gone out about a sign-up."""
    for kind in KINDS:
        await notices.forget(unit, key(kind, signup_id))


async def offer(
    unit: Unit, setting: Setting, slot: Slot, signup_id: int, person_id: int, at: datetime, until: datetime
) -> bool:
    """Offer a place that came free; False when the person can't be reached."""

    yes, no = f"go:volunteer_offer?signup={signup_id}", f"go:volunteer_cancel?signup={signup_id}&quick=1"

    def made() -> Reply:
        text = _("A place came free: {what}. Confirm by {by}; after that it goes to the next.")
        by = moment(until, setting.zone, unit.now)
        options = (Option(_("I take it"), yes), Option(_("No, thanks"), no))
        return Reply(text.format(what=brief(slot, setting.zone, unit.now), by=by), options)

    return await _tell(unit, person_id, made, key("offer", signup_id), at, {yes: TAKES, no: LEAVES})


async def lapsed(unit: Unit, setting: Setting, slot: Slot, signup_id: int, person_id: int | None) -> None:
    """Say that an offer has passed on; it can wait till the peak or the night is over."""

    def made() -> Reply:
        text = _("The place in “{title}” went to the next, as no answer came. You can join the list again.")
        return Reply(text.format(title=slot.title), (Option(_("Look again"), f"go:volunteer?slot={slot.id}"),))

    if person_id is not None:
        at = await _when_free(unit, setting, person_id)
        await _tell(unit, person_id, made, f"volunteering:lapsed:{signup_id}", at)


async def handed_over(unit: Unit, setting: Setting, slot: Slot, signup_id: int, person_id: int) -> None:
    """Say that somebody took the place that was offered: it is no longer this person's to come."""

    def made() -> Reply:
        text = _("Somebody takes your place: {what}. You need not come. Thank you for finding cover.")
        return Reply(text.format(what=brief(slot, setting.zone, unit.now)), (Option(_("Others"), "go:volunteer"),))

    at = await _when_free(unit, setting, person_id)
    soon = at + HOUR > slot.starts_at
    await _tell(unit, person_id, made, f"volunteering:handed:{signup_id}", unit.now if soon else at)


async def taken_out(unit: Unit, setting: Setting, slot: Slot, signup_id: int, person_id: int, reason: str) -> None:
    """Say that staff ended a sign-up, and why."""

    def made() -> Reply:
        text = _("Your sign-up has ended: {what}. Why: {reason}. You need not come.")
        options = (Option(_("Other activities"), "go:volunteer"),)
        return Reply(text.format(what=brief(slot, setting.zone, unit.now), reason=reason), options)

    at = await _when_free(unit, setting, person_id)
    soon = at + HOUR > slot.starts_at
    await _tell(unit, person_id, made, f"volunteering:out:{signup_id}:taken", unit.now if soon else at)


async def struck(
    unit: Unit, setting: Setting, slot: Slot, signup_id: int, person_id: int, reason: str, taken: int, spent: int
) -> None:
    """Say that staff took hours back, with `taken` points; those `spent` before stay spent."""

    def made() -> Reply:
        lines = [_("Staff put your hours at “{title}” right: they don't count. Why: {reason}.")]
        lines += [_("{points} were taken back.")] if taken else []
        lines += [_("What you exchanged before stays yours.")] if spent else []
        lines.append(_("Not so? Reply “Staff”."))
        said = "\n".join(lines).format(title=slot.title, reason=reason.rstrip("。."), points=points(taken))
        return Reply(said, (Option(_("My points"), "go:my_points"),))

    at = await _when_free(unit, setting, person_id)
    await _tell(unit, person_id, made, f"volunteering:struck:{signup_id}:{unit.now.timestamp():.0f}", at)


async def changed(
    unit: Unit, setting: Setting, slot: Slot, signup_id: int, person_id: int, told: Callable[[], Sequence[str]]
) -> None:
    """Say what is different about an activity; `told` gives the lines in the language in force."""

    def made() -> Reply:
        text = _("Changed: {what}.\n{lines}\nDoes it still suit you?")
        options = (
            Option(_("It suits me"), f"go:my_volunteering?signup={signup_id}"),
            Option(_("I can't come"), f"go:volunteer_cancel?signup={signup_id}"),
        )
        return Reply(text.format(what=brief(slot, setting.zone, unit.now), lines="\n".join(told())), options)

    at = await _when_free(unit, setting, person_id)
    soon = at + HOUR > slot.starts_at
    dedupe = f"volunteering:changed:{signup_id}:{unit.now.timestamp():.0f}"
    await _tell(unit, person_id, made, dedupe, unit.now if soon else at)


async def called_off(unit: Unit, setting: Setting, person_id: int, gone: Sequence[Gone], reason: str) -> None:
    """Say that slots will not take place, the soonest first; at once when it begins before the person is free."""
    soonest, signup_id = gone[0]

    def made() -> Reply:
        what = [brief(slot, setting.zone, unit.now) for slot, _signup in gone]
        text = _("Called off: {what}. Why: {reason}. You need not come.")
        if len(gone) > 1:
            text = _("Called off:\n{what}\nWhy: {reason}. You need not come.")
        options = (Option(_("Other activities"), "go:volunteer"),)
        return Reply(text.format(what="\n".join(what), reason=reason.rstrip("。.")), options)

    at = await _when_free(unit, setting, person_id)
    soon = at + HOUR > soonest.starts_at
    await _tell(unit, person_id, made, f"volunteering:off:{signup_id}", unit.now if soon else at)


async def too_few(unit: Unit, setting: Setting, slot: Slot) -> None:
    """Tell the organiser that fewer came forward than are needed; nothing is called off by itself."""

    def made() -> Reply:
        text = _("So far {taken} of at least {minimum} for {what}. Keep it, or call it off in time?")
        options = (
            Option(_("Keep it"), f"go:my_slots?slot={slot.id}"),
            Option(_("Call it off"), f"go:slot_cancel?slot={slot.id}"),
        )
        what = brief(slot, setting.zone, unit.now)
        return Reply(text.format(taken=slot.taken, minimum=slot.minimum, what=what), options)

    if slot.person_id is not None:
        await _tell(unit, slot.person_id, made, f"volunteering:few:{slot.id}", None)


async def _tell(
    unit: Unit,
    person_id: int,
    made: Callable[[], Reply],
    dedupe: str,
    at: datetime | None,
    says: Mapping[str, Sequence[str]] | None = None,
) -> bool:
    """Promise what is made in the person's own language. What is due now goes now: the caller has looked at their quiet
    hours, and what can't wait for the end of these is worth nothing after it."""
    now = at is not None and at <= unit.now
    with speaking(await notices.language_of(unit, person_id)):
        return await notices.notify(unit, person_id, made(), due_at=at, dedupe_key=dedupe, says=says, urgent=now)


async def _when_free(unit: Unit, setting: Setting, person_id: int) -> datetime:
    """Now, or when the person's peak or the night ends."""
    row = await unit.first(sa.select(people.c.occupation, people.c.region).where(people.c.id == person_id))
    return setting.quiet_end(row["occupation"], row["region"], unit.now) if row is not None else unit.now
