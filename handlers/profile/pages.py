"""The page behind a data link: everything kept about one person, as a JSON file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.personal import Holders
from handlers.profile.service import linked_person

if TYPE_CHECKING:
    from bot.app import Service


def pages(service: Service) -> list[Route]:
    """GET /mine/<link>."""

    async def mine(request: Request) -> Response:
        person_id = linked_person(service.store.vault, request.path_params["token"], service.clock())
        if person_id is None:
            return PlainTextResponse(
                "链接已失效，请在对话里重新发“我的数据”。\nThis link no longer works.\n", status_code=404
            )
        holders: Holders = service.registry.resources[Holders]
        async with service.store.read() as unit:
            data = await holders.show(unit, person_id)
        headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"}
        return Response(orjson.dumps(data, option=orjson.OPT_INDENT_2), media_type="application/json", headers=headers)

    return [Route("/mine/{token}", mine)]
