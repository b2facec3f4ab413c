"""WeChat's server as the service meets it; wechatpy, which the fake does not use, understands what it sends."""

import asyncio
import sys
from collections.abc import AsyncIterator
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from starlette.responses import Response
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

from tests.fakes.clock import ManualClock
from tests.fakes.server import Dropped, Hanging
from tests.fakes.vectors import VECTORS, Vector
from tests.fakes.wechat import NOTICE, FakeWechat, WechatSim
from tests.fakes.wechat_crypto import Crypto, UndecipherableError
from tests.fakes.wechat_sim import Mode
from tests.fakes_support import WechatApi, WechatService, serving, text


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


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_message_and_its_reply_in_every_mode(service: WechatService, sim: WechatSim, mode: Mode) -> None:
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


async def test_every_kind_of_message_parses(service: WechatService, sim: WechatSim, wx: FakeWechat) -> None:
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


async def test_an_unanswered_message_comes_again_exactly_the_same(service: WechatService, sim: WechatSim) -> None:
    sim.patience = 2.0
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


async def test_after_three_retries_the_person_sees_the_notice(service: WechatService, sim: WechatSim) -> None:
    service.before = [Dropped() for _ in range(9)]
    li = sim.new_person()
    heard = await li.say("在吗")
    assert heard.attempts == ["RemoteProtocolError"] * 4
    assert (heard.answered, [s.text for s in li.screen]) == (False, [NOTICE])
    assert "该公众号暂时无法提供服务" in NOTICE


@pytest.mark.parametrize("body", ["success", ""])
async def test_an_empty_acknowledgement_shows_nothing(service: WechatService, sim: WechatSim, body: str) -> None:
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
    service: WechatService, sim: WechatSim, body: str, status: int, problem: str
) -> None:
    service.reply = lambda m: Response(body.replace("{me}", m.source), status)
    li = sim.new_person()
    heard = await li.say("您好")
    assert problem in heard.problem
    assert [s.text for s in li.screen] == [NOTICE]
    assert heard.attempts == [status]


async def test_a_reply_of_2048_bytes_is_fine(service: WechatService, sim: WechatSim) -> None:
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
    service: WechatService, sim: WechatSim, change: tuple[str, str], problem: str
) -> None:
    sim.mode, service.encrypted = "safe", True

    def spoilt(message: object) -> Response:
        crypto = WeChatCrypto(sim.wx.token, sim.wx.aes_key, sim.wx.app_id)
        sealed = crypto.encrypt_message(TextReply(content="好", message=message).render(), "1", "2")
        return Response(sealed.replace(*change))

    service.reply = spoilt
    assert problem in (await sim.new_person().say("您好")).problem


async def test_links_can_be_tapped_and_do_not_count_as_messages(
    service: WechatService, sim: WechatSim, api: WechatApi
) -> None:
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


async def test_forged_and_stale_requests_can_be_made(service: WechatService, sim: WechatSim) -> None:
    li = sim.new_person()
    old = sim.envelope(li.openid, {"MsgType": "text"}, timestamp=1_400_000_000)
    service.before = [Response()]
    await sim.post(old.query, b"<broken")  # signed rightly, long ago
    assert service.requests[-1][1] == b"<broken"
    assert "timestamp=1400000000" in service.requests[-1][0]
    response = await sim.post(sim.signed() | {"signature": "0" * 40}, old.body)
    assert (response.status_code, len(service.requests)) == (403, 1)


async def test_next_seen_waits(sim: WechatSim, api: WechatApi) -> None:
    li = sim.new_person()
    await li.say("您好")
    assert (await li.next_seen()).text == "收到text"
    waiting = asyncio.create_task(li.next_seen())
    await api("message/custom/send", text(li.openid, "补充"))
    assert (await waiting).text == "补充"
    with pytest.raises(AssertionError, match="nothing appeared"):
        await li.next_seen(timeout=0)


async def test_the_fake_runs_as_a_process(service: WechatService) -> None:
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
