"""What the tests of the fakes share: small services to talk to the fakes, and a client of WeChat's API."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.parser import parse_message
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

from tests.fakes.server import LocalServer
from tests.fakes.wechat import FakeWechat


@asynccontextmanager
async def serving(callback: Callable[[Request], Awaitable[Response]]) -> AsyncIterator[str]:
    """The address of a server that answers every request by `callback`."""

    async def endpoint(request: Request) -> Response:
        return await callback(request)

    async with LocalServer(Starlette(routes=[Route("/{path:path}", endpoint, methods=["GET", "POST"])])) as server:
        yield server.url


@dataclass
class TelegramService:
    """A webhook that answers with the given statuses in turn (the last one for ever) and keeps what it got."""

    statuses: list[int] = field(default_factory=lambda: [200])
    bodies: list[dict] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answer: dict | None = None
    url: str = ""

    async def __call__(self, request: Request) -> Response:
        self.bodies.append(await request.json())
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return JSONResponse(self.answer, status) if self.answer else Response(status_code=status)


@dataclass
class WechatService:
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


def credentials(wx: FakeWechat, **more: object) -> dict:
    """The body of stable_token."""
    return {"grant_type": "client_credential", "appid": wx.app_id, "secret": wx.app_secret} | more


def text(openid: str, content: str = "您好") -> dict:
    """The body of a customer-service text."""
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


class WechatApi:
    """Calls with a valid token: `await api("menu/get")`, `await api("menu/create", {...})`; gives the JSON."""

    def __init__(self, wx: FakeWechat, client: httpx.AsyncClient) -> None:
        self.wx, self.client = wx, client

    async def __call__(self, path: str, body: dict | None = None, **query: str) -> dict:
        token = self.wx.tokens.stable(credentials(self.wx))["access_token"]
        url, params = f"{self.wx.url}/cgi-bin/{path}", {"access_token": token} | query
        method = "GET" if body is None else "POST"
        response = await self.client.request(method, url, params=params, json=body)
        assert response.status_code == 200
        return response.json()
