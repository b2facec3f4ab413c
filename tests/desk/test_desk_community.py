"""Points, reports and the council at the desk: who may open what, the stories, bad input."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.roof import make_desk
from bot.store import media as store_media
from bot.store.ids import new_id
from bot.store.tables import audit, media
from handlers.council import service as council
from handlers.council.tables import proposals
from handlers.grid.tables import grid_reports
from handlers.rewards import service as rewards
from handlers.rewards.tables import payout_signups, payouts, redemptions
from handlers.rewards.tables import rewards as catalogue
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Plan
from handlers.volunteering.tables import checkins, signups
from tests.desk.conftest import Colleague, Notices
from tests.handlers.grid.test_reporting import report as file_report
from tests.handlers.rewards.conftest import person_of
from tests.support import START, Chat, TestClock, on_sqlite
from tests.web_talk import picture

Make = Callable[..., Awaitable[Colleague]]
COMMUNITY, EVERYBODY = {"community", "admin"}, {"union", "community", "admin"}
TABLE: dict[tuple[str, str], set[str]] = {
    ("GET", "/rewards"): COMMUNITY,
    ("POST", "/rewards/add"): COMMUNITY,
    ("POST", "/rewards/confirm"): COMMUNITY,
    ("POST", "/rewards/{reward:int}/change"): COMMUNITY,
    ("POST", "/rewards/{reward:int}/close"): COMMUNITY,
    ("POST", "/rewards/{reward:int}/open"): COMMUNITY,
    ("GET", "/rewards/redemptions"): COMMUNITY,
    ("POST", "/rewards/redemptions/{redemption:int}/reverse"): COMMUNITY,
    ("GET", "/rewards/allowances"): COMMUNITY,
    ("POST", "/rewards/allowances/list"): COMMUNITY,
    ("GET", "/rewards/allowances/{month}"): COMMUNITY,
    ("POST", "/rewards/allowances/{month}/file"): COMMUNITY,
    ("GET", "/reports"): COMMUNITY,
    ("GET", "/reports/{report:int}"): COMMUNITY,
    ("GET", "/reports/{report:int}/photos/{photo:int}"): COMMUNITY,
    ("POST", "/reports/{report:int}/move"): COMMUNITY,
    ("POST", "/reports/{report:int}/confirm"): COMMUNITY,
    ("GET", "/council"): EVERYBODY,
    ("GET", "/council/meetings"): EVERYBODY,
    ("POST", "/council/meetings/add"): EVERYBODY,
    ("GET", "/council/{proposal:int}"): EVERYBODY,
    ("POST", "/council/{proposal:int}/publish"): EVERYBODY,
    ("POST", "/council/{proposal:int}/keep-back"): EVERYBODY,
    ("POST", "/council/{proposal:int}/answer"): EVERYBODY,
}
FIELDS = {
    "name": "x", "points": "5", "stock": "1", "collect": "", "more": "0", "code": "DH-0000-0000", "reason": "x",
    "month": "2026-10", "format": "csv", "to": "done", "words": "x", "from": "received", "shown": "x", "title": "x",
    "place": "x", "kind": "council", "starts_at": "2026-11-20T14:30", "ends_at": "2026-11-20T15:30",
}  # fmt: skip


def filled(path: str) -> str:
    """A path with a number that no row has."""
    return "/desk" + re.sub(r"\{(\w+)(?::int)?\}", lambda one: "2020-01" if one[1] == "month" else "7", path)


@on_sqlite
def test_the_table_has_every_page(service: Service) -> None:
    sections = [one for one in make_desk(service).sections if one.area in {"rewards", "reports", "council"}]
    assert {(page.method, page.path) for one in sections for page in one.pages} == set(TABLE)


@on_sqlite
async def test_every_page_opens_to_its_roles_only(
    service: Service, colleague: Make, visitor: Callable[[], httpx.AsyncClient]
) -> None:
    everybody = {role: await colleague(role) for role in ("union", "community", "admin")}
    nobody = visitor()
    for (method, path), allowed in TABLE.items():
        url, data = filled(path), FIELDS if method == "POST" else None
        answer = await nobody.request(method, url, data=data)
        assert answer.status_code == (303 if method == "GET" else 401), url
        for role, member in everybody.items():
            form = {**FIELDS, "csrf": member.csrf} if method == "POST" else None
            if method == "POST" and role in allowed:
                assert (await member.client.post(url, data=FIELDS)).status_code == 403, "without its token"
            answer = await member.client.request(method, url, data=form)
            if role not in allowed:
                assert answer.status_code == 403, (role, url)
            else:
                assert answer.status_code == (404 if "{" in path or "confirm" in path else answer.status_code)
                assert answer.status_code in {200, 303, 404}, (role, url, answer.text)


async def held(service: Service, chat: Chat, points: int = 20) -> int:
    """Somebody with points; their id."""
    await chat.say("菜单")
    person_id = await person_of(service, chat)
    async with service.store.write() as unit:
        await rewards.give(unit, person_id, points, kind="report", subject=f"report:{new_id()}", actor="system")
    return person_id


async def rows(service: Service, table: sa.Table) -> list[Any]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(table).order_by(sa.text("1"))))


async def test_the_catalogue_and_what_is_redeemed(
    chat: Chat, colleague: Make, service: Service, notices: Notices
) -> None:
    clerk = await colleague("community", "王琳")
    page = await clerk.open("/desk/rewards")
    assert "饮用水一箱" in page, "the start set is there"
    assert "已放进清单" in await clerk.press(
        "/desk/rewards/add", name="骑行雨衣", points=5, stock=1, collect="红梅驿站，工作日 9:00–17:00"
    )
    reward = next(row["id"] for row in await rows(service, catalogue) if row["name"] == "骑行雨衣")
    await clerk.press(f"/desk/rewards/{reward}/change", name="雨衣（均码）", points=6, more=2, collect="红梅驿站")
    assert "雨衣（均码）" in clerk.page
    [row] = [one for one in await rows(service, catalogue) if one["id"] == reward]
    assert (row["points"], row["stock"]) == (6, 3)
    person = await held(service, chat)
    await chat.say("换东西")
    await chat.tap("雨衣")
    code = re.search(r"DH-[0-9A-Z]{4}-[0-9A-Z]{4}", await chat.tap("换"))
    assert code
    page = await clerk.open("/desk/rewards/redemptions")
    assert code[0] not in page and code[0][-4:] in page, "it is shown by the worker, not read off the desk"
    assert "1</b> 件东西等人来领" in await clerk.open("/desk")
    await clerk.open("/desk/rewards")
    assert "已记为发出" in await clerk.press("/desk/rewards/confirm", code=code[0].lower())
    await clerk.press("/desk/rewards/confirm", code=code[0])
    assert clerk.answer.status_code == 409
    await clerk.open("/desk/rewards/redemptions?status=handed")
    [made] = await rows(service, redemptions)
    assert "已退回" in await clerk.press(
        f"/desk/rewards/redemptions/{made['id']}/reverse", reason="拉链坏了", restock="1"
    )
    assert "拉链坏了" in (await notices.to(chat))[-1].text
    assert "拉链坏了".encode() not in bytes((await rows(service, redemptions))[0]["reason"])
    async with service.store.read() as unit:
        assert await volunteering.balance(unit, person) == 20
    assert "拉链坏了" in await clerk.open("/desk/rewards/redemptions?status=reversed")
    await clerk.open("/desk/rewards")
    await clerk.press(f"/desk/rewards/{reward}/close")
    assert "没有现货" in await chat.say("换东西")
    await clerk.open("/desk/rewards")
    await clerk.press(f"/desk/rewards/{reward}/open")
    await chat.say("换东西")
    assert "雨衣（均码） · 6 分 · 剩 3" in chat.labels


@on_sqlite
@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("add", {"name": ""}, 400), ("add", {"name": "x" * 41}, 400), ("add", {"points": "0"}, 400),
        ("add", {"points": "1.5"}, 400), ("add", {"points": "x"}, 400), ("add", {"stock": "-1"}, 400),
        ("add", {"stock": "9" * 9}, 400), ("add", {"collect": "x" * 121}, 400), ("confirm", {"code": "x"}, 400),
        ("confirm", {"code": ""}, 400), ("confirm", {"code": "BT-0000-0000"}, 404), ("7/change", {"more": "-1"}, 404),
        ("allowances/list", {"month": "2026-13"}, 400), ("allowances/list", {"month": "2027-01"}, 400),
        ("allowances/list", {"month": "%00"}, 400), ("allowances/x/file", {}, 404),
    ],
)  # fmt: skip
async def test_forms_of_points_that_can_not_be(
    colleague: Make, service: Service, path: str, fields: dict[str, str], status: int
) -> None:
    clerk = await colleague("community")
    before = len(await rows(service, catalogue))
    answer = await clerk.client.post(f"/desk/rewards/{path}", data={**FIELDS, "csrf": clerk.csrf, **fields})
    assert answer.status_code == status, answer.text
    assert len(await rows(service, catalogue)) == before


async def attended(service: Service, chat: Chat, clerk: Chat, *, fen: int = 2000, minutes: int = 60) -> int:
    """Somebody who was at an activity with an allowance; their id."""
    await chat.say("菜单")
    person, staff_id = await person_of(service, chat), await person_of(service, clerk)
    async with service.store.write() as unit:
        plan = Plan(
            title="楼道排查", task="看看楼道", place="红梅社区", starts_at=START - timedelta(days=1),
            ends_at=START - timedelta(days=1) + timedelta(minutes=60), capacity=5, points=1, region="320402",
            allowance=fen,
        )  # fmt: skip
        slot = await volunteering.create(unit, staff_id, plan)
        signup = new_id()
        unit.insert(
            signups, id=signup, slot_id=slot.id, person_id=person, status="attended", made_at=START - timedelta(days=2)
        )
        times = {"in_at": slot.starts_at, "out_at": slot.ends_at, "minutes": minutes, "out_by": "person"}
        unit.insert(checkins, id=new_id(), signup_id=signup, **times)
    return person


async def test_allowances_are_listed_once_and_paid_once(
    chat: Chat, someone: Callable[[str], Chat], colleague: Make, service: Service, notices: Notices
) -> None:
    clerk = await colleague("community")
    await attended(service, chat, clerk.chat)
    await attended(service, chat, clerk.chat, fen=1250)
    short = someone("short")
    await attended(service, short, clerk.chat, minutes=20)  # not there for the share that counts
    assert "还没有您的补贴" in await chat.say("我的补贴")
    await clerk.open("/desk/rewards/allowances")
    page = await clerk.press("/desk/rewards/allowances/list", month="2026-11")
    assert "已列入名单" in page and "1 行，共 32.50 元" in page
    assert "32.50 元" in (await notices.to(chat))[-1].text
    mine = await chat.say("我的补贴")
    code, number = re.search(r"BT-[0-9A-Z]{4}-[0-9A-Z]{4}", mine), re.search(r"ZY-[0-9A-Z]{4}-[0-9A-Z]{4}", mine)
    assert code and number and "2026-11：2 次，2 小时，32.50 元 · 待发放" in mine
    assert number[0] in page and code[0] not in page, "the code is the worker's to show"
    await clerk.open("/desk/rewards/allowances")
    assert "没有新的" in await clerk.press("/desk/rewards/allowances/list", month="2026-11")
    assert len(await rows(service, payouts)) == 1 and len(await rows(service, payout_signups)) == 2
    await attended(service, chat, clerk.chat, fen=500)  # put down late
    await clerk.open("/desk/rewards/allowances")
    await clerk.press("/desk/rewards/allowances/list", month="2026-11")
    assert sorted(row["fen"] for row in await rows(service, payouts)) == [500, 3250]

    assert "32.50 元。现在发放吗" in await clerk.chat.say(f"核销 {code[0]}")
    assert "已发放" in await clerk.chat.tap("已发放")
    await clerk.open("/desk/rewards")
    await clerk.press("/desk/rewards/confirm", code=code[0])
    assert clerk.answer.status_code == 409
    await clerk.open("/desk/rewards/allowances/2026-11")
    for form, kind in (("csv", "text/csv"), ("xlsx", "application/vnd.openxmlformats")):
        data = {"csrf": clerk.csrf, "format": form}
        answer = await clerk.client.post("/desk/rewards/allowances/2026-11/file", data=data)
        assert answer.headers["content-type"].startswith(kind)
        assert f'filename="allowances-2026-11.{form}"' in answer.headers["content-disposition"]
        if form == "csv":
            text = answer.content.decode("utf-8-sig")
            assert number[0] in text and "32.50" in text.replace("32.5,", "32.50,") and code[0] not in text
    data = {"csrf": clerk.csrf, "format": "exe"}
    assert (await clerk.client.post("/desk/rewards/allowances/2026-11/file", data=data)).status_code == 400
    async with service.store.read() as unit:
        actions = set((await unit.execute(sa.select(audit.c.action))).scalars())
    assert {"allowances.list", "allowances.read", "allowances.export", "allowance.pay"} <= actions
    await chat.say("注销", "1")
    assert {(row["status"], row["person_id"], row["number"]) for row in await rows(service, payouts)} == {
        ("paid", None, ""), ("dropped", None, ""),
    }  # fmt: skip


async def test_a_report_at_the_desk(chat: Chat, colleague: Make, service: Service, notices: Notices) -> None:
    code = await file_report(chat, photos=1)
    clerk = await colleague("community", "王琳")
    assert "1</b> 条新上报" in clerk.page
    assert code in await clerk.open("/desk/reports")
    for query, there in (
        ("?kind=fire_lane", True),
        ("?kind=road", False),
        ("?status=done", False),
        ("?status=x", True),
    ):
        assert (code in await clerk.open(f"/desk/reports{query}")) == there, query
    [row] = await rows(service, grid_reports)
    base = f"/desk/reports/{row['id']}"
    page = await clerk.open(base)
    assert "红梅新村3栋" in page and "一位劳动者，不留名" in page and "还没取到" in page
    assert chat.address not in page
    [one] = await rows(service, media)
    photo = f"{base}/photos/{one['id']}"
    assert (await clerk.client.get(photo)).status_code == 404
    service.blobs.write(service.store.vault, one["id"], picture())
    async with service.store.write() as unit:
        await store_media.kept(unit, one["id"], picture(), "image/jpeg")
    assert photo in await clerk.open(base)
    answer = await clerk.client.get(photo)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8") and b"Exif" not in answer.content
    assert (await clerk.client.get(photo)).content == answer.content, "made once"
    service.blobs.write(service.store.vault, one["id"], b"<html><script>alert(1)</script>")
    service.blobs.forget_made()
    answer = await clerk.client.get(photo)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await clerk.client.get(f"/desk/reports/7/photos/{one['id']}")).status_code == 404
    assert "已更新" in await clerk.press(f"{base}/move", **{"from": "received", "to": "passed_on", "words": "已转城管"})
    assert "已转城管" in (await notices.to(chat))[-1].text
    for fields, status in (
        ({"from": "received", "to": "done", "words": "x"}, 409),
        ({"from": "passed_on", "to": "done", "words": ""}, 400),
        ({"from": "passed_on", "to": "gone", "words": "x"}, 400),
        ({"from": "passed_on", "to": "received", "words": "x"}, 409),
        ({"from": "passed_on", "to": "done", "words": "x" * 501}, 400),
    ):
        answer = await clerk.client.post(f"{base}/move", data={"csrf": clerk.csrf, **fields})
        assert answer.status_code == status, fields
    await clerk.open(base)
    assert "已核实" in await clerk.press(f"{base}/confirm")
    await clerk.press(f"{base}/confirm")
    assert clerk.answer.status_code == 409
    assert "您有 1 分" in await chat.say("我的积分")


@on_sqlite
async def test_a_map_link_where_a_place_is_known(chat: Chat, colleague: Make, service: Service) -> None:
    await chat.say("井盖没了")
    await chat.tap("同意")
    await chat.locate(31.779, 119.974, "红梅公园北门")
    await chat.tap("跳过")
    await chat.tap("跳过")
    await chat.tap("上报")
    clerk = await colleague("community")
    [row] = await rows(service, grid_reports)
    page = await clerk.open(f"/desk/reports/{row['id']}")
    assert "https://uri.amap.com/marker?position=119.974000%2C31.779000" in page
    assert 'rel="noreferrer noopener"' in page


async def test_a_proposal_and_a_meeting_at_the_desk(
    chat: Chat, colleague: Make, service: Service, notices: Notices, clock: TestClock
) -> None:
    await chat.say("我要提议")
    await chat.tap("同意")
    await chat.say("老李家门口的路灯装亮一点好吗大家")
    await chat.tap("提交提议")
    clerk = await colleague("community", "王琳")
    assert "1</b> 条提议等着看" in clerk.page
    [row] = await rows(service, proposals)
    base = f"/desk/council/{row['id']}"
    assert "老李家门口" in await clerk.open("/desk/council")
    await clerk.open(base)
    answer = await clerk.client.post(f"{base}/publish", data={"csrf": clerk.csrf, "shown": "找 13812345678 修路灯"})
    assert answer.status_code == 400
    assert "已公布" in await clerk.press(f"{base}/publish", shown="小区东门的路灯装亮一点")
    assert "公布了" in (await notices.to(chat))[-1].text
    await clerk.press(f"{base}/publish", shown="再公布一次")
    assert clerk.answer.status_code == 409
    await clerk.open(base)
    for fields in ({"to": "open", "words": "x"}, {"to": "answered", "words": ""}, {"to": "done", "words": "x" * 1001}):
        answer = await clerk.client.post(f"{base}/answer", data={"csrf": clerk.csrf, **fields})
        assert answer.status_code == 400, fields
    assert "已公开答复" in await clerk.press(f"{base}/answer", to="answered", words="12 月换新灯")
    assert "12 月换新灯" in (await notices.to(chat))[-1].text

    await clerk.open("/desk/council/meetings")
    times = {"starts_at": "2026-11-16T15:00", "ends_at": "2026-11-16T16:30"}
    page = await clerk.press(
        "/desk/council/meetings/add", kind="council", title="11月议事会", place="红梅社区二楼", **times
    )
    code = re.search(r"<b>([0-9]{6})</b>", page)
    assert code and "码只在现场出示" in page
    assert "记 2 分" in await chat.say(f"到会 {code[1]}")
    assert '<td data-label="到场人数">1</td>' in await clerk.open("/desk/council/meetings")
    for changed in (
        {"ends_at": "2026-11-16T14:00"}, {"ends_at": "2026-11-18T14:00"}, {"starts_at": "soon"}, {"kind": "party"},
        {"starts_at": "2020-01-01T10:00", "ends_at": "2020-01-01T11:00"}, {"title": ""}, {"place": "x" * 101},
        {"starts_at": "9999-12-31T23:00", "ends_at": "9999-12-31T23:30"},
        {"starts_at": "0001-01-01T00:00", "ends_at": "0001-01-01T01:00"},
    ):  # fmt: skip
        form = {"csrf": clerk.csrf, "kind": "council", "title": "x", "place": "x", **times, **changed}
        answer = await clerk.client.post("/desk/council/meetings/add", data=form)
        assert answer.status_code == 400, changed
    clock.move(hours=3)
    await clerk.sign_in()
    assert not re.search(rf"(?<!\d){code[1]}(?!\d)", await clerk.open("/desk/council/meetings"))


async def test_what_is_kept_back_at_the_desk(chat: Chat, colleague: Make, service: Service, notices: Notices) -> None:
    await chat.say("我要提议")
    await chat.tap("同意")
    await chat.say("某某站长应该换掉换个人来")
    await chat.tap("提交提议")
    clerk = await colleague("admin")
    [row] = await rows(service, proposals)
    await clerk.open(f"/desk/council/{row['id']}")
    assert "没有公布" in await clerk.press(f"/desk/council/{row['id']}/keep-back", reason="说的是一个人")
    assert "说的是一个人" in (await notices.to(chat))[-1].text
    async with service.store.read() as unit:
        assert not await council.public(unit)


@on_sqlite
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_pages_in_both_languages(colleague: Make, language: str) -> None:
    clerk = await colleague("community")
    for path in (
        "/rewards",
        "/rewards/redemptions",
        "/rewards/allowances",
        "/reports",
        "/council",
        "/council/meetings",
    ):
        page = await clerk.open(f"/desk{path}?language={language}")
        assert ("Points and rewards" if language == "en" else "积分换物") in page
