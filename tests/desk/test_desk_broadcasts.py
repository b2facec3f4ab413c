"""Broadcasts at the desk: written, looked at, approved, followed, reported; every page against every role."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store import batches
from bot.store.tables import audit, outbox
from handlers.broadcasts.desk import SECTION
from handlers.broadcasts.service import Broadcasting, fill
from handlers.broadcasts.tables import broadcasts
from tests.desk.conftest import Colleague
from tests.handlers.broadcasts.conftest import TEXT, citizen
from tests.support import TestClock, on_sqlite

Make = Callable[..., Awaitable[Colleague]]
FIELDS = {
    "title": "楼道排查招人",
    "text": TEXT,
    "topic": "volunteering",
    "way_0": "volunteer",
    "occupation_rider": "1",
    "skip_dialogue": "1",
    "contacted_days": "3",
}


async def town(service: Service, many: int = 3) -> None:
    async with service.store.write() as unit:
        for number in range(many):
            citizen(unit, f"rider-{number}", "telegram" if number % 2 else "web")


async def rounds(service: Service) -> int:
    setting: Broadcasting = service.registry.resources[Broadcasting]
    done = 0
    while True:
        async with service.store.write() as unit:
            more = await fill(unit, setting.rules)
        if not more:
            return done
        done += more


async def number_of(service: Service) -> int:
    async with service.store.read() as unit:
        found: int = await unit.value(sa.select(sa.func.max(broadcasts.c.id)))
        return found


async def written(staff: Colleague, service: Service, **more: str) -> str:
    """A draft by this member; the path of its page."""
    await staff.open("/desk/broadcasts/new")
    await staff.press("/desk/broadcasts", **{**FIELDS, **more})
    assert staff.answer.status_code == 200, staff.page
    return f"/desk/broadcasts/{await number_of(service)}"


async def test_from_the_form_to_the_report(service: Service, colleague: Make, clock: TestClock) -> None:
    await town(service)
    staff = await colleague("community", "小王")
    path = await written(staff, service)
    assert "共 3 人，其中 3 人马上收到" in staff.page
    assert "不想再收，回“退订”。" in staff.page
    assert "1 报名" in staff.page  # in WeChat
    assert "到时间就发" in await staff.press(f"{path}/hand-in", when="now")
    assert await rounds(service) == 3
    assert "已处理 0 / 3" in await staff.open(path)
    async with service.store.write() as unit:
        await unit.execute(
            sa.update(outbox).where(outbox.c.channel == "web").values(state="sent", done_at=clock(), result="")
        )
        values = {"state": "failed", "done_at": clock(), "result": "unreachable"}
        await unit.execute(sa.update(outbox).where(outbox.c.channel == "telegram").values(**values))
    answer = await staff.client.get(f"{path}/progress")
    news = answer.json()
    assert news["share"] == 1.0
    assert (news["texts"]["sent"], news["texts"]["telegram-blocked"]) == ("2", "1")
    assert "已取关或拉黑" in await staff.open(f"{path}/report")
    assert "已取关或拉黑 1" in staff.page
    assert "rider-" not in staff.page
    assert "已送达" not in (await staff.open(f"{path}/report?fate=blocked")).partition("<table>")[2]
    async with service.store.write() as unit:
        batch_id = await unit.value(sa.select(broadcasts.c.batch_id))
        assert await batches.finish(unit, batch_id)
    await rounds(service)
    assert "已发完" in await staff.open(path)
    async with service.store.read() as unit:
        actions = list((await unit.execute(sa.select(audit.c.action).order_by(audit.c.id))).scalars())
        told = await unit.value(sa.select(sa.func.count()).where(outbox.c.kind == "notice"))
    assert {"broadcast.create", "broadcast.hand_in", "broadcast.sending", "broadcast.report", "broadcast.done"} <= set(
        actions
    )
    assert told == 1


async def test_the_report_as_files(service: Service, colleague: Make) -> None:
    await town(service)
    staff = await colleague("admin")
    path = await written(staff, service)
    await staff.press(f"{path}/hand-in", when="now")
    await rounds(service)
    lines = (await staff.client.get(f"{path}/export?format=jsonl")).text.splitlines()
    assert [json.loads(line)["state"] for line in lines] == ["queued"] * 3
    assert len({json.loads(line)["recipient"] for line in lines}) == 3
    for form in ("xlsx", "csv"):
        answer = await staff.client.get(f"{path}/export?format={form}")
        assert (answer.status_code, len(answer.content) > 50) == (200, True)
    assert (await staff.client.get(f"{path}/export?format=exe")).status_code == 400


async def test_a_second_person_for_many(service: Service, colleague: Make) -> None:
    await town(service, 201)
    author, second = await colleague("community", "小王"), await colleague("community", "小李")
    path = await written(author, service)
    assert "要另一位同事同意后才发" in await author.press(f"{path}/hand-in", when="now")
    assert await rounds(service) == 0
    await author.press(f"{path}/approve")
    assert author.answer.status_code == 403
    await author.open(path)
    await author.press(f"{path}/refuse", reason="x")
    assert author.answer.status_code == 403
    await second.open(path)
    assert "已退回" in await second.press(f"{path}/refuse", reason="请写上地址")
    assert "请写上地址" in await author.open(path)
    await author.press(f"{path}/hand-in", when="now")
    assert "要另一位同事同意" in await second.open("/desk/broadcasts") or "待同意" in second.page
    await second.open(path)
    assert "已同意" in await second.press(f"{path}/approve")
    assert await rounds(service) == 201


async def test_grown_past_the_limit_meanwhile_it_waits(service: Service, colleague: Make, clock: TestClock) -> None:
    await town(service)
    staff = await colleague("community")
    path = await written(staff, service)
    await staff.press(f"{path}/hand-in", when="later", day="2026-11-17", time="10:00")
    async with service.store.write() as unit:
        for number in range(200):
            citizen(unit, f"new-{number}")
    clock.move(days=1)
    assert await rounds(service) == 0
    await staff.sign_in()
    assert "待同意" in await staff.open(path)


async def test_paused_resumed_stopped_and_not_twice(service: Service, colleague: Make) -> None:
    await town(service)
    staff = await colleague("community")
    path = await written(staff, service)
    await staff.press(f"{path}/hand-in", when="now")
    await staff.open(path)
    await staff.press(f"{path}/pause")
    assert staff.answer.status_code == 409  # it is not under way yet
    await rounds(service)
    await staff.open(path)
    assert "已暂停" in await staff.press(f"{path}/pause")
    assert "接着发了" in await staff.press(f"{path}/resume")
    assert "已停止" in await staff.press(f"{path}/stop")
    await staff.open(path)
    await staff.client.post(f"{path}/resume", data={"csrf": (await sign(staff)).csrf})
    async with service.store.read() as unit:
        assert await unit.value(sa.select(broadcasts.c.state)) == "stopped"


async def sign(staff: Colleague) -> Colleague:
    await staff.open("/desk/broadcasts/new")
    return staff


async def test_changed_taken_back_and_thrown_away(service: Service, colleague: Make) -> None:
    await town(service)
    staff = await colleague("community")
    path = await written(staff, service, region="天宁区", language="zh_CN", volunteered="1")
    assert "天宁区" in await staff.open(f"{path}/edit")
    await staff.press(f"{path}/edit", **{**FIELDS, "title": "换个名字"})
    assert "换个名字" in staff.page
    await staff.press(f"{path}/hand-in", when="later", day="2026-12-01", time="10:00")
    assert "2026-12-01 10:00" in staff.page
    assert (await staff.client.get(f"{path}/edit")).status_code == 409
    await staff.press(f"{path}/take-back")
    assert "草稿已删除" in await staff.press(f"{path}/drop")
    assert (await staff.client.get(path)).status_code == 404


async def test_tried_out_on_oneself(service: Service, colleague: Make) -> None:
    staff = await colleague("community")
    path = await written(staff, service)
    assert "正发到您自己的聊天里" in await staff.press(f"{path}/try")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).where(outbox.c.kind == "notice")) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("text", "", "请填写"),
        ("text", "长" * 501, "最多 500 字，现在 501 字"),
        ("title", "", "请填写"),
        ("topic", "nothing", "请选属于哪一类"),
        ("region", "没有这个地方", "没找到"),
        ("contacted_days", "很多", "天数"),
        ("way_0", "slot", "请选点了去哪里"),
        ("way_0", "article", "请选点了去哪里"),
        ("label_0", "字" * 13, "最多 12 字"),
    ],
)
async def test_bad_fields_come_back_as_they_were(
    service: Service, colleague: Make, field: str, value: str, said: str
) -> None:
    staff = await colleague("community")
    await staff.open("/desk/broadcasts/new")
    await staff.press("/desk/broadcasts", **{**FIELDS, "english": "kept words", field: value})
    assert staff.answer.status_code == 400
    assert said in staff.page
    assert "kept words" in staff.page


@on_sqlite
@pytest.mark.parametrize(
    "fields", [{"day": "2020-01-01"}, {"day": "2030-01-01"}, {"day": "x"}, {"time": "25:00"}, {"day": "9999-12-31"}]
)
async def test_times_that_can_not_be(service: Service, colleague: Make, fields: dict[str, str]) -> None:
    await town(service)
    staff = await colleague("community")
    path = await written(staff, service)
    await staff.press(f"{path}/hand-in", **{"when": "later", "day": "2026-12-01", "time": "10:00", **fields})
    assert staff.answer.status_code == 400


async def test_nobody_to_send_to_is_said(service: Service, colleague: Make) -> None:
    staff = await colleague("community")
    path = await written(staff, service)
    await staff.press(f"{path}/hand-in", when="now")
    assert staff.answer.status_code == 409
    assert "没有人会收到" in staff.page


@on_sqlite
async def test_every_page_opens_to_community_and_administrators_only(
    service: Service, colleague: Make, visitor: Callable[[], httpx.AsyncClient]
) -> None:
    union = await colleague("union")
    allowed = [await colleague("community"), await colleague("admin")]
    nobody = visitor()
    for page in SECTION.pages:
        url = "/desk" + page.path.replace("{broadcast:int}", "7")
        post = page.method == "POST"
        answer = await nobody.request(page.method, url, data={"csrf": "0" * 32} if post else None)
        assert answer.status_code == (401 if post else 303), url
        data: dict[str, Any] | None = {"csrf": union.csrf, "reason": "x"} if post else None
        assert (await union.client.request(page.method, url, data=data)).status_code == 403, url
        for member in allowed:
            data = {"csrf": member.csrf, "reason": "x"} if post else None
            if post:
                assert (await member.client.post(url, data={"reason": "x"})).status_code == 403, url
            answer = await member.client.request(page.method, url, data=data)
            expected = {404} if "/7" in url else {400} if post else {200}
            if url.endswith("/export"):
                expected = {400}
            assert answer.status_code in expected, (url, answer.status_code, answer.text)


def jpeg() -> bytes:
    """A small picture with a place in it."""
    import io

    from PIL import Image

    file = io.BytesIO()
    picture = Image.new("RGB", (40, 30), "white")
    exif = picture.getexif()
    exif[0x010F] = "SecretCamera"
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


async def test_a_picture_without_camera_or_place(
    service: Service, colleague: Make, visitor: Callable[[], httpx.AsyncClient]
) -> None:
    await town(service)
    staff = await colleague("community")
    await staff.open("/desk/broadcasts/new")
    answer = await staff.client.post(
        "/desk/broadcasts",
        data={"csrf": staff.csrf, **FIELDS},
        files={"photo": ("a.jpg", jpeg(), "image/jpeg")},
        follow_redirects=True,
    )
    assert answer.status_code == 200, answer.text
    found = re.search(r'src="(/broadcasts/[^"]+)"', answer.text)
    assert found
    picture = await visitor().get(found[1])
    assert picture.headers["content-type"] == "image/jpeg"
    assert b"SecretCamera" not in picture.content
    assert (await visitor().get(found[1][:-1] + "0x")).status_code == 404
    path = f"/desk/broadcasts/{await number_of(service)}"
    await staff.open(path)
    await staff.press(f"{path}/hand-in", when="now")
    await rounds(service)
    async with service.store.read() as unit:
        said = (await batches.words_of(unit, await unit.value(sa.select(broadcasts.c.batch_id))))["zh_CN"]
    assert (said.kind, said.url) == ("image", found[1])


@on_sqlite
@pytest.mark.parametrize("content", [b"no picture at all", b"\xff\xd8\xff cut off"])
async def test_what_is_no_picture_is_refused_and_the_words_stay(
    service: Service, colleague: Make, content: bytes
) -> None:
    staff = await colleague("community")
    await staff.open("/desk/broadcasts/new")
    answer = await staff.client.post(
        "/desk/broadcasts",
        data={"csrf": staff.csrf, **FIELDS},
        files={"photo": ("a.jpg", content, "image/jpeg")},
    )
    assert answer.status_code == 400
    assert TEXT in answer.text


@on_sqlite
async def test_a_form_that_breaks_off_is_refused(service: Service, colleague: Make) -> None:
    staff = await colleague("community")
    for body in (b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--\r\n'):
        answer = await staff.client.post(
            "/desk/broadcasts", content=body, headers={"content-type": "multipart/form-data; boundary=x"}
        )
        assert answer.status_code in {400, 403}


async def test_colleagues_are_told_that_one_waits(service: Service, colleague: Make) -> None:
    await town(service, 201)
    author = await colleague("community", "小王")
    await colleague("admin", "老张", signed_in=False)
    await colleague("union", "工会", signed_in=False)
    path = await written(author, service)
    await author.press(f"{path}/hand-in", when="now")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).where(outbox.c.kind == "notice")) == 1
