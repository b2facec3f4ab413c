"""Workers: what fits, two taps, overlaps, the waiting list, cancelling; and what is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.app import Service
from bot.i18n import speaking
from bot.messages import Event
from handlers.volunteering.service import Slot
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
Rider = Callable[..., Awaitable[Chat]]
Told = Callable[[Chat], Awaitable[list[Any]]]
Sweep = Callable[[], Awaitable[int]]
Read = Callable[[Slot], Awaitable[Slot]]


async def sign_up(chat: Chat, title: str = "楼道排查") -> str:
    await chat.say("做志愿")
    await chat.tap(title)
    return await chat.tap("报名")


async def wait_for(chat: Chat, title: str = "楼道排查") -> str:
    await chat.say("做志愿")
    await chat.tap(title)
    return await chat.tap("候补")


async def test_signing_up_takes_two_taps(publish: Publish, rider: Rider, slot_now: Read) -> None:
    slot = await publish(insurance="社区统一投保意外险")
    chat = await rider()
    assert "不忙的时候有 1 个" in await chat.say("做志愿")
    assert chat.labels[0] == "周三 14:30 红梅社区 楼道排查 · 1 小时 · 1 分 · 还差 3 人"
    details = await chat.tap("楼道排查")
    for part in ("周三（11月18日）14:30–15:30", "红梅社区", "社区统一投保意外险", "王主任", "无偿"):
        assert part in details
    assert "报上了：周三（11月18日）14:30–15:30 红梅社区 楼道排查" in await chat.tap("报名")
    assert (await slot_now(slot)).taken == 1


async def test_it_works_by_words_and_numbers_too(publish: Publish, rider: Rider) -> None:
    await publish()
    chat = await rider()
    assert "有 1 个" in await chat.say("有啥活动 下午那会儿没单")
    await chat.say("1")
    assert "报上了" in await chat.say("报名")


async def test_what_does_not_fit_is_not_offered_first(publish: Publish, rider: Rider) -> None:
    lunch = START.replace(hour=4) + timedelta(days=1)  # 12:00 in China
    await publish(lunch, title="午间分餐")
    await publish(title="司机茶话", occupations=("driver",))
    await publish(title="北京巡逻", region="110105")
    await publish(title="下午送药")
    chat = await rider()
    await chat.say("做志愿")
    assert [label for label in chat.labels if " · " in label] == [chat.option("下午送药").label]
    await chat.tap("看别的时间")
    assert "您的忙时" in chat.option("午间分餐").label
    assert not [label for label in chat.labels if "司机茶话" in label or "北京巡逻" in label]
    assert "忙时 10:30–13:30 有重叠，建议错开" in await chat.tap("午间分餐")
    assert "规定" not in chat.text


async def test_ones_own_district_comes_before_the_others(publish: Publish, rider: Rider) -> None:
    await publish(title="钟楼的", region="320404")
    await publish(START + timedelta(days=3), title="天宁的", region="320402")
    chat = await rider(region="320402")
    await chat.say("做志愿")
    assert [label.split(" · ")[0].split()[-1] for label in chat.labels[:2]] == ["天宁的", "钟楼的"]


async def test_who_has_not_said_what_they_do_sees_all_and_can_say(publish: Publish, chat: Chat) -> None:
    await publish(START.replace(hour=4) + timedelta(days=1), title="午间分餐")
    assert "有 1 个活动" in await chat.say("做志愿")
    assert "做什么" in (await chat.tap("填职业")) or "同意" in chat.text


async def test_nothing_to_do_is_said_plainly(chat: Chat) -> None:
    assert "没有合适的活动" in await chat.say("做志愿")


async def test_an_overlap_is_refused_kindly(publish: Publish, rider: Rider, slot_now: Read) -> None:
    first = await publish(title="早的")
    second = await publish(START + timedelta(days=2, minutes=30), title="叠的")
    after = await publish(START + timedelta(days=2, minutes=60), title="接的")
    chat = await rider()
    await sign_up(chat, "早的")
    await chat.say("做志愿")
    assert not [label for label in chat.labels if "叠的" in label]
    await chat.deliver(choice=f"go:volunteer_join?slot={second.id}")
    assert "那个时间您已经报了" in chat.text and "早的" in chat.text
    await chat.deliver(choice=f"go:volunteer_join?slot={after.id}")
    assert "报上了" in chat.text
    assert [(await slot_now(slot)).taken for slot in (first, second, after)] == [1, 0, 1]


async def test_twice_is_once(publish: Publish, rider: Rider, slot_now: Read) -> None:
    slot = await publish()
    chat = await rider()
    await sign_up(chat)
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    assert "已经报上了" in chat.text
    assert (await slot_now(slot)).taken == 1


async def test_the_waiting_list_offers_a_place_that_comes_free(
    publish: Publish, rider: Rider, told: Told, slot_now: Read
) -> None:
    slot = await publish(capacity=1)
    first, second, third = await rider("a"), await rider("b"), await rider("c")
    await sign_up(first)
    assert "2 小时内确认" in await wait_for(second)
    await wait_for(third)
    await first.say("取消报名")
    assert "名额给下一位" in await first.tap("临时有单")
    [offer] = await told(second)
    assert "空出名额了" in offer[2] and "16:30 前确认" in offer[2]
    assert offer[1] == "", "an offer that was asked for comes whatever was unsubscribed"
    assert await told(third) == []
    await second.deliver(choice=offer[3][0]["value"])
    assert "报上了" in second.text
    assert (await slot_now(slot)).taken == 1


async def test_an_offer_that_lapses_goes_to_the_next_without_any_timer(
    publish: Publish, rider: Rider, told: Told, clock: TestClock, slot_now: Read
) -> None:
    """Nobody sweeps here: it is enough that somebody looks."""
    slot = await publish(capacity=1)
    first, second, third = await rider("a"), await rider("b"), await rider("c")
    await sign_up(first)
    await wait_for(second)
    await wait_for(third)
    await first.say("取消报名", "跳过")
    offer = (await told(second))[0]
    clock.move(minutes=119)
    await (await rider("passer-by")).deliver(choice=f"go:volunteer?slot={slot.id}")
    assert await told(third) == []
    clock.move(minutes=1)
    await second.deliver(choice=offer[3][0]["value"])
    assert "已经给下一位" in second.text
    assert "给下一位了" in (await told(second))[-1][2]
    assert "空出名额了" in (await told(third))[0][2]
    await third.say("我的志愿")
    await third.tap("楼道排查")
    assert "报上了" in await third.tap("要，我来")
    assert (await slot_now(slot)).taken == 1


async def test_a_place_that_nobody_wants_is_free_again(
    publish: Publish, rider: Rider, swept: Sweep, clock: TestClock, slot_now: Read
) -> None:
    slot = await publish(capacity=1)
    first, second = await rider("a"), await rider("b")
    await sign_up(first)
    await wait_for(second)
    await first.say("取消报名", "跳过")
    assert (await slot_now(slot)).taken == 1, "held for who was asked"
    assert await swept() == 0
    clock.move(hours=2)
    assert await swept() == 1
    assert await swept() == 0
    assert (await slot_now(slot)).taken == 0
    assert "报上了" in await sign_up(second)


async def test_declining_an_offer_passes_it_on(publish: Publish, rider: Rider, told: Told) -> None:
    await publish(capacity=1)
    first, second, third = await rider("a"), await rider("b"), await rider("c")
    await sign_up(first)
    await wait_for(second)
    await wait_for(third)
    await first.say("取消报名", "跳过")
    await second.deliver(choice=(await told(second))[0][3][1]["value"])
    assert "取消了" in second.text
    assert "空出名额了" in (await told(third))[0][2]


async def test_an_offer_waits_till_the_peak_is_over_and_so_does_its_time(
    publish: Publish, rider: Rider, told: Told, clock: TestClock
) -> None:
    await publish(capacity=1)
    first, second = await rider("a", occupation="other"), await rider("b")
    await sign_up(first)
    await wait_for(second)
    clock.now = START.replace(hour=3)  # 11:00 in China, the riders' peak
    clock.move(days=1)
    await first.say("取消报名", "跳过")
    [offer] = await told(second)
    assert offer[0] == clock.now.replace(hour=5, minute=30), "13:30 in China"
    assert "15:30 前确认" in offer[2]


async def test_who_left_the_service_is_passed_over(publish: Publish, rider: Rider, told: Told, slot_now: Read) -> None:
    slot = await publish(capacity=1)
    first, second, third = await rider("a"), await rider("b"), await rider("c")
    await sign_up(first)
    await wait_for(second)
    await wait_for(third)
    await second.say("注销", "1")
    await first.say("注销", "1")
    assert "空出名额了" in (await told(third))[0][2]
    assert (await slot_now(slot)).taken == 1


async def test_a_cancelled_place_can_be_taken_again(publish: Publish, rider: Rider) -> None:
    await publish()
    chat = await rider()
    await sign_up(chat)
    await chat.say("来不了")
    assert "取消了" in await chat.say("孩子要接")
    assert "报上了" in await sign_up(chat)


@pytest.mark.parametrize("word", ["来不了", "取消报名"])
async def test_with_nothing_to_cancel_it_says_so(chat: Chat, word: str) -> None:
    assert "没有报名" in await chat.say(word)


async def test_what_is_somebody_elses_is_not_touched(
    publish: Publish, rider: Rider, someone: Callable[[str], Chat], slot_now: Read
) -> None:
    slot = await publish()
    chat = await rider()
    await sign_up(chat)
    value = next(option.value for option in chat.options if "cancel" in option.value)
    thief = someone("thief")
    for choice in (
        value,
        value.replace("volunteer_cancel", "volunteer_offer"),
        value.replace("volunteer_cancel", "my_volunteering"),
    ):
        await thief.deliver(choice=choice)
        assert "找不到" in thief.text
    assert (await slot_now(slot)).taken == 1


@pytest.mark.parametrize("number", ["", "0", "abc", "９", "-1", "1" * 40, str(2**63)])
async def test_a_button_with_a_made_up_number_finds_nothing(chat: Chat, number: str) -> None:
    for name, key in (("volunteer_join", "slot"), ("volunteer_offer", "signup")):
        await chat.deliver(choice=f"go:{name}?{key}={number}")
        assert "找不到" in chat.text


async def test_a_slot_that_has_begun_is_closed(publish: Publish, rider: Rider, clock: TestClock) -> None:
    slot = await publish()
    chat = await rider()
    clock.move(days=2, minutes=1)
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    assert "已经开始或取消" in chat.text


async def test_one_for_other_occupations_is_refused(publish: Publish, rider: Rider) -> None:
    slot = await publish(occupations=("driver",))
    chat = await rider()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    assert "别的职业" in chat.text
    other = await rider("d", occupation="driver")
    await other.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    assert "报上了" in other.text


async def test_who_stayed_away_three_times_rests_for_a_fortnight(
    publish: Publish, rider: Rider, swept: Sweep, clock: TestClock
) -> None:
    chat = await rider()
    for number in range(3):
        slot = await publish(START + timedelta(days=number, hours=1))
        await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
        assert "报上了" in chat.text
        clock.now = START + timedelta(days=number, hours=3)
        await swept()
    later = await publish(clock.now + timedelta(days=5))
    await chat.deliver(choice=f"go:volunteer_join?slot={later.id}")
    assert "12月2日起可以再报" in chat.text
    clock.move(days=14)
    again = await publish(clock.now + timedelta(days=1))
    await chat.deliver(choice=f"go:volunteer_join?slot={again.id}")
    assert "报上了" in chat.text


async def test_it_speaks_english(publish: Publish, rider: Rider) -> None:
    await publish()
    chat = await rider()
    await chat.say("english", "English")
    with speaking("en"):
        assert "1 in your free time" in await chat.say("volunteer")
        await chat.tap("楼道排查")
        assert "You are in: Wed (18 Nov) 14:30–15:30" in await chat.tap("Sign up")


async def test_a_link_from_a_broadcast_opens_the_slot(service: Service, publish: Publish, chat: Chat) -> None:
    slot = await publish()
    assert "楼道排查" in await chat.happen(Event.START, f"volunteer?slot={slot.id}")


async def test_the_nearest_come_first_when_a_location_is_sent(publish: Publish, rider: Rider) -> None:
    await publish(title="远的", latitude=31.90, longitude=119.95)
    await publish(START + timedelta(days=3), title="近的", latitude=31.781, longitude=119.96)
    await publish(START + timedelta(days=4), title="没标的")
    chat = await rider()
    await chat.say("做志愿")
    assert "定位" in await chat.tap("按远近排")
    await chat.locate(31.78, 119.95)
    near = [label.split(" · ")[0].split()[-1] for label in chat.labels[:3]]
    assert near == ["近的", "远的", "没标的"]
    assert chat.labels[0].endswith("约 950 米") and chat.labels[1].endswith("约 13.3 公里")


async def test_a_long_list_comes_in_pages(publish: Publish, rider: Rider) -> None:
    for number in range(7):
        await publish(START + timedelta(days=1 + number), title=f"第{number}个")
    chat = await rider()
    assert "有 7 个" in await chat.say("做志愿")
    assert len([label for label in chat.labels if "小时" in label]) == 5
    await chat.tap("更多")
    assert [label.split(" · ")[0].split()[-1] for label in chat.labels[:2]] == ["第5个", "第6个"]
    assert "更多" not in chat.labels


async def test_words_instead_of_a_location_leave_the_order(publish: Publish, rider: Rider) -> None:
    for days in (2, 3):
        await publish(START + timedelta(days=days), latitude=31.9, longitude=119.9)
    chat = await rider()
    await chat.say("做志愿")
    await chat.tap("按远近排")
    assert "有 2 个" in await chat.say("天宁区")
    assert not [label for label in chat.labels if "公里" in label]
