"""Saved views of the list, and cases like the one on the page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from handlers.complaints import views
from handlers.complaints.tables import case_views
from handlers.staff import service as staff
from tests.desk.conftest import Colleague, case_id, file_case
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]
LATE = {"status": "open", "company": "meituan", "overdue": "1", "words": "张三丰"}


async def rows(service: Service) -> list[sa.RowMapping]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(case_views)))


async def test_a_view_keeps_the_filters_under_a_name_for_who_kept_it(service: Service, colleague: Make) -> None:
    rep, other = await colleague("union", "王琳"), await colleague("union", "陈涛")
    page = await rep.open("/desk/cases?company=meituan&overdue=1&words=张三丰")
    assert 'name="overdue" value="1"' in page
    assert "已保存" in await rep.press("/desk/cases/views", name=" 美团  超期 ", **LATE)
    assert "美团 超期" in rep.page
    url = re.search(r'<a class="button" href="([^"]+)"[^>]*>美团 超期', rep.page)
    assert url is not None
    page = await rep.open(url[1].replace("&amp;", "&"))
    assert 'aria-current="page">美团 超期' in page
    assert 'value="张三丰"' in page
    assert "美团 超期" not in await other.open("/desk/cases")
    [row] = await rows(service)
    assert "张三丰".encode() not in row["view"]


async def test_the_same_name_replaces_and_it_can_be_removed_by_its_owner_only(
    service: Service, colleague: Make
) -> None:
    rep, other = await colleague("union", "王琳"), await colleague("union", "陈涛")
    await rep.open("/desk/cases")
    for status in ("received", "resolved"):
        await rep.press("/desk/cases/views", name="我的", status=status)
    [row] = await rows(service)
    await other.open("/desk/cases?overdue=1")
    await other.press(f"/desk/cases/views/{row['id']}/drop")
    assert other.answer.status_code == 404
    assert "没有这个常用筛选" in other.page
    await rep.open("/desk/cases?overdue=1")
    assert "已删除" in await rep.press(f"/desk/cases/views/{row['id']}/drop")
    assert await rows(service) == []


async def test_what_an_administrator_shares_is_there_for_all(service: Service, colleague: Make) -> None:
    rep, admin = await colleague("union"), await colleague("admin")
    await rep.open("/desk/cases?overdue=1")
    assert 'name="shared"' not in rep.page
    await rep.press("/desk/cases/views", name="不算数", shared=1, overdue=1)
    await admin.open("/desk/cases?overdue=1")
    assert 'name="shared"' in admin.page
    await admin.press("/desk/cases/views", name="全部超期", shared=1, overdue=1)
    page = await rep.open("/desk/cases")
    assert "全部超期 · 大家可用" in page
    assert "删除“全部超期”" not in page
    assert "不算数" not in await admin.open("/desk/cases")
    assert "删除“全部超期”" in admin.page


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "长" * 31}])
async def test_a_name_is_needed_and_short(service: Service, colleague: Make, fields: dict[str, str]) -> None:
    rep = await colleague("union")
    await rep.open("/desk/cases?overdue=1")
    await rep.press("/desk/cases/views", overdue=1, **fields)
    assert rep.answer.status_code == 400
    assert await rows(service) == []


async def test_there_is_an_end_to_them(service: Service, colleague: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    rep = await colleague("union")
    await rep.open("/desk/cases?overdue=1")
    for name in ("一", "二"):
        await rep.press("/desk/cases/views", name=name, overdue=1)
    await rep.press("/desk/cases/views", name="三", overdue=1)
    assert rep.answer.status_code == 409
    assert "请先删掉一个" in rep.page


async def test_they_go_with_who_leaves_and_who_is_erased(service: Service, colleague: Make) -> None:
    rep, admin = await colleague("union", "王琳"), await colleague("admin", "管理")
    for one in (rep, admin):
        await one.open("/desk/cases?overdue=1")
        await one.press("/desk/cases/views", name="自己的", overdue=1)
    await admin.press("/desk/cases/views", name="大家的", overdue=1, shared=1)
    async with service.store.write() as unit:
        people = {one.name: one.person_id for one in await staff.members(unit)}
        assert [one["name"] for one in await views.show(unit, people["王琳"])] == ["自己的"]
        for person_id in people.values():
            await staff.leave(unit, person_id, "operator")
        ids = list((await unit.execute(sa.select(case_views.c.id).where(views.rule().due(unit.now)))).scalars())
        await views.rule().end(unit, ids)
        left = await unit.rows(sa.select(case_views.c.shared))
        assert [row["shared"] for row in left] == [True]
        await views.erase(unit, people["管理"])
        assert await unit.rows(sa.select(case_views.c.id)) == []


async def test_similar_cases_are_named_on_the_page(
    chat: Chat, service: Service, colleague: Make, clock: TestClock
) -> None:
    codes = {}
    for name, opening in {
        "this": "美团上周五扣了我200说超时 站长叫赵铁柱",
        "alike": "美团昨天扣了我50 说我不开心",
        "words": "饿了么封了我的号 也是赵铁柱那个站",
        "other": "滴滴昨天封了我的号 没有说法",
    }.items():
        codes[name] = await file_case(chat, opening)
        clock.move(minutes=5)
    clock.move(days=61)
    codes["late"] = await file_case(chat, "美团前天少给了我30块 天天罚款")
    rep = await colleague("union")
    page = await rep.open(f"/desk/cases/{await case_id(service, codes['this'])}")
    listed = page.partition("相似的诉求")[2].partition("</section>")[0]
    assert [name for name, code in codes.items() if code in listed] == ["alike", "words"]
    assert "赵铁柱" not in listed
