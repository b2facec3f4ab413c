"""明天有事，去不了了 got an article, 我到了 three policies; after a code with a slip in it the next was not taken; an
old button said “sign up” to who was signed up; and below an activity there was no way to tell people about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.app import Service
from handlers.staff import service as staff
from handlers.volunteering.service import Slot
from tests.support import Chat, TestClock, on_sqlite

pytestmark = on_sqlite

TASK = "看看楼道里的电动车"
Someone = Callable[[str], Chat]


@pytest.fixture
async def organiser(service: Service, someone: Someone) -> Chat:
    """Community staff."""
    chat = someone("community-1")
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await chat.say(code)
    return chat


@pytest.fixture
async def slot(organiser: Chat, service: Service) -> Callable[[], Awaitable[Slot]]:
    """Publishes an activity for two the day after tomorrow at 14:30, and gives it."""
    from handlers.volunteering import service as volunteering

    async def work() -> Slot:
        await organiser.say("发布活动", "楼道排查", TASK, "红梅社区", "所有人", "后天", "14:30-15:30", "2")
        await organiser.say("跳过", "1", "跳过", "跳过", "王主任", "发布")
        async with service.store.read() as unit:
            [found] = await volunteering.coming(unit, "", "")
            return found

    return work


async def sign_up(chat: Chat) -> str:
    await chat.say("做志愿")
    await chat.tap("楼道排查")
    await chat.tap("报名" if "报名" in chat.labels else "候补")
    return await chat.tap("同意")


@pytest.mark.parametrize(
    "said", ["明天有事，去不了了", "不好意思 我来不了了", "我不去了", "临时来单了，不去了", "后天下午可能参加不了了"]
)
async def test_who_says_so_gives_the_place_back(
    slot: Callable[[], Awaitable[Slot]], chat: Chat, said: str, service: Service
) -> None:
    await slot()
    await sign_up(chat)
    assert "“楼道排查”来不了是因为什么" in await chat.say(said)
    assert "取消了：楼道排查" in await chat.say("要接孩子")


async def test_somebody_who_asks_is_no_one_who_cancels(chat: Chat) -> None:
    assert "来不了是因为什么" not in await chat.say("志愿活动报了名去不了会怎么样")


async def test_here_i_am_and_a_slip_in_the_code(
    slot: Callable[[], Awaitable[Slot]], chat: Chat, clock: TestClock
) -> None:
    one = await slot()
    await sign_up(chat)
    clock.now = one.starts_at
    wrong = "000000" if one.code != "000000" else "111111"
    assert "签到码" in await chat.say("我到了")
    assert "不是您这个活动的签到码" in await chat.say(wrong)
    assert "6 位数字" in chat.text
    assert "签到了" in await chat.say(one.code)
    clock.now = one.ends_at
    assert "签退了：楼道排查，1 小时" in await chat.say("我走了")


async def test_a_wrong_code_brought_along_is_asked_for_again(
    slot: Callable[[], Awaitable[Slot]], chat: Chat, clock: TestClock
) -> None:
    one = await slot()
    await sign_up(chat)
    clock.now = one.starts_at
    wrong = "000000" if one.code != "000000" else "111111"
    assert "不是您这个活动的签到码" in await chat.say(f"签到 {wrong}")
    assert "签到了" in await chat.say(one.code)


async def test_an_old_button_shows_the_place_one_has(
    slot: Callable[[], Awaitable[Slot]], chat: Chat, someone: Someone
) -> None:
    one = await slot()
    await sign_up(chat)
    await chat.deliver(choice=f"go:volunteer?slot={one.id}")
    assert "您：已报名" in chat.text
    assert "报名" not in chat.labels
    await sign_up(someone("second"))
    third = someone("third")
    await third.deliver(choice=f"go:volunteer?slot={one.id}")
    assert "名额满了。先候补" in third.text


async def test_from_the_activity_to_many_and_back(
    slot: Callable[[], Awaitable[Slot]], organiser: Chat, chat: Chat, clock: TestClock
) -> None:
    await chat.say("菜单")
    await slot()
    clock.move(hours=2)
    await organiser.tap("群发招人")
    ready = "11月18日 周三 14:30–15:30，红梅社区，楼道排查：看看楼道里的电动车。\n1 小时 · 1 分 · 还差 2 人。"
    assert ready in organiser.text
    await organiser.say("1")  # in WeChat nobody taps who can type a number
    assert "发给谁" in organiser.text
    await organiser.say("所有人", "跳过", "全部")
    await organiser.tap("志愿活动")
    assert ready in await organiser.say("现在")
    assert "已提交，马上发出" in await organiser.tap("发送")
    await organiser.tap("看进度")
    assert organiser.text.startswith("楼道排查 · ")
    await organiser.tap("看报名：楼道排查 0/2")
    assert "报名 0/2" in organiser.text
    assert "群发招人" in organiser.labels


async def test_words_of_ones_own_are_still_taken(slot: Callable[[], Awaitable[Slot]], organiser: Chat) -> None:
    await slot()
    await organiser.tap("群发招人")
    await organiser.say("红梅社区招人，一小时就好。", "所有人", "跳过", "全部")
    await organiser.tap("志愿活动")
    assert "红梅社区招人，一小时就好。" in await organiser.say("现在")


async def test_what_has_begun_is_said_before_asking_why(
    slot: Callable[[], Awaitable[Slot]], chat: Chat, clock: TestClock
) -> None:
    one = await slot()
    await sign_up(chat)
    clock.now = one.starts_at + timedelta(minutes=5)
    assert "已经开始" in await chat.say("去不了了")


@pytest.mark.parametrize("said", ["谁报名了", "报名情况"])
async def test_who_runs_it_asks_who_signed_up(slot: Callable[[], Awaitable[Slot]], organiser: Chat, said: str) -> None:
    await slot()
    await organiser.say(said)
    assert "周三 14:30 楼道排查 · 0/2" in organiser.labels


async def test_who_runs_it_and_wants_to_call_it_off_is_shown_the_way(
    slot: Callable[[], Awaitable[Slot]], organiser: Chat, chat: Chat
) -> None:
    await slot()
    await organiser.say("我要取消活动")
    assert "我发的活动" in organiser.labels
    await sign_up(chat)
    assert "“楼道排查”来不了是因为什么" in await chat.say("我要取消活动")
