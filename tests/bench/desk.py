"""The desk over 200,000 cases: the list with any one filter, a case, the overview; p95 of requests in one process.

python -m tests.bench desk [--cases 200000] [--database sqlite|postgres|URL]
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import sqlalchemy as sa

from bot.app import Service
from bot.settings import Settings
from handlers.complaints.tables import cases
from handlers.staff import service as staff
from tests.bench.cases import MIDDLES, RARE, fill
from tests.crash.databases import database
from tests.desk.conftest import BASE, Colleague
from tests.support import Chat

ROUNDS = 25
LISTS = {
    "all open, newest": "",
    "status": "?status=resolved",
    "all of them": "?status=all",
    "category": "?category=pay",
    "company": "?company=meituan",
    "company, all": "?company=meituan&status=all",
    "region": "?region=320411",
    "age": "?age=90",
    "owner": "?owner=staff:3",
    "nobody's": "?owner=none",
    "overdue": "?overdue=1",
    "by due day": "?sort=due",
    "oldest": "?sort=oldest",
    "a receipt": "?code=YZ-AAAA-AAAA",
    "rare words": f"?words={RARE[:4]}&status=all",
    "common words": f"?words={MIDDLES[0]}",
    "words of none": "?words=量子纠缠",
    "two words": f"?words={MIDDLES[0]}+{MIDDLES[4]}&status=all",
}


async def run(count: int, where: str) -> None:
    """Fill, ask, print."""
    with tempfile.TemporaryDirectory() as name, database(where, Path(name)) as url:
        settings = Settings(_env_file=None, data_dir=Path(name) / "data", database_url=url)
        async with Service(settings, only={"terminal"}).running(courier=False) as service:
            begun = time.perf_counter()
            await fill(service.store, count)
            print(f"{where}: {count} cases made in {time.perf_counter() - begun:.0f} s")
            transport = httpx.ASGITransport(app=service.web())
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                member = await _member(service, client)
                for said, query in LISTS.items():
                    _show(f"list, {said}", await _pages(member, [f"/desk/cases{query}"] * ROUNDS), 150)
                some = [f"/desk/cases/{number}" for number in await _some(service)]
                _show("case page", await _pages(member, some), 100)
                _show("overview", await _pages(member, ["/desk/overview"] * 5), 500)


async def _member(service: Service, client: httpx.AsyncClient) -> Colleague:
    async with service.store.write() as unit:
        code = await staff.invite(unit, "union", name="bench")
    member = Colleague(Chat(service.dispatcher, service.clock, "bench"), client)  # type: ignore[arg-type]
    await member.chat.say(code)
    await member.sign_in()
    return member


async def _some(service: Service) -> list[int]:
    async with service.store.read() as unit:
        return list((await unit.execute(sa.select(cases.c.id).order_by(cases.c.code).limit(40))).scalars())


async def _pages(member: Colleague, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each, after one that is not counted."""
    await member.open(paths[0])
    taken = []
    for path in paths:
        begun = time.perf_counter()
        await member.open(path)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _show(said: str, taken: Sequence[float], aim: float) -> None:
    ninety_five = statistics.quantiles(taken, n=20)[-1]
    verdict = "" if ninety_five < aim else f"   over {aim:.0f}"
    print(f"  {said:24} p50 {statistics.median(taken):6.0f} ms   p95 {ninety_five:6.0f} ms{verdict}")
