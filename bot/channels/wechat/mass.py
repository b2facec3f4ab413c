"""Mass sending: one text to a list of openids at once (/cgi-bin/message/mass/send). Rule W13.

A person gets at most four mass messages a calendar month, whoever sends them; more fail for that person, silently. The
platform takes the job and works it off later: "sent" means taken. Off unless content/wechat_templates.yaml says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import httpx

from bot.channels.base import Outcome
from bot.channels.split import utf8_bytes
from bot.channels.wechat.limits import (
    BUSY,
    MASS_AGAIN,
    MASS_LEAST,
    MASS_MOST,
    MASS_SPENT,
    MASS_TAKEN,
    MASS_TOO_SOON,
    NO_RIGHT,
    NO_TOKEN_PAUSE,
    STALE_TOKEN,
    TEXT_BYTES,
)
from bot.channels.wechat.tokens import NoTokenError, as_json
from bot.store import results

if TYPE_CHECKING:
    from bot.channels.wechat.api import Api


async def mass_send(api: Api, openids: Sequence[str], text: str, client_id: str) -> Outcome:
    """Hand one job to the platform; the outcome is that of every one of these people.

    openids: 2 to 10,000, each once. client_id: up to 64 bytes; the same one within a day is the same job, so a call
    whose outcome is not known may be repeated with it. Raises ValueError for what no call can be made of.
    """
    if not MASS_LEAST <= len(set(openids)) == len(openids) <= MASS_MOST:
        raise ValueError(f"{MASS_LEAST} to {MASS_MOST} different people")
    if not 0 < utf8_bytes(client_id) <= 64:
        raise ValueError("a client id has 1 to 64 bytes")
    if not 0 < utf8_bytes(text) <= TEXT_BYTES:
        return Outcome("refused", "too long for mass sending")
    content = {"touser": list(openids), "msgtype": "text", "text": {"content": text}, "clientmsgid": client_id}
    try:
        response = await api.call("POST", "/cgi-bin/message/mass/send", content)
    except NoTokenError as error:
        return Outcome("retry", f"no token: {error}", NO_TOKEN_PAUSE)
    except httpx.HTTPError as error:  # it may have been taken: the client id tells
        return Outcome("retry", type(error).__name__)
    return _outcome(response)


def _outcome(response: httpx.Response) -> Outcome:
    code = as_json(response).get("errcode")
    if code in {0, MASS_TAKEN}:
        return Outcome("sent", results.MASS)
    if code in MASS_SPENT:
        return Outcome("contact", results.NO_QUOTA)
    if code in NO_RIGHT:
        return Outcome("contact", results.NO_RIGHT)
    if code == MASS_TOO_SOON or code in BUSY:
        return Outcome("retry", f"errcode {code}", MASS_AGAIN)
    if not isinstance(code, int) or code in STALE_TOKEN:
        return Outcome("retry", f"HTTP {response.status_code}")
    return Outcome("refused", f"errcode {code}")
