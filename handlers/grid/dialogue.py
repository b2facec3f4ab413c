"""随手拍: what is wrong in the street, where, with a picture; and what became of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.dialogue import Choice, Dialogue, Place, Talk, dialogue, pictures
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site
from bot.understand import NotUnderstood
from bot.understand import choice as choices
from bot.understand.question import looks_like_question
from handlers.grid import near, service
from handlers.grid.content import OTHER
from handlers.grid.hearing import heard, is_danger
from handlers.grid.report import NAMES
from handlers.grid.service import Draft, GridKinds, Report
from handlers.grid.wording import consent, danger, headline, notice, people, progress, summary
from handlers.profile.service import ensure_consent
from handlers.regions.service import Regions

MOST_PICTURES = 4
LONGEST = 300  # characters
LONGEST_PLACE = 60
SENTENCE = 6  # characters: fewer name a kind, so many tell what is the matter
WORDS = (
    "随手拍", "上报", "网格", "网格上报", "我要上报", "流动网格员", "随手拍上报", "报修",
    "report a problem", "report a hazard",
)  # fmt: skip
NOTHING = frozenset({"好了", "没了", "就这些", "没有了"})


def dialogues(kinds: GridKinds) -> list[Dialogue]:
    """All conversations on reports from the street."""

    def hears(text: str) -> float:
        return heard(text, kinds)

    made = dialogue("street_report", title=N_("Report from the street"), words=WORDS, hears=hears, pictures=True)(
        report_street
    )
    return [made, my_reports]


async def report_street(talk: Talk) -> None:
    """From what is wrong to its code; who was quicker is joined."""
    kinds = talk.use(GridKinds)
    await talk.once("begun", lambda: _begin(talk, kinds))
    note_location(talk)
    note_kind(talk, kinds)
    kind = await _kind(talk, kinds)
    await ensure_consent(talk, consent(), notice())
    spot = await _place(talk)
    draft = Draft(kind, spot.code, spot.text[:LONGEST_PLACE], spot.latitude, spot.longitude)
    known = await _known(talk, kinds, draft)
    if known is not None:
        await _join(talk, kinds, known)
        return
    words = await _words(talk)
    media = await _pictures(talk)
    draft = Draft(kind, draft.region, draft.place, draft.latitude, draft.longitude, words, tuple(media))
    await talk.confirm(summary(draft, kinds), yes=_("Report it"), more="words")
    separate = talk.draft.done.get("same") == "0"
    filed = await service.file(talk.store, kinds, draft, person_id=talk.person.id, separate=separate)
    if filed.joined:
        await _said_joined(talk, kinds, filed.report)
        return
    text = _("Thank you. {code} is with the community staff. You are told here what becomes of it.")
    lines = [text.format(code=filed.report.code)]
    if is_danger(words) and not is_danger(talk.opening):
        lines.insert(0, danger())
    await talk.say("\n".join(lines), [Option(_("My reports"), "go:my_reports"), Option(_("Menu"), "go:menu")])


async def _begin(talk: Talk, kinds: GridKinds) -> None:
    """Whom to call first; the pictures sent before; what the opening tells."""
    if is_danger(talk.opening):
        await talk.say(danger())
    if talk.opening and talk.said.media:
        pictures.early(talk, talk.said.media)
    pictures.take_held(talk)
    found = kinds.hear(talk.opening) if talk.opening else None
    wanted = talk.args.get("kind", "")
    if found is not None or kinds.known(wanted):
        talk.draft.keep("kind", found.id if found is not None else wanted, ahead=True)
    if talk.opening and len(talk.opening) >= SENTENCE:
        talk.draft.keep("words", talk.opening[:LONGEST], ahead=True)


def note_location(talk: Talk) -> None:
    """A location sent before the place is asked for answers that question."""
    said, draft = talk.pending, talk.draft
    if said is None or said.location is None or draft.asked == "place":
        return
    spot, talk.pending = said.location, None
    kept = {"text": spot.label or _("the place on the map"), "code": ""}
    draft.keep("place", kept | {"latitude": spot.latitude, "longitude": spot.longitude})


def note_kind(talk: Talk, kinds: GridKinds) -> None:
    """路灯坏了, typed where the kind is asked for, tells it; a sentence that fits no kind is of the rest."""
    said, draft = talk.pending, talk.draft
    if said is None or draft.asked != "kind" or not said.text or looks_like_question(said.text):
        return
    found = kinds.hear(said.text)
    tells = len(said.text) >= SENTENCE and not said.text.isascii()
    if found is None and (not tells or _is_listed(said.text, kinds)):
        return
    talk.pending = None
    pictures.early(talk, said.media)
    draft.keep("kind", found.id if found is not None else OTHER)
    if tells:
        draft.keep("words", said.text[:LONGEST], ahead=True)


def _is_listed(text: str, kinds: GridKinds) -> bool:
    """True for what picks one of the kinds: its number, its name, a part of it."""
    try:
        choices.parse(text, [(kind.id, kind.said, ()) for kind in kinds.kinds])
    except NotUnderstood as error:
        return error.code != "none"
    return True


async def _kind(talk: Talk, kinds: GridKinds) -> str:
    listed = [Choice(kind.id, kind.said, kind.signs[:3]) for kind in kinds.kinds]
    asked = _("What is wrong? Danger to life: 119 fire, 120 hurt, 110 police first.")
    chosen = await talk.choose("kind", asked, listed, label=_("What is wrong"), ahead=False)
    return chosen.value if kinds.known(chosen.value) else OTHER


async def _place(talk: Talk) -> Place:
    """Where: a location, or words as exact as a passer-by would need them."""
    asked = _("Where exactly? Street and number, or which building of which estate.")
    if talk.can_locate:
        asked = _("Where exactly? Best send a location, or type street and number.")
    where = await talk.place("place", asked, label=_("Place"))
    assert isinstance(where, Place)
    regions, own = talk.use(Regions), talk.person.region
    named = regions.find(where.text) if where.latitude is None else []
    region = named[0].code if named else own or talk.use(Site).region
    return Place(where.text, region, where.latitude, where.longitude)


async def _known(talk: Talk, kinds: GridKinds, draft: Draft) -> Report | None:
    """The open report this is about, when there is one and the person says that it is the same."""
    if talk.draft.done.get("same") == "0":
        return None
    found = await near.same(talk.store, draft, kinds.near(draft.kind))
    if found is None:
        return None
    if found.person_id == talk.person.id:
        return found
    text = _("Reported there already: {what}, {state}. Is it the same?")
    asked = text.format(what=headline(found, kinds), state=_(NAMES[found.status]))
    choices = [
        Choice("yes", _("The same: count me in"), ("是", "是的", "同一处", "一样", "对", "yes")),
        Choice("no", _("No, another place"), ("不是", "不", "另一处", "不一样", "no")),
    ]
    answer = await talk.choose("same", asked, choices, ahead=False)
    if answer.value == "yes":
        return found
    await talk.once("same", _another)
    return None


async def _another() -> str:
    return "0"


async def _join(talk: Talk, kinds: GridKinds, known: Report) -> None:
    if known.person_id == talk.person.id:
        happened = await service.steps(talk.store, known.id)
        text = progress(known, happened, kinds, ZoneInfo(talk.use(Site).timezone))
        await talk.say(_("You reported this already:") + f"\n{text}", _ways_on())
        return
    await service.support(talk.store, known, talk.person.id)
    await _said_joined(talk, kinds, await service.find(talk.store, known.id))


async def _said_joined(talk: Talk, kinds: GridKinds, report: Report) -> None:
    text = _("Somebody was quicker ({code}); you are counted in. With you: {people}. You are told what becomes of it.")
    await talk.say(text.format(code=report.code, people=people(report.supports)), _ways_on())


def _ways_on() -> list[Option]:
    return [
        Option(_("My reports"), "go:my_reports"),
        Option(_("Another report"), "go:street_report"),
        Option(_("Menu"), "go:menu"),
    ]


async def _words(talk: Talk) -> str:
    asked = _("A sentence on how it looks? You can skip this.")
    words = await talk.text("words", asked, longest=LONGEST, label=_("Words"), optional=True, asides=False)
    return str(words or "")


async def _pictures(talk: Talk) -> list[int]:
    early = len(talk.draft.partial.get("photos", []))
    asked = _("A picture helps most. Up to {most}; none: skip. Keep faces and number plates out.").format(
        most=MOST_PICTURES
    )
    if early:
        asked = _("{count} pictures so far. More? If not, reply “Done”.").format(count=early)
    return (await talk.photos("photos", asked, most=MOST_PICTURES, label=_("Pictures")))[:MOST_PICTURES]


@dialogue(
    "my_reports",
    title=N_("My reports"),
    words=["我的上报", "我的随手拍", "上报进度", "我报的", "my reports"],
    after="offer",
)
async def my_reports(talk: Talk) -> None:
    """What I reported or support, or one of it with every step."""
    kinds, zone = talk.use(GridKinds), ZoneInfo(talk.use(Site).timezone)
    ways = [Option(_("Report something"), "go:street_report"), Option(_("Menu"), "go:menu")]
    wanted = id_in(talk, "report")
    if wanted:
        try:
            report = await service.access_own(talk.store, talk.person.id, wanted)
        except service.NoSuchReportError:
            await talk.say(_("I find no such report of yours."), ways)
            return
        happened = await service.steps(talk.store, report.id)
        await talk.say(progress(report, happened, kinds, zone), [Option(_("My reports"), "go:my_reports"), *ways])
        return
    found = await service.own(talk.store, talk.person.id)
    if not found:
        await talk.say(_("You have reported nothing yet."), ways)
        return
    listed = [
        Option(f"{headline(one, kinds)} · {_(NAMES[one.status])}", f"go:my_reports?report={one.id}") for one in found
    ]
    await talk.say(_("Your reports, newest first. Which one?"), [*listed, *ways])
