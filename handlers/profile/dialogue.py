"""Mine: profile, language, what is kept about me, erase me, unsubscribe."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from bot.dialogue import Choice, Place, Talk, dialogue
from bot.i18n import LANGUAGES, N_, _, speaking
from bot.messages import Option
from bot.patterns import pattern
from bot.personal import Holders
from bot.settings import Settings
from bot.store.tables import opt_outs
from bot.understand.words import bare, normalise
from handlers.profile import service
from handlers.profile.moving import my_place
from handlers.profile.readable import readable
from handlers.regions.service import Regions

_ENOUGH = pattern(
    r"(?:我|都|请|麻烦|你们?|您|能不能|可不可以|以后)*"
    r"(?:(?:不想|不要|别|不用|甭|不)(?:再)?(?:给我|跟我|往我这)?(?:再|老是|总是|一直)?(?:收到?|看到?|发|群发|推送?|提醒)"
    r"(?:这些|这种|这个|消息|通知|推送|提醒|广告|活动|短信|东西|的|我)*(?:了|啦|行吗|好吗|吧|啊)*"
    r"|(?:取消|关掉|关闭|停止)(?:我的)?(?:所有|全部)?(?:订阅|推送|通知|提醒|群发)(?:消息)?(?:吧|了)?"
    r"|(?:消息|通知|推送|广告)太?(?:多|烦)(?:了|死了)?(?:别发了|不想收了)?)"
    r"|(?:please )?(?:stop|no more) (?:sending|messages?|texting|notifications?|messaging).{0,20}"
)
_SPOKEN = pattern(
    r"(?:我想|我要|请|帮我)*(?:换成?|改成?|切换(?:到|成)?|用|说)(?P<name>english|英文|英语|中文|汉语|chinese)(?:版|吧|界面)?"
)
NAMED = {"english": "en", "英文": "en", "英语": "en", "中文": "zh_CN", "chinese": "zh_CN", "汉语": "zh_CN"}


def hears_enough(text: str) -> float:
    """不想收了, 别再给我发了, 取消推送: no more of what comes unasked."""
    return 0.9 if _ENOUGH.fullmatch(bare(text)) else 0.0


def hears_language(text: str) -> float:
    """换成英文, 说中文."""
    return 0.9 if _SPOKEN.fullmatch(bare(text)) else 0.0


@dialogue("mine", title=N_("Mine"), words=["我的", "个人中心", "mine", "me"], after="offer")
async def mine(talk: Talk) -> None:
    """The way to everything of one's own."""
    options = [
        Option(_("My complaints"), "go:my_complaints"),
        Option(_("My activities"), "go:my_volunteering"),
        Option(_("My points"), "go:my_points"),
        Option(_("My reports"), "go:my_reports"),
        Option(_("My proposals"), "go:my_proposals"),
        Option(_("Profile and settings"), "go:settings"),
    ]
    await talk.say(_("What would you like to see?"), options)


@dialogue("settings", title=N_("Profile and settings"), words=["设置", "资料和设置", "settings"], after="offer")
async def settings(talk: Talk) -> None:
    """What is kept about a person, and how we speak to them."""
    options = [
        Option(_("My profile"), "go:profile"),
        Option(_("My data"), "go:my_data"),
        Option(_("Language"), "go:language"),
        Option(_("Unsubscribe"), "go:unsubscribe"),
        Option(_("Erase me"), "go:erase"),
    ]
    await talk.say(_("What would you like to change?"), options)


@dialogue(
    "profile", title=N_("My profile"), words=["我的资料", "资料", "改资料", "看我的资料", "我想看我的资料", "profile"]
)
async def profile(talk: Talk) -> None:
    """Trade and district: answers then fit."""
    await service.ensure_consent(talk)
    trade = await talk.choose("trade", _("What do you do?"), service.occupation_choices(), optional=True, ahead=False)
    asked = _("Which district do you work in? Type its name.")
    if talk.can_locate:
        asked = _("Which district do you work in?")
    place = await talk.place("district", asked, known=_places(talk), strict=True, optional=True)
    if trade.value:
        talk.person.change(occupation=trade.value)
    if isinstance(place, Place) and place.code:
        talk.person.change(region=place.code)
    region = talk.person.region
    where = talk.use(Regions).region(region).name if region else ""
    parts = [part for part in (service.occupation_name(talk.person.occupation), where) if part]
    if parts:
        await talk.say(_("Noted: {what}. Answers will fit that.").format(what=" · ".join(parts)))
    else:
        await talk.say(_("All right, nothing was noted."))


def _named(text: str) -> str | None:
    said = _SPOKEN.fullmatch(bare(text))
    return NAMED.get(said["name"] if said else normalise(text))


@dialogue(
    "language", title=N_("Language"), words=["语言", "换个语言", "换语言", "language", *NAMED], hears=hears_language
)
async def language(talk: Talk) -> None:
    """Choose the language; who names one has chosen."""
    named = _named(talk.said.text) if not talk.draft.asked else None
    choices = [Choice(key, name) for key, name in LANGUAGES.items()]
    chosen = named or (await talk.choose("language", "语言 / Language", choices, ahead=False)).value
    talk.person.change(language=chosen)
    with speaking(chosen):
        await talk.say(_("From now on in English."), [Option(_("Menu"), "go:menu")])


@dialogue("my_data", title=N_("My data"), words=["我的数据", "导出我的数据", "my data"])
async def my_data(talk: Talk) -> None:
    """What is kept: a readable text, and all of it as JSON."""
    data = await talk.use(Holders).show(talk.store, talk.person.id)
    region = talk.person.region
    await talk.say(readable(data, talk.use(Regions).region(region).name if region else ""))
    path = service.data_link(talk.store.vault, talk.person.id, talk.now)
    base = "" if talk.person.channel == "web" else talk.use(Settings).public_url
    if base or talk.person.channel == "web":
        await talk.say(_("All of it as a file (link good for 24 hours):"), kind="file", url=f"{base}{path}")


@dialogue("erase", title=N_("Erase me"), words=["注销", "删除我的数据", "删除我", "erase me", "delete me", "delete_me"])
async def erase(talk: Talk) -> None:
    """Erase everything; open complaints are withdrawn by it."""
    text = _(
        "This deletes all you told me: profile, complaints, pictures, chats. "
        "Open complaints end. It can't be undone. Delete?"
    )
    choices = [
        Choice(
            "yes",
            _("Yes, delete everything"),
            ("确定", "确认", "是", "是的", "要", "要删", "删", "删除", "yes", "delete"),
        ),
        Choice("no", _("No, keep it"), ("不", "不要", "不删", "no")),
    ]
    answer = await talk.choose("sure", text, choices, ahead=False)
    if answer.value == "no":
        await talk.say(_("Nothing was deleted."))
        return
    await talk.use(Holders).erase(talk.store, talk.person.id)
    talk.state.memory.clear()
    await talk.say(_("Done. Everything you told me is deleted. If you write again, we start anew."))


@dialogue(
    "unsubscribe",
    title=N_("Unsubscribe"),
    words=["退订", "不要再发", "别发了", "td", "stop", "unsubscribe"],  # TD ends text messages
    hears=hears_enough,
)
async def unsubscribe(talk: Talk) -> None:
    """Stop what is sent unasked, topic by topic; answers to one's own matters still come."""
    choices = [Choice(key, _(name)) for key, name in (service.TOPICS | service.FOLLOWED).items()]
    choices.append(Choice("all", _("All of it"), ("全部", "都不要", "all")))
    answer = await talk.choose("topic", _("What should I stop sending?"), choices, ahead=False)
    topics = [*service.TOPICS, *service.FOLLOWED] if answer.value == "all" else [answer.value]
    await talk.store.execute(
        sa.delete(opt_outs).where(opt_outs.c.person_id == talk.person.id, opt_outs.c.topic.in_(topics))
    )
    for topic in topics:
        talk.store.insert(opt_outs, person_id=talk.person.id, topic=topic, at=talk.now)
    text = _("Stopped. Answers to your own matters still come. “Subscribe” brings it back.")
    await talk.say(text, [Option(_("Subscribe again"), "go:subscribe")])


@dialogue("subscribe", title=N_("Subscribe"), words=["订阅", "恢复订阅", "取消退订", "重新订阅", "subscribe"])
async def subscribe(talk: Talk) -> None:
    """Take back all that was unsubscribed."""
    await talk.store.execute(sa.delete(opt_outs).where(opt_outs.c.person_id == talk.person.id))
    await talk.say(_("You get messages again. “Unsubscribe” stops them any time."))


def _places(talk: Talk) -> Callable[[str], list[tuple[str, str]]]:
    """Looks the places up that words name: (code, name), best first."""
    regions = talk.use(Regions)
    return lambda words: [(region.code, region.name) for region in regions.find(words)]


DIALOGUES = (mine, settings, profile, my_place, language, my_data, erase, unsubscribe, subscribe)
