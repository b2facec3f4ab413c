"""A strict Telegram Bot API on 127.0.0.1, and the people who write to the bot.

    async with FakeTelegram() as tg:                        # YIZHAN_TELEGRAM_API_URL = tg.url, ..._TOKEN = tg.token
        tg.webhook(f"{service}/telegram", secret="s3cret")  # or let the bot call setWebhook / getUpdates itself
        li = tg.new_person()                                # an id past 2**31
        await tg.say(li, "投诉")                             # returns when the webhook said 2xx (at once when polling)
        asked = await tg.next_sent(li)                      # waits for the bot's next message in this chat
        assert "罚款" in asked.labels
        await tg.tap(asked, "罚款")
        assert [s.text for s in tg.outbox(li)] == [...]     # everything the bot sent there, edits applied
        tg.fault("sendMessage", code=429, retry_after=3, times=2)
        tg.fault("sendMessage", kind="drop", done=True)     # sent all the same, the answer is lost
        tg.law.on = True                                    # flood limits: 1/s a chat, 20/min a group, 30/s overall

People do: say, start, tap, photo, album, document, voice, location, contact, sticker, edit, block, unblock,
add_to_group, migrate, redeliver (telegram_people.py). What the bot did: `outbox`, `calls`, `answers` (to taps),
`actions`, `commands`. Time comes from `clock` (`ManualClock`); a tap can be answered for `callback_ttl` seconds. A bot
that registers https://bot.example/telegram is reached with `tg.reach("https://bot.example", service)`. Retries of the
webhook: `tg.mail.retry_delay`, `tg.mail.max_attempts`, `tg.mail.timeout`.

As a process: `python -m tests.fakes.telegram --port 8081 [--token T] [--webhook URL --secret S]`; then people act
through POST /sim/<verb> with a JSON object of the arguments, e.g. /sim/say {"chat_id": 6000000001, "text": "你好"},
/sim/outbox {"chat_id": ...}, /sim/tap {"chat_id", "message_id", "label"}, /sim/fault {"method", "code", ...}.
"""

import argparse
import asyncio
import time
from collections.abc import Mapping
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.bell import PATIENCE
from tests.fakes.clock import Clock
from tests.fakes.faults import Fault, Faults, Kind
from tests.fakes.server import LocalServer
from tests.fakes.telegram_mail import Mail, Webhook
from tests.fakes.telegram_methods import METHODS
from tests.fakes.telegram_people import People
from tests.fakes.telegram_rules import Law
from tests.fakes.telegram_sim import sim_route
from tests.fakes.telegram_wire import ApiError, Params, failed, ok, read_params
from tests.fakes.telegram_world import Call, Sent, World

TOKEN = "7000000007:AAFakeFakeFakeFakeFakeFakeFakeFakeFak"


class FakeTelegram(People):
    """The Bot API and its people; see the module's example."""

    def __init__(
        self, token: str = TOKEN, port: int = 0, clock: Clock = time.time, username: str = "yizhan_bot"
    ) -> None:
        self.token, self.callback_ttl = token, 60.0
        self.world, self.faults, self.law = World(clock, username), Faults(), Law()
        self.mail = Mail(self.world, self._from_webhook_answer)
        self._read: dict[int, int] = {}
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download),
            Route("/sim/{verb}", sim_route(self), methods=["POST"]),
        ]
        self.server = LocalServer(Starlette(routes=routes), port)

    async def start_server(self) -> Self:
        """Listen; `async with` does it too."""
        await self.server.start()
        return self

    async def stop_server(self) -> None:
        """Stop listening and delivering. What is known stays; `start_server` goes on at the same port."""
        await self.mail.close()
        await self.server.stop()

    async def __aenter__(self) -> Self:
        return await self.start_server()

    async def __aexit__(self, *_: object) -> None:
        await self.stop_server()

    @property
    def url(self) -> str:
        """scheme://host:port of the API."""
        return self.server.url

    def webhook(self, url: str, secret: str = "") -> None:
        """Register a webhook by hand, plain http allowed (the API's setWebhook insists on https)."""
        self.mail.set_webhook(Webhook(url, secret), None, drop=False)

    def reach(self, public: str, local: str) -> None:
        """Deliver to `local` what the bot registered under `public`."""
        self.mail.rewrite[public.rstrip("/")] = local.rstrip("/")

    def outbox(self, chat_id: int | None = None) -> list[Sent]:
        """The bot's messages in this chat (None: in all), oldest first."""
        return [sent for sent in self.world.sent if chat_id in (None, sent.chat_id)]

    async def next_sent(self, chat_id: int, timeout: float = PATIENCE) -> Sent:
        """The bot's next message in this chat that was not returned here before; waits for it."""
        index = self._read.get(chat_id, 0)
        came = await self.world.bell.until(lambda: len(self.outbox(chat_id)) > index, timeout)
        assert came, f"the bot sent nothing to {chat_id} within {timeout} s; calls: {self.world.calls[-5:]}"
        self._read[chat_id] = index + 1
        return self.outbox(chat_id)[index]

    @property
    def calls(self) -> list[Call]:
        """Every request of the bot that was answered or failed on purpose, in order."""
        return self.world.calls

    @property
    def answers(self) -> list[dict[str, str]]:
        """The accepted answerCallbackQuery calls."""
        return self.world.answers

    @property
    def actions(self) -> list[tuple[int, str]]:
        """The accepted sendChatAction calls: (chat id, action)."""
        return self.world.actions

    @property
    def commands(self) -> dict[tuple[str, str], list[dict[str, str]]]:
        """What setMyCommands set, by (scope JSON, language code)."""
        return self.world.commands

    def fault(
        self,
        method: str = "*",
        *,
        kind: Kind = "answer",
        code: int = 500,
        retry_after: int | None = None,
        times: int = 1,
        done: bool = False,
        chat_id: int | None = None,
        description: str = "",
    ) -> Fault:
        """The next `times` calls of `method` (to `chat_id` only, when given) go wrong; kinds in faults.py."""
        wait = {} if retry_after is None else {"retry_after": retry_after}
        words = description or (f"Too Many Requests: retry after {retry_after}" if code == 429 else "injected fault")

        def only(params: Mapping[str, Any]) -> bool:
            return chat_id is None or params.get("chat_id") == str(chat_id)

        answer = failed(ApiError(code, words, **wait))
        return self.faults.add(Fault(method.lower(), kind, times, done, answer, only))

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            params = await read_params(request)
        except ApiError as error:
            return failed(error)
        fault = self.faults.take(method.lower(), params.values)
        if fault and not fault.done:
            code = fault.answer.status_code if fault.kind == "answer" and fault.answer else 0
            self._record(method, params, code)
            return fault.response(None)
        answer = await self._answer(request.path_params["token"], method, params)
        return fault.response(answer) if fault else answer

    async def _answer(self, token: str, method: str, params: Params) -> JSONResponse:
        try:
            if token != self.token:
                raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")
            if method.lower() not in METHODS:
                raise ApiError(404, "Not Found: method not found")
            answer = ok(await METHODS[method.lower()](self, params))
        except ApiError as error:
            answer = failed(error)
        self._record(method, params, answer.status_code)
        return answer

    def _record(self, method: str, params: Params, code: int) -> None:
        self.world.calls.append(Call(method, dict(params.values), code, self.world.clock()))
        self.world.bell.ring()

    async def _from_webhook_answer(self, method: str, values: dict[str, Any]) -> None:
        await self._answer(self.token, method, Params.of(values))

    async def _download(self, request: Request) -> Response:
        fault = self.faults.take("file", request.path_params)
        real = self._file(request.path_params["token"], request.path_params["path"])
        return fault.response(real) if fault else real

    def _file(self, token: str, path: str) -> Response:
        found = [stored for stored in self.world.files.values() if stored.path == path]
        if token != self.token or not found:
            return failed(ApiError(404, "Not Found") if token == self.token else ApiError(401, "Unauthorized"))
        return Response(found[0].data, media_type="application/octet-stream")


async def _serve(args: argparse.Namespace) -> None:
    async with FakeTelegram(args.token, args.port) as tg:
        if args.webhook:
            tg.webhook(args.webhook, args.secret)
        print(f"Bot API at {tg.url}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """`python -m tests.fakes.telegram`."""
    parser = argparse.ArgumentParser(description="A fake Bot API on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--webhook", default="", help="address of the bot's webhook")
    parser.add_argument("--secret", default="", help="its secret token")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
