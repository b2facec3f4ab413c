"""A strict api.weixin.qq.com on 127.0.0.1, and WeChat's server with the people behind it.

    clock = ManualClock()
    async with FakeWechat(clock=clock) as wx:          # YIZHAN_WECHAT_API_URL = wx.url; wx.app_id, wx.app_secret,
        ...start the service...                        # wx.token and wx.aes_key are the other settings
        async with WechatSim(wx, f"{service}/wechat", mode="safe") as sim:
            assert await sim.verify()                  # the console's address check
            li = sim.new_person()                      # follows the account
            heard = await li.say("投诉")                # signs, encrypts, waits 5 s, repeats up to 3 times
            assert heard.attempts == [200] and "罚款" in heard.reply.labels
            await li.tap("罚款")                        # a bizmsgmenu link: arrives as text with bizmsgmenuid
            again = await li.resend(heard)             # the very same request: must give the same reply
            clock.advance(48 * 3600)                   # customer-service window shut: 45015
            assert [s.text for s in li.screen] == ...  # all the person sees, notices of the platform included

People do: say, tap, photo, voice, video, location, link, subscribe, unsubscribe, scan, click, view, report_location,
template_result, consent, send, resend (wechat_people.py); `li.next_seen()` waits for the next thing on the screen.
A reply WeChat would not accept shows NOTICE; `heard.problem` says why. Forged requests: `sim.post(query, body)` with
`sim.signed(timestamp=...)` and `sim.envelope(...)`. Shorter waiting: `WechatSim(..., patience=0.2)`.

The API side: `wx.calls`, `wx.fault("message/custom/send", errcode=-1)` (also kind="drop", "hang", "half", done=True),
`wx.tokens.expire()` (42001) and `.revoke()` (40001), `wx.allowed_ips = set()` (40164), `wx.mass_right = False` (48001),
`wx.menu_messages = False`
(40200), `wx.world.templates["TPL"] = {"thing1"}`, `wx.world.subscriptions["SUB"] = {"thing1"}`, `wx.world.menu`.

As a process: `python -m tests.fakes.wechat --port 8082 [--service URL --mode safe]`; then people act through
POST /sim/<verb>, e.g. /sim/new_person {} -> openid, /sim/say {"openid": ..., "text": "你好"}, /sim/screen {"openid"}.
"""

import argparse
import asyncio
import time
from dataclasses import dataclass
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.clock import Clock
from tests.fakes.faults import Fault, Faults, Kind
from tests.fakes.server import LocalServer
from tests.fakes.wechat_control import sim_route
from tests.fakes.wechat_methods import METHODS
from tests.fakes.wechat_people import WechatPerson
from tests.fakes.wechat_sim import Exchange, Mode, WechatSim
from tests.fakes.wechat_tokens import Tokens
from tests.fakes.wechat_world import NOTICE, Seen, WechatError, WechatWorld

__all__ = ["NOTICE", "Call", "Exchange", "FakeWechat", "Mode", "Seen", "WechatPerson", "WechatSim"]

APP_ID, APP_SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
TOKEN, AES_KEY = "fakewechattoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@dataclass
class Call:
    """One request of the service: `errcode` 0 when it went well, -2 when a fault ate it; `at` by the fake's clock."""

    path: str
    body: bytes
    errcode: int
    at: float


class FakeWechat:
    """api.weixin.qq.com for one Official Account; see the module's example."""

    def __init__(
        self,
        app_id: str = APP_ID,
        app_secret: str = APP_SECRET,
        token: str = TOKEN,
        aes_key: str = AES_KEY,
        port: int = 0,
        clock: Clock = time.time,
    ) -> None:
        self.app_id, self.app_secret, self.token, self.aes_key = app_id, app_secret, token, aes_key
        self.account = "gh_0123456789ab"
        self.world, self.faults = WechatWorld(clock), Faults()
        self.tokens = Tokens(app_id, app_secret, clock)
        self.allowed_ips: set[str] | None = None
        self.menu_messages = True
        self.mass_right = True
        self.sim: WechatSim | None = None  # set by the own-process mode
        self.calls: list[Call] = []
        routes = [
            Route("/cgi-bin/{path:path}", self._call, methods=["GET", "POST"]),
            Route("/mmbiz_jpg/{media_id}/0", self._picture),
            Route("/sim/{verb}", sim_route(self), methods=["POST"]),
        ]
        self.server = LocalServer(Starlette(routes=routes), port)

    async def __aenter__(self) -> Self:
        await self.server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.stop()

    @property
    def url(self) -> str:
        """scheme://host:port of the API."""
        return self.server.url

    def fault(
        self,
        path: str = "*",
        *,
        kind: Kind = "answer",
        errcode: int = -1,
        errmsg: str = "system error",
        status: int = 200,
        times: int = 1,
        done: bool = False,
    ) -> Fault:
        """The next `times` calls of `path` (without /cgi-bin/) go wrong; kinds in faults.py. 40001 is a fault too."""
        answer = JSONResponse({"errcode": errcode, "errmsg": errmsg}, status)
        return self.faults.add(Fault(path, kind, times, done, answer))

    def calls_of(self, path: str) -> list[Call]:
        """The calls of one path (without /cgi-bin/)."""
        return [call for call in self.calls if call.path == path]

    async def _call(self, request: Request) -> Response:
        path = request.path_params["path"]
        fault = self.faults.take(path, request.query_params)
        if fault and not fault.done:
            await self._record(request, path, -2)
            return fault.response(None)
        try:
            result, errcode = await self._result(request, path), 0
        except WechatError as error:
            errcode = error.errcode
            result = {"errcode": errcode, "errmsg": f"{error.errmsg} rid: {int(self.world.clock()):x}-fake"}
        await self._record(request, path, errcode)
        answer = result if isinstance(result, Response) else _json(result)
        return fault.response(answer) if fault else answer

    async def _result(self, request: Request, path: str) -> dict[str, Any] | Response:
        if path not in METHODS:
            raise WechatError(40066, "invalid url")
        verb, method = METHODS[path]
        if request.method != verb:
            raise WechatError(43002 if verb == "POST" else 43001, f"require {verb} method")
        if path != "stable_token":
            self.tokens.check(request.query_params.get("access_token", ""))
        return await method(self, request)

    async def _record(self, request: Request, path: str, errcode: int) -> None:
        body = b"" if path == "media/upload" else await request.body()  # a form was read as it came
        self.calls.append(Call(path, body, errcode, self.world.clock()))
        self.world.bell.ring()

    async def _picture(self, request: Request) -> Response:
        media = self.world.media.get(request.path_params["media_id"])
        return Response(media.data, media_type=media.mime) if media else Response(status_code=404)


def _json(result: dict[str, Any]) -> JSONResponse:
    return JSONResponse(result, media_type="application/json; encoding=utf-8")


async def _serve(args: argparse.Namespace) -> None:
    wx = FakeWechat(args.app_id, args.app_secret, args.token, args.aes_key, args.port)
    async with wx, WechatSim(wx, args.service, args.mode) as wx.sim:
        print(f"api.weixin.qq.com at {wx.url}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """`python -m tests.fakes.wechat`."""
    parser = argparse.ArgumentParser(description="A fake api.weixin.qq.com on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--service", default="http://127.0.0.1:8080/wechat", help="address of the service's callback")
    parser.add_argument("--mode", choices=["plain", "compatible", "safe"], default="safe")
    parser.add_argument("--app-id", default=APP_ID)
    parser.add_argument("--app-secret", default=APP_SECRET)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--aes-key", default=AES_KEY)
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
