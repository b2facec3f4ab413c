"""The routes: GET /api/v1/cases, /api/v1/cases/{receipt}, its files, and the OpenAPI document of all of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.desk.pace import Tries
from bot.desk.paging import LARGEST_ID
from bot.filetypes import picture_type
from bot.pictures import BadPicture
from bot.store import tokens
from bot.store.tokens import Token
from bot.store.unit import Unit
from bot.store.vault import CannotOpen
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.evidence import made_of
from handlers.complaints.interface import reading
from handlers.complaints.interface.model import Problem
from handlers.complaints.interface.openapi import MOST, PARAMETERS, ROOT, document
from handlers.complaints.service import NoSuchCaseError
from handlers.complaints.status import Status

if TYPE_CHECKING:
    from bot.app import Service

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
LONGEST = 100  # characters of a parameter
TITLES = {400: "Bad request", 401: "No key", 403: "Not for this key", 404: "Not found", 429: "Too many wrong keys"}

Endpoint = Callable[[Request], Awaitable[Response]]


class NoAnswerError(Exception):
    """What keeps a request from its answer: (status, one sentence)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def pages(service: Service) -> list[Route]:
    """The routes of the interface."""
    interface = _Interface(service)
    return [
        Route(f"{ROOT}/openapi.json", interface.describe),
        Route(f"{ROOT}/cases", told(interface.cases)),
        Route(f"{ROOT}/cases/{{receipt}}", told(interface.case)),
        Route(f"{ROOT}/cases/{{receipt}}/attachments/{{attachment}}", told(interface.attachment)),
    ]


def told(answer: Endpoint) -> Endpoint:
    """What can't be answered becomes one sentence."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request)
        except NoAnswerError as refusal:
            return _problem(refusal.status, refusal.detail)
        except reading.NoOriginalsError:
            return _problem(403, "The original needs a key of scope `originals` as well.")
        except NoSuchCaseError:
            return _problem(404, "There is no such case or file.")
        except reading.BadCursorError:
            return _problem(400, "cursor: not one of ours")

    return endpoint


class _Interface:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.tries = Tries()

    @property
    def catalogue(self) -> Catalogue:
        found: Catalogue = self.service.registry.resources[Catalogue]
        return found

    @contextlib.asynccontextmanager
    async def reader(self, request: Request) -> AsyncIterator[tuple[Unit, Token]]:
        """A transaction for whoever has a good key; it writes, because every read stands in the audit log. Who has none
        does not get as far as the writer."""
        async with self.service.store.read() as unit:
            token = await self._token(request, unit)
        async with self.service.store.write() as unit:
            await tokens.note_used(unit, token)
            yield unit, token

    async def _token(self, request: Request, unit: Unit) -> Token:
        who = request.client.host if request.client else ""
        scheme, _space, secret = request.headers.get("authorization", "").partition(" ")
        token = await tokens.find(unit, secret.strip(), reading.SCOPE) if scheme.lower() == "bearer" else None
        if token is None:
            if self.tries.exhausted(who):  # a good key serves all the same: behind a proxy all have one address
                raise NoAnswerError(429, "Too many wrong keys. Please wait ten minutes.")
            if secret:
                self.tries.failed(who)
            raise NoAnswerError(401, "Send a good key of scope `cases`: Authorization: Bearer yz_...")
        return token

    async def describe(self, _request: Request) -> Response:
        return JSONResponse(document(), headers=HEADERS)

    async def cases(self, request: Request) -> Response:
        async with self.reader(request) as (unit, token):
            asked = request.url.query[:300]
            return _json(await reading.list_cases(unit, token, _wanted(request), self.catalogue, asked))

    async def case(self, request: Request) -> Response:
        async with self.reader(request) as (unit, token):
            return _json(await reading.show_case(unit, token, request.path_params["receipt"], self.catalogue))

    async def attachment(self, request: Request) -> Response:
        """The copy without metadata; the file as it came only for who asks for that with a key that opens it."""
        async with self.reader(request) as (unit, token):
            original = _flag(request, "original")
            receipt, media_id = request.path_params["receipt"], _media_id(request.path_params["attachment"])
            await reading.access_file(unit, token, receipt, media_id, original=original)
        content = await self._content(media_id, original=original)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{media_id}"'}
        return Response(content, media_type=picture_type(content) or "application/octet-stream", headers=headers)

    async def _content(self, media_id: int, *, original: bool) -> bytes:
        blobs, vault = self.service.blobs, self.service.store.vault
        try:
            if original:
                return await asyncio.to_thread(blobs.read, vault, media_id)
            return await made_of(blobs, vault, media_id, "copy")
        except (FileNotFoundError, CannotOpen):
            raise NoSuchCaseError from None
        except BadPicture:
            raise NoAnswerError(404, "Of this file there is only the original: ask for it with original=true") from None


def _media_id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID):
        raise NoSuchCaseError
    return int(text)


def _flag(request: Request, name: str) -> bool:
    value = request.query_params.get(name, "false")
    if value not in {"true", "false"}:
        raise NoAnswerError(400, f"{name}: true or false")
    return value == "true"


def _wanted(request: Request) -> reading.Wanted:
    given = dict(request.query_params.multi_items())
    if unknown := sorted(given.keys() - PARAMETERS.keys()):
        raise NoAnswerError(400, f"{unknown[0][:40]}: no parameter of this list; there are {', '.join(PARAMETERS)}")
    for name, value in given.items():
        if len(value) > LONGEST or "\0" in value:
            raise NoAnswerError(400, f"{name}: too long, or not text")
    status = given.get("status", "")
    if status and status not in set(Status):
        raise NoAnswerError(400, f"status: one of {', '.join(Status)}")
    plain = {name: given.get(name, "") for name in ("category", "company", "region", "cursor")}
    limit, since = _limit(given.get("limit")), _instant(given.get("changed_since"))
    return reading.Wanted(status=status, limit=limit, changed_since=since, **plain)


def _limit(text: str | None) -> int:
    if text is None:
        return 100
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST):
        raise NoAnswerError(400, f"limit: a number from 1 to {MOST}")
    return int(text)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign sent as it is arrives as a space
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoAnswerError(400, "changed_since: an instant like 2026-03-05T08:00:00+08:00") from None


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json", headers=HEADERS)


def _problem(status: int, detail: str) -> Response:
    body = Problem(title=TITLES[status], status=status, detail=detail).model_dump_json()
    headers = {**HEADERS, **({"WWW-Authenticate": "Bearer"} if status == 401 else {})}
    return Response(body, status, media_type="application/problem+json", headers=headers)
