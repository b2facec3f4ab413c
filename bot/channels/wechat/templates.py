"""Telling a person outside their send window that something waits: by a subscription or a template message.

What they may say is in content/wechat_templates.yaml. The words themselves wait for the person's next message; a person
is told so once a day at most. Rules W14, W15.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.channels.base import Outcome
from bot.channels.wechat.limits import CONSENT_SPENT, NO_TOKEN_PAUSE, THING_CHARACTERS
from bot.channels.wechat.tokens import NoTokenError, as_json
from bot.content import read_model
from bot.log import get_logger
from bot.store import consents, results
from bot.store.tables import outbox

if TYPE_CHECKING:
    from bot.channels.wechat.api import Api
    from bot.store.store import Store
    from bot.store.unit import Unit

log = get_logger()

ONCE_IN = timedelta(days=1)
TIME = "%Y年%m月%d日 %H:%M"


class Form(BaseModel):
    """One template as the platform knows it: `data` is keyword -> words, `{time}` in them becomes the time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=64)
    data: dict[str, str] = Field(min_length=1)
    url: str = ""
    long_term: bool = False  # one consent is for any number (public services only)

    @model_validator(mode="after")
    def _fits(self) -> Form:
        for name, words in self.data.items():
            if name.startswith("thing") and len(words.format(time="0" * 16)) > THING_CHARACTERS:
                raise ValueError(f"{name} is longer than {THING_CHARACTERS} characters")
        return self

    def filled(self, now: datetime) -> dict[str, dict[str, str]]:
        """The data as the platform takes it."""
        return {name: {"value": words.replace("{time}", now.strftime(TIME))} for name, words in self.data.items()}


class Templates(BaseModel):
    """The operator's choice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template: Form | None = None
    subscription: Form | None = None
    mass_send: bool = False


def load_templates(content_dir: Path) -> Templates:
    """Read content/wechat_templates.yaml, none is nothing chosen; raises `BrokenContent` with the line."""
    path = content_dir / "wechat_templates.yaml"
    return read_model(path, Templates) if path.exists() else Templates()


class Nudges:
    """Tells people of one account that something waits for them."""

    def __init__(self, store: Store, api: Api, chosen: Templates, zone: str) -> None:
        self.store = store
        self.api = api
        self.chosen = chosen
        self.zone = ZoneInfo(zone)

    async def nudge(self, identity_id: int, openid: str) -> Outcome:
        """The outcome of the row that waits: "contact" with how they were told; "retry" when nobody was reached."""
        if self.chosen.template is None and self.chosen.subscription is None:
            return Outcome("contact", results.WINDOW)
        async with self.store.read() as unit:
            told = await _told_lately(unit, identity_id)
            allowed = await self._allowed(unit, identity_id)
        if told:
            return Outcome("contact", told)
        try:
            if allowed is not None and await self._subscription(allowed, identity_id, openid):
                return Outcome("contact", results.SUBSCRIPTION)
            if self.chosen.template is not None and await self._template(self.chosen.template, identity_id, openid):
                return Outcome("contact", results.TEMPLATE)
        except NoTokenError as error:
            return Outcome("retry", f"no token: {error}", NO_TOKEN_PAUSE)
        except httpx.HTTPError as error:
            return Outcome("retry", type(error).__name__)
        return Outcome("contact", results.WINDOW)

    async def _allowed(self, unit: Unit, identity_id: int) -> Form | None:
        form = self.chosen.subscription
        if form is None or not await consents.remaining(unit, identity_id, form.id):
            return None
        return form

    async def _subscription(self, form: Form, identity_id: int, openid: str) -> bool:
        """Spent before it is sent: the platform does not tell two of them apart, so none is sent twice."""
        if not form.long_term:
            async with self.store.write() as unit:
                await consents.spend(unit, identity_id, form.id)
        code = await self._call("/cgi-bin/message/subscribe/bizsend", form, openid, page=form.url)
        if code == CONSENT_SPENT:
            async with self.store.write() as unit:
                await consents.change(unit, identity_id, form.id, 0)
        return code == 0

    async def _template(self, form: Form, identity_id: int, openid: str) -> bool:
        """The same id again is one message only: a send that timed out may be repeated."""
        day = self._now().strftime("%Y%m%d")
        more = {"url": form.url, "client_msg_id": f"{identity_id}-{day}"}
        return await self._call("/cgi-bin/message/template/send", form, openid, **more) == 0

    async def _call(self, path: str, form: Form, openid: str, **more: str) -> int | None:
        """The platform's errcode; None where it gave none. Raises as `Api.call`."""
        body: dict[str, Any] = {"touser": openid, "template_id": form.id, "data": form.filled(self._now())}
        response = await self.api.call("POST", path, body | {name: text for name, text in more.items() if text})
        code = as_json(response).get("errcode")
        if code != 0:
            log.warning("wechat refuses a template", code=code, path=path)
        return code if isinstance(code, int) else None

    def _now(self) -> datetime:
        return self.store.clock().astimezone(self.zone)


async def _told_lately(unit: Unit, identity_id: int) -> str:
    """How they were told within a day that something waits, "" when they were not."""
    wanted = sa.select(outbox.c.result).where(
        outbox.c.identity_id == identity_id,
        outbox.c.state == "contact",
        outbox.c.result.in_((results.TEMPLATE, results.SUBSCRIPTION)),
        outbox.c.due_at > unit.now - ONCE_IN,
    )
    return str(await unit.value(wanted.limit(1)) or "")
