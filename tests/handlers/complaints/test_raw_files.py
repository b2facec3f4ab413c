"""The files of a store with a thousand cases, byte by byte: no words, no phones, no names."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from bot.app import Service
from bot.desk.members import Member
from bot.people import Person
from bot.settings import Settings
from bot.site import Site
from bot.store.ids import new_id
from bot.store.people import address_mac, identity_aad
from bot.store.tables import identities, outbox, people
from bot.store.unit import Unit
from handlers.complaints import casework, disclosure, views
from handlers.complaints import service as complaints
from handlers.complaints.case import Report
from handlers.complaints.listing import Filters
from handlers.complaints.tables import case_terms, cases
from tests.support import TestClock

COUNT = 1000
# Each case has words of its own, all made of characters that are in nothing else: one search finds any of them.
STORY, NAME, PLACE, LATER, NOTE, WROTE, WHY, END = "蠱蠲蠹躉躪躭躰軈"
OWN = re.compile("[蠱蠲蠹躉躪躭躰軈][\u4e28-\u4e31]{3}")
OWN_BYTES = re.compile(b"(?:" + b"|".join(one.encode() for one in "蠱蠲蠹躉躪躭躰軈") + rb")(?:\xe4\xb8[\xa8-\xb1]){3}")
MEMBER = Member(1, "union", "王琳")


def own(sign: str, number: int) -> str:
    """Words of one case: the sign, and three characters that spell its number."""
    return sign + "".join(chr(0x4E00 + 40 + int(digit)) for digit in f"{number:03d}")


def phone(number: int) -> str:
    return f"1399{number:07d}"


async def put(unit: Unit, number: int, site: Site) -> None:
    """Somebody with an account, their case, and everything that can be said in it."""
    person = Person(new_id(), new_id(), "web", own(NAME, number), "zh_CN", "Asia/Shanghai")
    unit.insert(people, id=person.id, language="zh_CN", timezone="Asia/Shanghai", created_at=unit.now)
    unit.insert(
        identities,
        id=person.identity_id,
        person_id=person.id,
        channel="web",
        address_mac=address_mac(unit, "web", person.address),
        address=unit.vault.seal(person.address.encode(), identity_aad(person.identity_id)),
        last_seen_at=unit.now,
    )
    report = Report(
        category="fines",
        company="meituan",
        story=f"站点扣了我200，{own(STORY, number)}也不管",
        place=own(PLACE, number),
        name=own(NAME, number),
        contact=phone(number),
    )
    await complaints.submit(unit, person, report, site)
    [case] = await complaints.my_cases(unit, person.id)
    await complaints.add_to(unit, case, own(LATER, number))
    if number % 10:
        return
    await casework.add_note(unit, MEMBER, case, own(NOTE, number))
    await casework.write_to_worker(unit, MEMBER, case, own(WROTE, number))
    await disclosure.ask_worker(unit, MEMBER, case, own(WHY, number))
    await complaints.move(
        unit, case, complaints.Status.CLOSED, MEMBER.actor, said=own(END, number), outcome=own(END, number)
    )


async def count(unit: Unit, table: sa.Table) -> int:
    return int(await unit.value(sa.select(sa.func.count()).select_from(table)))


def leaks(content: bytes) -> list[object]:
    """What of the cases is in these bytes; four characters or eleven digits in a row are no chance."""
    found: list[object] = [*OWN_BYTES.findall(content)]
    found += [one for order in ("le", "be") for one in OWN.findall(_as_text(content, order))]
    found += re.findall(rb"1399\d{7}", content) + re.findall(rb"(?:\d\x00){11}|(?:\x00\d){11}", content)
    return found


def _as_text(content: bytes, order: str) -> str:
    """The bytes as UTF-16 from both beginnings, whatever they are."""
    return "\n".join(content[begin:].decode(f"utf-16-{order}", "replace") for begin in (0, 1))


def test_the_search_finds_what_it_looks_for() -> None:
    for text in (own(STORY, 7), own(NAME, 999), phone(5)):
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert leaks(b"\x01\x02" + text.encode(coding) + b"xyz"), (text, coding)
            assert leaks(b"\x01" + text.encode(coding)), (text, coding)
    assert leaks(bytes(range(256)) * 100) == []


async def test_a_thousand_cases_leave_no_words_in_the_files(tmp_path: Path, sqlite_url: str, clock: TestClock) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=sqlite_url)
    async with Service(settings, clock, only={"terminal"}).running(courier=False) as service:
        site: Site = service.registry.resources[Site]
        for begin in range(0, COUNT, 100):
            async with service.store.write() as unit:
                for number in range(begin, begin + 100):
                    await put(unit, number, site)
        async with service.store.write() as unit:
            unit.insert(people, id=1, language="zh_CN", timezone="Asia/Shanghai", created_at=unit.now)
            await views.keep(unit, MEMBER, own(NOTE, 1), Filters(words=own(STORY, 1)))
        async with service.store.read() as unit:
            assert await count(unit, cases) == COUNT
            assert await count(unit, case_terms) > 10 * COUNT
            assert await count(unit, outbox) >= COUNT // 10
        files = [one for one in tmp_path.rglob("*") if one.is_file()]
        assert {".sqlite3", ".sqlite3-wal"} <= {"".join(one.suffixes) for one in files}
        size = 0
        for one in files:
            content = one.read_bytes()
            size += len(content)
            assert leaks(content) == [], one.name
        assert size > 1_000_000
        assert b"meituan" in b"".join(one.read_bytes() for one in files)  # what stands in the clear is found
    for one in files:
        if one.exists():
            assert leaks(one.read_bytes()) == [], one.name  # closed, the log is in the file
