"""Cases at the desk: the whole story between a worker and an officer, the list, and who may open what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from bot.app import Service
from bot.store import media as store_media
from bot.store.tables import audit, media
from handlers.complaints import listing
from handlers.complaints.status import Status
from handlers.complaints.tables import case_events, cases
from tests.desk.conftest import Colleague, Notices, case_id, file_case
from tests.support import Chat, TestClock
from tests.web_talk import picture

Make = Callable[..., Awaitable[Colleague]]


async def row_of(service: Service, code: str) -> dict[str, object]:
    async with service.store.read() as unit:
        found = await unit.first(sa.select(cases).where(cases.c.code == code))
        assert found is not None
        return dict(found)


async def actions(service: Service, subject: str) -> list[str]:
    async with service.store.read() as unit:
        own = sa.select(audit.c.action).where(audit.c.subject == subject).order_by(audit.c.id)
        return list((await unit.execute(own)).scalars())


async def test_the_whole_story(chat: Chat, colleague: Make, service: Service, notices: Notices) -> None:
    code = await file_case(chat)
    rep = await colleague("union", "王琳")
    assert "1</b> 没人接手" in rep.page
    assert code in await rep.open("/desk/cases")
    number = await case_id(service, code)
    base = f"/desk/cases/{number}"
    page = await rep.open(base)
    assert "那天下暴雨" in page
    assert "可能适用的规定" in page

    assert "现在由您负责" in await rep.press(f"{base}/take")
    assert "已受理" in (await notices.to(chat))[-1].text
    assert (await row_of(service, code))["owner"].startswith("staff:")

    assert "已发给劳动者" in await rep.press(f"{base}/write", words="站点有没有给您看规则？")
    asked = (await notices.to(chat))[-1]
    assert asked.text.endswith("站点有没有给您看规则？")
    assert code in asked.text
    await chat.tap("回复")
    assert "请写您的回复" in chat.text
    assert "已补充到" in await chat.say("没有 只说系统判的")
    assert "没有 只说系统判的" in await rep.open(base)
    assert "劳动者有新的话" in (await notices.to(rep.chat))[-1].text

    assert "只有工作人员能看到" in await rep.press(f"{base}/note", words="站长姓李")
    assert "站长姓李" in rep.page
    assert "已更新" in await rep.press(f"{base}/move", **{"from": "accepted", "to": "mediation", "words": "已约站点"})
    assert "已更新" in await rep.press(f"{base}/move", **{"from": "mediation", "to": "resolved", "words": "退回200元"})
    mine = await chat.say("我的诉求")
    for part in (
        "已受理",
        "经办人回复：站点有没有给您看规则？",
        "您补充了：没有 只说系统判的",
        "调解中：已约站点",
        "已解决：退回200元",
    ):
        assert part in mine
    assert "站长姓李" not in mine
    assert "王琳" not in mine

    ended = (await notices.to(chat))[-1]
    assert [option.label for option in ended.options] == ["满意", "一般", "不满意", "重新打开"]
    await chat.tap("满意")
    assert "谢谢" in await chat.say("办得快")
    assert "您的评价：满意" in await chat.say("我的诉求")
    page = await rep.open(base)
    assert "评价：满意" in page
    assert "办得快" in page
    assert (await row_of(service, code))["rating"] == 3
    assert {"case.read", "case.take", "case.write", "case.note", "case.move"} <= set(
        await actions(service, f"case:{number}")
    )


async def test_an_answer_of_pictures_alone_lands_in_the_case(
    chat: Chat, colleague: Make, service: Service, notices: Notices
) -> None:
    code = await file_case(chat)
    rep = await colleague("union")
    number = await case_id(service, code)
    await rep.open(f"/desk/cases/{number}")
    await rep.press(f"/desk/cases/{number}/write", words="有截图吗")
    await notices.to(chat)
    await chat.tap("回复")
    await chat.photo("screenshot")
    assert "已补充到" in await chat.say("跳过")
    assert (await row_of(service, code))["attachments"] == 1


async def test_who_only_types_reply_answers_the_case_that_changed_last(
    chat: Chat, colleague: Make, service: Service, clock: TestClock
) -> None:
    assert "没有正在办的" in await chat.say("回复")
    asked_about = await file_case(chat)
    clock.move(minutes=1)
    newer = await file_case(chat, "饿了么封了我的号 昨天开始接不了单")
    rep = await colleague("union")
    number = await case_id(service, asked_about)
    await rep.open(f"/desk/cases/{number}")
    clock.move(minutes=1)
    await rep.press(f"/desk/cases/{number}/write", words="有截图吗")
    assert asked_about in await chat.say("回复")
    assert f"已补充到 {asked_about}" in await chat.say("没有截图")
    assert "没有截图" in await rep.open(f"/desk/cases/{number}")
    assert "没有截图" not in await rep.open(f"/desk/cases/{await case_id(service, newer)}")


async def test_photos_are_opened_through_their_own_gate(chat: Chat, colleague: Make, service: Service) -> None:
    code = await file_case(chat, photos=1)
    other = await file_case(chat, "饿了么封了我的号 昨天开始接不了单")
    number, stranger = await case_id(service, code), await case_id(service, other)
    rep = await colleague("union")
    async with service.store.read() as unit:
        media_id = await unit.value(sa.select(media.c.id))
    path = f"/desk/cases/{number}/photos/{media_id}"
    assert (await rep.client.get(path)).status_code == 404  # it has not come yet
    service.blobs.write(service.store.vault, media_id, picture())
    async with service.store.write() as unit:
        await store_media.kept(unit, media_id, picture(), "image/jpeg")
    assert path in await rep.open(f"/desk/cases/{number}")
    answer = await rep.client.get(path)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/jpeg", picture())
    assert answer.headers["cache-control"] == "no-store"
    assert (await rep.client.get(f"/desk/cases/{stranger}/photos/{media_id}")).status_code == 404
    assert "case.photo" in await actions(service, f"case:{number}")
    page = b"<html><script>alert(1)</script>"
    service.blobs.write(service.store.vault, media_id, page)
    answer = await rep.client.get(path)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_names_open_when_the_worker_agrees(
    chat: Chat, colleague: Make, service: Service, notices: Notices
) -> None:
    code = await file_case(chat, named=True)
    base = f"/desk/cases/{await case_id(service, code)}"
    rep = await colleague("union")
    page = await rep.open(base)
    assert "张伟国" not in page
    assert "13812345678" not in page
    await rep.press(f"{base}/identity")
    assert rep.answer.status_code == 403
    await rep.open(base)
    assert "已去问劳动者" in await rep.press(f"{base}/identity/ask", reason="要写进调解书")
    assert "要写进调解书" in (await notices.to(chat))[-1].text
    await rep.press(f"{base}/identity/ask", reason="再问一次")
    assert rep.answer.status_code == 409
    buttons = {option.label: option.value for option in chat.options}
    assert "能看到您的姓名和电话" in await chat.tap("同意")
    await chat.deliver(choice=buttons["不同意"])
    assert "已经答复过" in chat.text
    assert "张伟国" not in await rep.open(base)
    assert "张伟国 · 13812345678" in (await rep.press(f"{base}/identity")).replace("+86", "")
    assert "您同意经办人看" in await chat.say("我的诉求")
    assert "case.identity" in await actions(service, base.replace("/desk/cases/", "case:"))


async def test_an_anonymous_worker_may_refuse_or_give_a_name(
    chat: Chat, colleague: Make, service: Service, notices: Notices
) -> None:
    code = await file_case(chat)
    base = f"/desk/cases/{await case_id(service, code)}"
    rep = await colleague("union")
    await rep.open(base)
    await rep.press(f"{base}/identity/request", reason="急")
    assert rep.answer.status_code == 409  # nothing is kept that two could open
    await rep.open(base)
    await rep.press(f"{base}/identity/ask", reason="要报名字")
    await notices.to(chat)
    assert "继续封存" in await chat.tap("不同意")
    await rep.open(base)
    await rep.press(f"{base}/identity/ask", reason="对方要见面")
    await notices.to(chat)
    await chat.tap("同意")
    await chat.say("李小明", "13912345678")
    await rep.open(base)
    assert "李小明" in await rep.press(f"{base}/identity")
    assert (await row_of(service, code))["anonymous"] is False


async def test_a_second_member_approves_and_the_worker_is_told(
    chat: Chat, colleague: Make, service: Service, notices: Notices, clock: TestClock
) -> None:
    code = await file_case(chat, named=True)
    number = await case_id(service, code)
    base = f"/desk/cases/{number}"
    rep, second = await colleague("union", "王琳"), await colleague("union", "陈涛")
    await rep.open(base)
    await rep.press(f"{base}/identity/request", reason="有人身危险")
    page = await rep.open(base)
    assert "要由另一位同事批准" in page
    assert "/approve" not in page
    path = (await second.open(base)).split("/approve")[0].rpartition('"')[2] + "/approve"
    answer = await rep.client.post(path, data={"csrf": rep.csrf})
    assert answer.status_code == 403
    assert "七天内有效" in await second.press(path)
    assert "张伟国" in await rep.press(f"{base}/identity")
    assert "打开了您的姓名" in (await notices.to(chat))[-1].text
    assert "两位经办人认为必须" in await chat.say("我的诉求")
    assert (await second.press(path)) and second.answer.status_code == 404
    for _day in range(8):
        clock.move(days=1)
    await rep.sign_in()
    await rep.open(base)
    await rep.press(f"{base}/identity")
    assert rep.answer.status_code == 403
    assert {"case.identity_request", "case.identity_approve", "case.identity"} <= set(
        await actions(service, f"case:{number}")
    )


async def test_a_refused_approval_opens_nothing(chat: Chat, colleague: Make, service: Service) -> None:
    code = await file_case(chat, named=True)
    base = f"/desk/cases/{await case_id(service, code)}"
    rep, second = await colleague("union", "王琳"), await colleague("admin", "周敏")
    await rep.open(base)
    await rep.press(f"{base}/identity/request", reason="想打电话")
    path = (await second.open(base)).split("/refuse")[0].rpartition('"')[2] + "/refuse"
    assert "已拒绝" in await second.press(path)
    await rep.open(base)
    await rep.press(f"{base}/identity")
    assert rep.answer.status_code == 403
    assert "打开了" not in await chat.say("我的诉求")


async def test_only_allowed_steps_are_offered_and_taken(chat: Chat, colleague: Make, service: Service) -> None:
    code = await file_case(chat)
    base = f"/desk/cases/{await case_id(service, code)}"
    rep = await colleague("union")
    page = await rep.open(base)
    assert 'value="resolved"' in page
    assert 'value="withdrawn"' not in page
    words = {"words": "不办了"}
    refused = (("withdrawn", 409, words), ("received", 409, {}), ("nonsense", 400, words), ("resolved", 400, {}))
    for to, status, said in refused:
        answer = await rep.client.post(f"{base}/move", data={"csrf": rep.csrf, "from": "received", "to": to, **said})
        assert answer.status_code == status, to
    await rep.press(f"{base}/move", **{"from": "received", "to": "closed", "words": "查无此事"})
    answer = await rep.client.post(f"{base}/move", data={"csrf": rep.csrf, "from": "received", "to": "accepted"})
    assert answer.status_code == 409  # somebody was quicker
    page = await rep.open(base)
    assert 'value="reopened"' in page
    assert 'value="accepted"' not in page
    assert (await row_of(service, code))["status"] == "closed"


async def test_the_day_can_be_changed_and_a_case_given_back(chat: Chat, colleague: Make, service: Service) -> None:
    code = await file_case(chat)
    base = f"/desk/cases/{await case_id(service, code)}"
    rep = await colleague("union")
    await rep.open(base)
    await rep.press(f"{base}/take")
    assert "2026-12-01" in await rep.press(f"{base}/due", due_on="2026-12-01")
    for day in ("soon", "2026-11-15", "2031-01-01", "0001-01-01"):
        assert (await rep.client.post(f"{base}/due", data={"csrf": rep.csrf, "due_on": day})).status_code == 400
    await rep.open(base)
    await rep.press(f"{base}/give-back")
    assert (await row_of(service, code))["owner"] == ""
    steps = await chat.say("我的诉求")
    assert "2026-12-01" not in steps


async def test_somebody_erased_is_not_written_to(chat: Chat, colleague: Make, service: Service) -> None:
    code = await file_case(chat)
    base = f"/desk/cases/{await case_id(service, code)}"
    await chat.say("注销", "1")
    rep = await colleague("union")
    page = await rep.open(base)
    assert "已注销" in page
    assert f"{base}/write" not in page
    answer = await rep.client.post(f"{base}/write", data={"csrf": rep.csrf, "words": "在吗"}, follow_redirects=True)
    assert "联系不上" in answer.text


async def test_filters_live_in_the_url_and_add_up(
    chat: Chat, someone: Callable[[str], Chat], colleague: Make, service: Service, clock: TestClock
) -> None:
    fined = await file_case(chat)
    clock.move(days=8)
    blocked = await file_case(someone("rider-2"), "饿了么封了我的号 昨天开始接不了单")
    rep = await colleague("union")
    number = await case_id(service, blocked)
    await rep.open(f"/desk/cases/{number}")
    await rep.press(f"/desk/cases/{number}/take")
    expected = {
        "": {fined, blocked},
        "?category=fines": {fined},
        "?company=eleme": {blocked},
        "?age=7": {fined},
        "?overdue=1": {fined},
        "?owner=me": {blocked},
        "?owner=none": {fined},
        "?status=accepted": {blocked},
        "?status=resolved": set(),
        "?status=all&sort=oldest": {fined, blocked},
        "?category=fines&owner=me": set(),
        f"?code={fined.lower().replace('-', ' ')}": {fined},
        "?status=nonsense&age=x&sort=%00&after=zz": {fined, blocked},
    }
    for query, codes in expected.items():
        page = await rep.open(f"/desk/cases{query}")
        assert {code for code in (fined, blocked) if code in page.partition("<tbody>")[2]} == codes, query
    assert "在办 2" in await rep.open("/desk/cases")


async def test_pages_hold_every_case_once_in_every_order(colleague: Make, service: Service, chat: Chat) -> None:
    code = await file_case(chat)
    model = await row_of(service, code)
    async with service.store.write() as unit:
        for number in range(1, 121):
            unit.insert(cases, **{**model, "id": number, "code": f"T{number:04d}"})
    rep = await colleague("union")
    for sort in ("newest", "oldest", "due"):
        path, seen = f"/desk/cases?sort={sort}", []
        while path:
            page = await rep.open(path)
            seen += [row.split("</a>")[0].rpartition(">")[2] for row in page.split('<th scope="row">')[1:]]
            path = _next(page)
        assert len(seen) == len(set(seen)) == 121


def _next(page: str) -> str:
    links = [part for part in page.split("<a ") if 'rel="next"' in part.partition(">")[0]]
    return links[0].split('href="')[1].split('"')[0].replace("&amp;", "&") if links else ""


async def test_the_list_opens_no_words_and_is_noted(chat: Chat, colleague: Make, service: Service) -> None:
    await file_case(chat, named=True)
    rep = await colleague("union")
    page = await rep.open("/desk/cases?status=all")
    assert "暴雨" not in page
    assert "张伟国" not in page
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(audit).where(audit.c.action == "case.list"))
    assert row["detail"] == "status=all"


async def test_what_staff_write_is_sealed(chat: Chat, colleague: Make, service: Service) -> None:
    code = await file_case(chat)
    base = f"/desk/cases/{await case_id(service, code)}"
    rep = await colleague("union", "王琳")
    await rep.open(base)
    await rep.press(f"{base}/note", words="站长姓李")
    async with service.store.read() as unit:
        rows = await unit.rows(sa.select(case_events))
    assert not any("站长姓李".encode() in bytes(row["words"] or b"") for row in rows)


async def test_an_open_case_is_not_rated_and_anothers_never(
    chat: Chat, someone: Callable[[str], Chat], service: Service
) -> None:
    code = await file_case(chat)
    number = await case_id(service, code)
    await chat.deliver(choice=f"go:complaint_rate?case={number}&rating=3")
    assert "还没办完" in chat.text
    stranger = someone("stranger")
    for name in ("complaint_rate", "complaint_answer", "complaint_identity"):
        await stranger.deliver(choice=f"go:{name}?case={number}&rating=3&say=yes&request=1")
        assert "没有找到" in stranger.text
    assert (await row_of(service, code))["rating"] is None
    assert (await row_of(service, code))["status"] == Status.RECEIVED


async def test_every_region_there_is_can_be_chosen(chat: Chat, colleague: Make, service: Service) -> None:
    assert await regions_of(service) == []
    model = await row_of(service, await file_case(chat))
    async with service.store.write() as unit:
        for number, region in enumerate(("320402", "320404", "320402", "110105"), 1):
            unit.insert(cases, **{**model, "id": number, "code": f"地{number}", "region": region})
    assert await regions_of(service) == ["", "110105", "320402", "320404"]
    rep = await colleague("union")
    assert "地4" in await rep.open("/desk/cases?region=110105")
    assert "地1" not in rep.page
    assert "地1" not in await rep.open("/desk/cases?region=-")  # where none was told


async def regions_of(service: Service) -> list[str]:
    async with service.store.read() as unit:
        return await listing.regions(unit)
