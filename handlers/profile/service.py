"""What other capabilities need of a profile: consent before the first personal thing, names of occupations, topics."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta

import orjson

from bot.dialogue import Choice, Talk
from bot.i18n import N_, _
from bot.search.normalise import normalise
from bot.site import Site
from bot.store.vault import CannotOpen, Vault

OCCUPATIONS = {
    "rider": (N_("Delivery rider"), ("骑手", "送外卖", "外卖员", "跑腿", "送餐", "rider", "快递员")),
    "driver": (N_("Ride-hail driver"), ("网约车司机", "司机", "滴滴", "代驾", "driver", "开网约车")),
    "trucker": (N_("Trucker"), ("货车司机", "货运", "卡车", "拉货", "trucker", "货拉拉")),
    "streamer": (N_("Streamer"), ("主播", "直播", "带货", "streamer")),
    "other": (N_("Other work"), ("其他", "别的", "other")),
}
# How people name themselves and each other; the first that occurs in a text counts.
_HEARD = {
    "streamer": ("主播", "直播", "网红", "mcn", "公会"),
    "trucker": ("货车", "货运", "卡车", "货拉拉", "大车", "半挂", "运满满", "跑长途", "卡友"),
    "driver": ("网约车", "滴滴", "司机", "专车", "快车", "出租车"),
    "rider": ("骑手", "外卖", "送餐", "跑腿", "众包", "美团", "饿了么", "闪送", "配送员"),
}
TRADE_WORDS = {word: occupation for occupation, words in _HEARD.items() for word in words}
# What is sent unasked, and can be unsubscribed: the one list of it.
TOPICS = {
    "volunteering": N_("Volunteer activities"),
    "news": N_("New rules and reminders"),
    "community": N_("News from the community"),
}
# What is told to whoever joined a matter of others; nobody broadcasts under these.
FOLLOWED = {"reports": N_("Reports I joined"), "council": N_("Council proposals I support")}
LINK_LIFE = timedelta(hours=24)
_LINK_AAD = b"my-data-link"


def occupation_name(occupation: str) -> str:
    """The name of an occupation in the language in force; "" for none."""
    return _(OCCUPATIONS[occupation][0]) if occupation in OCCUPATIONS else ""


def occupation_in(text: str) -> str | None:
    """The occupation a text names, None when it names none."""
    text = normalise(text)
    return next((occupation for word, occupation in TRADE_WORDS.items() if word in text), None)


def occupation_choices() -> list[Choice]:
    """The occupations to choose from."""
    return [Choice(key, _(name), aliases) for key, (name, aliases) in OCCUPATIONS.items()]


AGREE = (
    "同意", "好", "好的", "可以", "行", "嗯", "👌", "👍", "统一", "同一", "同易", "yes", "agree", "i agree", "ok",
)  # fmt: skip
REFUSE = (
    "不", "不行", "不可以", "先不", "先不说", "先不了", "暂时不", "再想想", "我再想想", "再考虑考虑", "考虑一下",
    "no", "i do not agree", "i don't agree", "not now",
)  # fmt: skip


async def ensure_consent(talk: Talk, said: str = "", whole: str = "") -> None:
    """Ask for consent to the privacy notice, once in a person's life; goes no further when it is refused. `said` and
    `whole`: the short and the long words where others than the union's officers are the ones to see it."""
    if talk.person.consented_at is not None:
        return
    site = talk.use(Site)
    short = _("Before I note anything: only {union} sees it, it is stored encrypted, and “Erase me” deletes it. Agree?")
    agree, refuse = Choice("yes", _("I agree"), AGREE), Choice("no", _("I do not agree"), REFUSE)
    read = Choice("read", _("Read more first"), ("说明", "详细"))
    asked = said or short.format(union=site.said("union"))
    answer = await talk.choose("consent", asked, [agree, read, refuse], ahead=False)
    if answer.value == "read":
        answer = await talk.choose("consent-read", whole or notice(site), [agree, refuse], ahead=False)
    if answer.value != "yes":
        await talk.say(_("All right, nothing was noted. You can still ask me anything."))
        await talk.cancel()
    talk.person.change(consented_at=talk.now)
    for key in ("consent", "consent-read"):
        talk.draft.drop(key)  # no step of the form that “back” could go to


def notice(site: Site) -> str:
    """The privacy notice, whole."""
    return _(
        "What we keep: what you write in a form, your pictures, your district and trade.\n"
        "What for: to deal with your matter, nothing else.\n"
        "Who sees it: {officers} officers of {union}. Not your platform, not your company.\n"
        "How: encrypted. At most {kept} after the matter is closed.\n"
        "Your rights: “My data” shows it, “Erase me” deletes it."
    ).format(officers=site.case_officers, union=site.said("union"), kept=_kept(site.retention_days))


def _kept(days: int) -> str:
    """2 年, 90 天: nobody counts 730 days."""
    years, rest = divmod(days, 365)
    return _("{count} days").format(count=days) if rest or not years else _("{count} years").format(count=years)


def data_link(vault: Vault, person_id: int, now: datetime) -> str:
    """A path that shows this person's data for a day; sealed, so nobody can make one."""
    token = vault.seal(orjson.dumps([person_id, int((now + LINK_LIFE).timestamp())]), _LINK_AAD)
    return "/mine/" + base64.urlsafe_b64encode(token).decode().rstrip("=")


def linked_person(vault: Vault, token: str, now: datetime) -> int | None:
    """Whose data a link shows; None when it is no link of ours, or too old."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        person_id, until = orjson.loads(vault.open(sealed, _LINK_AAD))
    except (CannotOpen, binascii.Error, ValueError):
        return None
    return int(person_id) if now.timestamp() < until else None
