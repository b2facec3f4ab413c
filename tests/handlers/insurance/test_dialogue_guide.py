"""办参保 as people live it: typos, half sentences, changed answers, and what is not known."""

from __future__ import annotations

import pytest

from bot.store.store import Store
from tests.support import Chat

ANSWERS = ("82年3月", "男", "1", "本地", "网约车司机", "3", "5年", "8000")


async def test_the_opening_is_answered_at_once_and_not_asked_again(chat: Chat) -> None:
    text = await chat.say("我82年的 在常州跑网约车 想交养老 怎么交划算")
    assert "自己交职工养老" in text
    assert "975.80 元" in text
    assert "苏人社发〔2024〕38号" in text
    assert "估算" in text
    assert "1982 年几月" in text
    text = await chat.say("3月", "男")
    assert "户口" in text, "the region and the trade were told already"
    text = await chat.say("河南信阳", "3", "没交过", "8000")
    assert "2045年3月" in text
    assert "以当地为准" in text
    assert text.index("职业伤害保障") < text.index("职工养老保险：每月")
    assert "失业保险" in text.split("现在办不了")[1]


async def test_each_scheme_has_details_with_levels_papers_place_and_deadline(chat: Chat) -> None:
    await chat.say("办参保", *ANSWERS)
    text = await chat.tap("看详细：职工养老保险")
    for part in (
        "60% 档：975.80 元",
        "100% 档：1626.40 元",
        "300% 档：4879.20 元",
        "带什么",
        "去哪办",
        "不管的",
        "什么时候",
    ):
        assert part in text
    assert text.count("依据：") == 2
    assert "职工养老保险：每月" in await chat.tap("回到清单")
    assert "失业保险一般由单位参加" in await chat.tap("别的几样")


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("2030年3月", "还没到"),
        ("82年13月", "1 到 12"),
        ("我44了", "不是几岁"),
        ("1890年1月", "太久以前"),
        ("不知道", "82年3月"),
        ("哈哈哈", "82年3月"),
    ],
)
async def test_a_birth_that_can_not_be_gets_one_clear_sentence(chat: Chat, said: str, hint: str) -> None:
    await chat.say("参保")
    text = await chat.say(said)
    assert hint in text
    assert "哪年几月生" in text
    assert "男是女" in await chat.say("82.3")


async def test_an_answer_is_changed_in_the_middle_and_at_the_end(chat: Chat) -> None:
    await chat.say("社保", "82年2月")
    text = await chat.say("不对，我是84年3月的")
    assert "1984年3月" in text
    assert "男是女" in text, "the open question is asked again"
    assert "2047年3月" in await chat.say("男", "南京", "本地", "骑手", "2", "五年半", "六千")
    await chat.tap("改一项")
    text = await chat.tap("交过几年")
    assert "几年" in text
    text = await chat.say("没交过")
    assert "2047年3月" in text, "the rest stands"
    assert "已交" not in text


async def test_going_back_takes_the_last_answer_away(chat: Chat) -> None:
    await chat.say("社保", "82年2月", "男")
    assert "男是女" in await chat.say("返回")
    assert "两条线" in await chat.say("女")


async def test_women_are_asked_for_their_track_and_told_why(chat: Chat) -> None:
    text = await chat.say("参保", "1980年11月", "女")
    assert "55 岁逐步到 58" in text
    text = await chat.say("现在在单位，工人岗", "1", "本地", "骑手", "1", "20年", "跳过")
    assert "单位必须给您参保" in text
    await chat.say("几岁退休")
    assert "2033年11月" in chat.text, "the published example: 53 years"
    assert "50 岁那条线" in chat.text


async def test_somebody_who_does_not_know_is_taken_through_all_the_same(chat: Chat) -> None:
    await chat.say("办参保", "82年2月", "女", "不知道", "广东", "不知道", "不想说")
    text = await chat.say("不知道", "不知道", "记不清")
    assert "没有核实" in text
    assert "各市的缴费下限不同" in text
    assert "12333" in text
    assert "元" not in text.replace("元/", ""), "no amount is guessed"


async def test_an_unknown_place_is_said_so_and_asked_again(chat: Chat) -> None:
    await chat.say("参保", "82年3月", "男")
    assert "没认出" in await chat.say("火星")
    assert "定位里看不出" in await chat.locate(31.8, 119.9)
    assert "户口" in await chat.say("杭州吧")


async def test_a_region_without_a_confirmed_figure_gives_none(chat: Chat) -> None:
    text = await chat.say("参保", "82年3月", "男", "拉萨", "本地", "骑手", "3", "没交过")
    assert "没有核实" in text
    assert "12333" in text
    assert "元" not in text


async def test_cities_with_floors_of_their_own_are_asked_for(chat: Chat) -> None:
    await chat.say("参保", "82年3月", "男")
    assert "各市的下限不一样" in await chat.say("广东")
    text = await chat.say("广州", "跳过", "骑手", "3", "没交过", "跳过")
    assert "1102.00 元" in text or "1102 元" in text


async def test_who_is_of_age_is_told_what_is_left(chat: Chat) -> None:
    text = await chat.say("参保", "1960年1月", "男", "1", "本地", "司机", "3", "16年", "跳过")
    assert "可以去申领养老金了" in text
    text = await chat.say("参保")
    assert "上次您说：1960年1月" in text
    await chat.tap("重新问我")
    text = await chat.say("1960年1月", "男", "1", "本地", "司机", "3", "没交过", "跳过")
    assert "不能新参加职工养老" in text
    assert "每月 975" not in text


async def test_under_sixteen_nothing_is_sold(chat: Chat) -> None:
    text = await chat.say("参保", "2012年1月", "男", "1", "本地", "骑手", "4", "没交过", "跳过")
    assert text.startswith("未满 16 周岁")


async def test_what_was_told_last_time_is_used_again_only_when_wanted(chat: Chat) -> None:
    await chat.say("参保", "82年3月", "男", "1", "本地", "骑手", "3", "5年", "跳过")
    assert "接着用" in await chat.say("参保")
    assert "2045年3月" in await chat.say("用上次的")
    await chat.say("参保", "重新问我")
    assert "哪年几月生" in chat.text


async def test_somebody_elses_insurance_does_not_take_ones_own_answers(chat: Chat) -> None:
    await chat.say("参保", "82年3月", "男", "1", "本地", "骑手", "3", "5年", "跳过")
    text = await chat.say("我老婆85年3月的 想给她交养老 怎么交划算")
    assert "两条线" in text, "born and sex are told; the rest is asked"
    assert "哪个市" in await chat.say("1")


async def test_longer_than_a_life_at_work_is_not_believed(chat: Chat) -> None:
    await chat.say("参保", "1995年3月", "男", "1", "本地", "骑手", "3")
    assert "比您这个年纪能交的还长" in await chat.say("30年")
    assert "挣多少" in await chat.say("5年")


async def test_nothing_is_stored_beyond_the_conversation_without_consent(chat: Chat) -> None:
    await chat.say("参保", "82年3月", "男", "1", "本地", "骑手", "3", "5年", "跳过")
    assert "同意" not in chat.text
    row = await _person(chat.dispatcher.store)
    assert (row["consented_at"], row["occupation"], row["region"]) == (None, "", "")


async def _person(store: Store) -> dict[str, object]:
    import sqlalchemy as sa

    from bot.store.tables import people

    async with store.read() as unit:
        row = await unit.first(sa.select(people))
    assert row is not None
    return dict(row)


async def test_in_english(chat: Chat) -> None:
    await chat.say("language", "English")
    await chat.say("insurance")
    text = await chat.say("March 1982", "man", "Changzhou", "here", "driver", "3", "never", "8000")
    assert "You can pay the employee pension yourself, from 975.80 yuan a month." in text
    assert "Basis: 苏人社发〔2024〕38号" in text
    assert "Not now: " in text
    assert "Employee pension: 975.80 yuan" in text
    assert "Paying until Mar 2045 leaves you 1 year 8 months short." in await chat.say(
        "What if years are missing", "none"
    )
    await chat.deliver(choice="go:insurance_again")
    await chat.tap("Details: Employee pension")
    assert "Bring along" in chat.text


@pytest.mark.parametrize("said", ["退休年龄", "能领多少", "每月交多少", "医保断了等多久", "伤残等级赔多少", "怎么补差"])
async def test_every_calculator_opens_by_its_word_and_is_left_by_cancel(chat: Chat, said: str) -> None:
    asked = await chat.say(said)
    assert asked.count("？") == 1, "one question at a time"
    assert "取消了" in await chat.say("取消")


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(chat: Chat) -> None:
    await chat.say("参保", "82年3月", "男", "1", "本地", "骑手", "3")
    text = await chat.say("断了的月份能补缴吗")
    assert "补" in text.split("接着刚才的")[0]
    assert "交过几年" in text
    assert "挣多少" in await chat.say("大概5年吧？"), "an answer, though it ends like a question"


async def test_what_the_profile_says_is_not_asked(chat: Chat) -> None:
    await chat.say("我的资料", "同意", "骑手", "苏州")
    text = await chat.say("参保", "82年3月", "男")
    assert "户口" in text
    assert "和平台签的" in await chat.say("本地")
