"""Reads the values of a batch line; every slip raises `BadInput` with one sentence that names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.i18n import N_
from handlers.insurance.person import OCCUPATIONS, RELATIONS, Person
from handlers.insurance.values import BadInput, parse_month

_CODE: Final = re.compile(r"\d{6}")
_OLDEST: Final = 1900 * 12
_MOST_YUAN: Final = Decimal(10**12)
# The ways people and other programs say the same.
_SEXES: Final = {"male": "male", "m": "male", "男": "male", "female": "female", "f": "female", "女": "female"}
_TRACKS: Final = {"male60": "male", "female55": "female", "female50": "female"}
_OCCUPATIONS: Final = {
    "骑手": "rider", "外卖骑手": "rider", "courier": "rider", "delivery": "rider",
    "司机": "driver", "网约车司机": "driver", "ride_hailing": "driver",
    "货车司机": "trucker", "卡车司机": "trucker", "主播": "streamer",
}  # fmt: skip
_RELATIONS: Final = {
    "employed": "employee", "employment": "employee", "contract": "employee", "labor": "employee",
    "labour": "employee", "labor_contract": "employee", "labour_contract": "employee", "labor_relation": "employee",
    "labour_relation": "employee", "labor_relationship": "employee", "劳动合同": "employee", "劳动关系": "employee",
    "written_agreement": "agreement", "managed": "agreement", "partial": "agreement", "书面协议": "agreement",
    "不完全劳动关系": "agreement", "专送": "agreement",
    "none": "independent", "flexible": "independent", "platform": "independent", "crowdsourced": "independent",
    "self_employed": "independent", "self-employed": "independent", "freelance": "independent", "civil": "independent",
    "contractor": "independent", "individual": "independent", "众包": "independent", "灵活就业": "independent",
    "自由职业": "independent", "个体户": "independent",
}  # fmt: skip


def month(data: Mapping[str, Any], field: str, today: date) -> int:
    """A birth month, not in the future."""
    if field not in data:
        raise BadInput(N_('"{field}" is missing.'), field=field)
    value = parse_month(data[field])
    if value > today.year * 12 + today.month - 1:
        raise BadInput(N_('"{field}" {value} lies in the future.'), field=field, value=data[field])
    if value < _OLDEST:
        raise BadInput(N_('"{field}" {value} is too long ago.'), field=field, value=data[field])
    return value


def number(data: Mapping[str, Any], field: str) -> Decimal:
    """A finite JSON number that is not negative, exactly as written."""
    value = data.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(N_('"{field}" must be a number.'), field=field)
    amount = Decimal(repr(value)) + 0  # -0.0 is 0
    if amount < 0:
        raise BadInput(N_('"{field}" can\'t be negative.'), field=field)
    if amount > _MOST_YUAN:
        raise BadInput(N_('"{field}" is too large.'), field=field)
    return amount


def positive(data: Mapping[str, Any], field: str) -> Decimal:
    """A number above zero."""
    value = number(data, field)
    if not value:
        raise BadInput(N_('"{field}" must be more than zero.'), field=field)
    return value


def whole(data: Mapping[str, Any], field: str, most: int) -> int:
    """A whole number from 0 to `most`."""
    value = number(data, field)
    if value != value.to_integral_value() or value > most:
        raise BadInput(N_('"{field}" must be a whole number from 0 to {most}.'), field=field, most=most)
    return int(value)


def code(data: Mapping[str, Any], field: str) -> str:
    """Six digits of GB/T 2260; whether there is such a place is for the regions to say."""
    value = str(data.get(field) if data.get(field) is not None else "")
    if not value:
        raise BadInput(N_('"{field}" is missing.'), field=field)
    if not _CODE.fullmatch(value):
        raise BadInput(N_('"{field}" must be a GB/T 2260 code of six digits, like 320000.'), field=field)
    return value


def track(data: Mapping[str, Any]) -> str:
    """male60, female55 or female50."""
    value = data.get("track")
    if not isinstance(value, str) or value not in _TRACKS:
        raise BadInput(N_('"track" must be male60, female55 or female50.'))
    return value


def person(data: Mapping[str, Any], today: date) -> Person:
    """Who a guide is for. The track tells the sex, a man's sex his track; a woman's track can't be guessed."""
    as_of = _day(data.get("as_of"), today)
    sex, way = _sex_and_track(data)
    home, paid, income = data.get("household_region"), data.get("paid_months"), data.get("monthly_income")
    return Person(
        birth=month(data, "birth", as_of),
        sex=sex,
        track=way,
        work_region=code(data, "work_region"),
        as_of=as_of,
        household_region=None if home is None else code(data, "household_region"),
        occupation=_word(data.get("occupation"), _OCCUPATIONS, OCCUPATIONS, "other"),
        relation=_word(data.get("relation"), _RELATIONS, RELATIONS, "unknown"),
        paid_months=None if paid is None else whole(data, "paid_months", 960),
        monthly_income=None if income is None else number(data, "monthly_income"),
    )


def _sex_and_track(data: Mapping[str, Any]) -> tuple[str, str]:
    said, way = data.get("sex"), data.get("track")
    if way is not None:
        way = track(data)
    sex = _SEXES.get(said.lower()) if isinstance(said, str) else None
    if (said is not None and sex is None) or (said is None and way is None):
        raise BadInput(N_('"sex" must be male or female.'))
    if sex == "female" and way is None:
        raise BadInput(N_('A woman\'s "track" is needed: female55, or female50 for those who retired at 50 before.'))
    if way and sex and _TRACKS[way] != sex:
        raise BadInput(N_('"track" {track} does not go with "sex" {sex}.'), track=way, sex=said)
    return (sex or _TRACKS[str(way)]), (way or "male60")


def _day(value: object, today: date) -> date:
    if value is None:
        return today
    try:
        text = value if isinstance(value, str) else ""
        return date.fromisoformat(text + "-01" if len(text) == 7 else text)
    except ValueError:
        raise BadInput(N_('"as_of" must be a day like 2026-11-21.')) from None


def _word(value: object, words: Mapping[str, str], known: frozenset[str], otherwise: str) -> str:
    # What we don't know is "other" or "unknown", and the guide says so; it is no reason to refuse an answer.
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if text in known else words.get(text, otherwise)
