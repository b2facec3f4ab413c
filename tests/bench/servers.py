"""The servers that are compared, each a process of its own: `python -m tests.bench.servers KIND PORT`.

yizhan   the service as it is;
nostore  the same server: line, dialogues, channel and crypto, with people and conversations in memory, nothing stored;
fixed    less than that: the same channel and crypto around one fixed reply, no dispatcher and no dialogue;
ptb      python-telegram-bot's own webhook (tornado, in memory) with a handler that answers the same menu.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from bot.dialogue.state import State
from bot.dispatcher import Dispatcher
from bot.i18n import DEFAULT, speaking
from bot.line import Ride, Waiting
from bot.messages import Incoming, Option, Reply
from bot.people import Person
from bot.store.people import Met
from bot.store.unit import Unit

REPLY = (Reply("要办什么？直接打字，或点一个：", tuple(Option(f"第{n}项", f"go:{n}") for n in range(5))),)
TOKEN = "1234567:BENCH"
SECRET = "bench-secret"


class Fixed(Dispatcher):
    """Stands where the dispatcher stands; renders one reply, which is there at once."""

    def submit(self, incoming: Incoming) -> Waiting:
        """An answer that is there at once."""
        waiting = Waiting(incoming, asyncio.get_running_loop().create_future())
        waiting.answer.set_result(self.leaving.channels[incoming.channel].plan(incoming, REPLY, []).inline)
        return waiting


class InMemory(Dispatcher):
    """The dispatcher with people and conversations in memory: all of a message's way but the store."""

    known: ClassVar[dict[str, Met]] = {}

    async def _transact(self, batch: Sequence[Waiting], _rides: Sequence[Ride] = ()) -> list[tuple[Reply, ...]]:
        unit: Any = SimpleNamespace(now=self.store.clock())
        return [await self._answered(unit, waiting.incoming) for waiting in batch]

    async def _answered(self, unit: Unit, one: Incoming) -> tuple[Reply, ...]:
        number = len(self.known) + 1
        somebody = Person(number, number, one.channel, one.address, DEFAULT, self.store.settings.timezone)
        who = self.known.setdefault(one.address, Met(somebody, State(), unit.now))
        talk = await self._run(unit, who, one, None)
        with speaking(who.person.language):
            return self.leaving.channels[one.channel].plan(one, talk.replies, []).inline


def nostore(port: int, kind: type[Dispatcher] = InMemory) -> None:
    """The service with its store taken out."""
    import uvicorn
    from starlette.applications import Starlette

    from bot.app import Service
    from bot.server import settle
    from bot.settings import load

    service = Service(load())
    service.dispatcher = kind(service.store, service.registry, service.channels)
    routes = [route for channel in service.channels.values() for route in channel.routes()]

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        service.dispatcher.start()
        yield
        await service.dispatcher.stop()

    settle()
    app = Starlette(routes=routes, lifespan=lifespan)
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_config=None, access_log=False, server_header=False, proxy_headers=False
    )


def fixed(port: int) -> None:
    """The service with its dispatcher taken out."""
    nostore(port, Fixed)


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
    {"nostore": nostore, "fixed": fixed, "ptb": ptb}[kind](port)


if __name__ == "__main__":
    main()
