"""What people type about themselves: births, years paid, places; and who wants to be helped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from bot.understand import NotUnderstood
from handlers.insurance.chat import birth, clues, paid
from handlers.insurance.chat.emergency import had_accident, kind_of
from handlers.insurance.chat.hearing import asks_grade, grade_in, wants_estimate, wants_insurance, wants_retirement
from handlers.insurance.service import Insurance

TODAY = date(2026, 11, 16)
CONTENT = Path(__file__).parents[3] / "content"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("82年的", "1982"),
        ("1982年3月", "1982-03"),
        ("１９８２．３", "1982-03"),
        ("82.3", "1982-03"),
        ("八二年三月", "1982-03"),
        ("一九八二年十一月", "1982-11"),
        ("十二月 82年", None),
        ("19820315", "1982-03"),
        ("82年3月15号", "1982-03"),
        ("March 1982", "1982-03"),
        ("born in 1990", "1990"),
        ("05年7月", "2005-07"),
        ("1995 07", "1995-07"),
        ("我是九五年的", "1995"),
    ],
)
def test_births(said: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(NotUnderstood):
            birth.parse(said, TODAY)
    else:
        assert str(birth.parse(said, TODAY)) == meant


@pytest.mark.parametrize(
    ("said", "code"),
    [("", "empty"), ("44", "age"), ("我46了", "age"), ("15", "age"), ("属狗", "none"), ("1982-13", "month"),
     ("2026年12月", "future"), ("1900年", "past")],
)  # fmt: skip
def test_births_that_are_none(said: str, code: str) -> None:
    with pytest.raises(NotUnderstood) as problem:
        birth.parse(said, TODAY)
    assert problem.value.code == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我82年的 想交养老", "1982"),
        ("我85年 想交社保", "1985"),
        ("本人1970年9月出生", "1970-09"),
        ("交了15年的社保", None),
        ("2024年的基数是多少", None),
        ("我2024年的社保没交", None),
        ("我2030年3月的", None),
        ("82年13月的", None),
    ],
)
def test_births_in_free_text(text: str, found: str | None) -> None:
    assert (str(birth.find(text, TODAY)) if birth.find(text, TODAY) else None) == found


@pytest.mark.parametrize(
    ("said", "months"),
    [("5年", 60), ("两年半", 30), ("5年3个月", 63), ("三年零四个月", 40), ("60个月", 60), ("半年", 6), ("十五年", 180),
     ("5", 60), ("120", 120), ("15年多", 180), ("没交过", 0), ("一直没交", 0),
     ("记不清", "unknown"), ("忘了", "unknown"),
     ("half a year", 6), ("7 years", 84), ("never", 0)],
)  # fmt: skip
def test_time_paid(said: str, months: int | str) -> None:
    assert paid.parse(said) == months


@pytest.mark.parametrize("said", ["", "断断续续", "好几年", "100年", "2000", "苹果"])
def test_time_paid_that_is_none(said: str) -> None:
    with pytest.raises(NotUnderstood):
        paid.parse(said)


@pytest.mark.parametrize(
    ("text", "months"),
    [("以前交了大概十年养老", 120), ("我46了没交过社保还来得及吗", 0), ("再交5年能领多少", None), ("交了100年", None)],
)
def test_time_paid_in_free_text(text: str, months: int | None) -> None:
    assert paid.find(text) == months


@pytest.mark.parametrize(
    ("text", "work", "home"),
    [
        ("户口在河南 在常州跑网约车", "常州市", "河南省"),
        ("河南人 在常州送外卖", "常州市", "河南省"),
        ("在常州跑 老家河南信阳", "常州市", "信阳市"),
        ("我在天宁区送外卖", "天宁区", None),
        ("随便问问", None, None),
    ],
)
def test_places(insurance: Insurance, text: str, work: str | None, home: str | None) -> None:
    found = clues.places(text, insurance.regions)
    assert tuple(one and one.name for one in found) == (work, home)


@pytest.mark.parametrize(
    ("said", "code"),
    [("Nanjing", "320100"), ("chang zhou", "320400"), ("Shaanxi", "610000"), ("Shanxi Province", "140000"),
     ("Jilin", "220000"), ("Suzhou", None), ("London", None)],
)  # fmt: skip
def test_places_in_pinyin(insurance: Insurance, said: str, code: str | None) -> None:
    found = clues.by_sound(said, insurance.regions)
    assert (found.code if found else None) == code


def test_other_clues() -> None:
    assert (clues.sex("我是女的"), clues.sex("我有个女儿"), clues.sex("我老婆")) == ("female", None, "female")
    assert (clues.trade("开货车的司机"), clues.trade("跑滴滴")) == ("trucker", "driver")
    assert (clues.relation("没签劳动合同"), clues.relation("我跑众包")) == (None, "independent")
    assert (clues.income("一个月挣六千左右"), clues.income("收入不稳定")) == (Decimal(6000), None)


@pytest.mark.parametrize(
    "said",
    ["我82年的 在常州跑网约车 想交养老 怎么交划算", "想自己交社保", "我46了没交过社保还来得及吗", "帮我办一下社保",
     "我是骑手 想自己交养老 怎么弄", "I'd like to join the pension"],
)  # fmt: skip
def test_who_wants_to_be_helped(said: str) -> None:
    assert wants_insurance(said) >= 0.8


@pytest.mark.parametrize(
    "said",
    ["灵活就业养老怎么交", "公司不给我交社保怎么办", "社保怎么转移", "骑手怎么交养老", "养老保险断了能补吗",
     "我62了还能参加职工养老吗", "我80年的 社保等待期多久", "今天天气不错"],
)  # fmt: skip
def test_who_only_asks_about_a_rule(said: str) -> None:
    assert wants_insurance(said) == 0


@pytest.mark.parametrize(
    "said",
    ["我被车撞了", "送餐摔了腿动不了", "刚才被狗咬了", "出车祸了怎么办", "i was hit by a car", "昨天送单摔伤了 我在家"],
)
def test_who_had_an_accident(said: str) -> None:
    assert had_accident(said) >= 0.95


@pytest.mark.parametrize(
    "said",
    ["送餐摔了算工伤吗", "骑手摔了平台赔不赔", "餐摔了怎么办", "上个月摔了", "被扣了200", "手机摔坏了",
     "我老公送外卖出车祸没了", "被打了差评"],
)  # fmt: skip
def test_who_had_none_or_asks_something_else(said: str) -> None:
    assert had_accident(said) == 0


def test_a_refused_report_leaves_room_for_a_complaint() -> None:
    assert 0.5 <= had_accident("昨天送单摔了 平台不给报") < 0.7
    assert (kind_of("被车撞了"), kind_of("摔了"), kind_of("被客户打了"), kind_of("出事了")) == (
        "traffic",
        "fall",
        "other",
        None,
    )


def test_calculators_hear_their_own() -> None:
    assert wants_retirement("我72年9月的 男 几岁退休") and not wants_retirement("60岁退休计发月数多少")
    assert wants_estimate("我交了15年 能领多少养老金") and not wants_estimate("养老金能领多少")
    assert asks_grade("我评了八级伤残 能赔多少") and not asks_grade("八级伤残的标准")
    assert (grade_in("八级"), grade_in("10级"), grade_in("grade 3"), grade_in("高级")) == (8, 10, 3, None)


def test_questions_that_articles_answer_stay_with_the_articles() -> None:
    """Of all the questions the content knows, hardly one is taken for a wish or an emergency that is none."""
    taken = [
        question
        for path in sorted((CONTENT / "policies").rglob("*.md"))
        if path.parent.name not in {"accident", "injury", "retirement", "weather"}
        for question in yaml.safe_load(path.read_text("utf-8").split("---")[1])["questions"]
        if max(wants_insurance(question), had_accident(question), wants_estimate(question), asks_grade(question)) >= 0.7
    ]
    assert len(taken) <= 6, taken
