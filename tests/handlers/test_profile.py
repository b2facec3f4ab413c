"""Mine: consent before the first personal thing, what is kept, erasure that leaves nothing, unsubscribing."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import conversations, identities, opt_outs, people, receipts
from handlers.profile.service import FOLLOWED, TOPICS, data_link, linked_person
from tests.support import Chat, TestClock


async def rows(service: Service, table: sa.Table) -> list[sa.RowMapping]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(table)))


async def test_a_profile_asks_consent_first_and_keeps_trade_and_district(service: Service, chat: Chat) -> None:
    assert "同意" in await chat.say("我的资料")
    assert "加密" in chat.text
    assert "做什么" in await chat.say("1")
    await chat.say("骑手")
    assert "记下了" in await chat.say("常州天宁区")
    [person] = await rows(service, people)
    assert (person["occupation"], person["region"]) == ("rider", "320402")
    assert person["consented_at"] is not None


async def test_consent_can_be_read_and_refused(service: Service, chat: Chat) -> None:
    await chat.say("我的资料")
    assert "谁能看" in await chat.tap("说明")
    assert "不记也不报" in await chat.tap("不同意")
    [person] = await rows(service, people)
    assert person["consented_at"] is None
    assert "同意" in await chat.say("我的资料")


async def test_consent_is_asked_once(service: Service, chat: Chat) -> None:
    await chat.say("我的资料", "同意", "跳过", "跳过")
    assert "做什么" in await chat.say("我的资料")


async def test_the_language_changes_at_once_and_stays(chat: Chat) -> None:
    await chat.say("english")
    assert "From now on in English" in await chat.say("English")
    assert "What can I do for you" in await chat.say("menu")
    await chat.say("language")
    assert "中文" in await chat.say("中文")
    assert "直接打字" in await chat.say("菜单")


async def test_my_data_is_readable(chat: Chat) -> None:
    await chat.say("我的资料", "同意", "网约车司机", "跳过")
    text = await chat.say("我的数据")
    assert "网约车司机" in text
    assert "注销" in text


async def test_a_data_link_shows_one_person_for_a_day(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    [person] = await rows(service, people)
    token = data_link(service.store.vault, person["id"], clock()).removeprefix("/mine/")
    assert linked_person(service.store.vault, token, clock()) == person["id"]
    assert linked_person(service.store.vault, token[:-2] + "AA", clock()) is None
    clock.move(hours=25)
    assert linked_person(service.store.vault, token, clock()) is None


async def test_erasure_leaves_a_tombstone_and_nothing_else(service: Service, chat: Chat) -> None:
    await chat.say("我的资料", "同意", "骑手", "天宁区", "扣了我钱怎么办")
    assert "不能恢复" in await chat.say("注销")
    assert "删了" in await chat.say("1")
    [person] = await rows(service, people)
    assert person["erased_at"] is not None
    assert (person["occupation"], person["region"], person["consented_at"]) == ("", "", None)
    assert await rows(service, identities) == []
    assert await rows(service, conversations) == []
    before = sorted(await rows(service, receipts), key=lambda row: row["id"])[:-1]
    assert all(row["said"] is None and row["replies"] is None for row in before)


async def test_after_erasure_one_begins_anew(service: Service, chat: Chat) -> None:
    await chat.say("我的资料", "同意", "骑手", "跳过", "注销", "1")
    assert "驿站" in await chat.say("你好")
    assert len(await rows(service, people)) == 2


async def test_erasure_can_be_thought_over(service: Service, chat: Chat) -> None:
    await chat.say("注销")
    assert "没有删" in await chat.tap("不删")
    [person] = await rows(service, people)
    assert person["erased_at"] is None


async def test_unsubscribing_by_topic_and_back(service: Service, chat: Chat, someone: Callable[[str], Chat]) -> None:
    await chat.say("退订", "1")
    assert [row["topic"] for row in await rows(service, opt_outs)] == ["volunteering"]
    await chat.say("退订", "全部")
    assert len(await rows(service, opt_outs)) == len(TOPICS | FOLLOWED)
    await someone("other").say("退订", "1")
    await chat.say("订阅")
    assert len(await rows(service, opt_outs)) == 1
