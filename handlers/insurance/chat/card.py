"""The card in the chat: a few lines, with links to the page and to the calendar file."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.settings import Settings
from handlers.insurance.agenda import agenda
from handlers.insurance.chat import asking, recommend
from handlers.insurance.chat.wording import basis, lines, month, titled
from handlers.insurance.links import card_link

WORDS = ("参保卡片", "我的参保", "社保卡片", "insurance card")
MOST_LISTED = 4


@dialogue("insurance_card", title=N_("Card and reminders"), words=WORDS)
async def insurance_card(talk: Talk) -> None:
    """What was worked out, to keep: text here, a page to print, days for the calendar."""
    person = await asking.person(talk)
    asking.remember(talk)
    rules = asking.rules(talk)
    guide = rules.guide(person)
    way = rules.retirement(person.birth, person.track)
    listed = [titled(recommend.name(rules, one), recommend.cost(one)) for one in guide.options if one.eligible][
        :MOST_LISTED
    ]
    days = [f"{one.day} {one.title}" for one in agenda(rules, person, guide, talk.today)[:2]]
    priced = [one.sources[-1] for one in guide.options if one.eligible and one.levels]
    text = lines(
        _("【My insurance card】{place} · {day}").format(
            place=rules.regions.region(person.work_region).short, day=talk.today
        ),
        *listed,
        _("Retirement: {month}").format(month=month(way.month)),
        *days,
        basis([*priced, way.sources[0]]),
    )
    base = talk.use(Settings).public_url
    linked = bool(base) or talk.person.channel == "web"
    await talk.say(text, [] if linked else _further())
    if linked:
        root = "" if talk.person.channel == "web" else base
        path = card_link(talk.store.vault, person, talk.person.language, talk.now)
        await talk.say(_("The whole card, to print or keep (30 days):"), kind="link", url=f"{root}{path}")
        calendar = f"{root}{path}/reminders.ics"
        await talk.say(_("The days for your phone's calendar:"), _further(), kind="file", url=calendar)


def _further() -> list[Option]:
    return [Option(_("Back to the list"), "go:insurance_again"), Option(_("Menu"), "go:menu")]


DIALOGUES = (insurance_card,)
