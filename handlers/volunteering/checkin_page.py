"""The page behind the QR code at the place. It checks nobody in: it leads into a chat, where the person is known.

It never says whether the code is right: else a code could be found by trying.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.web.door import Door, visitor
from bot.i18n import _, speaking
from bot.messages import Event, Incoming
from handlers.volunteering.asking import LARGEST_ID
from handlers.volunteering.public import HEADERS, language_of, render
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import NoSuchSlotError, Slot, find
from handlers.volunteering.wording import when

if TYPE_CHECKING:
    from bot.app import Service

CODE = re.compile(r"[0-9]{6}")
KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")


def checkin_routes(service: Service) -> list[BaseRoute]:
    """GET /checkin/<slot>/<code>: how to check in, in each channel.
    POST: the visitor of the web chat sends what a tap on “Check in” sends, and is taken to the answer."""
    setting: Setting = service.registry.resources[Setting]

    async def wanted(request: Request) -> Slot | None:
        slot_id = request.path_params["slot"]
        if not CODE.fullmatch(request.path_params["code"]) or slot_id > LARGEST_ID:
            return None
        try:
            async with service.store.read() as unit:
                return await find(unit, slot_id)
        except NoSuchSlotError:
            return None

    async def page(request: Request) -> Response:
        slot, code = await wanted(request), request.path_params["code"]
        if slot is None:
            return render(request, "checkin.html", 404, slot=None)
        with speaking(language_of(request)):
            begins = when(slot, setting.zone, service.clock())
        return render(
            request,
            "checkin.html",
            slot=slot,
            when=begins,
            code=code,
            key=secrets.token_urlsafe(16),
            web="web" in service.channels,
            telegram=_telegram(service, slot, code),
        )

    async def enter(request: Request) -> Response:
        slot, code, key = await wanted(request), request.path_params["code"], request.query_params.get("key", "")
        if slot is None or not KEY.fullmatch(key) or "web" not in service.channels:
            return render(request, "checkin.html", 404, slot=None)
        if _too_fast(service, request):
            with speaking(language_of(request)):
                return PlainTextResponse(_("That was a lot at once. Please wait a few seconds."), 429, headers=HEADERS)
        await service.dispatcher.handle(_said(service, request, code, key))
        return RedirectResponse("/", 303)

    door = [Middleware(Door, service.settings.public_url, service.settings.secure)]
    path = "/checkin/{slot:int}/{code}"
    return [Route(path, page, methods=["GET"], middleware=door), Route(path, enter, methods=["POST"], middleware=door)]


def _too_fast(service: Service, request: Request) -> bool:
    """The pace of the web chat holds here too: this is one of its messages."""
    from bot.channels.web import Web

    web = service.channels["web"]
    return isinstance(web, Web) and bool(web.pace.wait(visitor(request)))


def _said(service: Service, request: Request, code: str, key: str) -> Incoming:
    """What the visitor says by pressing the button; pressed twice, it is said once."""
    address, language = visitor(request), language_of(request)
    with speaking(language):
        words = f"{_('Check in')} {code}"
    return Incoming(
        key=f"web:{hashlib.sha256(address.encode()).hexdigest()}:checkin-{key}",
        channel="web",
        address=address,
        at=service.clock(),
        text=words,
        event=Event.TAP,
        payload=f"check_in?code={code}",
        language=language,
    )


def _telegram(service: Service, slot: Slot, code: str) -> str:
    """The link that opens our chat and sends /start with the code; "" where there is no bot, or no word of it yet."""
    telegram = service.channels.get("telegram")
    name = getattr(telegram, "username", "")
    return f"https://t.me/{name}?start=go-check_in--slot-{slot.id}--code-{code}" if name else ""
