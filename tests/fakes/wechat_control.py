"""POST /sim/<verb>: the person's side over HTTP, for a fake that runs as its own process."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.fakes.wechat_world import WechatError

if TYPE_CHECKING:
    from tests.fakes.wechat import FakeWechat
    from tests.fakes.wechat_sim import Exchange

ACTS = frozenset(
    [
        "say", "tap", "photo", "voice", "video", "location", "link", "subscribe", "unsubscribe", "scan", "click",
        "view", "report_location", "template_result",
    ]
)  # fmt: skip


def sim_route(wx: "FakeWechat") -> Callable[[Request], Awaitable[JSONResponse]]:
    """The endpoint. Arguments as JSON, bytes as base64 in `data`; results as JSON, refusals 400 {"error"}."""

    async def endpoint(request: Request) -> JSONResponse:
        args = await request.json()
        if "data" in args:
            args["data"] = base64.b64decode(args["data"])
        try:
            return JSONResponse(await _act(wx, request.path_params["verb"], args))
        except (AssertionError, KeyError, TypeError, WechatError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint


async def _act(wx: "FakeWechat", verb: str, args: dict[str, Any]) -> Any:
    assert wx.sim, "no service is known"
    if verb == "new_person":
        return wx.sim.new_person(**args).openid
    if verb == "fault":
        wx.fault(**args)
        return None
    person = wx.sim.person(args.pop("openid"))
    if verb == "screen":
        return [asdict(seen) for seen in person.screen]
    if verb not in ACTS:
        raise KeyError(verb)
    return _plain(await getattr(person, verb)(**args))


def _plain(exchange: "Exchange") -> dict[str, Any]:
    reply = asdict(exchange.reply) if exchange.reply else None
    return {"attempts": exchange.attempts, "problem": exchange.problem, "text": exchange.text, "reply": reply}
