"""Days as they are typed, seen from Saturday 21 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understand import NotUnderstood, dates

TODAY = date(2026, 11, 21)

DAYS = {
    "今天": "2026-11-21",
    "昨天": "2026-11-20",
    "前天": "2026-11-19",
    "大前天": "2026-11-18",
    "今早": "2026-11-21",
    "今日": "2026-11-21",
    "昨晚": "2026-11-20",
    "昨天晚上8点多": "2026-11-20",
    "前天下午": "2026-11-19",
    "前晚": "2026-11-19",
    "刚才": "2026-11-21",
    "上周五": "2026-11-13",
    "上週五": "2026-11-13",
    "这周三": "2026-11-18",
    "上上周一": "2026-11-02",
    "周五": "2026-11-20",
    "周六": "2026-11-21",
    "周日": "2026-11-15",
    "星期天": "2026-11-15",
    "礼拜三": "2026-11-18",
    "上个礼拜天": "2026-11-15",
    "周5": "2026-11-20",
    "上周三天气不好": "2026-11-11",
    "大概是上周五吧": "2026-11-13",
    "上周五（11月13日）": "2026-11-13",
    "昨天气死我了": "2026-11-20",
    "上个月5号": "2026-10-05",
    "上月31号": "2026-10-31",
    "本月3号": "2026-11-03",
    "这个月3号": "2026-11-03",
    "5号": "2026-11-05",
    "25号": "2026-10-25",
    "31号": "2026-10-31",
    "三十号": "2026-10-30",
    "20号左右": "2026-11-20",
    "3月5号": "2026-03-05",
    "3月5": "2026-03-05",
    "三月五号": "2026-03-05",
    "十二月三号": "2025-12-03",
    "12月3号": "2025-12-03",
    "11月21号": "2026-11-21",
    "11月22号": "2025-11-22",
    "12月31号": "2025-12-31",
    "3月份5号": "2026-03-05",
    "３月５号": "2026-03-05",
    "去年12月3日": "2025-12-03",
    "前年1月1号": "2024-01-01",
    "今年3月5号": "2026-03-05",
    "3/5": "2026-03-05",
    "3.5": "2026-03-05",
    "3-5": "2026-03-05",
    "3 5": "2026-03-05",
    "3.5号": "2026-03-05",
    "11/22": "2025-11-22",
    "2026-03-05": "2026-03-05",
    "2026/3/5": "2026-03-05",
    "2026.3.5": "2026-03-05",
    "2026年3月5日": "2026-03-05",
    "20260305": "2026-03-05",
    "２０２６年３月５日": "2026-03-05",
    "26年3月5号": "2026-03-05",
    "二〇二六年三月五日": "2026-03-05",
    "2024年2月29日": "2024-02-29",
    "三天前": "2026-11-18",
    "10天前": "2026-11-11",
    "两周前": "2026-11-07",
    "一个星期前": "2026-11-14",
    "三天以前": "2026-11-18",
    "yesterday": "2026-11-20",
    "Last Friday": "2026-11-20",
    "last saturday": "2026-11-14",
    "on fri": "2026-11-20",
    "Fri": "2026-11-20",
    "this wed": "2026-11-18",
    "3 days ago": "2026-11-18",
    "a week ago": "2026-11-14",
    "the day before yesterday": "2026-11-19",
    "Mar 5": "2026-03-05",
    "5 March 2026": "2026-03-05",
    "March 5th, 2025": "2025-03-05",
    "5th of march": "2026-03-05",
    "may 5": "2026-05-05",
    "明天": "!future",
    "下周一": "!future",
    "本周日": "!future",
    "2026-11-22": "!future",
    "今年12月3号": "!future",
    "2月30号": "!invalid",
    "2/30": "!invalid",
    "13月5号": "!invalid",
    "2月29号": "!invalid",
    "2026-13-01": "!invalid",
    "24/7": "!invalid",
    "1026年3月5日": "!invalid",
    "99号": "!invalid",
    "上个月": "!imprecise",
    "上周": "!imprecise",
    "上周末": "!imprecise",
    "前几天": "!imprecise",
    "几天前": "!imprecise",
    "月初": "!imprecise",
    "十几天前": "!imprecise",
    "三四天前": "!imprecise",
    "半个月前": "!imprecise",
    "两个月前": "!imprecise",
    "3月": "!imprecise",
    "去年": "!imprecise",
    "2026年3月": "!imprecise",
    "不记得了": "!imprecise",
    "last week": "!imprecise",
    "周一到周五": "!imprecise",
    "每周五": "!imprecise",
    "上周三天没单": "!imprecise",
    "昨天和今天": "!ambiguous",
    "3月5号到3月8号": "!ambiguous",
    "": "!empty",
    "没有": "!none",
    "一周三次": "!imprecise",
    "5号楼": "!none",
    "8号公路": "!none",
    "提前天数": "!none",
    "目前天气": "!none",
    "以后天天": "!none",
    "今日头条": "!none",
    "星期8": "!none",
    "i may go": "!none",
    "5/3/2026": "!none",
}

IN_TEXT = {
    "美团上周五扣了我200块": ("2026-11-13", "上周五"),
    "３月５号扣了我200": ("2026-03-05", "３月５号"),
    "我昨天在天宁区被扣钱": ("2026-11-20", "昨天"),
    "2月30号还是3月5号": ("2026-03-05", "3月5号"),
    "明天找他，上周五扣的": ("2026-11-13", "上周五"),
    "deducted on Mar 5 for nothing": ("2026-03-05", "Mar 5"),
    "扣了3.5": None,
    "我在3号线跑": None,
    "跑了三个月": None,
    "一单3块5": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), DAYS.items())
def test_days(text: str, expected: str) -> None:
    try:
        got = dates.parse(text, TODAY, latest=TODAY).isoformat()
    except NotUnderstood as error:
        got = f"!{error.code}"
    assert got == expected


@pytest.mark.parametrize(("text", "expected"), IN_TEXT.items())
def test_days_in_text(text: str, expected: tuple[str, str] | None) -> None:
    found = dates.find(text, TODAY, latest=TODAY)
    assert (found and (found.value.isoformat(), text[found.start : found.end])) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周五", date(2026, 11, 27)),
        ("周六", TODAY),
        ("3月5号", date(2027, 3, 5)),
        ("5号", date(2026, 12, 5)),
        ("明天", date(2026, 11, 22)),
        ("下周三", date(2026, 11, 25)),
        ("next friday", date(2026, 11, 27)),
    ],
)
def test_looking_ahead(text: str, expected: date) -> None:
    assert dates.parse(text, TODAY, earliest=TODAY) == expected
    found = dates.find(f"我想{text}去", TODAY, earliest=TODAY)
    assert found is not None
    assert found.value == expected


def test_bounds() -> None:
    with pytest.raises(NotUnderstood, match="past"):
        dates.parse("昨天", TODAY, earliest=TODAY)
    with pytest.raises(NotUnderstood, match="past"):
        dates.parse("2020-01-01", TODAY, latest=TODAY, earliest=date(2024, 1, 1))
    assert dates.parse("明天", TODAY) == date(2026, 11, 22), "without bounds any day goes"
    assert dates.parse("3月5号", TODAY) == date(2026, 3, 5), "and what is left out is taken from the past"
    assert dates.find("2020-01-01", TODAY, earliest=date(2024, 1, 1)) is None


days = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@given(days, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d", "%d %B %Y", "%b %d, %Y"]))
def test_every_full_date_reads_back(day: date, form: str) -> None:
    if day.year >= 2000:
        assert dates.parse(day.strftime(form), TODAY) == day


@given(days, st.integers(0, 364))
def test_a_day_without_its_year_is_the_last_one(today: date, back: int) -> None:
    day = today - timedelta(days=back)
    if (day.month, day.day) != (2, 29):
        assert dates.parse(f"{day.month}月{day.day}号", today, latest=today) == day
        assert dates.parse(f"{day.month}/{day.day}", today, latest=today) == day


@given(days, st.sampled_from("一二三四五六日"))
def test_weekdays_lie_in_their_week(today: date, weekday: str) -> None:
    number = "一二三四五六日".index(weekday)
    last = dates.parse(f"上周{weekday}", today)
    assert last.weekday() == number
    assert last.isocalendar()[:2] == (today - timedelta(days=7)).isocalendar()[:2]
    bare = dates.parse(f"周{weekday}", today, latest=today)
    assert (today - bare).days in range(7)
    assert bare.weekday() == number
