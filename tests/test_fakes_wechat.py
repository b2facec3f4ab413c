"""The WeChat fake is as strict as the platform; wechatpy, which it does not use, understands what it sends."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

from tests.fakes.clock import ManualClock
from tests.fakes.server import Dropped, Hanging, LocalServer
from tests.fakes.vectors import VECTORS, Vector
from tests.fakes.wechat import NOTICE, FakeWechat, WechatSim
from tests.fakes.wechat_crypto import Crypto, UndecipherableError
from tests.fakes.wechat_sim import Mode


@pytest.fixture
async def wx() -> AsyncIterator[FakeWechat]:
    async with FakeWechat(clock=ManualClock()) as fake:
        yield fake


@dataclass
class Service:
    """A callback made with wechatpy: `reply` gets the message and gives text, or a Response to send as it is."""

    wx: FakeWechat
    reply: Callable[[object], str | Response] = lambda m: f"收到{m.type}"
    encrypted: bool = False
    url: str = ""
    messages: list[object] = field(default_factory=list)
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    before: list[Response] = field(default_factory=list)  # sent instead, one a request

    async def __call__(self, request: Request) -> Response:
        query = dict(request.query_params)
        try:
            check_signature(self.wx.token, query["signature"], query["timestamp"], query["nonce"])
        except InvalidSignatureException:
            return Response(status_code=403)
        if request.method == "GET":
            return Response(query["echostr"])
        body = await request.body()
        self.requests.append((request.url.query, body))
        if self.before:
            return self.before.pop(0)
        crypto = WeChatCrypto(self.wx.token, self.wx.aes_key, self.wx.app_id)
        if self.encrypted:
            body = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        message = parse_message(body)
        self.messages.append(message)
        answer = self.reply(message)
        if isinstance(answer, Response):
            return answer
        xml = TextReply(content=answer, message=message).render()
        xml = crypto.encrypt_message(xml, query["nonce"], query["timestamp"]) if self.encrypted else xml
        return Response(xml, media_type="text/xml")


@pytest.fixture
async def service(wx: FakeWechat) -> AsyncIterator[Service]:
    callback = Service(wx)

    async def endpoint(request: Request) -> Response:
        return await callback(request)

    async with LocalServer(Starlette(routes=[Route("/wechat", endpoint, methods=["GET", "POST"])])) as server:
        callback.url = f"{server.url}/wechat"
        yield callback


@pytest.fixture
async def sim(wx: FakeWechat, service: Service) -> AsyncIterator[WechatSim]:
    async with WechatSim(wx, service.url) as simulator:
        yield simulator


Api = Callable[..., Awaitable[dict]]


@pytest.fixture
async def api(wx: FakeWechat) -> AsyncIterator[Api]:
    """A call with a valid token: await api("menu/get") or await api("menu/create", {...})."""
    async with httpx.AsyncClient(base_url=wx.url) as client:

        async def call(path: str, body: dict | None = None, **query: str) -> dict:
            params = {"access_token": wx.tokens.stable(credentials(wx))["access_token"]} | query
            url = f"/cgi-bin/{path}"
            send = client.get(url, params=params) if body is None else client.post(url, params=params, json=body)
            response = await send
            assert response.status_code == 200
            return response.json()

        yield call


def credentials(wx: FakeWechat, **more: object) -> dict:
    return {"grant_type": "client_credential", "appid": wx.app_id, "secret": wx.app_secret} | more


def text(openid: str, content: str = "您好") -> dict:
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


# --- crypto ---


@pytest.mark.parametrize("vector", VECTORS)
def test_tencents_vectors(vector: Vector) -> None:
    crypto = Crypto(vector.token, vector.aes_key, vector.receiver)
    assert crypto.sign(vector.timestamp, vector.nonce, vector.encrypted) == vector.signature
    plain = crypto.decrypt(vector.encrypted).decode()
    assert plain == vector.plain if vector.whole else vector.plain in plain


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 33, 5000])
def test_crypto_goes_there_and_back_at_every_padding(length: int) -> None:
    crypto = Crypto("t", VECTORS[0].aes_key, "wx1")
    assert crypto.decrypt(crypto.encrypt(b"x" * length)) == b"x" * length


@pytest.mark.parametrize("garbage", ["", "!!!!", "AAAA", "A" * 64, "A" * 86 + "=="])
def test_garbage_is_undecipherable(garbage: str) -> None:
    with pytest.raises(UndecipherableError):
        Crypto("t", VECTORS[0].aes_key, "wx1").decrypt(garbage)


def test_another_accounts_message_is_refused() -> None:
    sealed = Crypto("t", VECTORS[0].aes_key, "wx-theirs").encrypt(b"hello")
    with pytest.raises(UndecipherableError, match="app id"):
        Crypto("t", VECTORS[0].aes_key, "wx-ours").decrypt(sealed)


# --- the person's side ---


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_message_and_its_reply_in_every_mode(service: Service, sim: WechatSim, mode: Mode) -> None:
    sim.mode, service.encrypted = mode, mode != "plain"
    service.reply = lambda m: f"您说：<b>&{m.content.replace(']]>', '')}"
    assert await sim.verify()
    li = sim.new_person()
    heard = await li.say("骑手工伤]]>")
    assert (heard.text, heard.attempts, heard.answered) == ("您说：<b>&骑手工伤", [200], True)
    message = service.messages[0]
    assert message.content == "骑手工伤]]>"
    assert (message.source, message.target) == (li.openid, sim.wx.account)
    assert message.id > 2**53
    assert ("骑手".encode() in heard.body) is (mode != "safe")
    assert ("encrypt_type=aes" in service.requests[0][0]) is (mode != "plain")
    assert [s.text for s in li.screen] == [heard.text]


async def test_every_kind_of_message_parses(service: Service, sim: WechatSim, wx: FakeWechat) -> None:
    li = sim.new_person(subscribed=False)
    await li.subscribe("poster7")
    await li.photo(b"\xff\xd8 jpeg")
    await li.voice("多少钱一单")
    await li.voice()
    await li.video()
    await li.location(31.2, 121.5, "人民大道")
    await li.link("一篇文章", "https://example.com/a")
    await li.scan("poster8")
    await li.click("ASK")
    await li.view("https://example.com/")
    await li.report_location(31.3, 121.6)
    await li.template_result(7, "failed:user block")
    await li.unsubscribe()
    seen = service.messages
    assert [getattr(m, "event", m.type) for m in seen] == [
        "subscribe_scan", "image", "voice", "voice", "video", "location", "link", "scan", "click", "view", "location",
        "templatesendjobfinish", "unsubscribe",
    ]  # fmt: skip
    assert (seen[0].scene_id, seen[7].scene_id, seen[8].key) == ("poster7", "poster8", "ASK")
    assert (seen[2].recognition, seen[3].recognition) == ("多少钱一单", None)
    assert (seen[5].location, seen[5].label) == (("31.2", "121.5"), "人民大道")
    async with httpx.AsyncClient() as client:
        assert (await client.get(seen[1].image)).content == b"\xff\xd8 jpeg"
    with pytest.raises(AssertionError, match="only followers"):
        await li.say("还在吗")


async def test_an_unanswered_message_comes_again_exactly_the_same(service: Service, sim: WechatSim) -> None:
    sim.patience = 0.5
    service.before = [Hanging(), Dropped()]
    li = sim.new_person()
    heard = await li.say("在吗")
    assert heard.attempts == ["timeout", "RemoteProtocolError", 200]
    assert len(service.requests) == 3
    assert len(set(service.requests)) == 1  # query (timestamp, nonce, signature) and body, to the byte
    assert [s.text for s in li.screen] == ["收到text"]
    again = await li.resend(heard)
    assert service.requests[3] == service.requests[0]
    assert again.text == heard.text


async def test_after_three_retries_the_person_sees_the_notice(service: Service, sim: WechatSim) -> None:
    service.before = [Dropped() for _ in range(9)]
    li = sim.new_person()
    heard = await li.say("在吗")
    assert heard.attempts == ["RemoteProtocolError"] * 4
    assert (heard.answered, [s.text for s in li.screen]) == (False, [NOTICE])
    assert "该公众号暂时无法提供服务" in NOTICE


@pytest.mark.parametrize("body", ["success", ""])
async def test_an_empty_acknowledgement_shows_nothing(service: Service, sim: WechatSim, body: str) -> None:
    service.reply = lambda _: Response(body)
    li = sim.new_person()
    heard = await li.say("您好")
    assert (heard.answered, heard.reply, li.screen) == (True, None, [])


def _xml(**changes: str | None) -> str:
    fields = {"ToUserName": "{me}", "FromUserName": "gh_0123456789ab", "CreateTime": "1", "MsgType": "text"}
    fields |= {"Content": "好"} | changes  # type: ignore[operator]
    return "<xml>" + "".join(f"<{k}>{v}</{k}>" for k, v in fields.items() if v is not None) + "</xml>"


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ('{"text": "JSON"}', 200, "not XML"),
        ("<xml>", 200, "not XML"),
        ('<!DOCTYPE x [<!ENTITY e "e">]>' + _xml(Content="&e;"), 200, "not XML"),
        (_xml(), 500, "status 500"),
        (_xml(ToUserName="somebody"), 200, "ToUserName"),
        (_xml(FromUserName="gh_other"), 200, "FromUserName"),
        (_xml(CreateTime="now"), 200, "CreateTime"),
        (_xml(MsgType="poll"), 200, "MsgType poll"),
        (_xml(Content=None), 200, "Content is missing"),
        (_xml(Content="字" * 683), 200, "2049 bytes"),
        (_xml(MsgType="image"), 200, "Image/MediaId"),
        (_xml(MsgType="image", Image="<MediaId>nope</MediaId>"), 200, "unknown media_id"),
        (_xml(Encrypt="AAAA"), 200, "plain mode"),
    ],
)
async def test_malformed_replies_become_the_notice(
    service: Service, sim: WechatSim, body: str, status: int, problem: str
) -> None:
    service.reply = lambda m: Response(body.replace("{me}", m.source), status)
    li = sim.new_person()
    heard = await li.say("您好")
    assert problem in heard.problem
    assert [s.text for s in li.screen] == [NOTICE]
    assert heard.attempts == [status]


async def test_a_reply_of_2048_bytes_is_fine(service: Service, sim: WechatSim) -> None:
    service.reply = lambda _: "字" * 682 + "ab"
    assert len((await sim.new_person().say("长")).text.encode()) == 2048


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0"), "wrong MsgSignature"),
        (("Encrypt>", "Encrypted>"), "plain reply in encrypted mode"),
    ],
)
async def test_encrypted_replies_are_checked(
    service: Service, sim: WechatSim, change: tuple[str, str], problem: str
) -> None:
    sim.mode, service.encrypted = "safe", True

    def spoilt(message: object) -> Response:
        crypto = WeChatCrypto(sim.wx.token, sim.wx.aes_key, sim.wx.app_id)
        sealed = crypto.encrypt_message(TextReply(content="好", message=message).render(), "1", "2")
        return Response(sealed.replace(*change))

    service.reply = spoilt
    assert problem in (await sim.new_person().say("您好")).problem


async def test_links_can_be_tapped_and_do_not_count_as_messages(service: Service, sim: WechatSim, api: Api) -> None:
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=罚款&msgmenuid={}">{}</a>'
    service.reply = lambda _: link.format("12", "1. 罚款") + "\n" + link.format("abc", "2. 别的")
    li = sim.new_person()
    asked = await li.say("投诉")
    assert asked.reply.labels == ["1. 罚款", "2. 别的"]
    sim.wx.world.clock.advance(48 * 3600)
    tapped = await li.tap("1. 罚款")
    assert service.messages[-1].content == "罚款"
    assert fromstring(tapped.body).findtext("bizmsgmenuid") == "12"
    assert fromstring((await li.tap("2. 别的")).body).findtext("bizmsgmenuid") == "0"
    answers = [(await api("message/custom/send", text(li.openid)))["errcode"] for _ in range(4)]
    assert answers == [0, 0, 0, 45047]
    with pytest.raises(AssertionError, match="nothing to tap"):
        await li.tap("没有")


async def test_forged_and_stale_requests_can_be_made(service: Service, sim: WechatSim) -> None:
    li = sim.new_person()
    old = sim.envelope(li.openid, {"MsgType": "text"}, timestamp=1_400_000_000)
    service.before = [Response()]
    await sim.post(old.query, b"<broken")  # signed rightly, long ago
    assert service.requests[-1][1] == b"<broken"
    assert "timestamp=1400000000" in service.requests[-1][0]
    response = await sim.post(sim.signed() | {"signature": "0" * 40}, old.body)
    assert (response.status_code, len(service.requests)) == (403, 1)


# --- the API side ---


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


async def test_bad_and_expired_tokens(wx: FakeWechat, api: Api) -> None:
    assert (await api("getcallbackip", access_token=""))["errcode"] == 41001
    assert (await api("getcallbackip", access_token="nonsense"))["errcode"] == 40001
    assert (await api("getcallbackip"))["ip_list"] == ["127.0.0.1"]
    held = wx.tokens.current
    wx.tokens.expire()
    assert (await api("getcallbackip", access_token=held))["errcode"] == 42001
    wx.tokens.revoke()
    assert (await api("getcallbackip", access_token=held))["errcode"] == 40001
    assert [c.errcode for c in wx.calls_of("getcallbackip")] == [41001, 40001, 0, 42001, 40001]


async def test_five_messages_within_48_hours(wx: FakeWechat, sim: WechatSim, api: Api) -> None:
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
async def test_three_messages_within_a_minute(wx: FakeWechat, sim: WechatSim, api: Api, action: str) -> None:
    li = sim.new_person()
    await getattr(li, action)("KEY")
    answers = [(await api("message/custom/send", text(li.openid)))["errcode"] for _ in range(4)]
    assert answers == [0, 0, 0, 45047]
    wx.world.clock.advance(60)
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 45015


async def test_views_and_location_events_open_nothing(sim: WechatSim, api: Api) -> None:
    li = sim.new_person()
    await li.view("https://example.com/")
    await li.report_location()
    assert (await api("message/custom/send", text(li.openid)))["errcode"] == 45015


async def test_custom_messages_are_checked(wx: FakeWechat, sim: WechatSim, api: Api) -> None:
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


async def test_template_messages(wx: FakeWechat, sim: WechatSim, api: Api) -> None:
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


async def test_subscription_notices_need_a_consent_each(wx: FakeWechat, sim: WechatSim, api: Api) -> None:
    wx.world.subscriptions["SUB"] = {"thing1"}
    li = sim.new_person()
    body = {"touser": li.openid, "template_id": "SUB", "data": {"thing1": {"value": "好"}}}
    assert (await api("message/subscribe/bizsend", body))["errcode"] == 43101
    li.consent("SUB")
    assert [(await api("message/subscribe/bizsend", body))["errcode"] for _ in range(2)] == [0, 43101]
    assert [s.via for s in li.screen] == ["subscribe"]


async def test_the_custom_menu(wx: FakeWechat, api: Api) -> None:
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


async def test_media_goes_up_and_down(wx: FakeWechat, sim: WechatSim, api: Api) -> None:
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


async def test_user_info(sim: WechatSim, api: Api) -> None:
    li = sim.new_person()
    assert (await api("user/info", openid=li.openid))["subscribe"] == 1
    await li.unsubscribe()
    assert await api("user/info", openid=li.openid) == {"subscribe": 0, "openid": li.openid}
    assert (await api("user/info", openid="nobody"))["errcode"] == 40003


async def test_injected_faults(wx: FakeWechat, sim: WechatSim, api: Api) -> None:
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


async def test_next_seen_waits(sim: WechatSim, api: Api) -> None:
    li = sim.new_person()
    await li.say("您好")
    assert (await li.next_seen()).text == "收到text"
    waiting = asyncio.create_task(li.next_seen())
    await api("message/custom/send", text(li.openid, "补充"))
    assert (await waiting).text == "补充"
    with pytest.raises(AssertionError, match="nothing appeared"):
        await li.next_seen(timeout=0)


async def test_the_fake_runs_as_a_process(service: Service) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.wechat", "--mode", "plain", "--service", service.url),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        url = (await process.stdout.readline()).decode().split()[-1]
        async with httpx.AsyncClient(base_url=url) as client:
            openid = (await client.post("/sim/new_person", json={})).json()
            said = (await client.post("/sim/say", json={"openid": openid, "text": "您好"})).json()
            screen = (await client.post("/sim/screen", json={"openid": openid})).json()
            refused = await client.post("/sim/tap", json={"openid": openid, "label": "?"})
    finally:
        process.terminate()
        await process.wait()
    assert (said["attempts"], said["text"], screen[0]["via"]) == ([200], "收到text", "passive")
    assert refused.status_code == 400
