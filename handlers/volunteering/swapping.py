"""换人, 换场: who can't come finds cover, or takes another activity; 接班: who covers."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.understand.words import bare, normalise
from handlers.volunteering import service
from handlers.volunteering.asking import agreed, missing, number_in
from handlers.volunteering.mine import cannot_come
from handlers.volunteering.saying import say_answer
from handlers.volunteering.service import Setting, Signup, Slot
from handlers.volunteering.wording import brief, details, line

LISTED = 5
_CODE = pattern(
    r"(?:我来|我)?(?:接班|替班|接|替|cover|take over)?[\s:：,，]*(jb[\s-]?[0-9a-z]{4}[\s-]?[0-9a-z]{4})", re.IGNORECASE
)
_WISH = pattern(
    r"(?:我|能不能|可以|可不可以|想|要|能){0,4}(?:换个?人去|找个?人(?:替|代|顶)(?:我|一下|班)?|让(?:别人|工友|朋友|同事)(?:替|代|顶)?我?去?|换(?:个|一个)?人)(?:去|来|参加)?(?:吗|行吗|吧|呢)?"
    r"|(?:我|能不能|可以|可不可以|想|要|能){0,4}换(?:到|成)?(?:个|一个|一场|别的|另一?个?){1,2}(?:活动|场次|场)(?:吗|行吗|吧|呢)?"
)
_SLIP = pattern(r"(?:我来|我)?(?:接班|替班|take over)[\s:：,，]*(jb[0-9a-z\s-]{1,12})", re.IGNORECASE)


def has_code(text: str) -> float:
    """接班 JB-7K3M-92QD; with 接班 before it also one that lacks a character."""
    return 1.0 if _CODE.fullmatch(normalise(text)) or _SLIP.fullmatch(normalise(text)) else 0.0


def wants_cover(text: str) -> float:
    """想换个人去, 能不能找人替我, 换个场次."""
    return 0.8 if _WISH.fullmatch(bare(text)) else 0.0


@dialogue(
    "volunteer_swap",
    title=N_("Find cover or swap"),
    words=["换人", "换班", "换场", "换场次", "找人替", "找人替班", "找替班", "找人顶", "swap", "find cover"],
    hears=wants_cover,
)
async def swap(talk: Talk) -> None:
    """Who can't come: let who waits have the place, name somebody, let anybody take it, or change to another one."""
    if talk.pending is not None and not talk.tap and cannot_come(talk.pending.text):
        await talk.start("volunteer_cancel")
    found = await _meant(talk)
    if found is None:
        return
    mine, slot = found
    waiting = (await service.counts(talk.store, slot.id)).get("waiting", 0)
    ways = [Choice("other", _("Change to another activity"), ("换场", "换一场", "换别的"))]
    ways.append(Choice("code", _("I know who comes instead"), ("找到人了", "有人替我", "工友")))
    if waiting:
        ways.insert(0, Choice("waiting", _("Let the waiting list have it ({count} wait)").format(count=waiting)))
    else:
        ways.append(Choice("anybody", _("Let anybody take it"), ("谁都行", "谁来都行", "挂出去")))
    if mine.handover:
        ways.append(Choice("keep", _("Take the offer back: I come after all"), ("我还去", "不换了", "收回")))
    asked = _("{what}. How shall we do it?").format(what=brief(slot, talk.use(Setting).zone, talk.now))
    chosen = await talk.choose("way", asked, ways, ahead=False)
    await {"other": _other, "code": _give, "anybody": _give, "waiting": _pass_on, "keep": _keep}[chosen.value](
        talk, mine, slot, chosen.value
    )


async def _meant(talk: Talk) -> tuple[Signup, Slot] | None:
    """The place the button names, the only one, or the one chosen."""
    setting, wanted = talk.use(Setting), number_in(talk, "signup")
    if not wanted:
        own = [pair for pair in await service.own_signups(talk.store, talk.person.id) if pair[0].status == "booked"]
        own = [pair for pair in own if pair[1].starts_at > talk.now]
        if not own:
            await talk.say(_("You have no place to swap now."), [Option(_("What there is"), "go:volunteer")])
            return None
        listed = [Choice(str(mine.id), brief(slot, setting.zone, talk.now)) for mine, slot in own]
        chosen = await talk.choose("signup", _("Which activity?"), listed, ahead=False) if len(own) > 1 else listed[0]
        wanted = int(chosen.value)
    try:
        mine, slot = await service.access_own_signup(talk.store, setting, talk.person.id, wanted)
    except service.NoSuchSignupError:
        await missing(talk)
        return None
    if mine.status == "booked" and slot.status == "open" and slot.starts_at > talk.now:
        return mine, slot
    await talk.say(_("This place can't be swapped any more."), [Option(_("My activities"), "go:my_volunteering")])
    return None


async def _pass_on(talk: Talk, mine: Signup, slot: Slot, _way: str) -> None:
    answer = await service.cancel(talk.store, talk.use(Setting), talk.person.id, mine.id)
    await say_answer(talk, answer)


async def _give(talk: Talk, mine: Signup, slot: Slot, way: str) -> None:
    """A code for a mate; with "anybody" the place is listed as well."""
    setting = talk.use(Setting)
    given = await service.give(talk.store, setting, talk.person.id, mine.id, anybody=way == "anybody")
    if not given.code:
        await missing(talk)
        return
    lines = [_("It is listed now: whoever signs up first takes your place.")] if way == "anybody" else []
    lines.append(_("Pass this on to your mate. Who sends it to me takes your place:"))
    lines.append(_("Take over {code}").format(code=given.code))
    lines.append(_("Until then the place is yours, and you are expected. I tell you when it is taken."))
    back = Option(_("Take the offer back: I come after all"), f"go:volunteer_keep?signup={mine.id}")
    await talk.say("\n".join(lines), [back, Option(_("My activities"), "go:my_volunteering")])


async def _keep(talk: Talk, mine: Signup, slot: Slot, _way: str) -> None:
    await service.keep(talk.store, talk.use(Setting), talk.person.id, mine.id)
    await talk.say(_("All right, the place stays yours: {title}.").format(title=slot.title))


@dialogue("volunteer_keep", title=N_("Keep my place"))
async def keep(talk: Talk) -> None:
    """Take the offer of one's place back."""
    found = await _meant(talk)
    if found is not None:
        await _keep(talk, *found, "keep")


async def _other(talk: Talk, mine: Signup, slot: Slot, _way: str) -> None:
    """Another activity with room, in one step."""
    setting, person = talk.use(Setting), talk.person
    found = await service.fitting(talk.store, setting, person.id, person.occupation, person.region, leaving=slot.id)
    found = [one for one in found if one.left > 0 and one.id != slot.id][:LISTED]
    if not found:
        text = _("Nothing else with room fits you now. Your place stays yours.")
        await talk.say(text, [Option(_("What there is"), "go:volunteer")])
        return
    listed = [Choice(str(one.id), line(one, setting.zone, talk.now)) for one in found]
    listed.append(Choice("keep", _("Keep what I have"), ("不换了", "算了", "keep")))
    chosen = await talk.choose("slot", _("Which one instead? The old place goes to the next."), listed, ahead=False)
    if chosen.value == "keep":
        await _keep(talk, mine, slot, "keep")
        return
    await say_answer(talk, await service.swap(talk.store, setting, person, mine.id, int(chosen.value)))


@dialogue(
    "volunteer_take_over", title=N_("Take over a place"), words=["接班", "替班", "我来替", "take over"], hears=has_code
)
async def take_over(talk: Talk) -> None:
    """Take the place a mate offers: look at it, agree, have it."""
    words = normalise(talk.opening or talk.said.text)
    if found := _CODE.fullmatch(words) or _SLIP.fullmatch(words):
        talk.draft.keep("code", found[1])
    asked = _("Which code did your mate send you? It begins with JB.")
    typed = str(await talk.text("code", asked, longest=30, label=_("Code")))
    setting = talk.use(Setting)
    place = await service.offered_by_code(talk.store, setting, typed)
    if place is None:
        text = _("That code does not count (any more). Ask your mate for it once more.")
        await talk.say(text, [Option(_("What there is"), "go:volunteer")])
        return
    offered = replace(place.slot, spare=1)
    asked = "\n".join((details(offered, setting.zone, talk.now), _("You take this place over?")))
    sure = [
        Choice("yes", _("I take it"), ("接", "是", "好", "好的", "可以", "yes")),
        Choice("no", _("No, thanks"), ("不", "no")),
    ]
    if (await talk.choose("sure", asked, sure, ahead=False)).value == "no":
        await talk.say(_("All right. The place stays with your mate."))
        return
    await agreed(talk)
    answer = await service.take_over(talk.store, setting, talk.person, typed)
    if answer is None:
        await missing(talk)
    else:
        await say_answer(talk, answer)


DIALOGUES = (swap, keep, take_over)
