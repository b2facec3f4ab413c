"""Anything sent to anything: every form and page of the desk, every public page, against rows that are there.

Hypothesis makes the requests up, the same ones every time: fields come from the templates and from the forms of the
pages as they are, values from these forms, from lists of what breaks programs, and out of the air. No answer is a
failure of ours, no page has a script that somebody wrote, and nobody changes what another role works on.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from bot.app import Service
from bot.desk.members import may_open
from bot.desk.section import Page, Section
from bot.roof import make_desk
from bot.site import Site
from bot.store import tokens
from bot.store.tables import identities, metadata, people
from handlers.complaints.listing import Filters
from handlers.profile.service import data_link
from handlers.volunteering.certificate_file import certificate_link
from handlers.volunteering.tables import signups
from tests.desk.conftest import BASE, Colleague
from tests.desk.seeded import PLACES, seed
from tests.handlers.rewards.conftest import person_of
from tests.support import Chat, TestClock, on_sqlite

Make = Callable[..., Awaitable[Colleague]]
Fields = dict[str, str]
ROOT = Path(__file__).parents[2]
SCRIPT = "<script>alert"
NASTY = (
    "", " ", "\x00", "\ud7ff", "\u2028", "\u202e", "x" * 5000, "字" * 3000, "🙂", "' OR 1=1 --", "9" * 40, "9" * 5000,
    "-1", "0", "1e9", "nan", "inf", "１２", "1_0", "٣", "²", "2026-02-30", "2026-11-18T14:30", "9999-12-31", "24:00",
    "0001-01-01", "<script>alert(1)</script>", "{{ 7*7 }}", "{0.__class__}", "%s%n", "//[", "http://[::1", "=1+1",
    "/desk/cases?words=//[", "../../etc/passwd", "a\r\nSet-Cookie: x=1", "null", "true", str(2**63 - 1), str(2**63),
    "13812345678",
)  # fmt: skip
SENSIBLE = (
    "1", "2", "7", "2026-11-18", "2026-11", "14:30", "now", "later", "all", "open", "me", "320402", "csv", "xlsx",
    "working", "forwardable", "union", "rider", "zh_CN", "volunteering", "received", "accepted", "passed_on", "done",
    "council", "https://uri.amap.com/marker?position=119.97,31.77", "红梅社区", "12.5",
)  # fmt: skip
FILTERS = tuple(Filters.__dataclass_fields__)
NAME = re.compile(r'name="([^"]+)"')
CARRIED = re.compile(r'(?:args\.get\(|(?:id|number)_in\(talk, )"(\w+)"')
QUERY = re.compile(r'(?:query|query_params\.get)\(\s*"(\w+)"')
LAW = settings(
    derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

# Which tables a role works on by itself: nobody else's forms may change a row of them.
OWNED = {
    "union": ("cases", "case_", "warnings", "warning_steps"),
    "community": ("slots", "signups", "checkins", "broadcasts", "rewards", "redemptions", "payouts", "grid_reports"),
    "admin": ("staff", "invitations", "parked"),
}


def words_in(folder: Path, pattern: re.Pattern[str], glob: str) -> set[str]:
    """Every name that the files of a folder tell; a part that a template fills in becomes a number or a word."""
    found = chain.from_iterable(pattern.findall(path.read_text("utf-8")) for path in folder.rglob(glob))
    filled = {re.sub(r"\{\{[^}]*\}\}", fill, name) for name in found for fill in ("0", "rider")}
    return {name for name in filled if "{" not in name}


class Forms(HTMLParser):
    """The forms of a page: (where each goes, its fields with all the values they offer)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.found.append((given.get("action", ""), {}))
        elif self.found and tag in {"input", "button", "textarea", "select"} and given.get("name"):
            self.select = given["name"] if tag == "select" else ""
            self.found[-1][1].setdefault(given["name"], []).append(given.get("value", ""))
        elif self.found and tag == "option" and self.select:
            self.found[-1][1][self.select].append(given.get("value", ""))


class Town:
    """The service with its rows, and a browser that is always signed in."""

    def __init__(self, service: Service, boss: Colleague, make: Make) -> None:
        self.service, self.boss, self.make = service, boss, make
        self.loop = asyncio.get_running_loop()
        self.ids: dict[str, list[int]] = {}
        self.offered: dict[str, dict[str, list[str]]] = {}

    async def look(self) -> None:
        """Which rows there are by now; of people the two that came last: the administrator at work is left alone."""
        async with self.service.store.read() as unit:
            for place, table in PLACES.items():
                found = (await unit.execute(sa.select(table.c.id).order_by(table.c.id).limit(30))).scalars()
                self.ids[place] = list(found)
            newest = sa.select(people.c.id).join(identities, identities.c.person_id == people.c.id)
            self.ids["person"] = list((await unit.execute(newest.order_by(people.c.id.desc()).limit(2))).scalars())
            own = sa.select(sa.func.max(signups.c.id)).group_by(signups.c.slot_id).order_by(signups.c.slot_id)
            self.ids["signup"] = list((await unit.execute(own)).scalars())  # each beside its slot

    def url(self, path: str, pick: int) -> str:
        """A page's URL with rows in its places."""

        def fill(found: re.Match[str]) -> str:
            rows: Sequence[object] = self.ids.get(found[1]) or ("2026-11", "2026-10")
            return str(rows[pick % len(rows)])

        return "/desk" + re.sub(r"\{(\w+)(?::\w+)?\}", fill, path)

    async def crawl(self, sections: list[tuple[Section, Page]]) -> None:
        """Open every page once, and keep what its forms offer."""
        for _section, page in sections:
            if page.method != "GET":
                continue
            for pick in range(3):
                answer = await self.boss.client.get(self.url(page.path, pick))
                if answer.headers.get("content-type", "").startswith("text/html"):
                    for action, fields in Forms(answer.text).found:
                        kept = self.offered.setdefault(re.sub(r"[0-9]{6,}", "N", action), {})
                        for name, values in fields.items():
                            kept[name] = sorted({*kept.get(name, []), *values})[:20]

    def fields_of(self, path: str) -> dict[str, list[str]]:
        """What the page that leads to this form offered in it."""
        return self.offered.get(re.sub(r"[0-9]{6,}", "N", self.url(path, 0)), {})

    async def send(
        self, member: Colleague, method: str, url: str, fields: Fields, form: Fields | None
    ) -> httpx.Response:
        """One request, and the law on its answer."""
        answer = await member.client.request(method, url, params=fields, data=form)
        assert answer.status_code < 500, (method, url, fields, form)
        assert SCRIPT not in answer.text or "html" not in answer.headers.get("content-type", ""), (method, url)
        assert not {"set-cookie", "x"} & set(answer.headers) or "x=1" not in answer.headers.get("set-cookie", "")
        where = answer.headers.get("location", "/")
        assert where.startswith("/") and not where.startswith("//"), (url, where)
        return answer

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """From Hypothesis's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)


@pytest.fixture
async def town(
    service: Service, clock: TestClock, chat: Chat, someone: Callable[[str], Chat], colleague: Make
) -> AsyncIterator[Town]:
    """Filled: the databases differ in what odd values do to them."""
    boss = await colleague("admin", "主任")
    await seed(service, clock, chat, someone("rider-2"), boss)
    await someone("nobody").say("菜单")
    await colleague("community", "小李", signed_in=False)
    made = Town(service, boss, colleague)
    await made.look()
    yield made


def everything(service: Service) -> list[tuple[Section, Page]]:
    desk = make_desk(service)
    return [(section, page) for section in (desk.home, desk.me, *desk.sections) for page in section.pages]


values = st.one_of(st.sampled_from(NASTY), st.sampled_from(SENSIBLE), st.text(max_size=12))


def filled(offered: Mapping[str, list[str]], known: list[str]) -> st.SearchStrategy[Fields]:
    """A form as the page has it, but for two or three fields: these hold anything, or are of other forms."""
    own = {name: st.sampled_from([one or "x" for one in given]) for name, given in offered.items()}
    changed = st.dictionaries(st.sampled_from([*own, *known]), values, max_size=3)
    some = st.dictionaries(st.sampled_from(sorted(own)), values, max_size=2) if own else st.just(dict[str, str]())
    return st.tuples(st.fixed_dictionaries(own), st.one_of(some, changed)).map(lambda one: {**one[0], **one[1]})


async def test_every_form_of_the_desk_takes_anything(town: Town) -> None:
    pages = everything(town.service)
    known = sorted(words_in(ROOT, NAME, "templates/*.html") - {"csrf", "photo", "viewport", "robots", "color-scheme"})
    assert {"words", "reason", "label_0", "for-rider"} <= set(known)
    await town.crawl(pages)
    for page in [page for _section, page in pages if page.method == "POST"]:
        await asyncio.to_thread(_anything, town, page, known)
        await town.look()


def _anything(town: Town, page: Page, known: list[str]) -> None:
    @settings(LAW, max_examples=5)
    @given(form=filled(town.fields_of(page.path), known), pick=st.integers(0, 30))
    def send(form: Fields, pick: int) -> None:
        town.wait(town.send(town.boss, "POST", town.url(page.path, pick), {}, form | {"csrf": town.boss.csrf}))

    send()


async def test_every_page_of_the_desk_takes_any_address(town: Town) -> None:
    pages = [page for _section, page in everything(town.service) if page.method == "GET"]
    known = sorted({*words_in(ROOT / "handlers", QUERY, "*.py"), *words_in(ROOT / "bot", QUERY, "*.py"), *FILTERS})
    assert {"after", "status", "weeks", "before", "copy"} <= set(known)
    for page in pages:
        await asyncio.to_thread(_any_address, town, page, known)


def _any_address(town: Town, page: Page, known: list[str]) -> None:
    @settings(LAW, max_examples=5)
    @given(query=st.dictionaries(st.sampled_from(known), values, max_size=4), pick=st.integers(0, 30))
    def send(query: Fields, pick: int) -> None:
        town.wait(town.send(town.boss, "GET", town.url(page.path, pick), query, None))

    send()


async def test_a_number_no_row_can_have(town: Town) -> None:
    for _section, page in everything(town.service):
        for place in re.findall(r"\{\w+:int\}", page.path):
            for number in ("0", str(2**63), "9" * 5000):
                path = page.path.replace(place, number)
                form = {"csrf": town.boss.csrf, "words": "x", "reason": "x"} if page.method == "POST" else None
                answer = await town.send(town.boss, page.method, town.url(path, 0), {}, form)
                assert answer.status_code in {400, 404, 405, 409}, (path[:80], answer.status_code)


@on_sqlite
@pytest.mark.parametrize("role", ["union", "community"])
async def test_nobody_changes_what_another_role_works_on(town: Town, role: str) -> None:
    member = await town.make(role, "同事")
    await town.crawl(everything(town.service))
    others = [name for other, names in OWNED.items() if other != role for name in names]
    before = await kept(town.service, others)
    for section, page in everything(town.service):
        if page.method != "POST" or section.area == "me":
            continue
        for pick in range(3):
            form = {name: given[-1] or "1" for name, given in town.fields_of(page.path).items()}
            form |= {"reason": "x", "csrf": member.csrf}
            answer = await town.send(member, "POST", town.url(page.path, pick), {}, form)
            assert (answer.status_code == 403) or may_open(role, section.area), (role, page.path)
    assert await kept(town.service, others) == before


async def kept(service: Service, prefixes: list[str]) -> dict[str, list[Any]]:
    """All rows of the tables that begin so."""
    found = {}
    async with service.store.read() as unit:
        for table in metadata.sorted_tables:
            if any(table.name == one or (one.endswith("_") and table.name.startswith(one)) for one in prefixes):
                found[table.name] = [dict(row) for row in await unit.rows(sa.select(table).order_by(sa.text("1")))]
    return found


# -- the pages anybody may open


async def test_every_public_page_takes_anything(town: Town, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    service = town.service
    monkeypatch.setitem(service.registry.resources, Site, open_figures(service))
    keys = await _keys(service)
    links = await _links(service, chat)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=service.web()), base_url=BASE)
    async with client:
        routes = [one for one in service.web().routes if isinstance(one, Route) and not one.path.startswith("/desk")]
        assert len(routes) > 18
        for route in routes:
            for method in sorted((route.methods or set()) - {"HEAD"}):
                await asyncio.to_thread(_public, town, client, route.path, method, links, keys)


def _public(town: Town, client: httpx.AsyncClient, path: str, method: str, links: list[str], keys: Fields) -> None:
    names = [
        "key", "quarter", "status", "service_code", "start_date", "end_date", "service_request_id", "cursor", "limit",
        "changed_since", "region", "lat", "long", "address_string", "description", "text", "choice", "format",
    ]  # fmt: skip
    parts = st.one_of(
        st.sampled_from([*links, "json", "xml", "482913"]),
        st.sampled_from([str(one) for place in ("slot", "broadcast", "case", "photo") for one in town.ids[place][:2]]),
        values,
    )

    @settings(LAW, max_examples=12)
    @given(
        given_parts=st.lists(parts, min_size=4, max_size=4),
        query=st.dictionaries(st.sampled_from(names), st.one_of(values, parts), max_size=3),
        signed=st.booleans(),
    )
    def send(given_parts: list[str], query: Fields, signed: bool) -> None:
        url = _place(path, iter(given_parts))
        secret = keys["cases"] if signed else "yz_wrong"
        headers = {"authorization": f"Bearer {secret}"}
        form = {**query, "api_key": keys["open311"]} if signed else query
        answer = town.wait(
            client.request(method, url, params=query, data=form if method == "POST" else None, headers=headers)
        )
        assert answer.status_code < 500 or answer.status_code == 503, (method, url, query)
        assert SCRIPT not in answer.text or "html" not in answer.headers.get("content-type", ""), (method, url)
        where = answer.headers.get("location", "/")
        assert where.startswith("/") and not where.startswith("//"), (url, where)

    send()


def _place(path: str, parts: Any) -> str:
    def fill(found: re.Match[str]) -> str:
        given_part = next(parts)
        if ":int" in found[0]:
            return given_part if given_part.isascii() and given_part.isdigit() else "7"
        return quote(given_part, safe="", errors="replace") or "x"

    return re.sub(r"\{\w+(?::\w+)?\}", fill, path)


async def test_a_button_can_be_made_up(town: Town, chat: Chat) -> None:
    """What a button carries comes from outside: whatever stands in it, the message is dealt with."""
    words = sorted(words_in(ROOT / "handlers", CARRIED, "*.py"))
    assert {"case", "slot", "step", "from", "level", "photos"} <= set(words)
    names = sorted(town.service.registry.by_name)
    await asyncio.to_thread(_made_up, town, chat, names, words)


def _made_up(town: Town, chat: Chat, names: list[str], words: list[str]) -> None:
    rows = [str(one) for own in town.ids.values() for one in own[:2]]
    carried = st.one_of(values, st.sampled_from(rows))

    @settings(LAW, max_examples=120)
    @given(name=st.sampled_from(names), args=st.dictionaries(st.sampled_from(words), carried, min_size=1, max_size=3))
    def send(name: str, args: Fields) -> None:
        choice = f"go:{name}?{urlencode(args, errors='replace')}"
        town.wait(chat.deliver(choice=choice))
        assert town.wait(failed(town.service)) == 1, choice

    send()


async def failed(service: Service) -> int:
    """How many messages could not be dealt with: the one that was put there, and no more."""
    async with service.store.read() as unit:
        return int(await unit.value(sa.select(sa.func.count()).select_from(PLACES["parked"])))


def open_figures(service: Service) -> Site:
    """The site with its public figures on."""
    site: Site = service.registry.resources[Site]
    return site.model_copy(update={"public_figures": True})


async def _keys(service: Service) -> Fields:
    async with service.store.write() as unit:
        return {scope: await tokens.make(unit, "联盟", {scope}) for scope in sorted(tokens.SCOPES)}


async def _links(service: Service, chat: Chat) -> list[str]:
    """What people hold in their hands: links of ours, as the last part of a path."""
    vault, now = service.store.vault, service.clock()
    made = [data_link(vault, await person_of(service, chat), now), certificate_link(vault, "ZM-0000-0000", now)]
    async with service.store.read() as unit:
        codes = (await unit.execute(sa.select(PLACES["case"].c.code).limit(2))).scalars()
        reports = (await unit.execute(sa.select(PLACES["report"].c.code).limit(2))).scalars()
    return [*(one.rpartition("/")[2] for one in made), *codes, *reports]
