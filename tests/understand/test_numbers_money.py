"""Numbers and amounts as they are typed on a phone."""

from decimal import Decimal

import pytest

from bot.understand import NotUnderstood, money, numbers
from bot.understand.outcome import Found

NUMBERS = {
    "5": "5",
    "１２": "12",
    "1,200": "1200",
    "1，200": "1200",
    "1.5": "1.5",
    "1.": "1",
    "①": "1",
    "2️⃣": "2",
    "-5": "-5",
    "1千2": "1200",
    "1千200": "1200",
    "2k": "2000",
    "2K": "2000",
    "3w5": "35000",
    "1.2万": "12000",
    "1万2千": "12000",
    "两百五": "250",
    "一千二": "1200",
    "三万五": "35000",
    "一百零五": "105",
    "三点五": "3.5",
    "三点五万": "35000",
    "十": "10",
    "十五": "15",
    "二十": "20",
    "一百一": "110",
    "一百一十": "110",
    "一百五十": "150",
    "两千零三十": "2030",
    "一万零五百": "10500",
    "两百万": "2000000",
    "1亿": "100000000",
    "二零二六": "2026",
    "壹佰": "100",
    "貳仟": "2000",
    "负三": "-3",
    "三个": "3",
    "5 个": "5",
    "半": "0.5",
    "半年": "0.5",
    "两年半": "2.5",
    "2个半月": "2.5",
    "一年半": "1.5",
    "大概5年吧": "5",
    "20多": "20",
    "第3个": "3",
    "一天跑十二个小时": "!ambiguous",
    "3-5": "!ambiguous",
    "5或者6": "!ambiguous",
    "十几": "!imprecise",
    "几百": "!imprecise",
    "两三年": "!imprecise",
    "一两百": "!imprecise",
    "二十几": "!imprecise",
    "好几年": "!imprecise",
    "": "!empty",
    "  ": "!empty",
    "没有": "!none",
    "一直": "!none",
    "万一": "!none",
    "YZ-7K3M-92QD": "!none",
    "三轮车": "!none",
    "百度": "!none",
    "千万别": "!none",
    "下午三点": "!none",
    "9" * 25: "!none",
    "十百": "!none",
    "百八十": "!none",
}

MONEY = {
    "200块": "200",
    "200元": "200",
    "200": "200",
    "２００": "200",
    "两百": "200",
    "¥200": "200",
    "￥200": "200",
    "200.5": "200.5",
    "1千2": "1200",
    "2k": "2000",
    "1.2万": "12000",
    "约200": "200",
    "大概两百块吧": "200",
    "200左右": "200",
    "两百多块": "200",
    "200来块": "200",
    "三块五": "3.5",
    "12块8": "12.8",
    "12块8毛5": "12.85",
    "12块50": "12.5",
    "5毛": "0.5",
    "五毛钱": "0.5",
    "二十块三毛": "20.3",
    "半块钱": "0.5",
    "1，200元": "1200",
    "RMB 350": "350",
    "350rmb": "350",
    "350 yuan": "350",
    "二百五": "250",
    "200.555": "200.56",
    "一共200": "200",
    "200。": "200",
    "扣款 200 元": "200",
    "5000块一个月": "5000",
    "3800一个月": "3800",
    "跑了30单才给200": "200",
    "每单少给2块": "2",
    "200块3天": "200",
    "0": "0",
    "三萬塊錢": "30000",
    "扣了我两千三呢": "2300",
    "10000000": "10000000",
    "10000001": "!range",
    "1000000000": "!range",
    "-200": "!negative",
    "扣了-50": "!negative",
    "负200": "!negative",
    "几百块": "!imprecise",
    "十几块": "!imprecise",
    "一两百": "!imprecise",
    "200和300": "!ambiguous",
    "200块还是300块": "!ambiguous",
    "200-300": "!ambiguous",
    "$200": "!currency",
    "200美元": "!currency",
    "200刀": "!currency",
    "没有": "!none",
    "不知道": "!none",
    "扣了我3分": "!none",
    "罚了我2次": "!none",
    "欠我三个月工资": "!none",
    "": "!empty",
}

MONEY_IN_TEXT = {
    "美团上周五扣了我200块": ("200", "200块"),
    "美团上周五扣了我２００块": ("200", "２００块"),
    "美团上周五扣了我200说超时 那天下暴雨": ("200", "200"),
    "3月5号扣200": ("200", "200"),
    "2026年3月5日扣了200元": ("200", "200元"),
    "被扣了两百五十块钱，没人管": ("250", "两百五十块钱"),
    "押金300不退": ("300", "300"),
    "站长还欠我三千五": ("3500", "三千五"),
    "罚款五十": ("50", "五十"),
    "超时20分钟扣了我5块": ("5", "5块"),
    "少了我一百二": ("120", "一百二"),
    "they fined me 50 yesterday": ("50", "50"),
    "扣了9999999999块，后来说是30元": ("30", "30元"),
    "扣了我3分": None,
    "扣了两单的钱": None,
    "我交了三年社保": None,
    "欠我三个月工资": None,
    "转了13812345678": None,
    "跑了200单": None,
    "最少200": None,
    "3.5号那天": None,
    "": None,
}


def outcome(parse: object, text: str) -> str:
    try:
        return str(parse(text))  # type: ignore[operator]
    except NotUnderstood as error:
        return f"!{error.code}"


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_numbers(text: str, value: str) -> None:
    assert outcome(numbers.parse, text) == value


@pytest.mark.parametrize(("text", "value"), MONEY.items())
def test_money(text: str, value: str) -> None:
    assert outcome(money.parse, text) == value


@pytest.mark.parametrize(("text", "expected"), MONEY_IN_TEXT.items())
def test_money_in_text(text: str, expected: tuple[str, str] | None) -> None:
    found = money.find(text)
    assert (found and (str(found.value), text[found.start : found.end])) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("跑了三年多", Found(Decimal(3), 2, 3)),
        ("我今年４５岁", Found(Decimal(45), 3, 5)),
        ("交了两年半社保", Found(Decimal("2.5"), 2, 5)),
        ("一直没单", None),
        ("十几个人", None),
    ],
)
def test_a_number_in_text(text: str, expected: Found[Decimal] | None) -> None:
    assert numbers.find(text) == expected
