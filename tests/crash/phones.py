"""A person's phone: says, taps, sends pictures; gives what came back, however it came."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from tests.crash.platforms import Telegram, Wechat
from tests.fakes.telegram_world import Sent
from tests.fakes.wechat import Exchange, WechatPerson
from tests.fakes.wechat_world import Seen

TWICE = 2.0  # seconds a person waits for something else when what came is what they read before
TOGETHER = 0.03  # seconds in which the messages of one answer follow each other


class NoAnswerError(Exception):
    """The person waited in vain."""


@dataclass(frozen=True)
class Heard:
    """The newest thing on the screen. `again`: how often the message had to be written anew to get it."""

    text: str
    labels: tuple[str, ...] = ()
    again: int = 0


class Phone(Protocol):
    """The same for both channels."""

    channel: str
    who: str

    async def say(self, text: str) -> Heard: ...

    async def tap(self, label: str) -> Heard: ...

    async def photo(self) -> Heard: ...

    async def menu(self) -> Heard: ...

    def texts(self) -> list[str]: ...


class WechatPhone:
    """A follower of the account."""

    channel = "wechat"

    def __init__(self, platform: Wechat, luck: random.Random, patience: float) -> None:
        self.luck, self.patience = luck, patience
        self.person: WechatPerson = platform.new_person()
        self.who = self.person.openid

    async def say(self, text: str) -> Heard:
        """A text."""
        return await self._until_answered(lambda: self.person.say(text))

    async def tap(self, label: str) -> Heard:
        """A link in a text."""
        return await self._until_answered(lambda: self.person.tap(label))

    async def photo(self) -> Heard:
        """A picture."""
        return await self._until_answered(self.person.photo)

    async def menu(self) -> Heard:
        """An entry of the custom menu. Two taps on it within one second are one event to WeChat."""
        await asyncio.sleep(1.0)
        return await self._until_answered(lambda: self.person.click("go:menu"))

    def texts(self) -> list[str]:
        """All the service said."""
        return [seen.text for seen in self.person.screen if seen.via != "notice"]

    async def _until_answered(self, write: Callable[[], Awaitable[Exchange]]) -> Heard:
        again = 0
        while True:
            before = len(self.person.screen)
            exchange = await write()
            if not exchange.problem:
                seen = exchange.reply or await self._later(before)
                return Heard(seen.text, tuple(seen.labels), again)
            again += 1  # the platform gave up: a person waits a little and writes the same again
            await asyncio.sleep(self.luck.uniform(1.0, 2.0))

    async def _later(self, before: int) -> Seen:
        """The answer comes as a customer-service message."""
        screen, bell = self.person.screen, self.person._world.bell
        if not await bell.until(lambda: len(screen) > before, self.patience):
            raise NoAnswerError(self.who)
        return screen[-1]


class Chats:
    """The bot's messages by chat, read as they come: looking through all of them each time would take long."""

    def __init__(self, platform: Telegram) -> None:
        self.sent = platform.world.sent
        self._read = 0
        self._by_chat: dict[int, list[Sent]] = defaultdict(list)

    def of(self, chat_id: int) -> list[Sent]:
        """All of one chat."""
        for one in self.sent[self._read :]:
            self._by_chat[one.chat_id].append(one)
        self._read = len(self.sent)
        return self._by_chat[chat_id]


class TelegramPhone:
    """A private chat with the bot."""

    channel = "telegram"

    def __init__(self, platform: Telegram, chats: Chats, patience: float) -> None:
        self.platform, self.chats, self.patience = platform, chats, patience
        self.chat_id = platform.new_person()
        self.who = str(self.chat_id)

    async def say(self, text: str) -> Heard:
        """A text."""
        return await self._answer(len(self._sent), self.platform.say(self.chat_id, text))

    async def tap(self, label: str) -> Heard:
        """A button of the newest message that has it."""
        sent = next(one for one in reversed(self._sent) if label in one.labels)
        return await self._answer(len(self._sent), self.platform.tap(sent, label))

    async def photo(self) -> Heard:
        """A picture."""
        return await self._answer(len(self._sent), self.platform.photo(self.chat_id))

    async def menu(self) -> Heard:
        """The command of the menu button."""
        return await self.say("/menu")

    def texts(self) -> list[str]:
        """All the service said."""
        return [sent.text for sent in self._sent]

    @property
    def _sent(self) -> list[Sent]:
        return self.chats.of(self.chat_id)

    async def _answer(self, before: int, delivery: Awaitable[object]) -> Heard:
        await delivery
        until = self.platform.world.bell.until
        if not await until(lambda: bool(self._new(before)), TWICE) and not await until(
            lambda: len(self._sent) > before, self.patience
        ):
            raise NoAnswerError(self.who)
        await asyncio.sleep(TOGETHER)
        newest = (self._new(before) or self._sent[before:])[-1]
        return Heard(newest.text, tuple(newest.labels))

    def _new(self, before: int) -> list[Sent]:
        """What came since, without what the person has read before, word for word."""
        old = [(one.text, one.keyboard) for one in self._sent[:before]]
        return [one for one in self._sent[before:] if (one.text, one.keyboard) not in old]
