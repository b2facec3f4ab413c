"""我在天宁区, 我搬到武进区了: where somebody says they are is kept, if they want it, so that answers fit."""

from __future__ import annotations

from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.patterns import pattern
from bot.site import Site
from bot.understand.words import bare
from handlers.profile.service import ensure_consent
from handlers.regions.service import Region, Regions

_SAYS_WHERE = pattern(
    r"(?:我|现在|目前|平时|主要){1,3}(?:人|就|都|是)?(?:已经)?(?:在|住在?|搬到|搬去|搬来|换到|调到|转到|来到|跑到)了?(?P<place>[一-鿿]{2,12}?)"
    r"(?:了|这边|那边|这里|这块)?(?:跑单|跑车|跑外卖|送外卖|送餐|开车|上班|干活|住)?了?"
)


def says_where(text: str) -> float:
    """Whether the words may only say where somebody is; that it is a place is looked up when nobody else wants them."""
    return 0.55 if _SAYS_WHERE.fullmatch(bare(text)) else 0.0


@dialogue("my_place", title=N_("My district"), hears=says_where, passing=True)
async def my_place(talk: Talk) -> None:
    """Ask whether the place is to be kept; words that name none are for the policies."""
    found = _meant(talk)
    if found is None:
        await talk.registry.aside(talk, talk.opening, False)
        return
    if found.code == talk.person.region:
        await talk.say(_("I have that: {place}. What would you like to know?").format(place=found.name))
        return
    asked = _("Keep that you work in {place}? Answers will fit it.").format(place=_whole(talk, found))
    choices = [
        Choice("yes", _("Yes, keep it"), ("是", "是的", "对", "好", "好的", "嗯", "可以", "记", "yes", "ok")),
        Choice("no", _("No need"), ("不", "不要", "不是", "别记", "no")),
    ]
    answer = await talk.choose("keep", asked, choices, ahead=False)
    if answer.value == "no":
        await talk.say(_("All right, not kept. What would you like to know?"))
        return
    await ensure_consent(talk)
    talk.person.change(region=found.code)
    await talk.say(_("Noted: {what}. Answers will fit that.").format(what=found.name))


def _meant(talk: Talk) -> Region | None:
    """The place the opening names and nothing else; of several with one name the nearest."""
    said, regions = _SAYS_WHERE.fullmatch(bare(talk.opening)), talk.use(Regions)
    near = talk.person.region or talk.use(Site).region
    found = sorted(regions.find(said["place"]) if said else [], key=lambda one: one.code[:4] != near[:4])
    left = said["place"] if said else ""
    for one in regions.above(found[0].code) if found else ():
        left = left.replace(one.name, "").replace(one.short, "")
    return found[0] if found and not left else None


def _whole(talk: Talk, place: Region) -> str:
    """常州市天宁区: a district with its city."""
    above = talk.use(Regions).above(place.code)
    city = [one.name for one in above[1:] if one.level == "city"] if place.level == "district" else []
    return "".join([*city[:1], place.name])
