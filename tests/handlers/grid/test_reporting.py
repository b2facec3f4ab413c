"""随手拍: from what is wrong to its code, danger first, who was quicker, what becomes of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Location
from bot.roof import retention_rules
from bot.site import load_site
from bot.store.retention import sweep
from bot.store.tables import media
from handlers.grid import service as grid
from handlers.grid.near import metres
from handlers.grid.report import Draft, Status
from handlers.grid.service import GridKinds
from handlers.grid.tables import grid_events, grid_media, grid_reports, grid_supports
from handlers.rewards.service import PointRules
from tests.desk.conftest import Notices
from tests.support import Chat, TestClock

Officer = Callable[..., Awaitable[Chat]]
HERE = (31.7790, 119.9740)


async def report(chat: Chat, opening: str = "消防通道被堵了", place: str = "红梅新村3栋", photos: int = 0) -> str:
    """A report from the first word to the code."""
    await chat.say(opening)
    if "同意" in chat.labels:
        await chat.tap("同意")
    await chat.say(place)
    if "给我记一票" in " ".join(chat.labels):
        return chat.text
    if "跳过" in chat.labels and "写一句" in chat.text:
        await chat.tap("跳过")
    for number in range(photos):
        await chat.photo(f"photo-{number}")
    await chat.tap("好了" if photos else "跳过")
    await chat.tap("上报")
    found = re.search(r"WG-[0-9A-Z]{4}-[0-9A-Z]{4}", chat.text)
    assert found, chat.text
    return found[0]


async def rows(service: Service, table: sa.Table) -> list[Any]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(table)))


async def test_the_whole_story_in_the_chat(
    chat: Chat, officer: Officer, service: Service, notices: Notices, clock: TestClock
) -> None:
    clerk = await officer("clerk")
    await chat.say("随手拍")
    assert "着火 119" in chat.text
    assert "消防通道被占" in chat.labels
    await chat.tap("消防通道被占")
    assert "社区工作人员看，他们不知道您是谁" in chat.text
    assert not await rows(service, grid_reports)
    await chat.tap("同意")
    assert "具体在哪" in chat.text
    await chat.say("红梅新村3栋东侧", "两辆面包车停在消防通道上")
    await chat.photo("photo-1")
    await chat.tap("好了")
    assert "消防通道被占 · 红梅新村3栋东侧 · 1 张图" in chat.text
    assert "看不到您的账号和名字" in chat.text
    await chat.tap("上报")
    code = re.search(r"WG-[0-9A-Z]{4}-[0-9A-Z]{4}", chat.text)
    assert code
    [row] = await rows(service, grid_reports)
    assert (row["kind"], row["status"], row["code"]) == ("fire_lane", "received", code[0])
    assert "面包车".encode() not in bytes(row["words"]) and "红梅".encode() not in bytes(row["place"])
    assert len(await rows(service, grid_media)) == 1
    assert f"新上报 {code[0]}：消防通道被占，红梅新村3栋东侧" in (await notices.to(clerk))[-1].text

    kinds = service.registry.resources[GridKinds]
    async with service.store.write() as unit:
        found = await grid.find(unit, row["id"])
        await grid.move(unit, kinds, found, Status.PASSED_ON, "staff:1", "已转城管")
    assert "已转办" in (await notices.to(chat))[-1].text
    assert "工作人员说：已转城管" in chat.text
    clock.move(days=1)
    async with service.store.write() as unit:
        found = await grid.find(unit, row["id"])
        await grid.move(unit, kinds, found, Status.DONE, "staff:1", "车已挪走")
        await grid.confirm(unit, kinds, service.registry.resources[PointRules], found, "staff:1")
    assert "属实，给您记 1 分" in (await notices.to(chat))[-1].text
    assert "您有 1 分" in await chat.say("我的积分")
    assert "随手拍上报 +1" in chat.text
    await chat.say("我的上报")
    await chat.tap("消防通道被占")
    for part in ("11月16日 已收到", "已转办：已转城管", "11月17日 已处理：车已挪走", "已核实"):
        assert part in chat.text


async def test_points_come_once_and_not_for_what_is_not_ours(chat: Chat, service: Service) -> None:
    await report(chat)
    [row] = await rows(service, grid_reports)
    kinds, rules = service.registry.resources[GridKinds], service.registry.resources[PointRules]
    async with service.store.write() as unit:
        assert await grid.confirm(unit, kinds, rules, await grid.find(unit, row["id"]), "staff:1") == 1
    async with service.store.write() as unit:
        with pytest.raises(grid.NotAllowedError):
            await grid.confirm(unit, kinds, rules, await grid.find(unit, row["id"]), "staff:1")
    await report(chat, "路灯不亮", "天宁寺后门")
    other = next(one for one in await rows(service, grid_reports) if one["kind"] == "lighting")
    async with service.store.write() as unit:
        found = await grid.find(unit, other["id"])
        await grid.move(unit, kinds, found, Status.NOT_OURS, "staff:1", "归供电")
        with pytest.raises(grid.NotAllowedError):
            await grid.confirm(unit, kinds, rules, await grid.find(unit, other["id"]), "staff:1")
        with pytest.raises(grid.NotAllowedError):
            await grid.move(unit, kinds, await grid.find(unit, other["id"]), Status.DONE, "staff:1", "")
    assert "您有 1 分" in await chat.say("我的积分")


@pytest.mark.parametrize("text", ["楼道里电动车着火了", "有煤气味", "电线掉下来了冒火星 漏电", "井盖没了 有人掉进去了"])
async def test_danger_is_answered_first(chat: Chat, text: str) -> None:
    await chat.say(text)
    assert chat.text.startswith("有危险？人先离开，再打电话：着火 119，有人受伤 120")


async def test_danger_inside_another_form_is_answered_first(chat: Chat) -> None:
    await chat.say("投诉")
    assert (await chat.say("着火了")).startswith("有危险？")


@pytest.mark.parametrize(
    "text", ["电动车着火了赔不赔？", "楼道充电违法吗", "路面湿滑摔了一跤平台赔吗", "美团扣了我200"]
)
async def test_questions_and_complaints_are_not_taken_for_reports(chat: Chat, text: str) -> None:
    await chat.say(text)
    assert "具体在哪" not in chat.text and "有危险？" not in chat.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("路灯不亮了没人管", "lighting"),
        ("井盖松了", "manhole"),
        ("楼道里有人飞线充电", "ebike"),
        ("垃圾堆在路上没人管", "rubbish"),
        ("路面有个大坑", "road"),
        ("消防通道停满了车", "fire_lane"),
    ],
)
async def test_what_people_say_opens_it(chat: Chat, service: Service, text: str, kind: str) -> None:
    await report(chat, text)
    [row] = await rows(service, grid_reports)
    assert row["kind"] == kind


async def test_who_is_slower_is_counted_in_and_told(
    chat: Chat, someone: Callable[[str], Chat], service: Service, notices: Notices
) -> None:
    code = await report(chat)
    other = someone("other")
    await report(other, place="红梅新村3栋")
    assert "这里已有人报过：消防通道被占 · 红梅新村3栋，已收到" in other.text
    assert f"（{code}），给您记了一票。一起报的：少于 5 人" in await other.tap("给我记一票")
    assert [row["supports"] for row in await rows(service, grid_reports)] == [1]
    await report(other)
    await other.tap("给我记一票")
    assert [row["supports"] for row in await rows(service, grid_reports)] == [1], "once a person"
    await chat.say("消防通道被堵了")
    assert "这处您已经报过" in await chat.say("红梅新村3栋")
    kinds = service.registry.resources[GridKinds]
    async with service.store.write() as unit:
        found = await grid.find(unit, (await rows(service, grid_reports))[0]["id"])
        await grid.move(unit, kinds, found, Status.DONE, "staff:1", "车已挪走")
    assert "车已挪走" in (await notices.to(other))[-1].text
    await report(other)  # it is closed: a new one
    assert len(await rows(service, grid_reports)) == 2


async def test_another_one_beside_it_is_its_own(chat: Chat, someone: Callable[[str], Chat], service: Service) -> None:
    await report(chat)
    other = someone("other")
    await report(other)
    await other.tap("另报一处")
    await other.tap("跳过")
    await other.tap("上报")
    assert "已交给社区" in other.text
    assert [row["supports"] for row in await rows(service, grid_reports)] == [0, 0]


async def test_by_location_within_metres(chat: Chat, someone: Callable[[str], Chat], service: Service) -> None:
    for number, (north, joins) in enumerate([(0.0, False), (0.0002, True), (0.002, False)]):
        rider = someone(f"rider-{number}")
        await rider.say("井盖没了")
        await rider.tap("同意")
        await rider.locate(HERE[0] + north, HERE[1])
        assert ("这里已有人报过" in rider.text) == joins, number
        if not joins:
            await rider.tap("跳过")
            await rider.tap("跳过")
            await rider.tap("上报")
    assert len(await rows(service, grid_reports)) == 2
    assert 21 < metres(HERE, (HERE[0] + 0.0002, HERE[1])) < 23
    assert metres(HERE, HERE) == 0


async def test_a_location_and_pictures_sent_first_are_kept(chat: Chat, service: Service) -> None:
    await chat.photo("early")
    await chat.say("随手拍")
    await chat.deliver(location=Location(*HERE, "红梅公园北门"))
    await chat.tap("井盖")
    await chat.tap("同意")
    assert "写一句" in chat.text
    await chat.say("井盖翘起来了")
    assert "已有 1 张图" in chat.text or "1" in chat.text
    await chat.tap("好了")
    assert "红梅公园北门 · 1 张图" in chat.text
    await chat.tap("上报")
    [row] = await rows(service, grid_reports)
    assert (row["latitude"], row["longitude"]) == HERE
    assert len(await rows(service, grid_media)) == 1


async def test_the_same_told_by_many_at_once_is_one_report(service: Service) -> None:
    kinds = service.registry.resources[GridKinds]
    draft = Draft("manhole", "320402", "", *HERE)

    async def one() -> bool:
        async with service.store.write() as unit:
            return (await grid.file(unit, kinds, draft, source="token:1")).joined

    joined = await asyncio.gather(*(one() for _ in range(20)))
    assert sorted(joined) == [False] + [True] * 19
    [row] = await rows(service, grid_reports)
    assert row["supports"] == 19


async def test_staff_of_the_place_are_told(officer: Officer, chat: Chat, notices: Notices) -> None:
    here, city, elsewhere = await officer("a", "320402"), await officer("b", "320400"), await officer("c", "110105")
    await report(chat, place="天宁区红梅新村3栋")
    assert await notices.to(here) and await notices.to(city)
    assert not await notices.to(elsewhere)


async def test_administrators_are_told_where_nobody_else_is(officer: Officer, chat: Chat, notices: Notices) -> None:
    union, admin = await officer("u", role="union"), await officer("x", role="admin")
    await report(chat)
    assert await notices.to(admin)
    assert not await notices.to(union)


async def test_anothers_report_is_not_shown(chat: Chat, someone: Callable[[str], Chat], service: Service) -> None:
    await report(chat)
    [row] = await rows(service, grid_reports)
    stranger = someone("stranger")
    for given in (row["id"], "", "x", "9" * 30):
        await stranger.deliver(choice=f"go:my_reports?report={given}")
        assert "红梅" not in stranger.text
    assert "没有上报过" in await stranger.say("我的上报")


async def test_without_consent_nothing_is_noted(chat: Chat, service: Service) -> None:
    await chat.say("路灯不亮了没人管")
    await chat.tap("不同意")
    assert not await rows(service, grid_reports)


async def test_erased_means_erased_and_the_hole_stays(
    chat: Chat, someone: Callable[[str], Chat], service: Service
) -> None:
    await report(chat, photos=1)
    other = someone("other")
    await report(other)
    await other.tap("给我记一票")
    assert "注销" in str(await chat.say("我的数据"))
    for one in (chat, other):
        await one.say("注销", "1")
    [row] = await rows(service, grid_reports)
    assert (row["person_id"], row["words"], row["place"], row["place_mac"]) == (None, None, None, None)
    assert (row["kind"], row["supports"]) == ("fire_lane", 1)
    assert not await rows(service, grid_supports) and not await rows(service, grid_media)
    assert not await rows(service, media)


async def test_closed_reports_are_emptied_in_time(chat: Chat, service: Service, clock: TestClock) -> None:
    await report(chat)
    kinds, site = service.registry.resources[GridKinds], load_site(service.settings.content_dir)
    async with service.store.write() as unit:
        found = await grid.find(unit, (await rows(service, grid_reports))[0]["id"])
        await grid.move(unit, kinds, found, Status.DONE, "staff:1", "车已挪走")
    rules = [one for one in retention_rules(site, service.blobs) if one.name == "closed reports"]
    clock.move(days=site.retention_days - 1)
    assert await sweep(service.store, rules) == {"closed reports": 0}
    clock.move(days=2)
    assert await sweep(service.store, rules) == {"closed reports": 1}
    assert await sweep(service.store, rules) == {"closed reports": 0}
    [row] = await rows(service, grid_reports)
    assert (row["person_id"], row["words"], row["place"]) == (None, None, None)
    assert all(event["words"] is None for event in await rows(service, grid_events))


async def test_english(chat: Chat) -> None:
    await chat.say("english")
    assert "Danger to life" in await chat.say("report a problem")
