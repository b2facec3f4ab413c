"""The overview and the public figures: what they count, what they show, what they hide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.app import Service
from bot.desk import charts
from bot.site import Site
from bot.store.ids import new_id
from bot.store.tables import audit
from handlers.complaints.tables import cases
from handlers.overview.figures import Filters, Length, lengths, overview, percentile
from handlers.overview.quarters import Quarter, over
from handlers.overview.suppress import public
from tests.desk.conftest import Colleague
from tests.support import TestClock

Make = Callable[..., Awaitable[Colleague]]
ZONE = ZoneInfo("Asia/Shanghai")


async def put(service: Service, count: int = 1, *, ago: float = 1, took: float | None = None, **more: object) -> None:
    """Cases filed some days ago and, with `took`, ended after so many."""
    now = service.clock()
    at = now - timedelta(days=ago)
    ended = None if took is None else at + timedelta(days=took)
    values = {
        "person_id": None, "channel": "web", "status": "received" if ended is None else "resolved", "category": "fines",
        "company": "meituan", "company_words": "", "region": "320402", "occupation": "", "anonymous": True,
        "attachments": 0, "owner": "", "submitted_at": at, "updated_at": at, "due_on": (at + timedelta(days=5)).date(),
        "closed_at": ended, "rating": None,
    } | more  # fmt: skip
    async with service.store.write() as unit:
        for _number in range(count):
            number = new_id()
            unit.insert(cases, id=number, code=f"T{number % 10**11}", **values)


async def test_it_counts_what_it_says(service: Service) -> None:
    await put(service, 3, ago=1)
    await put(service, 2, ago=8, category="pay", company="eleme")
    await put(service, 1, ago=200)
    await put(service, 4, ago=20, took=3.5, rating=3)
    await put(service, 1, ago=30, took=12.2, rating=1, status="closed")
    await put(service, 5, ago=10, took=1, status="withdrawn")
    async with service.store.read() as unit:
        found = await overview(unit, Filters(4), ZONE)
    assert found.filed["fines"][-1] == 3
    assert found.filed["pay"][-2] == 2
    assert found.filed_in_all == 3 + 2 + 4 + 5  # what is older is outside the period
    assert sum(found.ended) == 4 + 1 + 5
    assert found.overdue_owners == [("", 3)]  # the two of the week before, and the one of long ago
    assert dict(found.overdue_categories) == {"pay": 2, "fines": 1}
    assert found.lengths[""] == Length(5, 3, 3)
    assert found.ratings[""] == {3: 4, 1: 1}
    async with service.store.read() as unit:
        only = await overview(unit, Filters(4, company="eleme"), ZONE)
    assert (only.filed_in_all, only.companies) == (2, [("eleme", 2)])


async def test_a_day_is_the_days_of_the_place(service: Service, clock: TestClock) -> None:
    """Filed at 00:30 in China is filed today there, though it was yesterday in UTC."""
    clock.now = clock.now.replace(hour=17)  # 01:00 of the 17th
    await put(service, 1, ago=1 / 48)
    async with service.store.read() as unit:
        found = await overview(unit, Filters(4), ZONE)
    assert found.weeks[-1] + timedelta(days=6) == date(2026, 11, 17)
    assert found.filed["fines"][-1] == 1


async def test_the_page_has_a_table_beside_each_chart_and_links(colleague: Make, service: Service) -> None:
    rep = await colleague("union", "王琳")
    await put(service, 3, ago=9, owner="staff:7")
    await put(service, 6, ago=20, took=3, rating=3)
    page = await rep.open("/desk/overview")
    assert page.count('role="img"') == page.count("<table>") == 7
    assert page.count("<title id=") == page.count("<desc id=") == 7
    assert "style=" not in page and "<script" not in page.replace("<script src", "")
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/desk/cases\?[^"]+)"', page)]
    assert "/desk/cases?category=fines&status=all" in links
    assert "/desk/cases?owner=staff%3A7&overdue=1&sort=due" in links
    for link in set(links):
        await rep.open(link)
    assert "100%" in page
    async with service.store.read() as unit:
        read = await unit.value(sa.select(sa.func.count()).where(audit.c.action == "overview.read"))
    assert read == 1


async def test_an_empty_store_and_odd_filters_are_no_trouble(colleague: Make) -> None:
    rep = await colleague("union")
    assert "没有。" in await rep.open("/desk/overview")
    for odd in (
        "weeks=0",
        "weeks=-1&category=%00",
        "weeks=999999999999",
        "company=" + "x" * 500,
        "region='--",
        "weeks=四",
    ):
        await rep.open(f"/desk/overview?{odd}")
    assert "最近 52 周" in await rep.open("/desk/overview?weeks=52&category=pay")


# -- public figures


async def opened(service: Service, path: str = "/figures") -> httpx.Response:
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        return await client.get(path, headers={"accept-language": "zh-CN"})


def switched_on(service: Service) -> None:
    resources = service.registry.resources
    resources[Site] = resources[Site].model_copy(update={"public_figures": True})


async def test_nothing_is_public_unless_the_operator_wants_it(service: Service) -> None:
    assert (await opened(service)).status_code == 404


async def test_small_numbers_are_not_public(service: Service) -> None:
    switched_on(service)
    await put(service, 12, ago=70, took=2, rating=3)  # September
    await put(service, 3, ago=70, category="injury")
    await put(service, 50, ago=5)  # this quarter is not over
    answer = await opened(service)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = answer.text
    assert "2026 年第 3 季度" in page
    assert re.search(r"扣款罚款</th><td class=\"number\">12<", page)
    assert re.search(r"受伤理赔</th><td class=\"number\">少于 5<", page)
    assert ">15<" not in page and "12 至 48" in page
    assert ">50<" not in page
    assert "一半的诉求 2 天以内办结" in page
    for odd in ("2026q4", "1999q1", "x", "%00"):
        assert (await opened(service, f"/figures?quarter={odd}")).text == page
    assert "2026 年第 2 季度</h1>" in (await opened(service, "/figures?quarter=2026q2")).text


@given(st.lists(st.integers(0, 30), min_size=1, max_size=10), st.data())
def test_a_public_table_is_the_same_whatever_the_small_numbers_are(numbers: list[int], data: st.DataObject) -> None:
    """So nobody can get them from it: not from the total, and not by knowing the rule."""
    counts = {str(place): number for place, number in enumerate(numbers)}
    shown = public(counts)
    others = {
        name: count if shown.counts[name] is not None else data.draw(st.integers(0, 4))
        for name, count in counts.items()
    }
    assert public(others) == shown
    assert shown.least <= sum(counts.values()) <= shown.most
    assert all(count is None or count >= 5 for count in shown.counts.values())


def test_quarters_are_whole_and_over() -> None:
    assert [one.word for one in over(date(2026, 11, 16))] == ["2026q3", "2026q2", "2026q1", "2025q4"]
    assert over(date(2026, 1, 1))[0] == Quarter(2025, 4)
    first, after = Quarter(2025, 4).span(ZONE)
    assert (first.date(), after.date()) == (date(2025, 10, 1), date(2026, 1, 1))


# -- charts


def test_percentiles_by_nearest_rank() -> None:
    days = Counter({1: 5, 4: 3, 30: 2})
    assert (percentile(days, 0.5), percentile(days, 0.8), percentile(days, 1)) == (1, 4, 30)
    assert lengths([("pay", -1, 1)])["pay"] == Length(1, 0, 0)  # a clock set back
    with pytest.raises(ValueError, match="nothing"):
        percentile(Counter(), 0.5)


def test_charts_escape_what_they_are_given() -> None:
    evil = '<script>alert(1)</script>&"'
    for made in (
        charts.bars(evil, evil, [(evil, 3, evil)]),
        charts.stacked(evil, evil, [evil], [charts.Series(evil, (1,))]),
        charts.lines(evil, evil, [evil], [charts.Series(evil, (1,)), charts.Series(evil, (2,))]),
    ):
        assert "<script" not in made
        assert 'role="img"' in made and "style=" not in made


@pytest.mark.parametrize(("most", "top"), [(0, 4), (3, 4), (5, 8), (9, 10), (11, 20), (37, 40), (41, 50), (990, 1000)])
def test_axes_end_at_round_even_numbers(most: float, top: int) -> None:
    assert charts.nice(most) == top


def test_charts_of_nothing_are_charts() -> None:
    assert "NaN" not in charts.stacked("a", "b", [], []) + charts.lines("a", "b", [], []) + charts.bars("a", "b", [])
