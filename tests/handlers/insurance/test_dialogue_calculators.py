"""The calculators as conversations, checked against published figures."""

from __future__ import annotations

import pytest

from tests.support import Chat


@pytest.mark.parametrize(
    ("said", "month", "required"),
    [
        (("1965年1月", "男"), "2025年2月", "15 年"),
        (("1972年9月", "男"), "2034年9月", "17 年 6 个月"),
        (("1976年9月", "男"), "2039年9月", "20 年"),
        (("1980年11月", "女", "现在在单位，工人岗"), "2033年11月", "17 年"),
        (("1981年9月", "女", "一直自己交，或没交过"), "2039年9月", "20 年"),
    ],
)
async def test_retirement_as_published(chat: Chat, said: tuple[str, ...], month: str, required: str) -> None:
    text = await chat.say("几岁退休", *said)
    assert month in text
    assert f"要交满 {required}" in text
    assert "依据：" in text


async def test_retirement_takes_what_the_first_message_says(chat: Chat) -> None:
    assert "男是女" in await chat.say("我72年9月的 几岁退休")
    text = await chat.say("男")
    assert "2034年9月" in text
    assert "最早 2032年9月，最晚 2037年9月" in text


async def test_a_month_that_is_not_told_is_owned_up_to(chat: Chat) -> None:
    text = await chat.say("退休年龄", "80年", "不想说", "男")
    assert "按 6 月算" in text


async def test_a_woman_who_paid_both_ways_sees_both_tracks(chat: Chat) -> None:
    text = await chat.say("几岁退休", "1980年11月", "女", "以前单位交过")
    assert "55 岁那条线" in text
    assert "2033年11月" in text
    assert "以当地为准" in text


async def test_for_somebody_else_everything_is_asked_anew(chat: Chat) -> None:
    await chat.say("几岁退休", "1972年9月", "男")
    assert "哪年几月生" in await chat.tap("换个人算")
    assert "2039年9月" in await chat.say("1976年9月", "男")


async def test_the_pension_with_two_other_ways_beside_it(chat: Chat) -> None:
    await chat.say("能领多少", "1978年5月", "男", "常州", "8年", "最低")
    assert [label.split("：")[0] for label in chat.labels] == ["交够就停", "交到退休"]
    text = await chat.say("交够就停", "不知道")
    assert "估算" in text
    assert "再交 5 年" in text
    assert "以后选 100% 档" in text
    assert "过渡性养老金" in text
    assert "回本" in text
    assert "个人账户的钱也是估的" in text
    assert "2025 年度" in text and "2024 年度" in text, "both bases with their period"


async def test_the_pension_is_the_formula(chat: Chat) -> None:
    """Jiangsu: 8917 x (1 + 0.6) / 2 x 20 years x 1 % = 1426.72, and 52,000 yuan over 117 months at 63."""
    text = await chat.say("能领多少", "1978年5月", "男", "常州", "20年", "最低", "0年", "52000")
    assert "基础部分 1426.72 元" in text
    assert "账户部分 444.44 元" in text
    assert "1871.16 元" in text


async def test_too_few_years_are_said_before_any_amount(chat: Chat) -> None:
    text = await chat.say("能领多少", "1982年3月", "男", "常州", "5年", "最低", "5年", "不知道")
    assert text.startswith("年限不够，还不能按月领：要交满 20 年，您只有 10 年")
    await chat.deliver(choice="go:pension_estimate?new=1")
    text = await chat.say("1982年3月", "男", "常州", "5年", "最低", "交够就停", "不知道")
    assert text.startswith("估算")


async def test_no_estimate_where_the_bases_are_not_confirmed(chat: Chat) -> None:
    text = await chat.say("能领多少", "1978年5月", "男", "拉萨")
    assert "不能估" in text
    assert "12333" in text
    assert "元" not in text


async def test_contributions_at_three_levels_and_at_another(chat: Chat) -> None:
    text = await chat.say("每月交多少", "杭州")
    for amount in ("997.20 元", "5059.80 元", "4986 元 × 20%"):
        assert amount in text
    assert "估算" in text, "no notice prints the wage between Zhejiang's floor and cap"
    assert "80% 档：每月 1349.28 元" in await chat.tap("80% 档")
    assert "哪个市" in await chat.tap("换个地方")


async def test_contributions_are_not_guessed(chat: Chat) -> None:
    assert "没有核实" in await chat.say("每月交多少", "西藏")
    await chat.tap("换个地方")
    assert "哪个市" in await chat.say("广东")
    assert "各市基数不同" in await chat.say("跳过")


async def test_a_button_with_a_level_that_does_not_exist_shows_the_usual_ones(chat: Chat) -> None:
    await chat.say("每月交多少", "南京")
    await chat.deliver(choice="go:contribution?level=900")
    assert "60% 档" in chat.text
    await chat.deliver(choice="go:contribution?level=x")
    assert "60% 档" in chat.text


@pytest.mark.parametrize(
    ("said", "months"), [(("0",), 3), (("2年",), 5), (("2年", "1年"), 4), (("5年", "没有"), 8), (("5年", "5年"), 6)]
)
async def test_the_wait_after_a_break(chat: Chat, said: tuple[str, ...], months: int) -> None:
    answers = said if len(said) == 2 or said == ("0",) else (*said, "还没再交")
    text = await chat.say("医保断了等多久", "居民医保", *answers)
    assert f"要等 {months} 个月" in text
    assert "国办发〔2024〕38号" in text


async def test_the_wait_of_employees_is_local(chat: Chat) -> None:
    text = await chat.say("断保", "职工医保")
    assert "各地不同" in text
    assert "12393" in text


async def test_benefits_by_grade_in_yuan_where_the_base_is_known(chat: Chat) -> None:
    text = await chat.say("伤残等级赔多少", "八级", "常州")
    assert "11 个月" in text
    assert "估算 98087 元" in text, "11 x 8917"
    assert "以当地为准" in text
    await chat.tap("换个等级")
    text = await chat.say("1")
    assert "90%" in text


async def test_benefits_without_a_base_are_months_only(chat: Chat) -> None:
    text = await chat.say("我评了五级伤残 能赔多少", "拉萨")
    assert "18 个月" in text
    assert "30 个月" in text
    assert "没有核实" in text
    assert "元" not in text.split("依据")[0]


async def test_a_grade_that_does_not_exist(chat: Chat) -> None:
    assert "1 到 10" in await chat.say("伤残等级赔多少", "11")


async def test_missing_years_can_be_made_up_or_not(chat: Chat) -> None:
    text = await chat.say("年限不够怎么办", "1978年5月", "男", "8年", "没有")
    assert "来得及" in text
    assert "还差 12 年" in text
    await chat.deliver(choice="go:shortfall?new=1")
    text = await chat.say("1968年5月", "男", "没交过", "6年")
    assert "还差" in text
    assert "接着交到够" in text
    assert "不能补" in text
    await chat.deliver(choice="go:shortfall?new=1")
    text = await chat.say("1960年5月", "男", "12年", "6年")
    assert "年限合并是 18 年" in text
    await chat.deliver(choice="go:shortfall?new=1")
    assert "不能新参加" in await chat.say("1960年5月", "男", "没交过", "没有")
