"""WeChat's server as the service sees it: signs, encrypts, POSTs, waits, repeats, reads the reply."""

import asyncio
import secrets
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from xml.sax.saxutils import escape

import httpx

from tests.fakes.sender import Sender
from tests.fakes.wechat_crypto import Crypto, signature
from tests.fakes.wechat_people import WechatPerson
from tests.fakes.wechat_reply import MalformedError, read_reply
from tests.fakes.wechat_world import NOTICE, Seen

if TYPE_CHECKING:
    from tests.fakes.wechat import FakeWechat

Mode = Literal["plain", "compatible", "safe"]
TRIES = 4  # the message and three retries (Passive_user_reply_message.html)


@dataclass
class Exchange:
    """One message on its way: the very same query and body at every attempt."""

    openid: str
    query: dict[str, str]
    body: bytes
    attempts: list[int | str] = field(default_factory=list)  # HTTP status, "timeout" or the network error's name
    seconds: float = 0.0  # how long the attempt that was answered took
    reply: Seen | None = None  # what the person saw as the answer (a notice when it failed)
    problem: str = ""  # why the reply was not accepted
    raw: bytes = b""  # the body of the last response

    @property
    def text(self) -> str:
        """The text of the answer, "" when there was none."""
        return self.reply.text if self.reply else ""

    @property
    def answered(self) -> bool:
        """Some attempt got a response WeChat accepts."""
        return not self.problem


class WechatSim:
    """Delivers to `service_url` (the whole address of the callback) for the account of `wx`.

    `patience`: seconds to wait for an answer (5 on the platform); `retry_delay`: pause before a retry; `connections`:
    how many requests are under way at once (the others wait their turn, and their patience does not run meanwhile).
    """

    def __init__(
        self,
        wx: "FakeWechat",
        service_url: str,
        mode: Mode = "plain",
        patience: float = 5.0,
        retry_delay: float = 0.0,
        connections: int = 64,
    ) -> None:
        self.wx, self.url, self.mode = wx, service_url, mode
        self.patience, self.retry_delay = patience, retry_delay
        self.crypto = Crypto(wx.token, wx.aes_key, wx.app_id)
        self.exchanges: list[Exchange] = []
        self._sender = Sender(connections, {"User-Agent": "Mozilla/4.0", "Content-Type": "text/xml"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sender.close()

    def new_person(self, *, subscribed: bool = True) -> WechatPerson:
        """Somebody who follows the account (subscribed=False: not yet)."""
        return WechatPerson(self, self.wx.world.new_follower(subscribed=subscribed))

    def person(self, openid: str) -> WechatPerson:
        """The person with this openid."""
        return WechatPerson(self, self.wx.world.follower(openid))

    async def verify(self) -> bool:
        """The address check of the console: GET with echostr, which must come back as it is."""
        echo = str(secrets.randbelow(10**19))
        query = self.signed() | {"echostr": echo}
        response = await self._sender.request("GET", self.url, patience=self.patience, params=query)
        return response.status_code == 200 and response.text == echo

    def signed(self, timestamp: int | None = None, nonce: str | None = None) -> dict[str, str]:
        """The query every callback has; give an old timestamp to try a stale one."""
        stamp = str(int(self.wx.world.clock()) if timestamp is None else timestamp)
        number = nonce or str(secrets.randbelow(10**10))
        return {"signature": signature(self.wx.token, stamp, number), "timestamp": stamp, "nonce": number}

    def envelope(self, openid: str, fields: dict[str, Any], timestamp: int | None = None) -> Exchange:
        """A message ready to be sent, in the account's mode."""
        inner = _xml(fields)
        query = self.signed(timestamp) | {"openid": openid}
        if self.mode == "plain":
            return Exchange(openid, query, f"<xml>{inner}</xml>".encode())
        encrypted = self.crypto.encrypt(f"<xml>{inner}</xml>".encode())
        query |= {"encrypt_type": "aes"}
        query |= {"msg_signature": self.crypto.sign(query["timestamp"], query["nonce"], encrypted)}
        visible = inner if self.mode == "compatible" else _xml({"ToUserName": self.wx.account})
        return Exchange(openid, query, f"<xml>{visible}{_xml({'Encrypt': encrypted})}</xml>".encode())

    async def deliver(self, exchange: Exchange) -> Exchange:
        """Send, repeat while unanswered, show the person what came of it."""
        self.exchanges.append(exchange)
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(self.retry_delay)
            response = await self._attempt(exchange)
            if response is not None:
                self._read(exchange, response)
                return exchange
        self._notice(exchange, "no answer")
        return exchange

    async def post(self, query: dict[str, str], body: bytes) -> httpx.Response:
        """One bare POST, nothing added: for forged and broken requests."""
        return await self._sender.request("POST", self.url, patience=self.patience, params=query, content=body)

    async def _attempt(self, exchange: Exchange) -> httpx.Response | None:
        try:
            response = await self.post(exchange.query, exchange.body)
        except TimeoutError:
            exchange.attempts.append("timeout")
            return None
        except httpx.TransportError as error:
            exchange.attempts.append(type(error).__name__)
            return None
        exchange.seconds = response.elapsed.total_seconds()
        exchange.attempts.append(response.status_code)
        return response

    def _read(self, exchange: Exchange, response: httpx.Response) -> None:
        exchange.raw, exchange.problem = response.content, ""
        crypto = None if self.mode == "plain" else self.crypto
        try:
            seen = read_reply(response, exchange.openid, self.wx.account, crypto, plain=self.mode != "safe")
            if seen and seen.media_id and seen.media_id not in self.wx.world.media:
                raise MalformedError(f"unknown media_id {seen.media_id}")
        except MalformedError as error:
            self._notice(exchange, str(error))
            return
        exchange.reply = self.wx.world.show(exchange.openid, seen) if seen else None

    def _notice(self, exchange: Exchange, problem: str) -> None:
        exchange.problem = problem
        exchange.reply = self.wx.world.show(exchange.openid, Seen("notice", "notice", NOTICE))


def _xml(fields: dict[str, Any]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items() if value is not None)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"<List>{_xml(one)}</List>" for one in value)
    if not isinstance(value, str):
        return str(value)
    return escape(value) if "]]>" in value else f"<![CDATA[{value}]]>"
