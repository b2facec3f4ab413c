"""POST /sim/<verb>: the person's side over HTTP, for a fake that runs as its own process."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.fakes.telegram_mail import Delivery
from tests.fakes.telegram_world import Sent

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

ACTS = frozenset(
    [
        "say",
        "start",
        "tap_data",
        "photo",
        "document",
        "voice",
        "location",
        "contact",
        "sticker",
        "block",
        "unblock",
        "add_to_group",
        "migrate",
        "new_person",
        "new_group",
        "webhook",
        "fault",
        "next_sent",
    ]
)


def sim_route(tg: "FakeTelegram") -> Callable[[Request], Awaitable[JSONResponse]]:
    """The endpoint. Arguments as JSON, bytes as base64 in `data`; results as JSON, refusals 400 {"error"}."""

    async def endpoint(request: Request) -> JSONResponse:
        verb, args = request.path_params["verb"], await request.json()
        if "data" in args and verb != "tap_data":
            args["data"] = base64.b64decode(args["data"])
        try:
            return JSONResponse(_plain(await _act(tg, verb, args)))
        except (AssertionError, KeyError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint


async def _act(tg: "FakeTelegram", verb: str, args: dict[str, Any]) -> Any:
    if verb == "outbox":
        return tg.outbox(args.get("chat_id"))
    if verb == "calls":
        return [asdict(call) for call in tg.calls[args.get("since", 0) :]]
    if verb == "tap":
        chat_id, message_id = args["chat_id"], args["message_id"]
        sent = next(s for s in tg.outbox(chat_id) if s.message_id == message_id)
        return await tg.tap(sent, args.get("label"))
    if verb not in ACTS:
        raise KeyError(verb)
    result = getattr(tg, verb)(**args)
    return await result if isinstance(result, Awaitable) else result


def _plain(result: Any) -> Any:
    if isinstance(result, list):
        return [_plain(item) for item in result]
    if isinstance(result, Sent):
        return result.json()
    if isinstance(result, Delivery):
        return asdict(result)
    return result if isinstance(result, int | str | dict) else None
