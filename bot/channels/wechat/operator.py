"""What an operator does from the command line: `yizhan wechat menu` and `yizhan wechat check`."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection
from typing import TYPE_CHECKING

import httpx

from bot.channels.wechat.api import Api
from bot.channels.wechat.menu import RefusedError, load_menu, publish
from bot.channels.wechat.tokens import NoTokenError
from bot.console import BadInput, opened
from bot.content import BrokenContent

if TYPE_CHECKING:
    from bot.settings import Settings


async def publish_menu(chosen: Settings, dialogues: Collection[str]) -> str:
    """Publish the menu of content/wechat_menu.yaml; gives the line to show. Raises `BadInput`."""
    try:
        menu = load_menu(chosen.content_dir, dialogues)
    except BrokenContent as error:
        raise BadInput(str(error)) from None
    async with _account(chosen) as api:
        try:
            await publish(api, menu)
        except NoTokenError as error:
            raise BadInput(f"WeChat gives no token: {_where(error)}") from None
        except RefusedError as error:
            raise BadInput(f"WeChat does not take the menu: {error}") from None
        except httpx.HTTPError as error:
            raise BadInput(f"WeChat was not reached: {type(error).__name__}") from None
    below = sum(len(entry.get("sub_button", ())) for entry in menu["button"])
    return f"published: {len(menu['button'])} entries, {below} below them; people see it within a day"


async def check_account(chosen: Settings) -> str:
    """Ask the platform for a token; gives the line to show. Raises `BadInput`."""
    async with _account(chosen) as api:
        try:
            _token, life = await api.tokens.ask()
        except NoTokenError as error:
            raise BadInput(f"WeChat gives no token: {_where(error)}") from None
    mode = "encrypted" if chosen.wechat_aes_key else "plain (no YIZHAN_WECHAT_AES_KEY)"
    return f"WeChat gives a token, good for {int(life.total_seconds())} s; callbacks are {mode}"


def _where(error: NoTokenError) -> str:
    return "; ".join(part for part in (str(error), error.fix) if part)


@contextlib.asynccontextmanager
async def _account(chosen: Settings) -> AsyncIterator[Api]:
    """The account's API, for one command."""
    if not chosen.wechat_on:
        raise BadInput("WeChat is not set up: YIZHAN_WECHAT_APP_ID, _APP_SECRET and _TOKEN are not set")
    assert chosen.wechat_app_secret is not None
    async with opened(chosen) as store:
        api = Api(store, chosen.wechat_api_url, chosen.wechat_app_id, chosen.wechat_app_secret.get_secret_value())
        try:
            yield api
        finally:
            await api.close()
