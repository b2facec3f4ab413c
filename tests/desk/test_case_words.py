"""Words in the stories are found though the stories are sealed; ready words; every filter of the list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.people import Person
from bot.settings import packaged
from bot.site import Site
from bot.store.ids import new_id
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.complaints import listing, personal, reply_templates, terms
from handlers.complaints import service as complaints
from handlers.complaints.case import Report
from handlers.complaints.case import words as words_in
from handlers.complaints.retention import rules
from handlers.complaints.tables import case_terms, cases
from tests.desk.conftest import Colleague, case_id, file_case
from tests.support import START, Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]
TODAY = START.date()


def texts() -> Iterator[str]:
    """Stories of which each has something of its own."""
    yield "美团上周五扣了我200说超时 那天下暴雨"
    yield "饿了么封了我的号，站长叫李强"
    yield "Hello, they deducted 200 yuan from my ORDER"
    yield "扣了钱，后来又下了暴雨；站长不管"
    yield "下了班还要开会，暴力催单"


async def put(unit: Unit, text: str, **more: object) -> complaints.Receipt:
    """A case of a new person."""
    person = Person(new_id(), new_id(), "web", "x", "zh_CN", "Asia/Shanghai")
    unit.insert(people, id=person.id, language="zh_CN", timezone="Asia/Shanghai", created_at=unit.now)
    report = Report(category="fines", story=text, **more)  # type: ignore[arg-type]
    return await complaints.submit(unit, person, report, _site())


def _site() -> Site:
    from tests.wechat_talk import site

    return site()


async def found(service: Service, words: str, **more: str) -> list[str]:
    """The stories the list finds, newest first, by the first page."""
    async with service.store.read() as unit:
        filters = listing.Filters(words=words, **more)
        rows, _after = await listing.page(unit, filters, "staff:1", TODAY, "", await listing.sought(unit, filters))
        wanted = sa.select(cases).where(cases.c.id.in_([row["id"] for row in rows])).order_by(cases.c.id)
        return [words_in(unit.vault, row, "story") for row in await unit.rows(wanted)]


@pytest.fixture
async def filed(service: Service) -> list[str]:
    """All stories, in the store."""
    told = list(texts())
    async with service.store.write() as unit:
        for text in told:
            await put(unit, text)
    return told


@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("暴雨", [0, 3]),
        ("下暴雨", [0]),  # 3 has 下了暴雨; 4 has 下, 暴 and 雨 nowhere
        ("扣了", [0, 3]),
        ("200", [0, 2]),
        ("order 200", [2]),
        ("ＯＲＤＥＲ", [2]),
        ("李强", [1]),
        ("站长 暴雨", [3]),
        ("站長", [1, 3]),
        ("暴雨 扣", [0, 3]),
        ("orde", []),
        ("雨", []),
        ("火星", []),
        ("，", []),
    ],
)
async def test_words_are_found_and_nothing_false(
    service: Service, filed: list[str], words: str, which: list[int]
) -> None:
    assert await found(service, words) == [filed[place] for place in which]


async def test_terms_side_by_side_from_different_places_are_no_find(service: Service) -> None:
    async with service.store.write() as unit:
        await put(unit, "甲乙丙，丁戊")
        await put(unit, "甲乙，乙丙")
    assert await found(service, "甲乙丙") == ["甲乙丙，丁戊"]


async def test_common_words_are_met_in_the_list_page_by_page(
    service: Service, monkeypatch: pytest.MonkeyPatch, clock: TestClock
) -> None:
    monkeypatch.setattr(terms, "FEW", 20)
    monkeypatch.setattr(listing, "PAGE", 10)
    async with service.store.write() as unit:
        for number in range(90):
            await put(
                unit, f"第{number}单 配送费" if number % 3 else "配送，送费", region="320402" if number % 2 else ""
            )
    met: list[int] = []
    after = ""
    filters = listing.Filters(words="配送费", sort="oldest")
    async with service.store.read() as unit:
        sought = await listing.sought(unit, filters)
        assert sought is not None
        assert sought.few is None
        for _page in range(20):
            rows, after = await listing.page(unit, filters, "", TODAY, after, sought)
            assert len(rows) <= 10
            met += [row["id"] for row in rows]
            if not after:
                break
        everything = [row["id"] for row in await unit.rows(sa.select(cases.c.id).order_by(cases.c.id))]
        assert met == [one for place, one in enumerate(everything) if place % 3]
        assert await listing.counts(unit, filters, "", TODAY, sought) == {}
        both = listing.Filters(words="配送费", region="320402")
        rows, _after = await listing.page(unit, both, "", TODAY, "", await listing.sought(unit, both))
        assert len(rows) == 10


async def test_later_words_are_found_and_gone_when_taken_back(service: Service, chat: Chat, clock: TestClock) -> None:
    await file_case(chat)
    await chat.say("补充", "站长叫赵铁柱", "跳过")
    assert len(await found(service, "赵铁柱")) == 1
    async with service.store.write() as unit:
        case = (await complaints.my_cases(unit, await _person(unit)))[0]
        step = await complaints.add_to(unit, case, "暴雨那天是孙悟空派的单")
    assert len(await found(service, "孙悟空")) == 1
    async with service.store.write() as unit:
        await complaints.take_back(unit, await _person(unit), step)
    assert await found(service, "孙悟空") == []
    assert len(await found(service, "暴雨")) == 1  # the story says so too
    async with service.store.read() as unit:
        assert not await _terms(unit, "孙悟空派的单")


async def _person(unit: Unit) -> int:
    found: int = await unit.value(sa.select(cases.c.person_id))
    return found


async def _terms(unit: Unit, text: str) -> list[int]:
    own = sa.select(case_terms.c.case_id).where(case_terms.c.term.in_(terms.hashed(unit.vault, terms.words_of(text))))
    return list((await unit.execute(own)).scalars())


async def test_cases_from_before_the_index_are_indexed_by_the_chore(service: Service, filed: list[str]) -> None:
    async with service.store.write() as unit:
        before = await unit.rows(sa.select(case_terms).order_by(case_terms.c.term, case_terms.c.case_id))
        await unit.execute(sa.delete(case_terms))
        await unit.execute(sa.update(cases).values(indexed=0))
    assert await found(service, "暴雨") == []
    [chore] = [one for one in service.chores.chores if one.name == "case words"]
    assert await service.chores.do(chore) == len(filed)
    assert await service.chores.do(chore) == 0
    async with service.store.read() as unit:
        again = await unit.rows(sa.select(case_terms).order_by(case_terms.c.term, case_terms.c.case_id))
    assert [tuple(row.values()) for row in again] == [tuple(row.values()) for row in before]


async def test_a_story_that_does_not_open_stops_nobody(service: Service, filed: list[str]) -> None:
    async with service.store.write() as unit:
        broken = await unit.value(sa.select(cases.c.id).order_by(cases.c.id).limit(1))
        await unit.execute(sa.update(cases).where(cases.c.id == broken).values(story=b"\1rubbish"))
        await unit.execute(sa.update(cases).values(indexed=0))
    async with service.store.write() as unit:
        assert await terms.index(unit) == len(filed)
        await terms.drop_terms(unit, [broken])
        left = sa.select(sa.func.count()).select_from(case_terms).where(case_terms.c.case_id == broken)
        assert await unit.value(left) == 0


async def test_erasure_and_retention_empty_the_index(service: Service, chat: Chat, filed: list[str]) -> None:
    await file_case(chat, "美团欠了我3个月提成 站长叫赵铁柱")
    assert len(await found(service, "赵铁柱")) == 1
    async with service.store.write() as unit:
        own = sa.select(cases.c.person_id).order_by(cases.c.id.desc()).limit(1)
        await personal.erase(unit, await unit.value(own))
        assert not await _terms(unit, "赵铁柱")
        await unit.execute(sa.update(cases).values(closed_at=unit.now))
    async with service.store.write() as unit:
        unit.now += timedelta(days=731)
        [rule, _pictures] = rules(730, service.blobs)
        await rule.end(unit, list((await unit.execute(sa.select(cases.c.id))).scalars()))
        assert await unit.rows(sa.select(case_terms)) == []


async def test_the_list_finds_words_beside_every_other_filter(
    chat: Chat, service: Service, colleague: Make, clock: TestClock
) -> None:
    first = await file_case(chat)
    clock.move(minutes=1)
    second = await file_case(chat, "饿了么昨天扣了我50块 说我超时 当时下暴雨")
    rep = await colleague("union", "王琳")
    await rep.open("/desk/cases")
    await rep.press(f"/desk/cases/{await case_id(service, second)}/take")
    page = await rep.open("/desk/cases?words=%E6%9A%B4%E9%9B%A8")
    assert first in page
    assert second in page
    assert "<caption>共 2 条" in page
    assert 'value="暴雨"' in page
    assert "至少要两个字" in await rep.open("/desk/cases?words=雨")
    for query, there in (
        ("words=暴雨&company=meituan", [first]),
        ("words=暴雨&status=accepted", [second]),
        ("words=暴雨&owner=me", [second]),
        ("words=暴雨&owner=none", [first]),
        ("words=暴雨&category=fines", [first, second]),
        ("words=暴雨&overdue=1", []),
        ("words=暴雨&age=7", []),
        ("words=50块", [second]),
        ("words=" + "长" * 300, []),
    ):
        page = await rep.open(f"/desk/cases?{query}")
        assert [code for code in (first, second) if code in page] == there, query


# -- ready words


async def test_ready_words_fill_the_form_with_the_facts(chat: Chat, service: Service, colleague: Make) -> None:
    code = await file_case(chat)
    rep = await colleague("union")
    base = f"/desk/cases/{await case_id(service, code)}"
    page = await rep.open(base)
    assert "要扣款的凭证" in page
    assert "受伤先看病" not in page  # of another matter
    page = await rep.open(f"{base}?ready=taken-on")
    assert f"您好，{code} 由我跟进。我先核实情况，11月19日前给您答复。</textarea>" in page
    assert "由我跟进" not in await rep.open(f"{base}?ready=nonsense")
    await chat.say("English")
    assert f"Hello, I follow up {code}" in await rep.open(f"{base}?ready=taken-on")


GOOD = "- {id: a, zh: 甲, en: A, text_zh: '{code}', text_en: '{code}'}\n"


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("- {id: a, zh: 甲, en: A, text_zh: '{name}', text_en: x}\n", "there is no {name}"),
        ("- {id: a, zh: 甲, en: A, text_zh: '{', text_en: x}\n", "there is no {?}"),
        ("- {id: a, zh: 甲, en: A, text_zh: '{code.__class__}', text_en: x}\n", "there is no {code.__class__}"),
        ("- {id: a, zh: 甲, en: A, text_zh: x}\n", "text_en"),
        ("- {id: a, zh: 甲, en: A, text_zh: x, text_en: x, statuses: [done]}\n", "statuses"),
        ("- {id: a, zh: 甲, en: A, text_zh: x, text_en: x, categories: [nothing]}\n", "there is no category nothing"),
        (GOOD + GOOD, "the id a is there twice"),
        ("a: b\n", "must be a list"),
        ("- {", ""),
    ],
)
def test_what_is_wrong_with_ready_words_is_named(tmp_path: Path, text: str, slip: str) -> None:
    for name in ("complaint_categories.yaml", "companies.yaml"):
        (tmp_path / name).write_bytes((packaged("content") / name).read_bytes())
    path = tmp_path / reply_templates.FILE
    path.write_text(GOOD, "utf-8")
    assert reply_templates.check_templates(tmp_path) == []
    assert len(reply_templates.open_templates(tmp_path)) == 1
    path.unlink()
    path.write_text(text + "# changed\n", "utf-8")
    [finding] = reply_templates.check_templates(tmp_path)
    assert slip in finding.message
    assert finding.line > 0
    assert [one.id for one in reply_templates.open_templates(tmp_path)][:1] == ["a"]  # the last good ones


def test_the_ready_words_that_come_with_it_are_good() -> None:
    assert reply_templates.check_templates(packaged("content")) == []
