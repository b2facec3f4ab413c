"""Which option is meant, and when it is better not to guess."""

import pytest

from bot.understand import NotUnderstood, choice
from bot.understand.near import distance

PLATFORMS = [
    ("meituan", "美团", ("美团外卖",)),
    ("eleme", "饿了么", ("蜂鸟",)),
    ("didi", "滴滴", ()),
    ("huolala", "货拉拉", ()),
    ("youxuan", "美团优选", ()),
    ("jd", "京东秒送", ("京东",)),
]
WRONGS = [
    ("fine", "扣款罚款", ("罚款", "扣钱")),
    ("pay", "拖欠工资", ("没发工资", "欠薪")),
    ("ban", "封号限单", ()),
    ("injury", "受伤", ()),
    ("hours", "工时太长", ()),
    ("x", "其他", ()),
]
SOUNDS = {"没团": "meituan", "每团": "meituan", "美团": "meituan", "迪迪": "didi", "滴滴": "didi", "弟弟": "didi"}

PLATFORM_ANSWERS = {
    "meituan": "meituan",
    "1": "meituan",
    "２": "eleme",
    "②": "eleme",
    "二": "eleme",
    "第二个": "eleme",
    "2.": "eleme",
    "2、": "eleme",
    "2️⃣": "eleme",
    "选3": "didi",
    "我选第三个": "didi",
    "3号": "didi",
    "最后一个": "jd",
    "2、饿了么": "eleme",
    "2 饿了么": "eleme",
    "美团": "meituan",
    "「美团」": "meituan",
    "美團": "meituan",
    "美团外卖": "meituan",
    "MeiTuan": "meituan",
    "饿": "eleme",
    "货拉": "huolala",
    "拉拉": "huolala",
    "京": "jd",
    "我跑美团的": "meituan",
    "滴滴打车": "didi",
    "美团优选的": "youxuan",
    "不是美团是饿了么": "eleme",
    "没团": "meituan",
    "弟弟": "didi",
    "饿了吗": "eleme",
    "俄了么": "eleme",
    "货啦拉": "huolala",
    "meitaun": "meituan",
    "蜂鸟": "eleme",
    "7": "other",
    "其他": "other",
    "都不是": "other",
    "Other": "other",
    "": "!empty",
    "。": "!empty",
    "8": "!range",
    "0": "!range",
    "12": "!range",
    "1和2": "!ambiguous",
    "1、2": "!ambiguous",
    "1 饿了么": "!ambiguous",
    "美团和饿了么": "!ambiguous",
    "顺丰": "!none",
    "美食": "!none",
    "哈啰": "!none",
    "的": "!none",
    "2个月没发工资": "!none",
    "不是美团": "!none",
    "长" * 41: "!none",
}

WRONG_ANSWERS = {
    "罚款": "fine",
    "被罚款了": "fine",
    "扣钱": "fine",
    "扣": "fine",
    "欠薪": "pay",
    "工资": "pay",
    "拖欠公资": "pay",
    "封号": "ban",
    "限单": "ban",
    "封号现单": "ban",
    "受伤了": "injury",
    "太长": "hours",
    "其他": "x",
    "6": "x",
    "没受伤": "!none",
    "都有": "!none",
    "7": "!range",
    "扣了我200": "!none",
}


def outcome(text: str, options: list[choice.Option], **how: object) -> str:
    try:
        return choice.parse(text, options, **how)  # type: ignore[arg-type]
    except NotUnderstood as error:
        return f"!{error.code}"


@pytest.mark.parametrize(("text", "expected"), PLATFORM_ANSWERS.items())
def test_platforms(text: str, expected: str) -> None:
    assert outcome(text, PLATFORMS, sounds=lambda word: SOUNDS.get(word, word), other=True) == expected


@pytest.mark.parametrize(("text", "expected"), WRONG_ANSWERS.items())
def test_categories(text: str, expected: str) -> None:
    assert outcome(text, WRONGS) == expected


def test_without_other_the_number_after_the_last_is_out_of_range() -> None:
    assert outcome("7", PLATFORMS) == "!range"
    assert outcome("都不是", PLATFORMS) == "!none"


def test_several_near_ones_are_not_guessed() -> None:
    roads = [("a", "延陵东路", ()), ("b", "延陵西路", ())]
    assert outcome("延陵路", roads) == "!ambiguous"
    assert outcome("延陵中路", roads) == "!ambiguous"
    assert outcome("延陵", roads) == "!ambiguous"
    assert outcome("延陵西路", roads) == "b"


def test_several_that_sound_alike_are_not_guessed() -> None:
    names = [("a", "张伟", ()), ("b", "章伟", ())]
    assert outcome("张为", names, sounds=lambda word: word.replace("章", "张").replace("为", "伟")) == "!ambiguous"


def test_a_value_wins_over_its_number_and_a_label_over_a_number() -> None:
    assert outcome("2", [("2", "两年", ()), ("1", "一年", ())]) == "2"
    assert outcome("3", [("a", "5", ()), ("b", "3", ()), ("c", "1", ())]) == "b"
    assert outcome("1", []) == "!range"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("美团上周五扣了我200块", ("meituan", "美团")),
        ("我跑美团优选", ("youxuan", "美团优选")),
        ("在饿了么和美团跑", ("eleme", "饿了么")),
        ("ＤＩＤＩ 扣钱", None),
        ("我被罚了", None),
        ("", None),
    ],
)
def test_found_in_text(text: str, expected: tuple[str, str] | None) -> None:
    found = choice.find(text, PLATFORMS)
    assert (found and (found.value, text[found.start : found.end])) == expected


def test_latin_names_are_found_as_whole_words() -> None:
    options = [("uber", "Uber", ()), ("bolt", "Bolt", ())]
    assert choice.find("xubery", options) is None
    found = choice.find("用Ｕｂｅｒ接单", options)
    assert found is not None
    assert (found.value, found.start, found.end) == ("uber", 1, 5)


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abcd", "badc", 2),
        ("abc", "xyz", 3),
    ],
)
def test_distance(left: str, right: str, apart: int) -> None:
    assert distance(left, right, 2) == min(apart, 3)
    assert distance(right, left, 2) == min(apart, 3)
