"""A store with many invented cases, filled quickly: what the desk and the exports are measured on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bot.store.codes import new_code
from bot.store.ids import new_id
from bot.store.store import Store
from bot.store.tables import people
from handlers.complaints.status import OPEN, Status
from handlers.complaints.tables import case_aad, case_events, case_terms, cases, event_aad
from handlers.complaints.terms import hashed, words_of

PAGE = 2000
DAYS = 540
CATEGORIES = ("pay", "fines", "pricing", "account", "hours", "injury", "contract", "deposit", "other")
COMPANIES = ("meituan", "eleme", "jd-delivery", "sf-city", "didi", "t3", "huolala", "manbang", "")
REGIONS = tuple(f"3204{number:02}" for number in (2, 4, 5, 11, 12, 13, 81))
BEGINNINGS = ("上周五送餐", "昨天晚上跑单", "从三月开始", "下暴雨那天", "刚换了站点", "小区门口")
MIDDLES = ("扣了我两百", "工资拖着不发", "账号被封了", "单价又降了", "说我超时", "站长不让休息")
ENDS = ("客服不理我", "申诉也没用", "同事都一样", "家里等钱用", "有截图为证", "请帮我问问")
RARE = "红梅新村电梯坏了"  # in one case of a thousand


def stories(count: int, chance: random.Random) -> Iterator[str]:
    """Stories of about 60 characters; some words are in most of them, some in few."""
    for number in range(count):
        parts = [chance.choice(BEGINNINGS), chance.choice(MIDDLES), chance.choice(ENDS), chance.choice(MIDDLES)]
        parts.append(f"{chance.randrange(10_000)}号单")
        if number % 1000 == 7:
            parts.append(RARE)
        yield "，".join([*parts, "这是平台的规定但没有人告诉过我，我想知道该怎么办"])


async def fill(store: Store, count: int, seed: int = 7) -> None:
    """So many cases of a thousand people over a year and a half, with a step each and their words in the index."""
    chance = random.Random(seed)
    now = store.clock()
    persons = [new_id() for _person in range(1000)]
    known: dict[str, list[int]] = {}  # a part of a story -> its terms
    codes: set[str] = set()
    async with store.write() as unit:
        for person in persons:
            unit.insert(people, id=person, language="zh_CN", timezone="Asia/Shanghai", created_at=now)
    told = stories(count, chance)
    while page := list(islice(told, PAGE)):
        async with store.write() as unit:
            rows, events, terms = [], [], []
            for story in page:
                row = _case(chance, persons, now, _fresh(codes))
                row["story"] = store.vault.seal(story.encode(), case_aad(row["id"], "story"))
                rows.append(row)
                events.append(_event(store, row))
                terms += [(term, row["id"]) for term in _terms(store, known, story)]
            await unit.execute(sa.insert(cases), rows)
            await unit.execute(sa.insert(case_events), events)
            statement = sa.text(f"INSERT INTO {case_terms.name} (term, case_id) VALUES (:term, :case_id)")
            await unit.execute(statement, [{"term": term, "case_id": case_id} for term, case_id in terms])
    await settle(store)


def _fresh(taken: set[str]) -> str:
    """A code no other case has: of 200,000 made by chance, two are alike more often than not."""
    while (code := new_code()) in taken:
        pass
    taken.add(code)
    return code


def _case(chance: random.Random, persons: list[int], now: datetime, code: str) -> dict[str, Any]:
    at = now - timedelta(seconds=chance.randrange(DAYS * 86400))
    status = chance.choices([*Status], [6, 4, 6, 3, 3, 30, 25, 20, 3])[0]
    owner = "" if status == Status.RECEIVED else f"staff:{chance.randrange(1, 9)}"
    return {
        "id": new_id(),
        "code": code,
        "person_id": chance.choice(persons),
        "channel": "wechat",
        "status": status.value,
        "category": chance.choice(CATEGORIES),
        "company": chance.choice(COMPANIES),
        "region": chance.choice(REGIONS),
        "occupation": chance.choice(("rider", "driver", "trucker", "streamer")),
        "happened_on": (at - timedelta(days=3)).date(),
        "anonymous": True,
        "owner": owner,
        "submitted_at": at.astimezone(UTC),
        "updated_at": at.astimezone(UTC),
        "due_on": (at + timedelta(days=5)).date(),
        "closed_at": None if status in OPEN else at + timedelta(days=9),
        "indexed": 1,
    }


def _event(store: Store, row: dict[str, Any]) -> dict[str, Any]:
    event_id = new_id()
    words = store.vault.seal("收到，正在核实。".encode(), event_aad(event_id))
    plain = {"case_id": row["id"], "at": row["submitted_at"], "kind": "message", "actor": "staff:1", "shown": True}
    return {"id": event_id, **plain, "words": words}


def _terms(store: Store, known: dict[str, list[int]], story: str) -> set[int]:
    found: set[int] = set()
    for part in story.split("，"):
        if part not in known:
            known[part] = hashed(store.vault, words_of(part))
        found.update(known[part])
    return found


async def settle(store: Store) -> None:
    """Let PostgreSQL learn what it holds, as it does by itself in time; SQLite never asks, and nobody tells it."""
    if not store.sqlite:
        from bot.store.engine import postgres_connector

        connection = await postgres_connector(store.settings.database)()
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
