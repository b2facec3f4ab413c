"""The servers that are compared, each a process of its own: `python -m tests.bench.servers KIND PORT`.

yizhan  the service as it is; nostore  the same server, channel and crypto, answering a fixed reply without a store;
ptb     python-telegram-bot's own webhook (tornado, in memory) with a handler that answers the same menu.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from bot.messages import Incoming, Option, Reply

REPLY = (Reply("要办什么？直接打字，或点一个：", tuple(Option(f"第{n}项", f"go:{n}") for n in range(5))),)
TOKEN = "1234567:BENCH"
SECRET = "bench-secret"


class NoStore:
    """Stands where the dispatcher stands; renders, stores nothing."""

    def __init__(self, service: Any) -> None:
        self.service = service

    def submit(self, incoming: Incoming) -> Any:
        """An answer that is there at once."""
        plan = self.service.channels[incoming.channel].plan(incoming, REPLY, [])
        answer: asyncio.Future[tuple[Reply, ...]] = asyncio.get_running_loop().create_future()
        answer.set_result(plan.inline)
        return type("Waiting", (), {"answer": answer, "late": False})()

    async def handle(self, incoming: Incoming) -> tuple[Reply, ...]:
        """The same, waited for."""
        return await self.submit(incoming).answer


def nostore(port: int) -> None:
    """The service with its dispatcher taken out."""
    import uvicorn
    from starlette.applications import Starlette

    from bot.app import Service
    from bot.server import settle
    from bot.settings import load

    service = Service(load())
    service.dispatcher = NoStore(service)  # type: ignore[assignment]
    routes = [route for channel in service.channels.values() for route in channel.routes()]
    settle()
    app = Starlette(routes=routes)
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_config=None, access_log=False, server_header=False, proxy_headers=False
    )


def ptb(port: int) -> None:
    """python-telegram-bot's Application with its own webhook server; the network is cut off right behind the Bot."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters
    from telegram.request import BaseRequest

    class Silent(BaseRequest):
        read_timeout = 1.0

        async def initialize(self) -> None:
            return

        async def shutdown(self) -> None:
            return

        async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
            if url.endswith("getMe"):
                return 200, b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"b","username":"b"}}'
            if url.endswith("sendMessage"):
                return 200, b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}}'
            return 200, b'{"ok":true,"result":true}'

    async def menu(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        rows = [[InlineKeyboardButton(one.label, callback_data=one.value)] for one in REPLY[0].options]
        assert update.effective_chat is not None
        await context.bot.send_message(update.effective_chat.id, REPLY[0].text, reply_markup=InlineKeyboardMarkup(rows))

    application = Application.builder().token(TOKEN).request(Silent()).get_updates_request(Silent()).build()
    application.add_handler(MessageHandler(filters.TEXT, menu))
    application.run_webhook("127.0.0.1", port, "telegram", webhook_url="https://bench/telegram", secret_token=SECRET)


def main() -> None:
    """Run one server."""
    kind, port = sys.argv[1], int(sys.argv[2])
    {"nostore": nostore, "ptb": ptb}[kind](port)


if __name__ == "__main__":
    main()
