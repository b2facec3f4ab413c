"""What free text gives away about a person: sex, trade, relation to the platform, income, the two regions."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from bot.patterns import pattern
from bot.search.pinyin import read
from bot.understand import numbers
from bot.understand.words import normalise
from handlers.regions.service import Region, Regions

_SEX = {
    "female": pattern(r"女(?!儿|友|朋友|婿|孩)|宝妈|大姐|老婆|媳妇|[我俺](?:妈|姐|妹)|母亲|\bfemale\b|\bwoman\b"),
    "male": pattern(r"男(?!友|朋友|孩|方)|小伙|大老爷们|老公|[我俺](?:爸|哥|弟)|父亲|\bmale\b|\bman\b"),
}
_TRADES = {
    "streamer": pattern(r"主播|直播|带货|streamer"),
    "trucker": pattern(r"货车|卡车|货运|货拉拉|大车|半挂|满帮|拉货|truck"),
    "driver": pattern(r"网约车|滴滴|专车|快车|司机|代驾|ride.?hail|driver"),
    "rider": pattern(r"骑手|外卖|送餐|跑腿|众包|专送|闪送|配送|跑单|快递|rider|courier"),
}
_RELATIONS = {
    "employee": pattern(r"(?<!没)(?<!没有)(?:签了?|有)(?:正式的?)?劳动合同|正式工|单位给我?交"),
    "agreement": pattern(r"专送|签了?(?:书面|合作)?协议|站点的?骑手"),
    "independent": pattern(r"众包|自己接单|兼职|个人接单|自由职业|灵活就业|没有?单位"),
}
_HOME = (
    pattern(r"(?:户口|户籍|老家)(?:本?在|是|地)?(?P<where>[^\s,，。;；在]{2,8})"),
    pattern(r"(?P<where>[^\s,，。;；我是]{2,6})(?:户口|户籍|人(?![员家力社]))"),
)
_INCOME = pattern(
    rf"(?:月入|月收入|收入|工资|[挣赚拿]|earn)(?:大概|大约|差不多|也就|about|[有到个月是在能])*\s?(?P<n>{numbers.RUN})(?!\s?[%年天岁次单])"
)
_SPELLED = {"陕西": "shaanxi"}  # told apart from 山西 by its official spelling
_LEAST_INCOME, _MOST_INCOME = Decimal(300), Decimal(200_000)


def sex(text: str) -> str | None:
    """male or female; None when neither or both are named."""
    return _only(_SEX, text)


def trade(text: str) -> str | None:
    """The first of our trades that is named; a truck driver is no ride-hail driver."""
    plain = normalise(text)
    return next((name for name, words in _TRADES.items() if words.search(plain)), None)


def relation(text: str) -> str | None:
    """What somebody says to be to the platform."""
    return _only(_RELATIONS, text)


def income(text: str) -> Decimal | None:
    """Yuan a month."""
    match = _INCOME.search(normalise(text))
    value = numbers.evaluate(match["n"]) if match else None
    return value if value is not None and _LEAST_INCOME <= value <= _MOST_INCOME else None


def places(text: str, regions: Regions) -> tuple[Region | None, Region | None]:
    """(where somebody works, where they are registered): 河南人 在常州跑车."""
    home, rest = None, text
    for way in _HOME:
        match = way.search(text)
        found = regions.find(match["where"]) if match else []
        if match and found:
            home, rest = found[0], text[: match.start()] + " " + text[match.end() :]
            break
    work = regions.find(rest)
    return (work[0] if work else None), home


def by_sound(text: str, regions: Regions) -> Region | None:
    """The province or city written in pinyin: Nanjing, chang zhou; None for several that sound alike."""
    letters = re.sub(r"[^a-z]|city$|province$", "", normalise(text))
    found = _sounds(regions).get(letters, [])
    # Jilin is a province and its city: the larger; places of two provinces that sound alike are not guessed.
    return found[0] if len({region.code[:2] for region in found}) == 1 else None


@lru_cache(maxsize=2)
def _sounds(regions: Regions) -> dict[str, list[Region]]:
    sounds: dict[str, list[Region]] = {}
    for region in regions.all():
        if region.level in {"province", "city"}:
            sounds.setdefault(_SPELLED.get(region.short, "".join(read(list(region.short)))), []).append(region)
    return sounds


def _only(signs: dict[str, re.Pattern[str]], text: str) -> str | None:
    plain = normalise(text)
    found = [name for name, words in signs.items() if words.search(plain)]
    return found[0] if len(found) == 1 else None
