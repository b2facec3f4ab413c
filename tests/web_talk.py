"""What the web channel's tests share: a small bot to talk to, browsers without a page, and pictures."""

from __future__ import annotations

import asyncio
import io
import itertools
from typing import Any

import httpx
import sqlalchemy as sa
from PIL import Image

from bot.app import Service
from bot.channels.web import Web, transcript
from bot.channels.web.pace import Pace
from bot.dialogue import Registry, Talk, dialogue
from bot.dialogue.questions import Choice
from bot.messages import Option, Reply
from bot.notices import notify
from bot.store.tables import outbox
from tests.fakes.bell import PATIENCE

counter = itertools.count(1)


@dialogue("menu", title="Menu", words=["menu"])
async def menu(talk: Talk) -> None:
    await talk.say("menu", [Option("Fruit", "go:fruit"), Option("Photos", "go:photos")])


@dialogue("count", title="Count", words=["count"])
async def count(talk: Talk) -> None:
    talk.memory["n"] = talk.memory.get("n", 0) + 1
    await talk.say(f"counted {talk.memory['n']}")


@dialogue("fruit", title="Fruit", words=["fruit"])
async def fruit(talk: Talk) -> None:
    chosen = await talk.choose("fruit", "Which?", [Choice("a", "Apple"), Choice("b", "Banana")])
    await talk.say(f"got {chosen.label}")


@dialogue("photos", title="Photos", words=["photos"])
async def photos(talk: Talk) -> None:
    kept = await talk.photos("photos", "Pictures?", most=9)
    await talk.say(f"kept {len(kept)}")


async def echo(talk: Talk, text: str, aside: bool) -> bool:
    if aside:
        return False
    await talk.say(f"you said {text}")
    return True


def small_bot(*_given: object) -> Registry:
    """Four dialogues and an echo."""
    return Registry([menu, count, fruit, photos], home="menu", aside=echo)


class Browser:
    """A person's browser without the page: keeps its cookie, makes keys."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.answer: dict[str, Any] = {}

    async def post(self, **body: Any) -> httpx.Response:
        """Any JSON to /chat/messages."""
        return await self.client.post("/chat/messages", json=body)

    async def say(self, text: str, key: str = "") -> str:
        """Say something; the texts of the answer."""
        return self._taken(await self.post(key=key or f"key-{next(counter)}", text=text))

    async def tap(self, label: str) -> str:
        """Tap an option of the last answer."""
        options = [one for reply in self.answer["replies"] for one in reply["options"]]
        [value] = [one["value"] for one in options if one["label"] == label]
        return self._taken(await self.post(key=f"key-{next(counter)}", choice=value))

    async def upload(self, *photos: bytes, text: str = "", key: str = "") -> httpx.Response:
        """Send photos."""
        files = [("photo", (f"{number}.jpg", photo, "image/jpeg")) for number, photo in enumerate(photos)]
        data = {"key": key or f"key-{next(counter)}", "text": text}
        response = await self.client.post("/chat/messages", data=data, files=files)
        if response.status_code == 200:
            self._taken(response)
        return response

    async def history(self, before: str = "") -> dict[str, Any]:
        """One page of the history."""
        response = await self.client.get("/chat/history", params={"before": before} if before else {})
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    @property
    def token(self) -> str:
        """The person's address."""
        return self.client.cookies["yizhan"]

    def _taken(self, response: httpx.Response) -> str:
        assert response.status_code == 200, response.text
        self.answer = response.json()
        return "\n".join(reply["text"] for reply in self.answer["replies"])


def in_process(service: Service, **headers: str) -> Browser:
    """A browser that talks to the app directly."""
    transport = httpx.ASGITransport(app=service.web())
    return Browser(httpx.AsyncClient(transport=transport, base_url="http://chat.test", headers=headers))


def at_leisure(service: Service) -> None:
    """Let a second pass between two messages, as far as the web chat's pace is concerned."""
    web = service.channels["web"]
    assert isinstance(web, Web)
    web.pace = Pace(lambda: float(next(counter)))


async def notice(service: Service, address: str, text: str, **more: Any) -> None:
    """Promise a notice to somebody who has written, as a capability would."""
    async with service.store.write() as unit:
        who = await transcript.known(unit, address)
        assert who is not None
        assert await notify(unit, who.person_id, Reply(text), **more)


async def carry(service: Service) -> None:
    """Let the courier take everything that is due, and end."""
    due = sa.select(outbox.c.id).where(outbox.c.state == "waiting", outbox.c.due_at <= service.clock()).limit(1)
    service.courier.start()
    service.courier.wake()
    async with asyncio.timeout(PATIENCE):
        while await _value(service, due) is not None:
            await asyncio.sleep(0.005)
    await service.courier.stop()


async def _value(service: Service, statement: sa.Executable) -> Any:
    async with service.store.read() as unit:
        return await unit.value(statement)


def picture(color: str = "red", size: int = 8, kind: str = "JPEG") -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (size, size), color).save(made, kind)
    return made.getvalue()
