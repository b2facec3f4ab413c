"""Activities at the desk: who opens what, publishing with a look at peaks and holidays, list and poster."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.app import Service
from bot.roof import make_desk
from bot.store.tables import audit, people
from handlers.volunteering import plan_form, spots
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting
from handlers.volunteering.tables import signups
from tests.desk.conftest import Colleague
from tests.desk.volunteering.conftest import PLAN, Make, published, rows
from tests.support import START, Chat, TestClock, on_sqlite

ZONE = ZoneInfo("Asia/Shanghai")
COMMUNITY = {"community", "admin"}
SIGNUP = "/volunteering/{slot:int}/signups/{signup:int}"
TABLE: dict[tuple[str, str], set[str]] = {
    ("GET", "/volunteering"): COMMUNITY,
    ("GET", "/volunteering/new"): COMMUNITY,
    ("POST", "/volunteering/new"): COMMUNITY,
    ("GET", "/volunteering/{slot:int}"): COMMUNITY,
    ("GET", "/volunteering/{slot:int}/poster"): COMMUNITY,
    ("GET", "/volunteering/{slot:int}/change"): COMMUNITY,
    ("POST", "/volunteering/{slot:int}/change"): COMMUNITY,
    ("POST", "/volunteering/{slot:int}/call-off"): COMMUNITY,
    ("POST", "/volunteering/{slot:int}/reserve"): COMMUNITY,
    ("POST", "/volunteering/{slot:int}/rest"): COMMUNITY,
    ("POST", f"{SIGNUP}/attended"): COMMUNITY,
    ("POST", f"{SIGNUP}/excuse"): COMMUNITY,
    ("POST", f"{SIGNUP}/strike"): COMMUNITY,
    ("POST", f"{SIGNUP}/take-out"): COMMUNITY,
}


def filled(path: str, slot: int, signup: int = 7) -> str:
    return "/desk" + path.replace("{slot:int}", str(slot)).replace("{signup:int}", str(signup))


# -- who opens what


@on_sqlite
def test_the_table_has_every_page(service: Service) -> None:
    [section] = [one for one in make_desk(service).sections if one.area == "volunteering"]
    assert {(page.method, page.path) for page in section.pages} == set(TABLE)


@on_sqlite
async def test_pages_open_to_community_and_administrators_only(
    colleague: Make, staff: Colleague, visitor: Callable[[], httpx.AsyncClient], service: Service
) -> None:
    slot = await published(staff)
    union, nobody = await colleague("union"), visitor()
    before = await rows(service)
    for method, path in TABLE:
        url = filled(path, slot)
        data = {**PLAN, "csrf": union.csrf, "reason": "x", "minutes": "9"} if method == "POST" else None
        answer = await union.client.request(method, url, data=data)
        assert answer.status_code == 403, url
        answer = await nobody.request(method, url, data={"csrf": "0" * 32} if method == "POST" else None)
        assert answer.status_code == (303 if method == "GET" else 401), url
        if method == "POST":
            assert (await staff.client.post(url, data={"reason": "x"})).status_code == 403, "no token"
    assert await rows(service) == before


async def test_what_is_not_there_is_a_404(staff: Colleague) -> None:
    await staff.open("/desk/volunteering")
    for method, path in TABLE:
        if "{" not in path:
            continue
        for number in (7, 2**63 - 1, 2**63):
            data = {**PLAN, "csrf": staff.csrf, "reason": "x", "minutes": "9"} if method == "POST" else None
            answer = await staff.client.request(method, filled(path, number), data=data)
            assert answer.status_code == 404, (path, number)
    for wanted in ("7", "x", "-1", "９", str(2**63)):
        assert (await staff.client.get(f"/desk/volunteering/new?copy={wanted}")).status_code == 404


async def test_a_colleague_sees_numbers_and_changes_nothing(
    staff: Colleague, colleague: Make, service: Service, volunteer: Callable[..., Awaitable[Chat]]
) -> None:
    slot = await published(staff)
    await volunteer("r1", slot)
    code = (await rows(service))[0]["code"]
    other = await colleague("community", "别人")
    page = await other.open(f"/desk/volunteering/{slot}")
    assert "已报名 <b>1</b>" in page and "楼道排查" in page
    assert not re.search(rf"(?<!\d){code[:3]} ?{code[3:]}(?!\d)", page)  # digits of a row's number are no code
    assert "补记" not in page
    for method, path in TABLE:
        if method == "POST" and "{" in path:
            data = {**PLAN, "csrf": other.csrf, "reason": "x", "minutes": "9"}
            assert (await other.client.post(filled(path, slot), data=data)).status_code == 404
    boss = await colleague("admin")
    assert f"{code[:3]} {code[3:]}" in await boss.open(f"/desk/volunteering/{slot}")
    async with service.store.read() as unit:
        looked = sa.select(audit.c.actor).where(audit.c.action == "slot.show", audit.c.subject == f"slot:{slot}")
        assert len(list((await unit.execute(looked)).scalars())) == 2, "who saw the sheet is noted, who did not is not"


# -- publishing


async def test_an_activity_is_published_with_everything(staff: Colleague, service: Service, chat: Chat) -> None:
    slot = await published(staff)
    [row] = await rows(service)
    start = datetime(2026, 11, 18, 14, 30, tzinfo=ZONE)
    assert (row["id"], row["starts_at"], row["ends_at"]) == (slot, start, start + timedelta(hours=1))
    assert (row["capacity"], row["minimum"], row["points"], row["allowance"]) == (3, 2, 1, 1250)
    assert (row["occupations"], row["region"], row["insurance"]) == ("rider", "320402", "社区统一投保意外险")
    assert "王主任".encode() not in row["contact"]
    away = spots.metres((row["latitude"], row["longitude"]), (31.779123, 119.974987))
    assert 100 < away < 900, "Amap's coordinates are moved to WGS 84"
    for part in (
        "已发布",
        "每人 12.5 元",
        "2026-11-18 周三 14:30–15:30",
        "已报 0 / 3 人",
        f"{row['code'][:3]} {row['code'][3:]}",
    ):
        assert part in staff.page
    await chat.say("做志愿")
    await chat.tap("楼道排查")
    assert "交通误餐补贴 12.5 元" in chat.text


@on_sqlite
async def test_a_busy_time_is_warned_of_and_moved(staff: Colleague, service: Service) -> None:
    await staff.open("/desk/volunteering/new")
    page = await staff.press("/desk/volunteering/new", **(PLAN | {"start": "12:00", "end": "13:30"}))
    assert "骑手的忙时 10:30–13:30" in page and "改到2026-11-18 13:30–15:00" in page.replace("改到 ", "改到")
    assert await rows(service) == []
    shift = re.search(r'name="shift" value="([^"]+)"', page)
    assert shift
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    page = await staff.press(
        "/desk/volunteering/new", **(PLAN | {"start": "12:00", "end": "13:30", "seen": seen[1], "shift": shift[1]})
    )
    assert 'name="start" value="13:30"' in page and 'name="end" value="15:00"' in page
    assert await rows(service) == [], "moving it publishes nothing"
    await staff.press("/desk/volunteering/new", **(PLAN | {"start": "13:30", "end": "15:00"}))
    assert len(await rows(service)) == 1


@on_sqlite
async def test_who_insists_on_a_busy_time_has_seen_this_very_time(staff: Colleague, service: Service) -> None:
    await staff.open("/desk/volunteering/new")
    busy = PLAN | {"start": "12:00", "end": "13:30"}
    page = await staff.press("/desk/volunteering/new", **busy)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    page = await staff.press("/desk/volunteering/new", **(busy | {"start": "12:10", "seen": seen[1]}))
    assert "忙时" in page and await rows(service) == []
    await staff.press("/desk/volunteering/new", **(busy | {"seen": seen[1]}))
    assert len(await rows(service)) == 1


@on_sqlite
async def test_weekly_with_holidays_and_make_up_days_shown(
    staff: Colleague, service: Service, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.volunteering.repeating.is_holiday", lambda day: day == date(2026, 12, 2))
    await staff.open("/desk/volunteering/new")
    page = await staff.press("/desk/volunteering/new", **(PLAN | {"weeks": "4"}))
    boxes = dict(re.findall(r'name="(keep-[0-9-]+)" value="1"( checked)?', page))
    assert list(boxes) == [f"keep-2026-{day}" for day in ("11-18", "11-25", "12-02", "12-09")]
    assert [bool(checked) for checked in boxes.values()] == [True, True, False, True], (
        "the holiday is left out at first"
    )
    assert "放假" in page and await rows(service) == []
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    kept = {"keep-2026-11-18": "1", "keep-2026-12-09": "1", "seen": seen[1], "weeks": "4"}
    assert "请至少勾选一天" in await staff.press("/desk/volunteering/new", **(PLAN | {"seen": seen[1], "weeks": "4"}))
    await staff.press("/desk/volunteering/new", **(PLAN | kept))
    days = [row["starts_at"].astimezone(ZONE).strftime("%m-%d %H:%M") for row in await rows(service)]
    assert days == ["11-18 14:30", "12-09 14:30"]


@on_sqlite
def test_real_holidays_and_make_up_days_are_known(service: Service) -> None:
    setting: Setting = service.registry.resources[Setting]

    def on(day: date) -> volunteering.Occasion:
        start = datetime(day.year, day.month, day.day, 14, 30, tzinfo=ZONE)
        plan = volunteering.Plan(
            title="x", task="x", place="x", starts_at=start, ends_at=start + timedelta(hours=1), capacity=1
        )
        return volunteering.occasion(plan, setting)

    assert on(date(2026, 10, 1)).holiday and not on(date(2026, 10, 14)).holiday
    assert on(date(2026, 10, 10)).make_up and not on(date(2026, 11, 21)).make_up


async def test_a_copy_is_a_week_later_without_a_colleagues_phone(
    staff: Colleague, colleague: Make, service: Service
) -> None:
    slot = await published(staff)
    page = await staff.open(f"/desk/volunteering/new?copy={slot}")
    assert 'name="day" value="2026-11-25"' in page and 'value="楼道排查"' in page and "13800000000" in page
    assert 'name="allowance" value="12.5"' in page
    other = await colleague("community", "别人")
    assert "13800000000" not in await other.open(f"/desk/volunteering/new?copy={slot}")


@on_sqlite
@pytest.mark.parametrize(
    ("field", "word", "said"),
    [
        ("title", "", "请填写这一项"),
        ("title", "长" * 31, "最多 30"),
        ("task", "长" * 301, "最多 300"),
        ("contact", " ", "请填写这一项"),
        ("day", "明天", "2026-03-05"),
        ("day", "2026-11-15", "90 天以内"),
        ("day", "2027-03-01", "90 天以内"),
        ("start", "25:00", "14:30"),
        ("end", "14:30", "晚于开始"),
        ("end", "14:00", "晚于开始"),
        ("capacity", "0", "1 到 500"),
        ("capacity", "９", "1 到 500"),
        ("capacity", "1e3", "1 到 500"),
        ("minimum", "4", "比总人数还多"),
        ("points", "-1", "0 到 100"),
        ("allowance", "NaN", "0 到 500 元"),
        ("allowance", "1.234", "0 到 500 元"),
        ("allowance", "-5", "0 到 500 元"),
        ("weeks", "13", "1 到 12"),
        ("spot", "红梅社区", "没有坐标"),
        ("spot", "200.5,300.25", "没有坐标"),
    ],
)
async def test_what_can_not_be_is_said_and_nothing_typed_is_lost(
    staff: Colleague, service: Service, field: str, word: str, said: str
) -> None:
    await staff.open("/desk/volunteering/new")
    page = await staff.press("/desk/volunteering/new", **(PLAN | {field: word}))
    assert staff.answer.status_code == 400
    assert said in page and 'value="红梅社区 3 号门"' in page and await rows(service) == []


WORDS = st.one_of(st.text(max_size=40), st.sampled_from([*map(str, PLAN.values()), "NaN", "1e999", "-0", "0x1"]))


@given(st.dictionaries(st.sampled_from([*PLAN, "for-driver", "seen", "shift"]), WORDS))
def test_any_form_is_read_without_a_fault(form: dict[str, str]) -> None:
    values = {name: str(word) for name, word in PLAN.items()} | form
    found = plan_form.read(values, START, ZONE, {"320402"})
    assert (found.plan is None) == bool(found.errors)
    if found.plan is not None:
        assert found.plan.starts_at > START and 0 <= found.plan.allowance <= 50_000
        assert found.plan.minimum <= found.plan.capacity and 1 <= found.weeks <= 12


@pytest.mark.parametrize(
    ("pasted", "world"),
    [
        ("31.779123,119.974987", False),
        ("119.974987, 31.779123", False),
        ("https://uri.amap.com/marker?position=119.974987,31.779123&name=x", False),
        ("https://apis.map.qq.com/uri/v1/marker?marker=coord:31.779123,119.974987", False),
        ("geo:31.779123,119.974987", True),
        ("https://www.openstreetmap.org/?mlat=31.779123&mlon=119.974987#map=17/31.77/119.97", True),
        ("https://www.openstreetmap.org/#map=17/31.779123/119.974987", True),
    ],
)
def test_what_maps_give_is_read(pasted: str, world: bool) -> None:
    away = spots.metres(spots.read(pasted), (31.779123, 119.974987))
    assert away < 1 if world else 100 < away < 900


@given(st.floats(18.1, 53.9), st.floats(73.1, 135))
def test_the_way_back_from_china_s_maps_is_short(latitude: float, longitude: float) -> None:
    assert spots.metres(spots.from_gcj(latitude, longitude), (latitude, longitude)) < 1500


# -- the list, the poster


async def test_the_list_filters_and_turns_its_pages(
    staff: Colleague, colleague: Make, service: Service, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.volunteering.listing.PAGE", 2)
    other = await colleague("community", "别人")
    for number in range(3):
        await published(staff, title=f"活动{number}", day=f"2026-11-{18 + number}")
    mine = await published(other, title="别人的", day="2026-11-22")
    await other.press(f"/desk/volunteering/{mine}/call-off", reason="x")
    page = await staff.open("/desk/volunteering")
    assert "活动0" in page and "活动1" in page and "活动2" not in page and "至少要 2 人" in page
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following
    page = await staff.open(following[1].replace("&amp;", "&"))
    assert "活动2" in page and "别人的" in page and "活动1" not in page
    page = await staff.open("/desk/volunteering?whose=own&after=nonsense&when=never")
    assert "活动0" in page and "别人的" not in page
    assert "别人的" in await staff.open("/desk/volunteering?status=cancelled")
    assert "没有符合条件的活动" in await staff.open("/desk/volunteering?when=past")
    clock.now = datetime(2026, 11, 30, tzinfo=ZONE)
    await staff.sign_in()
    page = await staff.open("/desk/volunteering?when=past&whose=own")
    assert "活动2" in page and "活动1" in page and "活动0" not in page, "the newest first"


async def test_home_shows_what_waits(staff: Colleague, service: Service) -> None:
    await published(staff)
    assert "场活动人数不够" in await staff.open("/desk")


@on_sqlite
async def test_the_poster_has_the_code_and_its_qr(staff: Colleague, service: Service) -> None:
    slot = await published(staff)
    code = (await rows(service))[0]["code"]
    page = await staff.open(f"/desk/volunteering/{slot}/poster")
    assert "扫码签到" in page and f"签到 {code[:3]} {code[3:]}" in page and "<svg" in page and " style=" not in page


def test_people_are_not_named_by_a_table_we_forgot() -> None:
    assert {"person_id"} == {column.name for column in signups.c if column.references(people.c.id)}
