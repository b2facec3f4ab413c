"""Filing a complaint, as a conversation."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.dialogue import Choice, Dialogue, Place, Talk, dialogue, pictures
from bot.dialogue.questions import Photos
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site
from bot.understand.question import looks_like_question
from bot.understand.words import bare
from handlers.complaints import files, service
from handlers.complaints.answering import DIALOGUES as ANSWERING
from handlers.complaints.catalogue import Catalogue, Category, choices
from handlers.complaints.early import note_early
from handlers.complaints.follow import follow_dialogues
from handlers.complaints.hearing import grievance
from handlers.complaints.opening import OLDEST, begin, note_location, note_more
from handlers.complaints.reopening import reopen_complaint
from handlers.complaints.wording import day, summary
from handlers.profile.service import ensure_consent, occupation_in
from handlers.regions.service import Regions

MOST_PICTURES = 9
LONGEST_STORY = 2000  # characters
WORDS = (
    "投诉", "举报", "提诉求", "诉求", "我要投诉", "我要举报", "我想投诉", "我要维权", "维权", "怎么投诉", "怎么举报",
    "complain", "complaint", "file a complaint", "i want to complain",
)  # fmt: skip
SHORTEST_CAPTION = 6  # characters; fewer, where pictures are asked for, tell nothing
LONGEST_TURN = 100  # characters of an answer in which somebody corrects themselves; reading more takes long
_TURNED = re.compile(r".*(?:不对|错了|不是.+(?<!不)是|[^不]是)[,，、 是]*(?P<last>[^是]{2,})")
NOTHING = frozenset(
    {"就这些", "就这样", "好了", "好", "好的", "可以了", "没别的了", "没其他的了", "that's all", "done", "ok"}
)


def dialogues(catalogue: Catalogue) -> list[Dialogue]:
    """All conversations on complaints."""

    def hears(text: str) -> float:
        return grievance(text, catalogue)

    made = dialogue("complaint", title=N_("File a complaint"), words=WORDS, hears=hears, pictures=True)(file_complaint)
    return [made, *follow_dialogues(), reopen_complaint, *ANSWERING, files.show_files]


async def file_complaint(talk: Talk) -> None:
    """From what went wrong to the receipt."""
    catalogue, site = talk.use(Catalogue), talk.use(Site)
    await note_early(talk)
    await begin(talk)
    await note_location(talk)
    await _captions(talk)
    category = await _category(talk, catalogue)
    company = await _company(talk, catalogue)
    await ensure_consent(talk)
    earliest = talk.today - OLDEST
    happened = await talk.date(
        "happened",
        _("When was it? About right will do."),
        latest=talk.today,
        earliest=earliest,
        label=_("Date"),
        optional=True,
        recent=True,
    )
    region, place = await _place(talk)
    amount = await _amount(talk, category)
    story = await _story(talk)
    media = await _pictures(talk, category)
    name, contact = await _identity(talk)
    report = service.Report(
        category=category.id,
        story=_with_captions(talk, story),
        company=company.value if company.value != "other" else "",
        company_words=company.label if company.value == "other" else "",
        region=region,
        place=place,
        occupation=talk.person.occupation or _occupation(catalogue, company.value),
        happened_on=happened,
        amount=amount,
        media=tuple(media),
        name=name,
        contact=contact,
    )
    await talk.confirm(summary(report, catalogue, site, talk.today), yes=_("Submit"), more="story")
    await _submit(talk, report, category, site)


async def _submit(talk: Talk, report: service.Report, category: Category, site: Site) -> None:
    workdays = category.due_workdays or site.reply_workdays
    receipt = await service.submit(talk.store, talk.person, report, site, workdays)
    text = _(
        "Received. Your receipt is {code}.\n"
        "Somebody answers within {days} working days (by {day}), right here.\n"
        "“My complaints” shows progress any time."
    )
    said = text.format(code=receipt.code, days=workdays, day=day(receipt.due_on))
    found = await files.files_of(talk.store, receipt.case_id)
    whole = [files.files_option(receipt.case_id)] if found else []
    said = "\n".join(filter(None, (said, files.told(found))))
    await talk.say(said, [Option(_("My complaints"), "go:my_complaints"), *whole, Option(_("Menu"), "go:menu")])


async def _category(talk: Talk, catalogue: Catalogue) -> Category:
    asked = _("What is it about?")
    chosen = await talk.choose("category", asked, choices(catalogue.categories), label=_("Matter"), ahead=False)
    if chosen.value == "injury":
        text = _("You come first. If you are hurt, call 120 or see a doctor now, and keep every paper. The form waits.")
        await talk.once("life-first", lambda: talk.say(text))
    return catalogue.category(chosen.value)


async def _company(talk: Talk, catalogue: Catalogue) -> Choice:
    """A company by tap, or by any of its names; words that name none are kept as they are."""
    draft, said = talk.draft, talk.pending
    words = _meant_at_last(said.text) if said is not None else ""
    if said is not None and draft.asked == "company" and not talk.tap and "不是" not in words:
        found = catalogue.company(words)
        if found is not None:
            draft.keep("company", found.id)
            draft.asked, talk.pending = "", None
            pictures.early(talk, said.media)
            await note_more(talk, said.text)
    offered = catalogue.offered(talk.person.occupation or occupation_in(talk.opening) or "")
    kept = [one for one in catalogue.companies if one.id == draft.answers.get("company") and one not in offered]
    asked = _("Which platform or company? Tap it, or type its name.")
    return await talk.choose(
        "company",
        asked,
        choices([*offered, *kept]),
        label=_("Company"),
        called=("平台", "公司", "company", "platform"),
        other=True,
        optional=True,
        ahead=False,
    )


def _meant_at_last(text: str) -> str:
    """美团 不对是饿了么, 不是美团，是饿了么: what comes after."""
    turned = _TURNED.fullmatch(text.strip()) if len(text) <= LONGEST_TURN else None
    return turned["last"] if turned else text


async def _place(talk: Talk) -> tuple[str, str]:
    """(GB/T 2260 code or "", words): by words, by location, or by a tap on the district of the profile."""
    regions, own = talk.use(Regions), talk.person.region
    near = own or talk.use(Site).region

    def known(words: str) -> list[tuple[str, str]]:
        found = sorted(regions.find(words), key=lambda region: region.code[:4] != near[:4])
        return [(region.code, region.name) for region in found]

    offered = [Choice(own, regions.region(own).name)] if own else []
    asked = _("In which district was it? Type it or send a location.")
    if not talk.can_locate:
        asked = _("In which district was it?")
    where = await talk.place("place", asked, label=_("Place"), known=known, optional=True, options=offered)
    if isinstance(where, Place):
        spot = f" ({where.latitude:.3f}, {where.longitude:.3f})" if where.latitude and where.longitude else ""
        return where.code, where.text + spot
    return (where, regions.region(where).name) if where else ("", "")


async def _amount(talk: Talk, category: Category) -> Decimal | None:
    if not category.money:
        return None
    asked = _("How much money is it about? Skip if you don't know.")
    return await talk.money("amount", asked, label=_("Amount"), optional=True)


async def _story(talk: Talk) -> str:
    """The story; what was said at the start is one, and only added to."""
    asked = _("Tell what happened, in your own words.")
    if talk.can_speak:
        asked = _("Tell what happened, in your own words. A voice message will do.")
    story = str(await talk.text("story", asked, longest=LONGEST_STORY, shortest=2, label=_("Story"), asides=False))
    if "story" not in talk.draft.filled:
        return story
    more = _("I keep what you told me. Anything to add?")
    added = await talk.text("added", more, longest=LONGEST_STORY, optional=True, asides=False)
    return f"{story}\n{added}" if added and bare(added) not in NOTHING else story


async def _pictures(talk: Talk, category: Category) -> list[int]:
    early = len(talk.draft.partial.get("photos", []))
    if early:
        asked = _("{count} pictures so far. More? If not, reply “Done”.").format(count=early)
    else:
        asked = _("Any screenshots? Useful: {papers}. Up to {most}; if none, skip.")
        asked = asked.format(papers=category.papers, most=MOST_PICTURES)
    found = await talk.photos("photos", asked, most=MOST_PICTURES, label=_("Pictures"))
    return found[:MOST_PICTURES]


async def _identity(talk: Talk) -> tuple[str, str]:
    """(name, phone): empty, unless the person wants to be named."""
    options = [
        Choice("anonymous", _("Without name"), ("匿名", "不留名", "不实名", "不留", "不要", "anonymous")),
        Choice("named", _("With name and phone"), ("实名", "留名", "留姓名", "留电话", "named")),
    ]
    asked = _("With your name or without? Either way you are answered here.")
    chosen = await talk.choose(
        "identity", asked, options, label=_("Named or not"), called=("留名", "实名", "匿名"), ahead=False
    )
    if chosen.value == "anonymous":
        return "", ""
    name = await talk.text("name", _("Your name?"), longest=30, label=_("Name"))
    phone = await talk.phone("phone", _("Your phone number?"), label=_("Phone"), optional=True)
    return str(name), phone or ""


async def _captions(talk: Talk) -> None:
    """Words that come with pictures, or instead of them, belong to the story."""
    said, draft = talk.pending, talk.draft
    if said is None or draft.asked != "photos" or not said.text:
        return
    if said.media:
        draft.partial["captions"] = [*draft.partial.get("captions", []), said.text]
    elif len(bare(said.text)) >= SHORTEST_CAPTION and not _ends_pictures(said.text):
        draft.partial["captions"] = [*draft.partial.get("captions", []), said.text]
        talk.pending = None
        await talk.say(_("Added to what happened."))


def _ends_pictures(text: str) -> bool:
    return Photos(key="photos", text="").ends(text) or looks_like_question(text)


def _with_captions(talk: Talk, story: str) -> str:
    return "\n".join([story, *talk.draft.partial.get("captions", [])])


def _occupation(catalogue: Catalogue, company_id: str) -> str:
    """What somebody does who works for a company, where that is one thing."""
    found = next((one.occupations for one in catalogue.companies if one.id == company_id), ())
    return found[0] if len(found) == 1 else ""
