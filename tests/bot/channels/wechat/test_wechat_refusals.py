"""What must not come in at /wechat: refused, counted, logged without a word or a name; never a 500."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.channels.wechat.limits import BODY_BYTES
from tests.fakes.bell import PATIENCE
from tests.fakes.wechat import Mode, WechatSim
from tests.fakes.wechat_crypto import Crypto, signature
from tests.wechat_talk import Account, counted

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WORDS = "我被扣了两百块"


@dataclass
class Case:
    """How to spoil a good callback, and what comes of it."""

    status: int
    reason: str
    mode: Mode = "safe"
    query: tuple[tuple[str, str], ...] = ()
    body: tuple[bytes, bytes] | None = None
    age: int = 0
    account: str = ""


CASES = {
    "wrong signature, plain": Case(403, "wrong signature", "plain", query=(("signature", "0" * 40),)),
    "no signature, plain": Case(403, "wrong signature", "plain", query=(("signature", ""),)),
    "wrong signature, safe": Case(403, "wrong signature", query=(("msg_signature", "0" * 40),)),
    "wrong signature, compatible": Case(403, "wrong signature", "compatible", query=(("msg_signature", "0" * 40),)),
    "signature with other letters": Case(403, "wrong signature", query=(("msg_signature", "签名"),)),
    "stale, plain": Case(403, "stale timestamp", "plain", age=301),
    "stale, safe": Case(403, "stale timestamp", age=301),
    "from the future": Case(403, "stale timestamp", age=-301),
    "plain body where a key is set": Case(
        403, "plain body where only encrypted ones count", query=(("encrypt_type", "raw"),)
    ),
    "another account's": Case(400, "cipher text does not open", account="wx-somebody-else"),
    "broken XML, plain": Case(400, "broken XML", "plain", body=(b"</xml>", b"")),
    "broken XML, safe": Case(400, "broken XML", body=(b"</xml>", b"")),
    "DOCTYPE": Case(400, "DOCTYPE", "plain", body=(b"<xml>", b'<!DOCTYPE xml [<!ENTITY a "b">]><xml>')),
    "DOCTYPE outside": Case(400, "DOCTYPE", body=(b"<xml>", b"<!DOCTYPE xml><xml>")),
    "no message": Case(400, "broken message", "plain", body=(b"MsgType", b"Kind")),
    "too large": Case(413, "too large", body=(b"<xml>", b"<xml>" + b" " * BODY_BYTES)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_refused_counted_and_logged_without_names(account: Account, case: Case) -> None:
    with capture_logs() as logs:
        async with account.chat(case.mode) as (service, sim):
            person = sim.new_person()
            if case.account:
                sim.crypto = Crypto(account.wx.token, account.wx.aes_key, case.account)
            fields = {"ToUserName": "gh", "FromUserName": person.openid, "CreateTime": 1, "MsgType": "text", "MsgId": 1}
            good = sim.envelope(person.openid, fields | {"Content": WORDS}, int(account.clock().timestamp()) - case.age)
            body = good.body.replace(*case.body) if case.body else good.body
            answer = await sim.post(good.query | dict(case.query), body)
            assert counted(service, case.reason) == 1
            assert service.metrics.registry.get_sample_value("yizhan_messages_total", {"channel": "wechat"}) is None
    assert (answer.status_code, answer.text) == (case.status, "refused\n")
    refusals = [entry for entry in logs if entry["event"] == "refused"]
    assert refusals == [{"event": "refused", "channel": "wechat", "reason": case.reason, "log_level": "warning"}]
    assert not {person.openid, WORDS, account.wx.token, account.wx.aes_key} & set(map(str, refusals[0].values()))
    assert person.openid not in repr(logs)
    assert WORDS not in repr(logs)


async def test_a_good_message_leaves_no_names_in_the_log(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    with capture_logs() as logs:
        async with account.chat("safe", courier=True) as (_service, sim):
            person = sim.new_person()
            assert (await person.say(WORDS)).answered
    output = capsys.readouterr()
    for text in (repr(logs), output.out, output.err):
        assert person.openid not in text
        assert WORDS not in text


# -- the check of the address


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_the_consoles_check_of_the_address(account: Account, mode: Mode) -> None:
    async with account.chat(mode) as (service, sim):
        assert await sim.verify()
        stale = sim.signed(int(account.clock().timestamp()) - 301) | {"echostr": "echo"}
        wrong = sim.signed() | {"echostr": "echo", "signature": "0" * 40}
        for query, reason in ((stale, "stale timestamp"), (wrong, "wrong signature"), ({}, "wrong signature")):
            answer = await sim._sender.request("GET", sim.url, patience=PATIENCE, params=query)
            assert (answer.status_code, answer.text) == (403, "refused\n")
            assert counted(service, reason) >= 1
        query = sim.signed() | {"echostr": "<b>1</b>"}
        answer = await sim._sender.request("GET", sim.url, patience=PATIENCE, params=query)
        assert answer.text == "<b>1</b>"
        assert answer.headers["content-type"].startswith("text/plain")


async def test_other_methods_are_not_served(account: Account) -> None:
    async with account.chat() as (_service, sim):
        for method in ("PUT", "DELETE", "PATCH"):
            assert (await sim._sender.request(method, sim.url, patience=PATIENCE)).status_code == 405


# -- sizes and connections


async def _raw(url: str, head: str, body: bytes, *, hang_up: bool = False) -> bytes:
    """One request as bytes; what comes back."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"POST {parts.path}?x=1 HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
    await writer.drain()
    if hang_up:
        writer.close()
        return b""
    answer = await asyncio.wait_for(reader.read(4096), PATIENCE)
    writer.close()
    return answer


async def test_a_declared_size_is_refused_before_the_body_comes(account: Account) -> None:
    async with account.chat() as (service, sim):
        assert b"413" in await _raw(sim.url, f"Content-Length: {BODY_BYTES + 1}", b"")
        assert counted(service, "too large") == 1


async def test_an_undeclared_size_is_refused_while_it_comes(account: Account) -> None:
    chunk = f"{16384:x}\r\n".encode() + b" " * 16384 + b"\r\n"
    async with account.chat() as (service, sim):
        assert b"413" in await _raw(sim.url, "Transfer-Encoding: chunked", chunk * 5)
        assert counted(service, "too large") == 1


async def test_a_body_of_the_size_that_is_allowed(account: Account) -> None:
    async with account.chat() as (_service, sim):
        person = sim.new_person()
        good = sim.envelope(person.openid, {"ToUserName": "gh", "FromUserName": person.openid})
        body = good.body.replace(b"</xml>", b" " * (BODY_BYTES - len(good.body)) + b"</xml>")
        assert len(body) == BODY_BYTES
        assert (await sim.post(good.query, body)).status_code == 400  # a broken message, but read


async def test_who_hangs_up_in_the_middle_is_no_failure(account: Account) -> None:
    with capture_logs() as logs:
        async with account.chat() as (service, sim):
            await _raw(sim.url, "Content-Length: 1000", b"<xml>", hang_up=True)
            while not counted(service, "cut off"):
                await asyncio.sleep(0)
    assert [entry["event"] for entry in logs if entry["event"] != "wechat gives no token"] == ["refused"]


# -- whatever comes


@pytest.fixture
async def door(account: Account) -> AsyncIterator[WechatSim]:
    async with account.chat("safe") as (_service, sim):
        yield sim


pieces = st.lists(
    st.one_of(
        st.sampled_from(["<xml>", "</xml>", "<Encrypt>", "</Encrypt>", "<![CDATA[", "]]>", "<!DOCTYPE", "&a;", "\x00"]),
        st.text(max_size=12),
    ),
    max_size=10,
).map("".join)


@settings(max_examples=60)
@given(body=pieces, encrypted=st.text("AZaz09+/=<", max_size=90), signed=st.booleans())
async def test_never_a_500(door: WechatSim, body: str, encrypted: str, signed: bool) -> None:
    stamp = str(int(door.wx.world.clock()))
    xml = f"<xml>{body}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>" if signed else body
    query = {"timestamp": stamp, "nonce": "1", "encrypt_type": "aes"}
    query["msg_signature"] = signature(door.wx.token, stamp, "1", encrypted)
    answer = await door.post(query, xml.encode("utf-8", "replace"))
    assert answer.status_code in {400, 403}
    assert answer.text == "refused\n"
