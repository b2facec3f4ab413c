"""What is asked, once: the opening, then what was told before, then the profile answer ahead of the person."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bot.dialogue import Choice, Talk
from bot.dialogue.questions import Question
from bot.i18n import _
from bot.settings import Settings
from bot.site import Site
from handlers.insurance.chat import birth as births
from handlers.insurance.chat import clues
from handlers.insurance.chat.questions import BirthMonth, MonthOfYear, PaidMonths, Spotted, Town, Yuan
from handlers.insurance.chat.wording import month, yuan
from handlers.insurance.service import Insurance, Person, open_insurance
from handlers.profile.service import occupation_choices
from handlers.regions.service import Region, Regions

MEMORY = "insurance"  # what a person told last, kept in the conversation only
KEYS = ("birth", "month", "sex", "way", "work", "city", "home", "occupation", "relation", "paid", "income")
UNKNOWN, SAME = "unknown", "same"
TRACKS = {
    "own": "female55",
    "before": "female55",
    "manager": "female55",
    "worker": "female50",
    UNKNOWN: "female55",
}
MIDDLE = 6  # the month counted with when none was told
_OTHERS = re.compile(
    r"老婆|媳妇|爱人|老公|对象|妈|爸|母亲|父亲|岳|婆婆|公公|哥|姐|弟|妹|儿子|女儿|孩子|朋友|同事"
    r"|my (?:wife|husband|mother|father|friend|son)"
)
_CORRECTS = re.compile(r"不对|[说写打]错|弄错|搞错|不是|更正|应该是|改成|改为|wrong|actually")


def rules(talk: Talk) -> Insurance:
    """The insurance rules; read when first needed."""
    return open_insurance(talk.use(Settings).content_dir)


def told(talk: Talk) -> dict[str, Any]:
    """What the person told in an earlier conversation."""
    known: dict[str, Any] = talk.memory.get(MEMORY, {})
    return known


def remember(talk: Talk) -> None:
    """Keep what was told in this one, for the calculators and the details."""
    answers = {key: talk.draft.answers[key] for key in KEYS if talk.draft.answers.get(key) is not None}
    talk.memory[MEMORY] = {**(told(talk) if recalls(talk) else {}), **answers}


def recalls(talk: Talk) -> bool:
    """False when this is about somebody else than last time, or is to be asked anew."""
    opening, known = talk.opening, told(talk).get("birth", "")
    if talk.args.get("new") or talk.draft.answers.get("reuse") == "new" or _OTHERS.search(opening):
        return False
    said = births.find(opening, talk.today) if opening else None
    same = said is None or not known or str(said).startswith(known) or known.startswith(str(said))
    return same or bool(_CORRECTS.search(opening))


async def ask(talk: Talk, question: Question, profile: str = "") -> Any:
    """The answer, from the opening, from before or from the profile where there is one; else it is asked."""
    draft, key = talk.draft, question.key
    if key not in draft.answers and key not in draft.passed and draft.asked != key:
        found = question.find(draft.opening) if draft.opening else None
        if found is None and recalls(talk):
            found = told(talk).get(key) or profile or None
        if found is not None and talk.args.get("change") != key:
            draft.keep(key, found, ahead=True)
    return await talk.ask(question)


async def correct(talk: Talk) -> None:
    """不对，我是84年的: an answer given before is changed in the middle of another question."""
    said, draft = talk.pending, talk.draft
    if said is None or not said.text or draft.asked in {"birth", ""} or "birth" not in draft.answers:
        return
    found = births.find(said.text, talk.today)
    if found is None or not _CORRECTS.search(said.text):
        return
    talk.pending = None
    draft.keep("birth", str(found))
    if found.month is not None:
        draft.drop("month")
    await talk.say(_("Changed: born {birth}.").format(birth=born(str(found))))


def born(kept: str) -> str:
    """A birth as it is kept, in words: 1984年3月, or only the year."""
    year, _dash, in_year = kept.partition("-")
    return month(int(year) * 12 + int(in_year) - 1) if in_year else _("the year {year}").format(year=year)


# -- the questions


async def birth(talk: Talk) -> int:
    """The running month of birth; without a month, June is counted with and said so."""
    await correct(talk)
    asked = _("In which year and month were you born? Like 1982-03.")
    kept = str(await ask(talk, BirthMonth(key="birth", text=asked, today=talk.today, label=_("Birth"))))
    year, _dash, in_year = kept.partition("-")
    if not in_year:
        skip = (Choice(UNKNOWN, _("I'd rather not say"), ("跳过", "不想说", "记不清", "skip")),)
        asked = _("Which month in {year}? It decides the month you retire.").format(year=year)
        question = MonthOfYear(key="month", text=asked, least=Decimal(1), most=Decimal(12), options=skip)
        given = await ask(talk, question)
        in_year = str(given) if given != UNKNOWN else str(MIDDLE)
    return int(year) * 12 + int(Decimal(in_year)) - 1


def guessed_month(talk: Talk) -> str:
    """The sentence that owns up to a guessed month of birth; "" when it was told."""
    answers = talk.draft.answers
    if "-" in str(answers.get("birth", "")) or answers.get("month") != UNKNOWN:
        return ""
    return _("No month told: counted with June, so some months may shift.")


async def sex(talk: Talk) -> str:
    """male or female."""
    options = (
        Choice("male", _("Man"), ("男的", "男", "男性", "先生", "male")),
        Choice("female", _("Woman"), ("女的", "女", "女性", "女士", "female")),
    )
    asked = _("Man or woman? Retirement ages differ.")
    return str(await ask(talk, Spotted(key="sex", text=asked, options=options, clue=clues.sex, label=_("Sex"))))


async def way(talk: Talk) -> str:
    """How a woman is or was insured; it decides her track. Men: "man"."""
    if await sex(talk) == "male":
        return "man"
    options = (
        Choice("own", _("I pay myself, never through an employer"), ("一直自己交", "自己交", "没单位", "没交过")),
        Choice("before", _("An employer paid before, now I do"), ("以前单位交过", "以前有单位", "以前单位")),
        Choice("worker", _("Employed now as a worker"), ("工人", "工人岗", "现在单位工人")),
        Choice("manager", _("Employed now in management"), ("管理", "管理岗", "技术岗", "干部")),
        Choice(UNKNOWN, _("I don't know"), ("不知道", "不清楚")),
    )
    asked = _(
        "Women have two tracks: 55 moving to 58, or 50 moving to 55.\n"
        "Who pays herself is mostly on the first. How is it with you?"
    )
    return str(await ask(talk, Spotted(key="way", text=asked, options=options, unknown=UNKNOWN, label=_("Track"))))


async def track(talk: Talk) -> str:
    """male60, female55 or female50."""
    return TRACKS.get(await way(talk), "male60")


async def place(talk: Talk) -> str:
    """The code of where somebody works, as told."""
    regions = talk.use(Regions)
    near = talk.person.region or talk.use(Site).region
    options = (Choice(near, regions.region(near).name),) if near else ()
    asked = _("Which city do you work in? Tap it, or type another.")
    spot = _spot(talk, 0)
    question = Town(key="work", text=asked, options=options, known=_known(talk), spot=spot, label=_("Working place"))
    return str(await ask(talk, question, talk.person.region))


async def work(talk: Talk) -> str:
    """The code of where somebody works; the city is asked for where a province's floors differ."""
    regions, insurance = talk.use(Regions), rules(talk)
    code = await place(talk)
    if not insurance.setting(code, talk.today).differs:
        return code
    name, skip = regions.region(code).short, (Choice(UNKNOWN, _("Skip"), ("跳过", "skip")),)
    asked = _("In {name} the floor differs between cities. Which city?").format(name=name)
    city = str(await ask(talk, Town(key="city", text=asked, options=skip, known=_known(talk), unknown=UNKNOWN)))
    return code if city == UNKNOWN else city


async def home(talk: Talk, work_code: str) -> str | None:
    """The code of the household's region, None when it was not told."""
    name = talk.use(Regions).region(work_code).short
    options = (
        Choice(SAME, _("Here, in {name}").format(name=name), ("本地", "就在这", "当地")),
        Choice(UNKNOWN, _("Skip"), ("跳过", "skip", "不想说")),
    )
    asked = _("Where is your household registered? Tap, or type the place.")
    question = Town(
        key="home",
        text=asked,
        options=options,
        known=_known(talk),
        spot=_spot(talk, 1),
        same=SAME,
        unknown=UNKNOWN,
        label=_("Household"),
    )
    code = str(await ask(talk, question))
    return {SAME: work_code, UNKNOWN: None}.get(code, code)


async def occupation(talk: Talk) -> str:
    """rider, driver, trucker, streamer or other."""
    options = tuple(occupation_choices())
    question = Spotted(
        key="occupation",
        text=_("What do you do?"),
        options=options,
        clue=clues.trade,
        label=_("Trade"),
        unknown="other",
    )
    return str(await ask(talk, question, talk.person.occupation))


async def relation(talk: Talk) -> str:
    """employee, agreement, independent or unknown."""
    options = (
        Choice("employee", _("A labour contract"), ("劳动合同", "正式工", "合同工", "签了合同")),
        Choice("agreement", _("An agreement; a station runs me"), ("协议", "专送", "站点", "书面协议", "签了协议")),
        Choice("independent", _("I take orders myself"), ("众包", "自己接单", "自己干", "没签", "什么都没签", "兼职")),
        Choice(UNKNOWN, _("I don't know"), ("不清楚", "不知道")),
    )
    asked = _("What have you signed with the platform?")
    question = Spotted(
        key="relation", text=asked, options=options, clue=clues.relation, unknown=UNKNOWN, label=_("Relation")
    )
    return str(await ask(talk, question))


async def paid(talk: Talk, birth_month: int) -> int | None:
    """Months paid into the employee pension; None when forgotten."""
    possible = talk.today.year * 12 + talk.today.month - 1 - birth_month - 16 * 12
    options = (
        Choice("0", _("Never paid"), ("没交过", "没有", "没交")),
        Choice(UNKNOWN, _("I don't remember"), ("记不清", "不记得", "不知道", "跳过")),
    )
    asked = _("How long have you paid into the employee pension? A number of years will do.")
    question = PaidMonths(
        key="paid", text=asked, most=Decimal(max(0, possible)), options=options, label=_("Years paid")
    )
    months = await ask(talk, question)
    return None if months == UNKNOWN else int(months)


async def income(talk: Talk, work_code: str) -> Decimal | None:
    """Yuan a month, as far as it matters: beside the floor of the region. Not asked where no floor is confirmed."""
    base = rules(talk).setting(work_code, talk.today).base
    floor = base.values["floor"] if base else None
    if base is None or floor is None:
        return None
    options = (
        Choice("below", _("Less than {floor}").format(floor=yuan(floor))),
        Choice("above", _("{floor} or more").format(floor=yuan(floor))),
        Choice(UNKNOWN, _("Skip"), ("跳过", "skip", "不想说", "不固定", "不知道")),
    )
    asked = _("About how much do you earn a month? The local floor is {floor} ({cited}).")
    asked = asked.format(floor=yuan(floor), cited=base.cited)
    given = await ask(talk, Yuan(key="income", text=asked, options=options, spot=_earned, label=_("Income")))
    return {"below": floor - 1, "above": floor, UNKNOWN: None}.get(str(given), given)


def _earned(text: str) -> str | None:
    found = clues.income(text)
    return None if found is None else str(found)


def _known(talk: Talk) -> Callable[[str], str | None]:
    """Looks a place up, the one nearest to where the service stands first."""
    regions, near = talk.use(Regions), talk.person.region or talk.use(Site).region

    def look(words: str) -> str | None:
        found = sorted(regions.find(words), key=lambda region: region.code[:4] != near[:4])
        place = found[0] if found else clues.by_sound(words, regions)
        return place.code if place else None

    return look


def _spot(talk: Talk, which: int) -> Callable[[str], str | None]:
    def look(text: str) -> str | None:
        found: Region | None = clues.places(text, talk.use(Regions))[which]
        return found.code if found else None

    return look


async def person(talk: Talk) -> Person:
    """Everything the guide needs, one question after the other."""
    born = await birth(talk)
    woman = (which := await way(talk)) != "man"
    where = await work(talk)
    return Person(
        birth=born,
        sex="female" if woman else "male",
        track=TRACKS.get(which, "male60"),
        work_region=where,
        as_of=talk.today,
        household_region=await home(talk, where),
        occupation=await occupation(talk),
        relation=await relation(talk),
        paid_months=await paid(talk, born),
        monthly_income=await income(talk, where),
    )
