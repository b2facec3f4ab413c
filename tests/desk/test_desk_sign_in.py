"""Signing in at the desk: links that serve once, sessions that end, forms that must be our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk.tables import desk_sessions, sign_in_links
from bot.store.tables import audit
from handlers.staff import service as staff
from tests.desk.conftest import Colleague
from tests.support import Chat, TestClock, on_sqlite

Make = Callable[..., Awaitable[Colleague]]
Visitor = Callable[[], httpx.AsyncClient]


async def actions(service: Service) -> list[str]:
    async with service.store.read() as unit:
        return list((await unit.execute(sa.select(audit.c.action).order_by(audit.c.id))).scalars())


async def test_staff_get_a_link_in_the_chat_and_are_in(colleague: Make, service: Service) -> None:
    rep = await colleague("union", "王琳")
    assert "王琳" in rep.page
    assert (await actions(service))[-1] == "desk.sign_in"


async def test_a_link_serves_once(colleague: Make, visitor: Visitor) -> None:
    rep = await colleague("union", signed_in=False)
    path = await rep.link()
    assert "在这里登录" in (await rep.client.get(path)).text  # a preview opens it, and does not use it
    assert (await rep.redeem(path)).status_code == 303
    thief = Colleague(rep.chat, visitor())
    answer = await thief.redeem(path)
    assert answer.status_code == 403
    assert "用不了" in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_link_ends_after_ten_minutes_and_with_a_newer_one_used(colleague: Make, clock: TestClock) -> None:
    rep = await colleague("union", signed_in=False)
    old, new = await rep.link(), await rep.link()
    assert (await rep.redeem(new)).status_code == 303
    assert (await rep.redeem(old)).status_code == 403
    late = await rep.link()
    clock.move(minutes=10)
    assert (await rep.redeem(late)).status_code == 403


async def test_workers_get_no_link(chat: Chat, service: Service) -> None:
    assert "不用登录" in await chat.say("登录")
    async with service.store.read() as unit:
        assert await unit.first(sa.select(sign_in_links)) is None


async def test_many_links_at_once_are_refused(colleague: Make, clock: TestClock) -> None:
    rep = await colleague("union", signed_in=False)
    for _ in range(5):
        await rep.link()
    assert "太多" in await rep.chat.say("登录")
    clock.move(minutes=11)
    assert "desk/sign-in" in await rep.link()


async def test_wrong_links_are_tried_ten_times_only(visitor: Visitor) -> None:
    stranger = visitor()
    codes = [(await stranger.post("/desk/sign-in", data={"token": "x" * 43})).status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]


async def test_a_session_ends_after_half_an_hour_of_rest(colleague: Make, clock: TestClock) -> None:
    rep = await colleague("union")
    for _ in range(3):
        clock.move(minutes=29)
        await rep.open("/desk")
        assert rep.answer.url.path == "/desk"
    clock.move(minutes=30)
    await rep.open("/desk")
    assert rep.answer.url.path == "/desk/sign-in"


async def test_a_session_ends_after_twelve_hours_in_any_case(colleague: Make, clock: TestClock) -> None:
    rep = await colleague("union")
    for _ in range(28):
        clock.move(minutes=25)
        await rep.open("/desk")
    assert rep.answer.url.path == "/desk"
    clock.move(minutes=20)
    await rep.open("/desk")
    assert rep.answer.url.path == "/desk/sign-in"


async def test_signing_out_ends_the_session_for_good(colleague: Make, service: Service) -> None:
    rep = await colleague("union")
    cookie = rep.client.cookies["yizhan_desk"]
    await rep.press("/desk/sign-out")
    assert rep.answer.url.path == "/desk/sign-in"
    rep.client.cookies.set("yizhan_desk", cookie)
    assert (await rep.client.get("/desk")).headers["location"] == "/desk/sign-in"
    async with service.store.read() as unit:
        assert await unit.first(sa.select(desk_sessions)) is None


async def test_a_session_ends_with_the_role(colleague: Make, service: Service) -> None:
    rep, boss = await colleague("union"), await colleague("admin")
    async with service.store.read() as unit:
        [person] = [one.person_id for one in await staff.members(unit) if one.role == "union"]
    await boss.open("/desk/staff")
    assert "已结束" in await boss.press(f"/desk/staff/{person}/end")
    assert (await rep.client.get("/desk")).headers["location"] == "/desk/sign-in"
    assert "不用登录" in await rep.chat.say("登录")


async def test_the_cookie_is_out_of_reach_and_kept_as_a_hash(colleague: Make, service: Service) -> None:
    rep = await colleague("union", signed_in=False)
    answer = await rep.redeem(await rep.link())
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/desk"))
    token = rep.client.cookies["yizhan_desk"]
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(desk_sessions))
    assert token.encode() not in bytes(row["token_mac"])


@on_sqlite
@pytest.mark.parametrize("given", [{}, {"csrf": "0" * 32}, {"csrf": "密"}])
async def test_a_form_without_its_token_is_refused(colleague: Make, service: Service, given: dict[str, str]) -> None:
    boss = await colleague("admin")
    answer = await boss.client.post("/desk/staff/invite", data={"role": "admin", "name": "x", **given})
    assert answer.status_code == 403
    assert "staff.invite" not in (await actions(service))[2:]


@on_sqlite
async def test_another_members_token_is_refused(colleague: Make) -> None:
    boss, other = await colleague("admin", "a"), await colleague("admin", "b")
    data = {"role": "admin", "csrf": other.csrf}
    assert (await boss.client.post("/desk/staff/invite", data=data)).status_code == 403


@on_sqlite
async def test_another_sites_form_is_refused(colleague: Make) -> None:
    boss = await colleague("admin")
    data = {"role": "admin", "csrf": boss.csrf}
    for origin in ("https://evil.test", "null", "http://desk.test.evil.test"):
        answer = await boss.client.post("/desk/staff/invite", data=data, headers={"origin": origin})
        assert answer.status_code == 403
    own = await boss.client.post("/desk/staff/invite", data=data, headers={"origin": "http://desk.test"})
    assert own.status_code == 200


async def test_the_first_administrator_signs_in_by_the_printed_link(
    service: Service, visitor: Visitor, someone: Callable[[str], Chat], clock: TestClock
) -> None:
    async with service.store.write() as unit:
        first, second = await staff.first_link(unit), await staff.first_link(unit)
    assert first and second
    boss = Colleague(someone("boss"), visitor())
    assert (await boss.redeem(first)).status_code == 303
    assert (await boss.redeem(first)).status_code == 403
    assert (await boss.redeem(second)).status_code == 403  # one used ends the others
    assert "没有管理员" in await boss.open("/desk/staff")
    page = await boss.press("/desk/staff/invite", role="admin", name="周敏")
    code = page.split("<b>")[1].split("</b>")[0]
    async with service.store.write() as unit:
        spare = await staff.first_link(unit)
    assert spare  # nobody can be reached in a chat yet: the account without one is signed in again
    assert "管理员" in await boss.chat.say(code)
    assert (await boss.redeem(spare)).status_code == 403  # now somebody can: the link has lost its sense
    async with service.store.write() as unit:
        assert await staff.first_link(unit) is None
    await boss.sign_in()
    assert "周敏" in boss.page


async def test_the_first_link_ends_after_a_day(
    service: Service, visitor: Visitor, chat: Chat, clock: TestClock
) -> None:
    async with service.store.write() as unit:
        first = await staff.first_link(unit)
    assert first
    clock.move(hours=24)
    assert (await Colleague(chat, visitor()).redeem(first)).status_code == 403


@on_sqlite
async def test_every_answer_carries_the_strict_headers(colleague: Make, visitor: Visitor) -> None:
    boss = await colleague("admin")
    for path in ("/desk", "/desk/sign-in", "/desk/staff", "/desk/nowhere", "/static/desk/desk.css"):
        answer = await boss.client.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await boss.client.get("/desk")).headers["cache-control"] == "no-store"
    assert (await boss.client.get("/desk/nowhere")).status_code == 404
    assert "<script" not in boss.page
    assert "style=" not in boss.page


@on_sqlite
async def test_the_language_is_the_browsers_until_chosen(colleague: Make) -> None:
    boss = await colleague("admin")
    assert "工作人员" in await boss.open("/desk/staff")
    assert "Members" in await boss.open("/desk/staff?language=en") or "Staff" in boss.page
    assert 'lang="en"' in boss.page
    assert "language=" not in str(boss.answer.url)
    assert 'lang="zh-CN"' in await boss.open("/desk?language=zh_CN")


@on_sqlite
async def test_forms_too_long_or_of_another_kind_are_refused(colleague: Make) -> None:
    boss = await colleague("admin")
    data = {"csrf": boss.csrf, "role": "union", "name": "x" * 70_000}
    assert (await boss.client.post("/desk/staff/invite", data=data)).status_code == 413
    assert (await boss.client.post("/desk/staff/invite", json={"csrf": boss.csrf})).status_code == 415
    assert (await boss.client.post("/desk/staff/invite", data={**data, "name": "x" * 31})).status_code == 400
    assert (await boss.client.post("/desk/staff/invite", data={**data, "name": "", "role": "king"})).status_code == 400
