"""社区议事会 in the chat: propose, publish, support once, answer, meetings by code; and what stays private."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.roof import retention_rules
from bot.site import load_site
from bot.store.ids import new_id
from bot.store.retention import sweep
from bot.store.tables import people
from handlers.council import service as council
from handlers.council.service import Meeting, Proposal, Status
from handlers.council.tables import meeting_visits, proposal_supports, proposals
from handlers.staff import service as staff
from handlers.volunteering import service as volunteering
from tests.desk.conftest import Notices
from tests.support import START, Chat, TestClock

WORDS = "驿站门口装一排充电柜，省得大家上楼充电"


@pytest.fixture
def notices(service: Service) -> Notices:
    return Notices(service)


async def propose(chat: Chat, words: str = WORDS) -> None:
    await chat.say("我要提议")
    if "同意" in chat.labels:
        await chat.tap("同意")
    await chat.say(words)
    await chat.tap("提交提议")


async def rows(service: Service, table: sa.Table) -> list[Any]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(table).order_by(sa.text("1"))))


async def newest(service: Service) -> Proposal:
    async with service.store.write() as unit:
        found = await unit.value(sa.select(sa.func.max(proposals.c.id)))
        return await council.find(unit, found)


async def publish(service: Service, shown: str = WORDS) -> Proposal:
    one = await newest(service)
    async with service.store.write() as unit:
        await council.publish(unit, one, shown, "staff:1")
    return await newest(service)


async def answer(service: Service, to: Status, words: str) -> None:
    one = await newest(service)
    async with service.store.write() as unit:
        await council.answer(unit, one, to, words, "staff:1")


async def test_the_whole_story(chat: Chat, someone: Callable[[str], Chat], service: Service, notices: Notices) -> None:
    clerk, other = someone("clerk"), someone("other")
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await clerk.say(code)
    await chat.say("社区议事会")
    assert "还没有提议" in chat.text
    await chat.tap("我要提议")
    assert "公布时不留名" in chat.text
    await chat.tap("同意")
    assert "请别写人名和电话" in chat.text
    await chat.say(WORDS)
    assert "工作人员先看，再不留名公布" in chat.text
    assert "在这里告诉您" in await chat.tap("提交提议")
    [row] = await rows(service, proposals)
    assert "充电柜".encode() not in bytes(row["words"]) and row["shown"] == ""
    assert "有新提议等着看" in (await notices.to(clerk))[-1].text
    assert "还没有提议" in await other.say("议事会"), "nobody reads it before staff did"

    await publish(service, "驿站门口装充电柜")
    assert "公布了" in (await notices.to(chat))[-1].text
    await other.say("议事会")
    assert other.labels[0] == "驿站门口装充电柜 · 少于 5 人支持"
    await other.tap("驿站门口")
    assert "不留名" in await other.tap("支持")
    assert [one["supports"] for one in await rows(service, proposals)] == [1]
    await other.tap("看这条")
    assert "少于 5 人支持" in other.text
    assert "已收回" in await other.tap("不支持了")
    await other.tap("看这条")
    await other.tap("支持")
    assert [one["supports"] for one in await rows(service, proposals)] == [1]

    await answer(service, Status.ANSWERED, "已报街道，12 月装")
    for one in (chat, other):
        assert "已答复。已报街道" in (await notices.to(one))[-1].text
    await answer(service, Status.DONE, "装好了")
    assert "已办成" in (await notices.to(chat))[-1].text
    await other.say("议事会")
    await other.tap("驿站门口")
    assert "工作人员答复：装好了" in other.text and "支持" not in other.labels
    await chat.say("我的提议")
    assert "已办成" in " ".join(chat.labels)


async def test_each_counts_once_however_often_and_at_once(service: Service, chat: Chat) -> None:
    await propose(chat)
    one = await publish(service)
    async with service.store.write() as unit:
        crowd = [new_id() for _ in range(30)]
        for person in crowd:
            unit.insert(people, id=person, language="zh_CN", timezone="Asia/Shanghai", created_at=START)

    async def tap(person: int) -> bool:
        async with service.store.write() as unit:
            return await council.support(unit, await council.find(unit, one.id), person)

    taps = await asyncio.gather(*(tap(person) for person in crowd * 3))
    assert sum(taps) == 30
    assert (await newest(service)).supports == 30 == len(await rows(service, proposal_supports))

    async def back(person: int) -> bool:
        async with service.store.write() as unit:
            return await council.take_back(unit, await council.find(unit, one.id), person)

    assert sum(await asyncio.gather(*(back(person) for person in crowd[:10] * 2))) == 10
    assert (await newest(service)).supports == 20
    await chat.say("议事会")
    assert "20 人支持" in chat.labels[0]


async def test_one_s_own_what_is_not_published_and_what_is_answered(
    chat: Chat, someone: Callable[[str], Chat], service: Service
) -> None:
    await propose(chat)
    one, other = await newest(service), someone("other")
    for target in ("council", "council_support"):
        await other.deliver(choice=f"go:{target}?proposal={one.id}")
        assert "没有找到" in other.text
    await publish(service)
    await chat.deliver(choice=f"go:council_support?proposal={one.id}")
    assert "您自己提的" in chat.text
    await other.deliver(choice=f"go:council_support?proposal={one.id}&back=1")
    assert "没有支持过" in other.text
    await answer(service, Status.DECLINED, "地方不够")
    await other.deliver(choice=f"go:council_support?proposal={one.id}")
    assert "不再征集" in other.text
    assert (await newest(service)).supports == 0
    with pytest.raises(council.NotAllowedError):
        await answer(service, Status.DONE, "x")
    with pytest.raises(council.NotAllowedError):
        await publish(service)
    for given in ("", "x", "9" * 30, "7"):
        await other.deliver(choice=f"go:council_support?proposal={given}")
        assert "没有找到" in other.text


async def test_numbers_of_people_are_not_handed_in(chat: Chat, service: Service) -> None:
    await chat.say("提议")
    await chat.tap("同意")
    await chat.say("站长老李电话 13812345678 该换人了")
    assert "里面有电话" in chat.text
    assert not await rows(service, proposals)
    await chat.say("站点该换个管事的人了")
    await chat.tap("提交提议")
    assert len(await rows(service, proposals)) == 1


async def test_what_is_kept_back_says_why(chat: Chat, service: Service, notices: Notices) -> None:
    await propose(chat)
    one = await newest(service)
    async with service.store.write() as unit:
        await council.keep_back(unit, one, "说的是一个人，不公开", "staff:1")
    assert "说的是一个人" in (await notices.to(chat))[-1].text
    await chat.tap("去看看")
    assert "没有公布" in chat.text
    assert "还没有提议" in await chat.say("议事会")


async def test_who_unsubscribed_is_not_told(
    chat: Chat, someone: Callable[[str], Chat], service: Service, notices: Notices
) -> None:
    await propose(chat)
    one, other = await publish(service), someone("other")
    await other.deliver(choice=f"go:council_support?proposal={one.id}")
    await other.say("退订")
    await other.tap("支持的议事会提议")
    await answer(service, Status.ANSWERED, "已报街道")
    assert not await notices.to(other)
    assert "已报街道" in (await notices.to(chat))[-1].text, "one's own matter always comes"


async def meeting(service: Service, clock: TestClock, kind: str = "council", **more: Any) -> Meeting:
    values: dict[str, Any] = {"title": "11月议事会", "place": "红梅社区二楼", "points": 2}
    start: datetime = clock.now + timedelta(hours=1)
    async with service.store.write() as unit:
        times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        return await council.gather(unit, "staff:1", kind=kind, **{**values, **times, **more})


async def test_being_at_a_meeting_gives_points_once(chat: Chat, service: Service, clock: TestClock) -> None:
    one = await meeting(service, clock)
    assert "下次会议：11月16日 15:30–17:30，红梅社区二楼" in await chat.say("议事会")
    assert "没有这个码" in await chat.say(f"到会 {one.code}"), "too early"
    clock.move(minutes=40)
    assert "给您记 2 分" in await chat.say(f"到会 {one.code}")
    assert "已经记过" in await chat.say("到会", one.code)
    assert "您有 2 分" in await chat.say("我的积分")
    assert "议事会 +2" in chat.text
    clock.move(hours=4)
    assert "没有这个码" in await chat.say(f"到会 {one.code}")
    async with service.store.read() as unit:
        assert await volunteering.imbalance(unit) == 0


async def test_a_slip_in_the_code_is_asked_again(chat: Chat, service: Service, clock: TestClock) -> None:
    one = await meeting(service, clock)
    clock.move(minutes=40)
    assert "没有这个码" in await chat.say("到会", "1234")
    assert "现场的码是多少" in chat.text
    assert "给您记 2 分" in await chat.say(one.code)


async def test_guessing_codes_is_stopped(chat: Chat, service: Service, clock: TestClock) -> None:
    one = await meeting(service, clock, kind="training", title="安全培训", points=1)
    clock.move(hours=1)
    wrong = "000000" if one.code != "000000" else "111111"
    for _try in range(5):
        assert "没有这个码" in await chat.say(f"到会 {wrong}")
    assert "输错的次数多了" in await chat.say(f"到会 {one.code}")
    clock.move(minutes=11)
    assert "记上了" in await chat.say(f"任务签到 {one.code}")
    assert "任务 +1" in await chat.say("积分明细")


async def test_many_at_the_door_at_once(service: Service, clock: TestClock) -> None:
    one = await meeting(service, clock)
    clock.move(hours=1)
    async with service.store.write() as unit:
        person = new_id()
        unit.insert(people, id=person, language="zh_CN", timezone="Asia/Shanghai", created_at=START)

    async def come() -> str:
        async with service.store.write() as unit:
            return (await council.arrive(unit, person, one.code))[0]

    said = await asyncio.gather(*(come() for _ in range(12)))
    assert sorted(said) == ["already"] * 11 + ["in"]
    async with service.store.read() as unit:
        assert await volunteering.balance(unit, person) == 2


async def test_erased_means_erased(
    chat: Chat, someone: Callable[[str], Chat], service: Service, clock: TestClock
) -> None:
    other = someone("other")
    await propose(chat)
    one = await publish(service)
    await propose(chat, "再提一条还没公布的提议")
    await other.deliver(choice=f"go:council_support?proposal={one.id}")
    held = await meeting(service, clock)
    clock.move(hours=1)
    await other.say(f"到会 {held.code}")
    for person in (chat, other):
        await person.say("注销", "1")
    [left] = await rows(service, proposals)
    assert (left["shown"], left["person_id"], left["words"], left["supports"]) == (WORDS, None, None, 0)
    assert not await rows(service, proposal_supports)
    assert [row["person_id"] for row in await rows(service, meeting_visits)] == [None]


async def test_what_has_ended_is_forgotten_in_time(chat: Chat, service: Service, clock: TestClock) -> None:
    await propose(chat)
    await publish(service)
    await answer(service, Status.DONE, "装好了")
    site = load_site(service.settings.content_dir)
    rules = [one for one in retention_rules(site, service.blobs) if one.name in {"proposals", "meeting visits"}]
    clock.move(days=site.retention_days - 1)
    assert await sweep(service.store, rules) == {"proposals": 0, "meeting visits": 0}
    clock.move(days=2)
    assert await sweep(service.store, rules) == {"proposals": 1, "meeting visits": 0}
    [row] = await rows(service, proposals)
    assert (row["person_id"], row["words"], row["shown"]) == (None, None, WORDS)


async def test_english(chat: Chat) -> None:
    await chat.say("english")
    assert "No proposals yet" in await chat.say("council")
