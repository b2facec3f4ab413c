"""Filing a complaint, as riders do it: in bits, with slips, changing their mind, coming back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Media
from bot.store.codes import parse_code
from bot.store.tables import people
from handlers.complaints.case import words
from handlers.complaints.tables import case_events, case_media
from tests.support import Chat, TestClock

Stored = Callable[[], Awaitable[list[dict[str, Any]]]]
STORY = "美团上周五扣了我200说超时 那天下暴雨"


async def test_a_story_fills_ahead_what_it_tells_and_the_rest_is_asked(
    chat: Chat, service: Service, stored: Stored
) -> None:
    text = await chat.say(STORY)
    assert "记下了：扣款罚款、美团、上周五（11月13日）、200 元。" in text
    assert "同意" in chat.labels
    assert "哪个区" in await chat.say("同意")
    assert "补充" in await chat.say("天宁区")
    assert "截图" in await chat.say("跳过")
    assert "收到 2 张" in await chat.photo("a", "b")
    assert "留姓名" in await chat.say("好了")
    text = await chat.say("1")
    assert "扣款罚款 · 美团 · 11月13日 · 200 元 · 天宁区 · 2 张图 · 不留姓名" in text
    assert "谁会看到：只有区总工会的 2 位经办人" in text
    assert "平台也看不到" in text
    text = await chat.say("提交")
    assert "3 个工作日内（11月19日前）" in text
    [case] = await stored()
    assert parse_code(case["code"]) == case["code"]
    assert case["code"] in text
    assert (case["category"], case["company"], case["region"]) == ("fines", "meituan", "320402")
    assert (case["happened_on"], case["amount"], case["attachments"]) == (date(2026, 11, 13), Decimal(200), 2)
    assert (case["anonymous"], case["status"], case["occupation"]) == (True, "received", "rider")
    assert case["due_on"] == date(2026, 11, 19)
    assert words(service.store.vault, case, "story") == STORY


async def test_the_word_alone_asks_everything_in_order(chat: Chat, stored: Stored) -> None:
    assert "遇到什么事" in await chat.say("投诉")
    assert "哪个平台" in await chat.say("1")
    assert "同意" in await chat.tap("美团")
    assert "哪天" in await chat.say("好")
    assert "哪个区" in await chat.say("前天")
    assert "多少钱" in await chat.say("新北区")
    assert "经过" in await chat.say("两百五")
    assert "截图" in await chat.say("站长说下个月给，一直没给。")
    assert "留姓名" in await chat.say("没有")
    assert "提交" in await chat.tap("不留姓名") or "提交" in chat.labels
    await chat.say("1")
    [case] = await stored()
    assert (case["category"], case["company"], case["amount"]) == ("pay", "meituan", Decimal(250))
    assert (case["happened_on"], case["region"]) == (date(2026, 11, 14), "320411")


async def test_the_matter_told_at_the_first_question_is_taken_as_the_story(chat: Chat, stored: Stored) -> None:
    await chat.say("投诉")
    text = await chat.say("饿了么10月的工资到现在没发 还欠我3500")
    assert "记下了：拖欠报酬、饿了么" in text
    assert "3500 元" in text
    await chat.tap("同意")
    for _step in range(12):
        if "提交" in chat.labels:
            break
        await chat.tap("不留姓名" if "不留姓名" in chat.labels else "跳过")
    assert "到现在没发" in chat.text
    await chat.tap("提交")
    assert [case["company"] for case in await stored()] == ["eleme"]


NAMES = {
    "每团": ("meituan", ""),
    "货拉拉": ("huolala", ""),
    "我在美团众包跑": ("meituan", ""),
    "大拇指配送站": ("", "大拇指配送站"),
    "跳过": ("", ""),
}


async def test_any_name_of_a_company_will_do(someone: Callable[[str], Chat], stored: Stored) -> None:
    for typed in NAMES:
        rider = someone(typed)
        await rider.say("投诉", "罚款", typed)
        await _finish(rider)
    assert [(case["company"], case["company_words"]) for case in await stored()] == list(NAMES.values())


async def _finish(chat: Chat) -> str:
    """Agree, skip what can be skipped, tell a line, submit."""
    for _step in range(15):
        ready = [label for label in ("提交", "同意", "不留姓名", "跳过") if label in chat.labels]
        await (chat.tap(ready[0]) if ready else chat.say("就是乱扣钱，没有理由。"))
        if "已收到，编号" in chat.text:
            return chat.text
    raise AssertionError(chat.text)


@pytest.mark.parametrize("refused", ["不同意", "先不说", "我再想想"])
async def test_refusing_consent_files_nothing_and_keeps_the_bot_open(chat: Chat, stored: Stored, refused: str) -> None:
    await chat.say(STORY)
    assert "没对上" not in await chat.say(refused)
    assert await stored() == []
    assert "什么" in await chat.say("菜单")
    await chat.say("投诉", "1", "美团")
    assert "同意" in chat.labels


async def test_named_gives_name_and_phone_to_the_officers_alone(chat: Chat, service: Service, stored: Stored) -> None:
    await chat.say(STORY, "同意", "天宁区", "跳过", "跳过")
    assert "怎么称呼" in await chat.say("实名")
    assert "手机号" in await chat.say("王建国")
    assert "11 位" in await chat.say("1381234") or "手机" in chat.text
    text = await chat.say("138 1234 5678")
    assert "姓名和电话先封存" in text
    await chat.tap("提交")
    [case] = await stored()
    assert case["anonymous"] is False
    opened = [words(service.store.vault, case, part) for part in ("name", "contact")]
    assert opened == ["王建国", "13812345678"]


async def test_one_answer_is_changed_and_the_rest_stands(chat: Chat, stored: Stored) -> None:
    await chat.say(STORY, "同意", "天宁区", "跳过", "跳过", "匿名")
    assert "哪天" in await chat.say("日期不对")
    text = await chat.say("11月12号")
    assert "11月12日 · 200 元 · 天宁区" in text
    await chat.say("2")
    assert "多少钱" in await chat.tap("金额")
    assert "150 元" in await chat.say("150")
    await chat.say("3")
    await chat.say("后来客服也不理我")
    await chat.tap("提交")
    [case] = await stored()
    assert (case["happened_on"], case["amount"]) == (date(2026, 11, 12), Decimal(150))


async def test_back_drops_the_last_answer_and_cancel_everything(chat: Chat, stored: Stored) -> None:
    await chat.say("投诉", "罚款", "美团", "同意")
    assert "哪个区" in await chat.say("昨天")
    assert "哪天" in await chat.say("返回")
    await chat.say("前天")
    await chat.say("取消")
    assert "遇到什么事" in await chat.say("投诉")
    assert await stored() == []


async def test_pictures_may_come_at_any_time_with_words_or_without(
    chat: Chat, service: Service, stored: Stored
) -> None:
    await chat.deliver(text=STORY, media=(Media("photo", "first"),))
    await chat.tap("同意")
    assert "图片" in await chat.photo("second")
    await chat.deliver(text="天宁区", media=(Media("photo", "third"),))
    assert "已经收到 3 张图" in await chat.say("跳过")
    await chat.deliver(text="这张是申诉结果", media=(Media("photo", "fourth"),))
    await chat.say("好了", "匿名")
    assert "4 张图" in chat.text
    await chat.tap("提交")
    [case] = await stored()
    assert case["attachments"] == 4
    assert words(service.store.vault, case, "story").endswith("这张是申诉结果")
    async with service.store.read() as unit:
        linked = await unit.rows(sa.select(case_media).where(case_media.c.case_id == case["id"]))
    assert len(linked) == 4


async def test_more_than_nine_pictures_are_held_to_nine(chat: Chat, stored: Stored) -> None:
    await chat.say(STORY, "同意")
    await chat.photo(*(f"p{number}" for number in range(12)))
    await chat.say("天宁区", "跳过", "好了", "匿名", "提交")
    assert [case["attachments"] for case in await stored()] == [9]


async def test_a_location_will_do_for_the_place(chat: Chat, service: Service, stored: Stored) -> None:
    await chat.say(STORY, "同意")
    await chat.locate(31.7791, 119.9742, "常州市天宁区红梅公园")
    await chat.say("跳过", "跳过", "匿名", "提交")
    [case] = await stored()
    assert case["region"] == "320402"
    assert "红梅公园 (31.779, 119.974)" in words(service.store.vault, case, "place")


async def test_tomorrow_the_form_is_where_it_was(chat: Chat, clock: TestClock) -> None:
    await chat.say(STORY, "同意")
    clock.move(days=1)
    assert "补充" in await chat.say("天宁区")
    await chat.say("跳过", "跳过")
    text = await chat.say("匿名")
    assert "11月13日" in text  # last Friday stays the Friday it was when it was said


async def test_after_a_month_the_form_is_offered_first(chat: Chat, clock: TestClock, stored: Stored) -> None:
    await chat.say(STORY, "同意")
    clock.move(days=31)
    await chat.say("你好")
    assert any("继续" in label or "接着" in label for label in chat.labels)
    await chat.tap(chat.labels[0])
    assert "哪个区" in chat.text
    await chat.say("天宁区", "跳过", "跳过", "匿名", "提交")
    assert len(await stored()) == 1


async def test_a_double_tap_on_submit_files_once(chat: Chat, stored: Stored) -> None:
    await chat.say(STORY, "同意", "天宁区", "跳过", "跳过", "匿名")
    submit = chat.option("提交").value
    first = await chat.deliver(key="tap-1", choice=submit)
    again = await chat.deliver(key="tap-1", choice=submit)  # the platform repeats it
    assert first == again
    await chat.deliver(key="tap-2", choice=submit)  # the thumb repeats it
    assert len(await stored()) == 1


async def test_injured_people_come_first(chat: Chat, stored: Stored) -> None:
    text = await chat.say("送餐被车撞了骨折 平台不给我报工伤")
    assert "120" in text
    await _finish(chat)
    assert "打 120" not in chat.text
    assert "1 个工作日内（11月17日前）" in chat.text
    assert [case["category"] for case in await stored()] == ["injury"]


async def test_money_is_asked_only_where_money_is_at_stake(chat: Chat) -> None:
    await chat.say("投诉", "歧视骚扰", "美团", "同意", "跳过")
    assert "经过" in await chat.say("天宁区")


async def test_an_answer_that_fits_nothing_gets_one_line_of_help(chat: Chat) -> None:
    await chat.say(STORY, "同意")
    await chat.say("天宁区", "跳过", "跳过", "匿名")
    assert "提交前看一眼" in await chat.say("嗯嗯嗯哼")


async def test_a_day_of_another_year_is_shown_with_its_year(chat: Chat, filed) -> None:
    await chat.say("去年11月13号美团扣了我200说超时")
    assert "2025年11月13日" in chat.text
    await _finish(chat)
    assert "2025年11月13日" in await chat.say("我的诉求")


async def test_a_day_to_come_is_refused(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意")
    assert "还没到" in await chat.say("明天")


async def test_voice_is_a_story_too(chat: Chat, service: Service, stored: Stored) -> None:
    await chat.deliver(text="站长拖欠我三个月工资9000块", heard=True)
    assert "记下了：拖欠报酬" in chat.text
    await _finish(chat)
    [case] = await stored()
    assert case["amount"] == Decimal(9000)


async def test_english(chat: Chat, service: Service) -> None:
    await chat.say("english", "English")
    text = await chat.say("Meituan fined me 200 yuan last friday for being late")
    assert "Noted: Fines and deductions, 美团, last friday (13 Nov), 200 yuan." in text
    await chat.tap("I agree")
    for _step in range(12):
        if "Submit" in chat.labels:
            break
        await chat.tap("Without name" if "Without name" in chat.labels else "Skip")
    assert "13 Nov · 200 yuan" in chat.text
    assert "Your receipt is YZ-" in await chat.tap("Submit")


async def test_what_a_step_leaves_in_the_store(chat: Chat, service: Service, stored: Stored, filed) -> None:
    code = await filed(chat)
    [case] = await stored()
    async with service.store.read() as unit:
        [event] = await unit.rows(sa.select(case_events))
        [person] = await unit.rows(sa.select(people))
    assert (case["code"], case["person_id"]) == (code, person["id"])
    assert (event["case_id"], event["kind"], event["status"], event["actor"]) == (
        case["id"],
        "status",
        "received",
        "person",
    )
