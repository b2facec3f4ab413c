"""Anonymous means anonymous, sealed means sealed, erased means erased."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from bot.app import Service
from bot.store.rotate import sealed_columns
from handlers.complaints import service as complaints
from handlers.complaints.case import words
from handlers.complaints.tables import case_events, case_media, cases
from tests.support import Chat

Stored = Callable[[], Awaitable[list[dict[str, Any]]]]
SECRETS = ("站长把我的电动车锁了", "王建国", "13812345678", "红梅新村三栋", "其实是队长指使的")


async def raw(service: Service) -> bytes:
    """Every byte of the database: its files on SQLite, every row of every table on PostgreSQL."""
    if service.store.sqlite:
        path = Path(urlsplit(service.settings.database).path)
        return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*") if one.is_file())
    found = []
    async with service.store.read() as unit:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        for name in (await unit.execute(sa.text(tables))).scalars().all():
            rows = await unit.rows(sa.text(f'SELECT * FROM "{name}"'))
            found += [value for row in rows for value in row.values()]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in found)


async def test_the_database_holds_none_of_their_words(chat: Chat, service: Service) -> None:
    story, name, phone, place, added = SECRETS
    await chat.say("投诉", "歧视骚扰", "美团", "同意", "昨天", place, story)
    await chat.say("跳过", "实名", name, phone)
    assert name in chat.text
    await chat.say("提交", "我的诉求", "补充", added, "跳过")
    everything = await raw(service)
    assert b"meituan" in everything  # what is filtered by stands in the clear, so the look-up works
    for secret in SECRETS:
        assert secret.encode() not in everything
        assert secret.encode("utf-16-le") not in everything


async def test_an_anonymous_case_has_no_name_even_when_one_was_typed_first(chat: Chat, service, stored: Stored) -> None:
    await chat.say(
        "投诉", "歧视骚扰", "美团", "同意", "昨天", "天宁区", "站长骂我", "跳过", "实名", "王建国", "13812345678"
    )
    await chat.say("改一项")
    await chat.tap("留不留名")
    assert "不留姓名" in await chat.say("匿名")
    await chat.tap("提交")
    [case] = await stored()
    assert (case["anonymous"], case["name"], case["contact"]) == (True, None, None)
    async with service.store.read() as unit:
        assert await complaints.identity(unit, case["id"]) == ("", "")


async def test_every_sealed_column_opens_with_what_rotation_knows_of_it(chat: Chat, service: Service, filed) -> None:
    await filed(chat)
    await chat.say("我的诉求", "补充", "还有一句", "跳过")
    own = {column: aad for column, aad in sealed_columns().items() if column.table in {cases, case_events}}
    assert {column.name for column in own} == {"story", "place", "name", "contact", "outcome", "words"}
    async with service.store.read() as unit:
        for column, aad in own.items():
            for row in await unit.rows(sa.select(column.table).where(column.is_not(None))):
                assert unit.vault.open(row[column.name], aad(row))


async def test_my_data_shows_all_of_it(chat: Chat, service: Service, stored: Stored, filed) -> None:
    code = await filed(chat)
    await chat.say("我的诉求", "补充", "还有一句", "跳过")
    [case] = await stored()
    async with service.store.read() as unit:
        [mine] = await complaints.personal_data(unit, case["person_id"])
        assert await complaints.personal_data(unit, case["person_id"] + 1) == []
    assert (mine["receipt"], mine["amount"], mine["happened_on"]) == (code, "200.00", "2026-11-13")
    assert "那天下暴雨" in mine["story"]
    assert [step["words"] for step in mine["steps"]] == ["", "还有一句"]


async def test_erasure_leaves_a_tombstone_and_nobody_elses_case_changes(
    chat: Chat, someone, service, stored, filed
) -> None:
    code = await filed(chat)
    await chat.say("我的诉求", "补充", "还有一句")
    await chat.photo("screenshot")
    await chat.say("好了")
    other = someone("driver")
    await filed(other, "滴滴封了我的号 昨天开始接不了单")
    mine, others = await stored()
    async with service.store.write() as unit:
        await complaints.erase(unit, mine["person_id"])
    left, untouched = await stored()
    assert untouched == others
    assert (left["code"], left["person_id"], left["status"]) == (code, None, "withdrawn")
    assert left["closed_at"] == service.clock()
    emptied = ("story", "place", "name", "contact", "amount", "happened_on", "region", "channel", "occupation")
    assert not any(left[part] for part in emptied)
    async with service.store.read() as unit:
        said = await unit.rows(sa.select(case_events.c.words).where(case_events.c.case_id == left["id"]))
        assert [row["words"] for row in said] == [None] * 3
        assert await unit.rows(sa.select(case_media)) == []
        assert words(unit.vault, others, "story")
    assert "没有找到" in await chat.say(code)
