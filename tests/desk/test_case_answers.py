"""The worker answers the officer by just writing on; an ended case is opened again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.settings import Settings
from handlers.complaints.tables import case_events, case_media, cases
from tests.desk.conftest import Colleague, Notices, case_id, file_case
from tests.support import Chat, TestClock, on_sqlite
from tests.wechat_talk import settle

Make = Callable[..., Awaitable[Colleague]]
PASSED_ON = "已转给经办人"


@pytest.fixture
async def service(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    """The whole service, its courier run by hand; what goes to the web has arrived when it is stored."""
    async with Service(make_settings(), clock, only={"terminal", "web"}).running(courier=False) as running:
        yield running


@pytest.fixture
def rider(service: Service, clock: TestClock) -> Chat:
    """A rider at the web page."""
    return Chat(service.dispatcher, clock, "rider-1", "web")


class Desk:
    """One case and who works it."""

    def __init__(self, service: Service, rep: Colleague, rider: Chat, code: str, number: int) -> None:
        self.service, self.rep, self.rider, self.code = service, rep, rider, code
        self.base = f"/desk/cases/{number}"
        self.number = number

    async def write(self, words: str) -> None:
        """Words to the worker, who gets them."""
        await self.rep.open(self.base)
        await self.rep.press(f"{self.base}/write", words=words)
        await self.arrived()

    async def move(self, before: str, to: str, words: str = "就这样") -> str:
        page = await self.rep.press(f"{self.base}/move", **{"from": before, "to": to, "words": words})
        await self.arrived()
        return page

    async def arrived(self) -> None:
        self.rider.clock.move(seconds=1)
        await settle(self.service)
        self.rider.clock.move(seconds=1)

    async def page(self) -> str:
        return await self.rep.open(self.base)

    async def steps(self, kind: str) -> list[str]:
        async with self.service.store.read() as unit:
            wanted = sa.select(case_events.c.actor).where(case_events.c.case_id == self.number)
            return list((await unit.execute(wanted.where(case_events.c.kind == kind))).scalars())


@pytest.fixture
async def desk(service: Service, colleague: Make, rider: Chat) -> Desk:
    """A case that is filed, taken, and asked about."""
    code = await file_case(rider)
    rep = await colleague("union", "王琳")
    made = Desk(service, rep, rider, code, await case_id(service, code))
    await rep.open(made.base)
    await rep.press(f"{made.base}/take")
    await made.write("站点给您看过规则吗？有截图请发来。")
    return made


async def test_plain_words_land_in_the_case(desk: Desk, rider: Chat, notices: Notices) -> None:
    said = await rider.say("没有 只说系统判的，他们还是没退我钱")
    assert said == f"{PASSED_ON}（{desk.code}）。"
    assert rider.labels == ["不是回复"]
    assert "只说系统判的" in await desk.page()
    assert "劳动者有新的话" in (await notices.to(desk.rep.chat))[-1].text


async def test_pictures_alone_land_in_it_too(desk: Desk, rider: Chat) -> None:
    assert PASSED_ON in await rider.photo("a", "b")
    async with desk.service.store.read() as unit:
        assert await unit.value(sa.select(cases.c.attachments).where(cases.c.id == desk.number)) == 2


async def test_what_follows_at_once_still_belongs_to_it_and_a_day_later_no_more(
    desk: Desk, rider: Chat, clock: TestClock
) -> None:
    await rider.say("没有")
    clock.move(minutes=3)
    assert PASSED_ON in await rider.say("哦还有，那天下暴雨站长也知道")
    clock.move(days=1)
    assert PASSED_ON not in await rider.say("今天天气不错")


@on_sqlite
@pytest.mark.parametrize("nod", ["好的", "嗯", "收到，谢谢"])
async def test_a_nod_is_an_answer(desk: Desk, rider: Chat, nod: str) -> None:
    assert PASSED_ON in await rider.say(nod)


@on_sqlite
async def test_nothing_is_awaited_after_three_days(desk: Desk, rider: Chat, clock: TestClock) -> None:
    clock.move(hours=73)
    assert PASSED_ON not in await rider.say("今天天气不错")


async def test_not_a_reply_takes_it_out_again_and_takes_it_for_what_it_is(desk: Desk, rider: Chat) -> None:
    await rider.say("今天饿了么又封了我的号，接不了单")
    said = await rider.tap("不是回复")
    assert "已撤回" in said
    assert "记下了" in said  # a new complaint is begun
    assert "封了我的号" not in await desk.page()
    assert await desk.steps("words") == []
    await rider.say("取消")
    assert PASSED_ON not in await rider.say("今天天气不错")


async def test_words_can_be_taken_out_for_half_an_hour_and_by_their_person_alone(
    desk: Desk, rider: Chat, clock: TestClock, someone: Callable[[str], Chat]
) -> None:
    await rider.say("没有")
    value = rider.option("不是回复").value
    stranger = someone("stranger")
    await stranger.deliver(choice=value)
    assert "撤不回" in stranger.text
    clock.move(minutes=31)
    await rider.deliver(choice=value)
    assert "撤不回" in rider.text
    assert await desk.steps("words") == ["person"]
    await rider.deliver(choice="go:complaint_unsend?step=x")
    assert "撤不回" in rider.text


async def test_pictures_go_with_the_words_that_are_taken_out(desk: Desk, rider: Chat) -> None:
    await rider.photo("a")
    await rider.tap("不是回复")
    async with desk.service.store.read() as unit:
        assert await unit.rows(sa.select(case_media)) == []
        assert await unit.value(sa.select(cases.c.attachments).where(cases.c.id == desk.number)) == 0


@on_sqlite
async def test_a_question_that_has_an_answer_is_answered_and_asked_about(desk: Desk, rider: Chat) -> None:
    said = await rider.say("送餐路上摔了怎么赔？")
    assert "刚才这句要转给经办人吗" in said
    assert PASSED_ON not in said
    assert await desk.steps("words") == []
    assert PASSED_ON in await rider.tap("转给经办人")
    assert "送餐路上摔了怎么赔" in await desk.page()


@on_sqlite
async def test_yes_passes_the_question_on(desk: Desk, rider: Chat) -> None:
    await rider.say("送餐路上摔了怎么赔？")
    await rider.say("好的")
    assert "送餐路上摔了怎么赔" in await desk.page()


@on_sqlite
async def test_a_question_only_the_officer_can_answer_goes_to_them(desk: Desk, rider: Chat) -> None:
    assert PASSED_ON in await rider.say("你们什么时候去找站长呢")


@on_sqlite
@pytest.mark.parametrize(
    ("text", "answer"),
    [("我的诉求", "美团"), ("菜单", "1"), ("我要投诉饿了么 又封我的号", "记下了"), ("我被车撞了", "120")],
)
async def test_other_matters_are_no_answer(desk: Desk, rider: Chat, text: str, answer: str) -> None:
    await rider.say(text)
    assert PASSED_ON not in rider.text
    assert await desk.steps("words") == []


@on_sqlite
@pytest.mark.parametrize("text", ["1", "回复", "第一个"])
async def test_a_notice_is_picked_from_by_number_and_label(desk: Desk, rider: Chat, text: str) -> None:
    assert f"{desk.code} 请写您的回复" in await rider.say(text)
    assert "已补充到" in await rider.say("没有截图")
    assert "没有截图" in await desk.page()


@on_sqlite
async def test_the_outcome_is_rated_by_number(desk: Desk, rider: Chat) -> None:
    await desk.page()
    await desk.move("accepted", "resolved", "退回200元")
    assert "记下了" in await rider.say("3")
    assert "谢谢" in await rider.say("根本没退")
    async with desk.service.store.read() as unit:
        assert await unit.value(sa.select(cases.c.rating).where(cases.c.id == desk.number)) == 1


@on_sqlite
async def test_a_number_means_what_was_shown_last(desk: Desk, rider: Chat) -> None:
    await rider.say("菜单")
    await rider.say("1")
    assert "请写您的回复" not in rider.text
    assert "请写您的回复" in await rider.say("回复")


async def test_what_has_not_arrived_is_not_answered(
    service: Service, colleague: Make, chat: Chat, clock: TestClock
) -> None:
    code = await file_case(chat)  # at the terminal notices wait for the next message
    rep = await colleague("union")
    number = await case_id(service, code)
    await rep.open(f"/desk/cases/{number}")
    await rep.press(f"/desk/cases/{number}/write", words="有截图吗")
    await settle(service)
    clock.move(seconds=1)
    assert PASSED_ON not in await chat.say("今天天气不错")
    assert "有截图吗" in chat.text
    clock.move(seconds=1)
    assert PASSED_ON in await chat.say("没有截图")


@on_sqlite
async def test_a_form_under_way_is_asked_about(service: Service, desk: Desk, rider: Chat) -> None:
    await rider.say("我要投诉饿了么 昨天封了我的号")
    assert "哪个区" in rider.text
    await desk.write("还有别的材料吗")
    said = await rider.say("材料都在站长那里")
    assert "刚才这句要转给经办人吗" in said
    assert [label.partition("：")[0] for label in rider.labels] == ["转给经办人", "接着填"]
    assert PASSED_ON in await rider.tap("转给经办人")
    assert "材料都在站长那里" in await desk.page()
    assert "哪个区" in await rider.tap("接着填")


@on_sqlite
async def test_a_story_being_told_is_not_interrupted(desk: Desk, rider: Chat) -> None:
    await rider.say("投诉", "歧视骚扰", "美团", "昨天", "天宁区")
    assert "经过是怎样的" in rider.text
    await desk.write("还有别的材料吗")
    story = "站长当着大家的面骂我，说我再迟到就把我踢出群，还扣了我的全勤"
    await rider.say(story)
    assert "转给经办人" not in rider.text
    assert "截图" in rider.text


async def test_two_letters_and_one_answer_by_the_button(desk: Desk, rider: Chat) -> None:
    await rider.say("回复")
    await desk.write("身份不用说，只要截图")
    assert "已补充到" in await rider.say("截图在旧手机里，明天发")
    assert "截图在旧手机里" in await desk.page()


async def test_an_ended_case_takes_nothing(desk: Desk, rider: Chat) -> None:
    await desk.page()
    await desk.move("accepted", "closed", "找不到站点")
    assert PASSED_ON not in await rider.say("今天天气不错")
    assert "已经办结" in await rider.say("回复")


async def test_an_ended_case_is_opened_again_by_its_worker(
    desk: Desk, rider: Chat, clock: TestClock, notices: Notices
) -> None:
    await desk.page()
    await desk.move("accepted", "resolved", "退回200元")
    clock.move(days=3)
    assert "30 天内可以重新打开" in await rider.say("我的诉求")
    assert "哪里还没解决" in await rider.tap("重新打开")
    await rider.photo("bill")
    said = await rider.say("钱根本没到账")
    assert "已重新打开" in said
    assert "11月24日" in said  # Thursday 19 November: three working days
    assert "重新打开了这件诉求" in (await notices.to(desk.rep.chat))[-1].text
    await desk.rep.sign_in()
    page = await desk.page()
    assert "钱根本没到账" in page
    assert "2026-11-24" in page
    assert "重新打开" in await rider.say("我的诉求")
    assert "受理" in await desk.rep.press(f"{desk.base}/move", **{"from": "reopened", "to": "accepted", "words": ""})


async def test_a_bad_rating_offers_to_open_it_again(desk: Desk, rider: Chat) -> None:
    await desk.page()
    await desk.move("accepted", "closed", "平台不理")
    await rider.say("不满意", "没解决")
    assert "重新打开" in rider.labels


async def test_too_late_withdrawn_or_anothers_is_not_opened_again(
    desk: Desk, rider: Chat, clock: TestClock, someone: Callable[[str], Chat]
) -> None:
    stranger = someone("stranger")
    await stranger.deliver(choice=f"go:complaint_reopen?case={desk.number}")
    assert "没有可以重新打开" in stranger.text
    await rider.deliver(choice=f"go:complaint_reopen?case={desk.number}")
    assert "不能重新打开" in rider.text  # it has not ended
    await desk.page()
    await desk.move("accepted", "resolved", "退了")
    clock.move(days=31)
    assert "不能重新打开" in await rider.say("重新打开")


async def test_staff_open_it_again_with_a_new_day(desk: Desk, rider: Chat, clock: TestClock) -> None:
    await desk.page()
    await desk.move("accepted", "resolved", "退了")
    clock.move(days=10)
    await desk.rep.sign_in()
    await desk.page()
    await desk.move("resolved", "reopened", "站点又扣了，我们接着问")
    assert "2026-12-01" in await desk.page()
    assert "我们接着问" in await rider.say("我的诉求")
