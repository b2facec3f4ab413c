"""A town with a row or more of every kind that a page of the desk works on."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.app import Service
from bot.desk.members import Member
from bot.messages import Incoming
from bot.people import Person
from bot.site import Site
from bot.store import parked as failed
from bot.store.ids import new_id
from bot.store.tables import media, parked, people
from handlers.broadcasts import service as sending
from handlers.broadcasts.service import Broadcasting, Button, Plan, Segment, Words
from handlers.broadcasts.tables import broadcasts
from handlers.complaints import service as complaints
from handlers.complaints.exporting import jobs
from handlers.complaints.exporting.tables import case_exports
from handlers.complaints.listing import Filters
from handlers.complaints.tables import case_disclosures, case_views, cases
from handlers.complaints.views import keep as keep_view
from handlers.council import service as council
from handlers.council.tables import proposals
from handlers.grid.tables import grid_reports
from handlers.policy.tables import questions
from handlers.rewards import service as rewards
from handlers.rewards.tables import redemptions
from handlers.rewards.tables import rewards as catalogue
from handlers.staff import service as staff
from handlers.volunteering import service as volunteering
from handlers.volunteering.tables import signups, slots
from handlers.warnings import service as watching
from handlers.warnings.tables import warnings
from tests.desk.conftest import Colleague, file_case
from tests.handlers.broadcasts.conftest import citizen
from tests.handlers.grid.test_reporting import report
from tests.handlers.rewards.conftest import person_of
from tests.support import Chat, TestClock

# The place in a page's path -> the table whose ids go there.
PLACES: dict[str, sa.Table] = {
    "case": cases, "photo": media, "export": case_exports, "view": case_views, "request": case_disclosures,
    "question": questions, "warning": warnings, "person": people, "parked": parked, "slot": slots, "signup": signups,
    "broadcast": broadcasts, "reward": catalogue, "redemption": redemptions, "report": grid_reports,
    "proposal": proposals,
}  # fmt: skip
STORY = "站长跑路了，拖欠三个月工资 <script>alert(1)</script>"


async def seed(service: Service, clock: TestClock, chat: Chat, other: Chat, boss: Colleague) -> None:
    """Fill the store; `boss` is an administrator, `chat` and `other` two riders."""
    await file_case(chat, "美团上周五扣了我200说超时 那天下暴雨 <script>alert(1)</script>", named=True, photos=1)
    await report(chat, photos=1)
    await report(other, opening="井盖没了", place="青龙街道 <script>alert(1)</script> 8 号")
    await other.say("人工", "平台的保险能不能退 <script>alert(1)</script>")
    await _cases(service)
    await _volunteering(service, clock, chat, other, boss)
    await _points(service, chat, other)
    await _community(service, chat, boss)
    await _work(service, chat, boss)


async def _cases(service: Service) -> None:
    site = service.registry.resources[Site]
    async with service.store.write() as unit:
        for number in range(12):
            one = new_id()
            unit.insert(people, id=one, language="zh_CN", timezone="Asia/Shanghai", created_at=unit.now)
            who = Person(one, new_id(), "terminal", str(one), "zh_CN", "Asia/Shanghai")
            words = f"{STORY} {number}"
            told = complaints.Report(story=words, category="fines", company="meituan", region="320402")
            await complaints.submit(unit, who, told, site)
    await watching.sweep(service.store, service.registry.resources[watching.Setting])


async def _volunteering(service: Service, clock: TestClock, chat: Chat, other: Chat, boss: Colleague) -> None:
    own = await person_of(service, boss.chat)
    async with service.store.write() as unit:
        for days in (-1, 2, 9):
            begins = clock() + timedelta(days=days)
            plan = volunteering.Plan(
                title="楼道排查 <script>alert(1)</script>", task="看看楼道", place="红梅社区", starts_at=begins,
                ends_at=begins + timedelta(hours=1), capacity=2, points=1, region="320402", allowance=2000,
            )  # fmt: skip
            slot = await volunteering.create(unit, own, plan)
            for who in (chat, other):
                status = "booked" if days > 0 else "attended"
                mine = {"slot_id": slot.id, "person_id": await person_of(service, who), "made_at": unit.now}
                unit.insert(signups, id=new_id(), status=status, **mine)
            await unit.execute(sa.update(slots).where(slots.c.id == slot.id).values(taken=2))


async def _points(service: Service, *chats: Chat) -> None:
    for chat in chats:
        who = await person_of(service, chat)
        async with service.store.write() as unit:
            await rewards.give(unit, who, 90, kind="report", subject=f"report:{new_id()}", actor="system")
            name = "雨衣 <script>alert(1)</script>"
            reward = await rewards.add(unit, "staff:1", name=name, points=5, stock=9, collect="红梅驿站")
        from handlers.rewards.redemptions import redeem

        for _time in range(3):
            async with service.store.write() as unit:
                await redeem(unit, who, reward, 5)


async def _community(service: Service, chat: Chat, boss: Colleague) -> None:
    who, own = await person_of(service, chat), await person_of(service, boss.chat)
    setting: Broadcasting = service.registry.resources[Broadcasting]
    member = await _member(service, own)
    async with service.store.write() as unit:
        for number in range(5):
            await council.propose(unit, who, f"路灯装亮一点 {number} <script>alert(1)</script>")
            citizen(unit, f"rider-{number}", "telegram" if number % 2 else "web")
            words = Words("周三下午 <script>alert(1)</script>", "", (Button("报名", "volunteer"),))
            plan = Plan(title=f"招人 {number}", words=words, topic="volunteering", segment=Segment())
            written = await sending.create(unit, member, plan)
            if number > 2:
                await sending.hand_in(unit, member, written, setting.rules, None, 5)
    for _round in range(4):
        async with service.store.write() as unit:
            await sending.fill(unit, setting.rules)


async def _member(service: Service, person_id: int) -> Member:
    async with service.store.read() as unit:
        found = await staff.member(unit, person_id)
    assert found is not None
    return found


async def _work(service: Service, chat: Chat, boss: Colleague) -> None:
    """What staff have: an export, a view, a request to open an identity, a message that failed."""
    own = await person_of(service, boss.chat)
    member = await _member(service, own)
    async with service.store.write() as unit:
        case = await unit.value(sa.select(cases.c.id).order_by(cases.c.id).limit(1))
        for form in ("csv", "xlsx"):
            await jobs.ask(unit, own, query="/desk/cases?status=all", profile="working", form=form)
        await keep_view(unit, member, "迟了 <script>alert(1)</script>", Filters(overdue="1"))
        said = Incoming(
            key="terminal:x", channel="terminal", address="x", at=unit.now, text="<script>alert(1)</script>"
        )
        failed.park(unit, b"m" * 16, said, "ValueError: <script>alert(1)</script>\n")
    await boss.open(f"/desk/cases/{case}")
    await boss.press(f"/desk/cases/{case}/identity/request", reason="有人身危险")
    async with service.store.read() as unit:
        for place, table in PLACES.items():
            assert await unit.value(sa.select(sa.func.count()).select_from(table)), place
