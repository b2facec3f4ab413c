"""The fake api.weixin.qq.com refuses what the platform refuses: tokens, windows, sizes, media, menus."""

from collections.abc import AsyncIterator
from xml.etree.ElementTree import fromstring

import httpx
import pytest

from tests.fakes.clock import ManualClock
from tests.fakes.wechat import FakeWechat, WechatSim
from tests.fakes_support import WechatApi, WechatService, credentials, serving, text


@pytest.fixture
async def wx() -> AsyncIterator[FakeWechat]:
    async with FakeWechat(clock=ManualClock()) as fake:
        yield fake


@pytest.fixture
async def service(wx: FakeWechat) -> AsyncIterator[WechatService]:
    callback = WechatService(wx)
    async with serving(callback) as callback.url:
        yield callback


@pytest.fixture
async def sim(wx: FakeWechat, service: WechatService) -> AsyncIterator[WechatSim]:
    async with WechatSim(wx, f"{service.url}/wechat") as simulator:
        yield simulator


@pytest.fixture
async def api(wx: FakeWechat) -> AsyncIterator[WechatApi]:
    async with httpx.AsyncClient() as client:
        yield WechatApi(wx, client)


async def test_the_stable_token(wx: FakeWechat) -> None:
    clock = wx.world.clock
    async with httpx.AsyncClient() as client:

        async def ask(**more: object) -> dict:
            return (await client.post(f"{wx.url}/cgi-bin/stable_token", json=credentials(wx, **more))).json()

        first = await ask()
        assert len(first["access_token"]) >= 512
        assert first["expires_in"] == 7200
        clock.advance(6000)
        assert await ask() == first | {"expires_in": 1200}
        clock.advance(900)
        second = await ask()
        assert second["access_token"] != first["access_token"]
        for token in (first, second):  # both valid in the last 5 minutes
            wx.tokens.check(token["access_token"])
        forced = await ask(force_refresh=True)
        assert forced["access_token"] != second["access_token"]
        clock.advance(29)
        assert (await ask(force_refresh=True))["access_token"] == forced["access_token"]  # 30 s apart
        for _ in range(19):
            clock.advance(30)
            assert "access_token" in await ask(force_refresh=True)
        clock.advance(30)
        assert (await ask(force_refresh=True))["errcode"] == 45009  # 20 a day
        assert (await ask(appid="wx"))["errcode"] == 40013
        assert (await ask(secret="no"))["errcode"] == 40125
        assert (await ask(grant_type="password"))["errcode"] == 40002
        wx.allowed_ips = {"10.0.0.1"}
        refused = await ask()
        assert refused["errcode"] == 40164
        assert "127.0.0.1" in refused["errmsg"]


async def test_bad_and_expired_tokens(wx: FakeWechat, api: WechatApi) -> None:
    assert (await api("getcallbackip", access_token=""))["errcode"] == 41001
    assert (await api("getcallbackip", access_token="nonsense"))["errcode"] == 40001
    assert (await api("getcallbackip"))["ip_list"] == ["127.0.0.1"]
    held = wx.tokens.current
    wx.tokens.expire()
    assert (await api("getcallbackip", access_token=held))["errcode"] == 42001
    wx.tokens.revoke()
    assert (await api("getcallbackip", access_token=held))["errcode"] == 40001
    assert [c.errcode for c in wx.calls_of("getcallbackip")] == [41001, 40001, 0, 42001, 40001]


async def test_five_messages_within_48_hours(wx: FakeWechat, sim: WechatSim, api: WechatApi) -> None:
    li = sim.new_person()
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 45015  # never wrote
    await li.say("您好")
    wx.world.clock.advance(48 * 3600 - 1)
    assert [(await api("message/custom/send", text(li.openid)))["errcode"] for _ in range(6)] == [0] * 5 + [45047]
    wx.world.clock.advance(1)
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 45015
    await li.say("我又来了")
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 0
    await li.unsubscribe()
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 45015
    assert [s.via for s in li.screen if s.via == "custom"] == ["custom"] * 6


@pytest.mark.parametrize("action", ["subscribe", "scan", "click"])
async def test_three_messages_within_a_minute(wx: FakeWechat, sim: WechatSim, api: WechatApi, action: str) -> None:
    li = sim.new_person()
    await getattr(li, action)("KEY")
    answers = [(await api("message/custom/send", text(li.openid)))["errcode"] for _ in range(4)]
    assert answers == [0, 0, 0, 45047]
    wx.world.clock.advance(60)
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 45015


async def test_views_and_location_events_open_nothing(sim: WechatSim, api: WechatApi) -> None:
    li = sim.new_person()
    await li.view("https://example.com/")
    await li.report_location()
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 45015


async def test_custom_messages_are_checked(wx: FakeWechat, sim: WechatSim, api: WechatApi) -> None:
    li = sim.new_person()
    await li.say("您好")
    entries = [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}]
    menu = {"touser": li.openid, "msgtype": "msgmenu", "msgmenu": {"head_content": "满意吗", "list": entries}}
    cases = {
        45002: text(li.openid, "字" * 683),
        44004: text(li.openid, ""),
        40003: text("nobody"),
        40008: {"touser": li.openid, "msgtype": "poll", "poll": {}},
        40007: {"touser": li.openid, "msgtype": "image", "image": {"media_id": "nope"}},
        40035: menu | {"msgmenu": {"list": []}},
    }
    for errcode, body in cases.items():
        assert (await api("message/custom/send", body))["errcode"] == errcode
    assert (await api("message/custom/send", text(li.openid, "字" * 682 + "ab")))["errcode"] == 0
    assert (await api("message/custom/send", menu))["errcode"] == 0
    assert li.screen[-1].labels == ["满意", "不满意"]
    tapped = await li.tap("满意")
    assert fromstring(tapped.body).findtext("bizmsgmenuid") == "1"
    wx.menu_messages = False
    assert (await api("message/custom/send", menu))["errcode"] == 40200
    assert (await api("message/custom/send"))["errcode"] == 43002  # GET


async def test_escaped_json_is_shown_as_it_came(wx: FakeWechat, sim: WechatSim) -> None:
    li = sim.new_person()
    await li.say("您好")
    token = wx.tokens.stable(credentials(wx))["access_token"]
    body = b'{"touser": "%s", "msgtype": "text", "text": {"content": "\\u60a8\\n"}}' % li.openid.encode()
    async with httpx.AsyncClient() as client:
        url = f"{wx.url}/cgi-bin/message/custom/send"
        await client.post(url, params={"access_token": token}, content=body)
        broken = await client.post(url, params={"access_token": token}, content=b"{")
    assert li.screen[-1].text == "\\u60a8\n"
    assert broken.json()["errcode"] == 47001


async def test_template_messages(wx: FakeWechat, sim: WechatSim, api: WechatApi) -> None:
    wx.world.templates["TPL"] = {"thing1", "time2"}
    li = sim.new_person()
    data = {"thing1": {"value": "诉求有进展"}, "time2": {"value": "2026年11月21日"}}
    body = {"touser": li.openid, "template_id": "TPL", "data": data, "client_msg_id": "m1"}
    first = await api("message/template/send", body)
    assert (first["errcode"], await api("message/template/send", body)) == (0, first)  # the same id: shown once
    assert [s.text for s in li.screen] == ["诉求有进展\n2026年11月21日"]
    assert (await api("message/template/send", body | {"template_id": "X"}))["errcode"] == 40037
    assert (await api("message/template/send", body | {"data": {"thing1": {"value": "a"}}}))["errcode"] == 47003
    too_long = data | {"thing1": {"value": "字" * 21}}
    assert (await api("message/template/send", body | {"data": too_long}))["errcode"] == 47003
    await li.unsubscribe()
    assert (await api("message/template/send", body))["errcode"] == 43004


async def test_subscription_notices_need_a_consent_each(wx: FakeWechat, sim: WechatSim, api: WechatApi) -> None:
    wx.world.subscriptions["SUB"] = {"thing1"}
    li = sim.new_person()
    body = {"touser": li.openid, "template_id": "SUB", "data": {"thing1": {"value": "好"}}}
    assert (await api("message/subscribe/bizsend", body))["errcode"] == 43101
    li.consent("SUB")
    assert [(await api("message/subscribe/bizsend", body))["errcode"] for _ in range(2)] == [0, 43101]
    assert [s.via for s in li.screen] == ["subscribe"]


async def test_the_custom_menu(wx: FakeWechat, api: WechatApi) -> None:
    assert (await api("menu/get"))["errcode"] == 46003
    leaf = {"type": "click", "name": "问政策", "key": "ASK"}
    menu = {
        "button": [leaf, {"name": "更多", "sub_button": [leaf, {"type": "view", "name": "网页", "url": "https://a"}]}]
    }
    assert (await api("menu/create", menu))["errcode"] == 0
    assert (await api("menu/get"))["menu"] == menu
    bad = {
        40016: [leaf] * 4,
        40017: [leaf | {"type": "nope"}],
        40018: [leaf | {"name": "六个汉字太长"}],
        40019: [leaf | {"key": "k" * 129}],
        40023: [{"name": "更多", "sub_button": [leaf] * 6}],
    }
    for errcode, buttons in bad.items():
        assert (await api("menu/create", {"button": buttons}))["errcode"] == errcode
    assert wx.world.menu == menu
    assert (await api("menu/delete"))["errcode"] == 0
    assert wx.world.menu is None


async def test_media_goes_up_and_down(wx: FakeWechat, sim: WechatSim, api: WechatApi) -> None:
    li = sim.new_person()
    await li.photo(b"\xff\xd8 evidence")
    token = {"access_token": wx.tokens.stable(credentials(wx))["access_token"]}
    media_id = next(iter(wx.world.media))
    async with httpx.AsyncClient(base_url=f"{wx.url}/cgi-bin/media") as client:
        got = await client.get("/get", params=token | {"media_id": media_id})
        assert (got.content, got.headers["content-type"]) == (b"\xff\xd8 evidence", "image/jpeg")
        bad = await client.get("/get", params=token | {"media_id": "nope"})
        assert (bad.status_code, bad.json()["errcode"]) == (200, 40007)

        async def upload(kind: str, mime: str, data: bytes = b"x") -> dict:
            files = {"media": ("a", data, mime)}
            return (await client.post("/upload", params=token | {"type": kind}, files=files)).json()

        up = await upload("image", "image/png", b"\x89PNG")
        assert (await upload("poster", "image/png"))["errcode"] == 40004
        assert (await upload("image", "image/webp"))["errcode"] == 40005
        assert (await upload("voice", "audio/amr", b"x" * (2 * 1024 * 1024 + 1)))["errcode"] == 40006
        nothing = await client.post("/upload", params=token | {"type": "image"})
        assert nothing.json()["errcode"] == 41005
    picture = {"touser": li.openid, "msgtype": "image", "image": {"media_id": up["media_id"]}}
    assert (await api("message/custom/send", picture))["errcode"] == 0
    wx.world.clock.advance(3 * 24 * 3600 + 1)
    await li.say("您好")
    assert (await api("message/custom/send", picture))["errcode"] == 40007


async def test_user_info(sim: WechatSim, api: WechatApi) -> None:
    li = sim.new_person()
    assert (await api("user/info", openid=li.openid))["subscribe"] == 1
    await li.unsubscribe()
    assert await api("user/info", openid=li.openid) == {"subscribe": 0, "openid": li.openid}
    assert (await api("user/info", openid="nobody"))["errcode"] == 40003


async def test_injected_faults(wx: FakeWechat, sim: WechatSim, api: WechatApi) -> None:
    li = sim.new_person()
    await li.say("您好")
    wx.fault("message/custom/send", errcode=-1, times=2)
    answers = [(await api("message/custom/send", text(li.openid)))["errcode"] for _ in range(3)]
    assert answers == [-1, -1, 0]
    for kind in ("drop", "half"):
        wx.fault("message/custom/send", kind=kind, done=True)
        with pytest.raises(httpx.RemoteProtocolError):
            await api("message/custom/send", text(li.openid, kind))
    wx.fault("message/custom/send", kind="drop")
    with pytest.raises(httpx.RemoteProtocolError):
        await api("message/custom/send", text(li.openid, "never"))
    assert [s.text for s in li.screen if s.via == "custom"] == ["您好", "drop", "half"]
