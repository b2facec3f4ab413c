"""群发: staff write a broadcast in the chat, see what it will be, try it out, and hand it in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from bot import notices
from bot.desk.members import Member, may_open
from bot.dialogue import Choice, Place, Talk, dialogue
from bot.dialogue.several import Several
from bot.i18n import N_, _
from bot.messages import Option
from bot.settings import Settings
from handlers.broadcasts import targets, wording, work
from handlers.broadcasts.asking import Moment, TextOr
from handlers.broadcasts.preview import Counts
from handlers.broadcasts.record import AREA, Plan
from handlers.broadcasts.segments import Segment
from handlers.broadcasts.setting import Broadcasting
from handlers.broadcasts.words import Button, Words
from handlers.policy.service import ReadingRoom
from handlers.profile.service import TOPICS, occupation_choices
from handlers.regions.service import Regions
from handlers.staff import service as staff
from handlers.volunteering.service import Slot, invitation

EVERYBODY = "everybody"
LISTED = 6  # activities or articles to choose from
WORDS = ("群发", "发通知", "群发通知", "发群发", "broadcast", "send a broadcast")


async def sender(talk: Talk) -> Member | None:
    """The member of staff who may send; None, and a kind word, for everybody else."""
    member = await staff.member(talk.store, talk.person.id)
    if member is not None and may_open(member.role, AREA):
        return member
    text = _("Messages to many are sent by community staff. Is there something others should know? Tell them here:")
    options = [Option(_("Ask staff"), "go:handover"), Option(_("File a complaint"), "go:complaint")]
    await talk.say(text, [*options, Option(_("Menu"), "go:menu")])
    return None


@dialogue("new_broadcast", title=N_("Send to many"), words=WORDS, pictures=True)
async def new_broadcast(talk: Talk) -> None:
    """From the text to the broadcast that waits for its time."""
    member = await sender(talk)
    if member is None:
        return
    setting = talk.use(Broadcasting)
    plan = await _plan(talk, setting)
    at = await _when(talk, setting)
    counts = await _counts(talk, setting, plan, at)
    await _last_look(talk, setting, plan, at, counts)
    if not counts.total:
        await talk.say(_("Nobody would get it, so nothing was sent."), [Option(_("Write another"), "go:new_broadcast")])
        return
    number, state = await talk.once("sent", lambda: _hand_in(talk, setting, member, plan, at, counts.total))
    if state == "waiting":
        text = _("Handed in. It goes to more than {most}, so a colleague has to approve it first.")
        text = text.format(most=setting.rules.approval_above)
    elif at is None:
        text = _("Handed in. It goes out at once.")
    else:
        text = _("Handed in. It goes out: {when}.").format(when=wording.moment(at, setting.zone))
    await talk.say(text, [Option(_("How it goes"), f"go:broadcasts?b={number}")])


async def _hand_in(
    talk: Talk, setting: Broadcasting, member: Member, plan: Plan, at: datetime | None, total: int
) -> list[Any]:
    number = await work.create(talk.store, member, plan)
    return [str(number), await work.hand_in(talk.store, member, number, setting.rules, at, total)]


# -- the parts


async def _plan(talk: Talk, setting: Broadcasting) -> Plan:
    slot = await targets.slot(talk.store, talk.args.get("slot", ""))  # begun below an activity
    text = await _text(talk, setting, slot)
    picture = await _picture(talk)
    button = await _button(talk, slot)
    segment = await _segment(talk, setting)
    topics = [Choice(key, _(name)) for key, name in TOPICS.items()]
    asked = _("What is it about? Who unsubscribed from that does not get it.")
    topic = await talk.choose("topic", asked, topics, label=_("Topic"), ahead=False)
    words = Words(text, "", (button,) if button else ())
    title = slot.title if slot is not None else _title(text)
    return Plan(title=title, words=words, topic=topic.value, segment=segment, picture=picture)


async def _text(talk: Talk, setting: Broadcasting, slot: Slot | None) -> str:
    """What people read; about an activity a text is ready."""
    longest = setting.rules.longest_text
    asked = _("What shall it say? Write the text as people will read it, at most {most} characters.")
    asked = asked.format(most=longest)
    if slot is None:
        return str(await talk.text("text", asked, longest=longest, label=_("Text"), asides=False))
    ready = invitation(slot, setting.zone)
    asked = _("{asked}\nThis one is ready:\n{ready}").format(asked=asked, ready=ready)
    options = (Choice("ready", _("Use these words"), ("用这段", "就用这个", "就这段", "可以", "好")),)
    question = TextOr(key="text", text=asked, longest=longest, label=_("Text"), asides=False, options=options)
    said = str(await talk.ask(question))
    return ready if said == "ready" else said


def _title(text: str) -> str:
    """The first words, for the list."""
    first = text.strip().split("\n", maxsplit=1)[0]
    return first if len(first) <= 20 else f"{first[:19]}…"


async def _picture(talk: Talk) -> int | None:
    if not talk.use(Settings).public_url and talk.person.channel != "web":
        return None  # the platforms could not fetch it
    found = await talk.photos("photos", _("A picture with it? Send one, or skip."), most=1, label=_("Picture"))
    return found[0] if found else None


async def _button(talk: Talk, slot: Slot | None) -> Button | None:
    if slot is not None:
        return Button(targets.label("slot"), targets.target("slot", str(slot.id)))
    ways = [Choice(name, _(words)) for name, words in targets.NAMES.items()]
    none = Choice("none", _("No button"), ("不要", "不用", "没有", "无", "no"))
    asked = _("A button below it? Where shall it lead?")
    chosen = await talk.choose("way", asked, [*ways, none], label=_("Button"), ahead=False)
    if chosen.value == "none":
        return None
    which = ""
    if chosen.value == "slot":
        which = await _slot(talk)
    elif chosen.value == "article":
        which = await _article(talk)
    return Button(targets.label(chosen.value), targets.target(chosen.value, which))


async def _slot(talk: Talk) -> str:
    found = [Choice(number, title) for number, title in (await targets.slots(talk.store))[:LISTED]]
    if not found:
        await talk.say(_("There is no activity to come."))
        talk.change("way")
    return (await talk.choose("slot", _("Which activity?"), found, ahead=False)).value


async def _article(talk: Talk) -> str:
    asked = await talk.text("article", _("Which article? A few words of what it says."), longest=60, asides=False)
    decision = talk.use(ReadingRoom).answers.decide(str(asked), today=talk.today)
    near = [Choice(one.id, one.title) for one in decision.passages[:LISTED]]
    if not near:
        await talk.say(_("I find no such article."))
        talk.change("article")
    other = Choice("other", _("Another one"), ("都不是", "换一篇"))
    chosen = await talk.choose("article-one", _("Which one?"), [*near, other], ahead=False)
    if chosen.value == "other":
        talk.change("article", "article-one")
    return chosen.value


async def _segment(talk: Talk, setting: Broadcasting) -> Segment:
    everybody = Choice(EVERYBODY, _("Everybody"), ("所有人", "大家", "全部", "都", "不限"))
    trades = [everybody, *occupation_choices()]
    asked = _("Who shall get it? You can name several.")
    question = Several(key="trades", text=asked, label=_("Occupations"), options=tuple(trades), everything=EVERYBODY)
    named: list[str] = await talk.ask(question)
    regions = talk.use(Regions)
    place = await talk.place(
        "district",
        _("In which district? Skip for everywhere."),
        label=_("District"),
        known=lambda words: [(one.code, one.name) for one in regions.find(words)],
        strict=True,
        optional=True,
    )
    all_of_them = Choice("all", _("All of them"), ("都", "全部"))
    before = Choice("before", _("Only who volunteered before"), ("做过志愿", "做过"))
    asked = _("All of them, or only who volunteered before?")
    helped = await talk.choose("helped", asked, [all_of_them, before], label=_("Volunteered before"), ahead=False)
    return Segment(
        occupations=() if EVERYBODY in named else tuple(named),
        region=place.code if isinstance(place, Place) else "",
        volunteered=helped.value == "before",
        contacted_days=setting.rules.contacted_days,
    )


async def _when(talk: Talk, setting: Broadcasting) -> datetime | None:
    local = talk.now.astimezone(setting.zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(10), setting.zone)
    options = (
        Choice("", _("Now")),
        Choice(tomorrow.isoformat(), _("Tomorrow 10:00")),
        Choice((tomorrow + timedelta(hours=5)).isoformat(), _("Tomorrow 15:00")),
    )
    question = Moment(
        key="when",
        text=_("When? Choose, or send a day and a time."),
        label=_("Time"),
        options=options,
        now=talk.now,
        zone=setting.zone,
        furthest=timedelta(days=setting.rules.furthest_days),
    )
    at: datetime | None = await talk.ask(question)
    return at


# -- the last look


async def _counts(talk: Talk, setting: Broadcasting, plan: Plan, at: datetime | None) -> Counts:
    return await setting.reach(talk.store, plan, at or talk.now)


async def _last_look(talk: Talk, setting: Broadcasting, plan: Plan, at: datetime | None, counts: Counts) -> None:
    """Shown, counted, tried out as often as they like, changed, sent or given up."""
    go = Choice("go", _("Send"), ("发送", "发", "发吧", "确认", "好", "是", "send"))
    options = [
        Choice("try", _("Try it out on me first"), ("试发", "先发给我", "先发我看看", "测试")),
        Choice("change", _("Change one"), ("改", "修改", "改一项")),
        Choice("no", _("Cancel"), ("不", "不发了", "no")),
    ]
    text = _preview(talk, setting, plan, at, counts)
    answer = await talk.choose("look", text, [go, *options], ahead=False)
    if answer.value == "try":
        await notices.notify(talk.store, talk.person.id, plan.words.tried(talk.person.language))
        await talk.say(_("On its way to your own chat."))
        talk.change("look")
    if answer.value == "no":
        await talk.cancel()
    if answer.value == "change":
        labels = [Choice(one, talk.draft.labels[one]) for one in talk.draft.order if one in talk.draft.labels]
        which = await talk.choose("look-which", _("Which one should change?"), labels, ahead=False)
        talk.change(
            which.value, "look", "look-which", *(("slot", "article", "article-one") if which.value == "way" else ())
        )


def _preview(talk: Talk, setting: Broadcasting, plan: Plan, at: datetime | None, counts: Counts) -> str:
    said = plan.words.said(0, talk.person.language)
    buttons = "".join(f"\n[{one.label}]" for one in plan.words.buttons)
    picture = _("(with a picture)") + "\n" if plan.picture else ""
    when = wording.moment(at, setting.zone) if at else _("at once")
    return _("A last look:\n{message}\n——\n{audience} · {when}\n{counts}").format(
        message=picture + said.text + buttons,
        audience=wording.audience(plan.segment, talk.use(Regions)),
        when=when,
        counts=wording.counted(counts),
    )


DIALOGUES = (new_broadcast,)
