"""Files of a case at the desk: small pictures, copies without metadata, the case file; and what the worker is told."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Awaitable, Callable

import orjson
import pytest
import sqlalchemy as sa
from PIL import Image

from bot.app import Service
from bot.personal import Holders
from bot.roof import arrivals
from bot.store.media import MADE, keep
from bot.store.tables import audit, media
from handlers.complaints.tables import cases
from tests.desk.conftest import Colleague, Notices, case_id, file_case
from tests.pdf_reading import pdf_text
from tests.photo import GPS, jpeg
from tests.support import Chat

Make = Callable[..., Awaitable[Colleague]]
SELFIE = jpeg((600, 400), place=True, turned=True)
STORY = "美团上周五扣了我200说超时 那天下暴雨 我叫张三 电话13800138000"


async def filed(chat: Chat, service: Service, *contents: bytes) -> int:
    """A complaint with these pictures, uploaded as the web page does; the id of its case."""

    async def send() -> None:
        stored = [
            keep(service.blobs, service.store.vault, one, kind="photo", name="a.jpg", mime="") for one in contents
        ]
        await chat.deliver(media=tuple(stored))

    await chat.say(STORY)
    if "同意" in chat.labels:
        await chat.tap("同意")
    await send()
    for _step in range(14):
        if "提交" in chat.labels:
            break
        options = ("不留姓名", "好了", "跳过")
        await chat.tap(next(one for one in options if one in chat.labels))
    await chat.tap("提交")
    async with service.store.read() as unit:
        found: int = await unit.value(sa.select(cases.c.id).order_by(cases.c.id.desc()))
        return found


async def pictures(service: Service) -> list[int]:
    async with service.store.read() as unit:
        return list((await unit.execute(sa.select(media.c.id).order_by(media.c.id))).scalars())


async def test_the_worker_is_told_the_fingerprints(chat: Chat, service: Service) -> None:
    await filed(chat, service, SELFIE)
    digest = hashlib.sha256(SELFIE).hexdigest()
    assert f"1 个文件已加密收好，指纹：{digest[:8]}" in chat.text
    await chat.tap("文件和指纹")
    assert f"1 图片 {digest}" in chat.text
    await chat.say("我的诉求")
    assert "文件和指纹" in chat.labels


async def test_nobody_sees_anothers_files(chat: Chat, service: Service, someone: Callable[[str], Chat]) -> None:
    number = await filed(chat, service, SELFIE)
    other = someone("rider-9")
    for given in (number, 7, "x", "9" * 30, ""):
        await other.deliver(choice=f"go:complaint_files?case={given}")
        assert "没有找到" in other.text or "找不到" in other.text, other.text
        assert hashlib.sha256(SELFIE).hexdigest()[:8] not in other.text


async def test_what_comes_later_is_told_when_it_is_there(chat: Chat, service: Service, notices: Notices) -> None:
    code = await file_case(chat, photos=2)
    assert "还有 2 个文件在接收" in chat.text
    first, second = await pictures(service)
    async with service.store.write() as unit:
        await unit.execute(sa.update(media).where(media.c.id == first).values(status="kept", sha256="ab" * 32))
        await arrivals(unit, first)
    assert await notices.to(chat) == []
    for _twice in range(2):
        async with service.store.write() as unit:
            await unit.execute(sa.update(media).where(media.c.id == second).values(status="failed", reason="broken"))
            await arrivals(unit, second)
    [told] = await notices.to(chat)
    assert code in told.text
    assert "指纹：abababab" in told.text
    assert "打不开" in told.text


async def test_a_picture_nothing_here_opens_says_that_there_is_only_the_original(
    colleague: Make, chat: Chat, service: Service
) -> None:
    heic = b"\0\0\0\x18ftypheic" + b"x" * 99
    number = await filed(chat, service, heic)
    [picture] = await pictures(service)
    async with service.store.write() as unit:
        await unit.execute(sa.update(media).values(mime="image/heic"))
    member = await colleague("union")
    page = await member.open(f"/desk/cases/{number}")
    assert "只有原图" in page
    assert f"{picture}/thumbnail" not in page
    assert f"{picture}/copy" not in page
    answer = await member.client.get(f"/desk/cases/{number}/photos/{picture}")
    assert answer.content == heic
    assert answer.headers["content-disposition"] == f'attachment; filename="{picture}.heic"'


async def test_small_pictures_and_copies_carry_nothing_but_the_picture(
    colleague: Make, chat: Chat, service: Service
) -> None:
    number = await filed(chat, service, SELFIE)
    [picture] = await pictures(service)
    member = await colleague("union")
    page = await member.open(f"/desk/cases/{number}")
    assert f"/photos/{picture}/thumbnail" in page
    assert hashlib.sha256(SELFIE).hexdigest() in page
    url = f"/desk/cases/{number}/photos/{picture}"
    assert Image.open(io.BytesIO(SELFIE)).getexif().get_ifd(GPS)
    for path, size in (("thumbnail", (213, 320)), ("copy", (400, 600))):  # upright
        answer = await member.client.get(f"{url}/{path}")
        assert answer.headers["content-type"] == "image/jpeg"
        shown = Image.open(io.BytesIO(answer.content))
        assert shown.size == size
        assert not shown.getexif()
        assert b"PhoneMaker" not in answer.content
        assert (await member.client.get(f"{url}/{path}")).content == answer.content
    assert (await member.client.get(url)).content == SELFIE
    sealed = [path for path in service.blobs.folder.glob("*/*") if path.suffix.strip(".") in MADE]
    assert len(sealed) == 2
    assert not any(b"JFIF" in path.read_bytes() for path in sealed)


async def test_what_was_made_goes_with_the_original(colleague: Make, chat: Chat, service: Service) -> None:
    number = await filed(chat, service, SELFIE)
    [picture] = await pictures(service)
    member = await colleague("union")
    await member.client.get(f"/desk/cases/{number}/photos/{picture}/copy")
    async with service.store.write() as unit:
        person = await unit.value(sa.select(cases.c.person_id))
        await service.registry.resources[Holders].erase(unit, person)
    assert list(service.blobs.folder.glob("*/*")) == []


async def test_a_broken_picture_is_no_error(colleague: Make, chat: Chat, service: Service) -> None:
    number = await filed(chat, service, b"\xff\xd8\xff\xe0 cut off")
    [picture] = await pictures(service)
    member = await colleague("union")
    for path in ("thumbnail", "copy"):
        answer = await member.client.get(f"/desk/cases/{number}/photos/{picture}/{path}")
        assert answer.status_code == 404
    await member.open(f"/desk/cases/{number}")
    answer = await give_out(member, number, profile="working", format="pdf")
    assert answer.content.startswith(b"%PDF-")


async def give_out(member: Colleague, number: int, **fields: str):
    return await member.client.post(f"/desk/cases/{number}/file", data={"csrf": member.csrf, **fields})


async def test_the_case_file_for_work_shows_everything_but_the_identity(
    colleague: Make, chat: Chat, service: Service
) -> None:
    code = await file_case(chat, named=True)
    number = await case_id(service, code)
    member = await colleague("union", "李经办")
    await member.open(f"/desk/cases/{number}")
    await member.press(f"/desk/cases/{number}/note", words="内部备注")
    answer = await give_out(member, number, profile="working", format="pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="{code}.pdf"'
    text = pdf_text(answer.content)
    for words in (code, "美团", "下暴雨", "内部备注", "李经办", "第 1 页 / 共 1 页"):
        assert words in text
    for words in ("张伟国", "13812345678"):
        assert words not in text
    async with service.store.read() as unit:
        entry = (await unit.rows(sa.select(audit).order_by(audit.c.id)))[-1]
    assert (entry["action"], entry["subject"], entry["detail"]) == ("case.export", f"case:{number}", "working; pdf")


async def test_the_case_file_to_hand_on_tells_nobody_who_it_was(colleague: Make, chat: Chat, service: Service) -> None:
    number = await filed(chat, service, SELFIE)
    member = await colleague("union", "李经办")
    await member.open(f"/desk/cases/{number}")
    await member.press(f"/desk/cases/{number}/note", words="内部备注")
    await member.press(f"/desk/cases/{number}/write", words="请补充截图，找我13900001111")
    answer = await give_out(member, number, profile="forwardable", format="zip", looked="1")
    digest = hashlib.sha256(SELFIE).hexdigest()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["manifest.json", "case.pdf", "files/01.jpg"]
        facts = orjson.loads(archive.read("manifest.json"))
        pdf, copy = archive.read("case.pdf"), archive.read("files/01.jpg")
    text = pdf_text(pdf)
    for words in ("我叫〔姓名〕", "电话〔号码〕", "请补充截图", "工会", digest, "工会经办人"):
        assert words in text, words
    for words in ("YZ-", "张三", "13800138000", "13900001111", "内部备注", "李经办", "staff:", "terminal"):
        assert words not in text, words
        assert words.encode() not in archive_facts(facts)
    assert not Image.open(io.BytesIO(copy)).getexif()
    assert facts["files"][1]["sha256"] == hashlib.sha256(copy).hexdigest()
    assert pdf.count(b"/Subtype /Image") == 1
    unseen = await give_out(member, number, profile="forwardable", format="pdf")
    assert unseen.content.count(b"/Subtype /Image") == 0


def archive_facts(facts: object) -> bytes:
    return orjson.dumps(facts)


@pytest.mark.parametrize("fields", [{"profile": "full", "format": "pdf"}, {"profile": "working", "format": "doc"}, {}])
async def test_what_is_no_choice_is_refused(
    colleague: Make, chat: Chat, service: Service, fields: dict[str, str]
) -> None:
    number = await case_id(service, await file_case(chat))
    member = await colleague("union")
    assert (await give_out(member, number, **fields)).status_code == 400
