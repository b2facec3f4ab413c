"""The second factor: set up, asked for, each code once, wrong ones counted, lost phones, roles that need it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk.tables import desk_recovery_codes, desk_totp
from bot.roof import make_desk
from bot.store.tables import audit
from bot.web import make_app
from handlers.staff import service as staff
from tests.desk.conftest import Colleague
from tests.support import TestClock, on_sqlite

Make = Callable[..., Awaitable[Colleague]]


class Phone:
    """The authenticator app of one colleague."""

    def __init__(self, secret: str, clock: TestClock) -> None:
        self.totp = pyotp.TOTP(secret)
        self.clock = clock

    def code(self, *, steps: int = 0) -> str:
        return self.totp.generate_otp(int(self.clock().timestamp()) // 30 + steps)


async def set_up(rep: Colleague, clock: TestClock) -> tuple[Phone, list[str]]:
    """Turn it on; gives the app and the recovery codes."""
    await rep.open("/desk/me")
    page = await rep.press("/desk/me/begin")
    secret = re.search(r"<code>([A-Z2-7 ]{32,})</code>", page)
    assert secret
    phone = Phone(secret[1].replace(" ", ""), clock)
    page = await rep.press("/desk/me/confirm", code=phone.code())
    codes = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", page)
    assert len(codes) == 10
    return phone, codes


async def begin(rep: Colleague) -> str:
    """Sign in as far as the code."""
    answer = await rep.redeem(await rep.link())
    assert answer.headers["location"] == "/desk/sign-in/code", answer.text
    return await rep.open("/desk/sign-in/code")


async def actions(service: Service) -> list[str]:
    async with service.store.read() as unit:
        return list((await unit.execute(sa.select(audit.c.action).order_by(audit.c.id))).scalars())


async def test_with_it_a_link_alone_opens_nothing(colleague: Make, clock: TestClock, service: Service) -> None:
    rep = await colleague("union", "王琳")
    phone, _codes = await set_up(rep, clock)
    await rep.press("/desk/sign-out")
    await begin(rep)
    for path in ("/desk", "/desk/cases", "/desk/me"):
        assert (await rep.client.get(path)).headers["location"] == "/desk/sign-in"
    assert (await rep.client.post("/desk/me/off", data={"csrf": rep.csrf, "code": "1"})).status_code == 401
    before = rep.client.cookies["yizhan_desk"]
    clock.move(seconds=30)
    assert "王琳" in await rep.press("/desk/sign-in/code", code=phone.code())
    assert rep.client.cookies["yizhan_desk"] != before
    assert (await actions(service))[-2:] == ["desk.link", "desk.sign_in"]


async def test_a_code_serves_once_in_any_window(colleague: Make, clock: TestClock) -> None:
    rep = await colleague("union")
    phone, _codes = await set_up(rep, clock)
    used = phone.code()
    await begin(rep)
    assert "不对，或者用过了" in await rep.press("/desk/sign-in/code", code=used)
    await begin(rep)
    clock.move(seconds=30)
    assert "不对" in await rep.press("/desk/sign-in/code", code=used)  # still inside the window of a slow clock
    full_width = phone.code().translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    assert rep.answer.status_code == 403
    assert "您好" in await rep.press("/desk/sign-in/code", code=f" {full_width[:3]} {full_width[3:]} ")


@on_sqlite
@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_phones_clock_may_be_half_a_minute_off(
    colleague: Make, clock: TestClock, steps: int, good: bool
) -> None:
    rep = await colleague("union")
    phone, _codes = await set_up(rep, clock)
    clock.move(minutes=5)
    await begin(rep)
    await rep.press("/desk/sign-in/code", code=phone.code(steps=steps))
    assert (rep.answer.url.path == "/desk") is good


async def test_wrong_codes_are_counted_for_the_person_not_the_browser(
    colleague: Make, clock: TestClock, visitor: Callable[[], httpx.AsyncClient]
) -> None:
    rep = await colleague("union")
    phone, codes = await set_up(rep, clock)
    clock.move(minutes=1)
    last = rep
    for tries in (2, 2, 1):
        last = Colleague(rep.chat, visitor())
        await begin(last)
        for _try in range(tries):
            await last.press("/desk/sign-in/code", code="000000")
            assert last.answer.status_code == 403
    for code in (phone.code(), codes[0]):
        await last.press("/desk/sign-in/code", code=code)
        assert last.answer.status_code == 429
    clock.move(minutes=11)
    await begin(last)
    assert "您好" in await last.press("/desk/sign-in/code", code=phone.code())


async def test_a_recovery_code_opens_once_and_is_kept_as_a_hash(
    colleague: Make, clock: TestClock, service: Service
) -> None:
    rep = await colleague("union")
    _phone, codes = await set_up(rep, clock)
    await begin(rep)
    assert "您好" in await rep.press("/desk/sign-in/code", code=codes[0].lower().replace("-", " "))
    assert "还剩 9 个" in await rep.open("/desk/me")
    await begin(rep)
    await rep.press("/desk/sign-in/code", code=codes[0])
    assert rep.answer.status_code == 403
    async with service.store.read() as unit:
        kept = [bytes(row["code_mac"]) for row in await unit.rows(sa.select(desk_recovery_codes))]
        [row] = await unit.rows(sa.select(desk_totp))
    assert not any(code.encode() in mac for code in codes for mac in kept)
    assert _phone.totp.secret.encode() not in bytes(row["secret"])


async def test_a_begun_sign_in_ends_after_ten_minutes_and_its_form_is_its_own(
    colleague: Make, clock: TestClock
) -> None:
    rep = await colleague("union")
    phone, _codes = await set_up(rep, clock)
    await begin(rep)
    answer = await rep.client.post("/desk/sign-in/code", data={"csrf": "0" * 32, "code": phone.code()})
    assert answer.status_code == 403
    clock.move(minutes=10)
    answer = await rep.client.post("/desk/sign-in/code", data={"csrf": rep.csrf, "code": phone.code()})
    assert answer.status_code == 401
    assert (await rep.client.get("/desk/sign-in/code")).headers["location"] == "/desk/sign-in"


async def test_nothing_is_on_before_the_first_good_code(colleague: Make, clock: TestClock) -> None:
    rep = await colleague("union")
    await rep.open("/desk/me")
    await rep.press("/desk/me/begin")
    answer = await rep.client.post("/desk/me/confirm", data={"csrf": rep.csrf, "code": "000000"})
    assert answer.status_code == 403
    await rep.sign_in()  # no code is asked for
    assert 'role="img"' in await rep.open("/desk/me")  # the same secret is still to be confirmed
    assert "style=" not in rep.page


async def test_off_and_new_codes_need_a_code(colleague: Make, clock: TestClock, service: Service) -> None:
    rep = await colleague("union")
    phone, codes = await set_up(rep, clock)
    for path in ("/desk/me/off", "/desk/me/codes"):
        assert (await rep.client.post(path, data={"csrf": rep.csrf, "code": "123456"})).status_code == 403
    clock.move(seconds=30)
    fresh = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", await rep.press("/desk/me/codes", code=phone.code()))
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    assert (await rep.client.post("/desk/me/off", data={"csrf": rep.csrf, "code": codes[1]})).status_code == 403
    clock.move(seconds=30)
    assert "已关闭" in await rep.press("/desk/me/off", code=phone.code())
    await rep.sign_in()
    found = await actions(service)
    assert [one for one in found if "totp" in one] == ["desk.totp_on", "desk.totp_codes", "desk.totp_off"]


async def test_an_administrator_resets_it_for_a_colleague(colleague: Make, clock: TestClock, service: Service) -> None:
    rep, boss = await colleague("union"), await colleague("admin")
    await set_up(rep, clock)
    async with service.store.read() as unit:
        number = {one.role: one.person_id for one in await staff.members(unit)}
    await boss.open("/desk/staff")
    page = await boss.press(f"/desk/staff/{number['union']}/second-factor")
    assert "二次验证已关闭" in page
    assert (await rep.client.get("/desk")).headers["location"] == "/desk/sign-in"
    await rep.sign_in()
    assert "staff.totp_reset" in await actions(service)
    own = await boss.client.post(f"/desk/staff/{number['admin']}/second-factor", data={"csrf": boss.csrf})
    assert own.status_code == 409


async def test_a_role_that_needs_it_sets_it_up_first(colleague: Make, clock: TestClock, service: Service) -> None:
    rep = await colleague("union")
    csrf = rep.csrf
    guarded = make_desk(service)
    guarded.site = guarded.site.model_copy(update={"second_factor": ("union",)})
    app = make_app(service, guarded.routes())
    rep.client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://desk.test", headers={"accept-language": "zh-CN"},
        cookies=rep.client.cookies,
    )  # fmt: skip
    assert (await rep.client.get("/desk/cases")).headers["location"] == "/desk/me"
    assert (await rep.client.post("/desk/cases/7/take", data={"csrf": csrf})).status_code == 403
    phone, _codes = await set_up(rep, clock)
    assert (await rep.client.get("/desk/cases")).status_code == 200
    clock.move(seconds=30)
    answer = await rep.client.post("/desk/me/off", data={"csrf": csrf, "code": phone.code()})
    assert answer.status_code == 403  # not for this role
    await rep.client.aclose()


async def test_it_ends_with_the_role(colleague: Make, clock: TestClock, service: Service) -> None:
    rep = await colleague("union")
    await set_up(rep, clock)
    async with service.store.write() as unit:
        [one] = await staff.members(unit)
        await staff.leave(unit, one.person_id, "operator")
    async with service.store.read() as unit:
        assert await unit.rows(sa.select(desk_totp)) == await unit.rows(sa.select(desk_recovery_codes)) == []
