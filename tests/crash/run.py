"""One run: load and kills, a quiet drain, a restart, everybody looks at their complaints; then the audit."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.settings import Settings
from bot.store.store import Store
from bot.store.tables import outbox
from tests.crash.audit import Evidence, Report, audit
from tests.crash.crowd import Budget, Person
from tests.crash.ledger import Ledger
from tests.crash.phones import Chats, Phone, TelegramPhone, WechatPhone
from tests.crash.platforms import Telegram, Wechat
from tests.crash.server import Killer, Server, free_port
from tests.fakes.wechat import FakeWechat

SECRET = "crash-secret"
DRAIN = 180.0  # seconds; a claim of a dead process lasts one minute


@dataclass(frozen=True)
class Plan:
    """What to do. `hurry`: the minute that a dead process's claims last is over at once (only the clock is skipped:
    the process is dead). `hangs`: the share of kills before which the process stands still for seconds."""

    messages: int = 2000
    kills: int = 20
    people: int = 60
    seed: int = 1
    hangs: float = 0.3
    pace: float = 0.5  # seconds a person thinks at most
    hurry: bool = False
    patience: float = 150.0  # seconds a person waits for an answer


class Run:
    """One run on one database."""

    def __init__(self, plan: Plan, url: str, folder: Path) -> None:
        self.plan, self.url, self.folder = plan, url, folder
        self.luck, self.ledger = random.Random(plan.seed), Ledger()
        self.settings = Settings(_env_file=None, data_dir=folder / "data", database_url=url)
        self.in_hand: list[int] = []  # outbox rows that a killed process had claimed
        self.log = folder / "service.log"

    async def whole(self) -> Report:
        """All of it."""
        begun = time.monotonic()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # the fakes' requests end when their sender dies
        async with FakeWechat() as wx, Telegram(self.ledger, self.luck) as self.tg:
            port = free_port()
            self.server = Server(port, self._environment(wx), self.log)
            base = f"http://127.0.0.1:{port}"
            self.tg.webhook(f"{base}/telegram", SECRET)
            async with Wechat(wx, f"{base}/wechat", self.ledger, self.luck) as self.wechat:
                try:
                    first = await self._begin()
                    self.store = await Store(self.settings).open()
                    people = self._people()
                    killer = await self._load(people)
                    await self._end(people)
                    await self._settled()
                    code = await self.server.stop()
                finally:
                    if self.server.process is not None:
                        self.server.process.kill()
                        self.server.process.wait()
            killed = {"kills": killer.kills + first, "during a start": killer.at_start + first, "hung": killer.hung}
            evidence = Evidence(
                self.store, self.ledger, people, wx, self.tg, self.in_hand, self.folder, self.log, self.listed
            )
            report = await audit(evidence)
        await self.store.close()
        if code != 0:
            report.wrong.append(f"exit code {code} after SIGTERM")
        if killer.kills + first < self.plan.kills:
            report.wrong.append(f"only {killer.kills} kills: the load was over too soon")
        report.table = {**killed, **report.table, "seconds": round(time.monotonic() - begun)}
        return report

    def _environment(self, wx: FakeWechat) -> dict[str, str]:
        own = {
            "DATA_DIR": str(self.settings.data_dir),
            "DATABASE_URL": self.url,
            "LOG_LEVEL": "WARNING",
            "TELEGRAM_TOKEN": self.tg.token,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_URL": self.tg.url,
            "WECHAT_APP_ID": wx.app_id,
            "WECHAT_APP_SECRET": wx.app_secret,
            "WECHAT_TOKEN": wx.token,
            "WECHAT_AES_KEY": wx.aes_key,
            "WECHAT_API_URL": wx.url,
        }
        base = {name: value for name, value in os.environ.items() if not name.startswith("YIZHAN_")}
        return {**base, **{f"YIZHAN_{name}": value for name, value in own.items()}}

    async def _begin(self) -> int:
        """The very first start, on an empty folder and database, is killed too; gives how often."""
        times = min(2, self.plan.kills // 3)
        for _ in range(times):
            self.server.start()
            await asyncio.sleep(self.luck.uniform(0.1, 1.5))
            self.server.kill()
        self.server.start()
        await self.server.listening()
        return times

    def _people(self) -> list[Person]:
        chats, budget = Chats(self.tg), Budget(self.plan.messages)
        phones: list[Phone] = [
            WechatPhone(self.wechat, self.luck, self.plan.patience)
            if number % 2
            else TelegramPhone(self.tg, chats, self.plan.patience)
            for number in range(self.plan.people)
        ]
        return [
            Person(number, phone, self.ledger, budget, self.luck, self.plan.pace) for number, phone in enumerate(phones)
        ]

    async def _load(self, people: list[Person]) -> Killer:
        killer = Killer(
            self.server, self.luck, hangs=self.plan.hangs, progress=self._progress, after=self._after_a_kill
        )
        self.crowd = asyncio.gather(*(person.live() for person in people))
        already = min(2, self.plan.kills // 3)
        await killer.run(self.plan.kills - already, self.plan.messages)
        await self.server.listening()
        await self.crowd
        return killer

    async def _progress(self, messages: int) -> bool:
        """Wait till so many messages are acknowledged; False when no more will be."""
        while self.ledger.acknowledged < messages:
            if self.crowd.done():
                return False
            await asyncio.sleep(0.01)
        return True

    async def _after_a_kill(self, pid: int) -> None:
        """Note what the dead process had in hand."""
        self.ledger.kills.append(datetime.now(UTC))
        own = sa.and_(outbox.c.claimed_by.startswith(f"{pid}-"), outbox.c.state == "waiting")
        async with self.store.read() as unit:
            self.in_hand += (await unit.execute(sa.select(outbox.c.id).where(own, outbox.c.kind != "fetch"))).scalars()
        if self.plan.hurry:
            async with self.store.write() as unit:
                await unit.execute(sa.update(outbox).where(own).values(claimed_until=unit.now))
        self._later = asyncio.create_task(self._again())

    async def _again(self) -> None:
        """Once it listens, the platforms send some of the past again."""
        await self.server.listening()
        self.tg.again()
        self.wechat.again()

    async def _end(self, people: list[Person]) -> None:
        """Quiet; a restart as at a deploy; then everybody looks at their complaints."""
        await self._settled()
        await self.server.stop()
        self.server.start()
        await self._again()
        listed = await asyncio.gather(*(person.listed() for person in people))
        self.listed = {person.phone.who: heard for person, heard in zip(people, listed, strict=True)}

    async def _settled(self) -> None:
        """Nothing is under way, nothing waits in the outbox."""
        until = time.monotonic() + DRAIN
        while time.monotonic() < until:
            await self.wechat.copies.settled()
            await self.tg.copies.settled()
            async with self.store.read() as unit:
                if not await unit.value(sa.select(sa.func.count()).where(outbox.c.state == "waiting")):
                    return
            await asyncio.sleep(0.1)
