"""Conversations: a test is a list of messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import pytest

from bot.channels.terminal import Terminal
from bot.dialogue import Choice, Registry, Talk, dialogue
from bot.dispatcher import Dispatcher
from bot.messages import Event, Option
from bot.settings import Settings
from bot.store.store import Store
from tests.support import Chat, TestClock

COMPANIES = [Choice("meituan", "美团", ("黄袋鼠",)), Choice("eleme", "饿了么"), Choice("didi", "滴滴出行", ("滴滴",))]
submitted: list[dict[str, object]] = []


@dialogue("menu", title="菜单", words=["菜单", "menu"], after="offer")
async def menu(talk: Talk) -> None:
    await talk.say("菜单在这", [Option("填表", "go:form"), Option("简表", "go:short?who=me")])


@dialogue("form", title="表", words=["填表"], pictures=True, hears=lambda text: 1.0 if "扣了我" in text else 0.0)
async def form(talk: Talk) -> None:
    company = await talk.choose("company", "哪个平台？", COMPANIES, other=True, label="平台")
    day = await talk.date("day", "哪天？", latest=talk.today, label="日期")
    amount = await talk.money("amount", "多少钱？", label="金额", optional=True)
    place = await talk.place("place", "在哪？", label="地点")
    story = await talk.text("story", "说说经过", longest=200, label="经过", asides=False)
    photos = await talk.photos("photos", "有截图吗？", most=3, label="截图")
    phone = await talk.phone("phone", "电话？", label="电话", optional=True)
    summary = f"{company.label}/{day}/{amount}/{getattr(place, 'text', place)}/{story}/{len(photos)}/{phone}"
    if await talk.confirm(summary, more="story"):
        submitted.append({"company": company, "day": day, "amount": amount, "story": story, "photos": photos})
        await talk.say("收到了")


@dialogue("short", title="简表", words=["简表"], linked=("who",))
async def short(talk: Talk) -> None:
    years = await talk.number("years", "交了几年？", least=0, most=60, options=[Choice("unknown", "记不清")])
    await talk.say(f"{talk.args.get('who', '')} {years!r}")


@dialogue("count", title="数", words=["数一下"])
async def once(talk: Talk) -> None:
    async def effect() -> int:
        talk.memory["effects"] = talk.memory.get("effects", 0) + 1
        return int(talk.memory["effects"])

    number = await talk.once("effect", effect)
    await talk.text("after", f"第{number}次，说点什么")
    await talk.say(f"共{talk.memory['effects']}次")


async def answers(talk: Talk, text: str, aside: bool) -> bool:
    if "规定" in text or not aside:
        await talk.say(f"答：{text}", [Option("有用", "go:menu")])
        return True
    return False


@pytest.fixture
async def rider(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Chat]:
    submitted.clear()
    store = await Store(make_settings(), clock).open()
    registry = Registry([menu, form, short, once], home="menu", aside=answers)
    dispatcher = Dispatcher(store, registry, {"terminal": Terminal()})
    dispatcher.start()
    yield Chat(dispatcher, clock)
    await dispatcher.stop()
    await store.close()


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """Conversations are the same on both databases (test_dispatcher); one is enough here."""
    return sqlite_url


async def test_a_form_from_the_first_question_to_the_effect(rider: Chat) -> None:
    assert "哪个平台" in await rider.say("填表")
    assert rider.labels[:3] == ["美团", "饿了么", "滴滴出行"]
    assert "哪天" in await rider.say("１")
    assert "多少钱" in await rider.say("上周五")
    assert "在哪" in await rider.say("两百块")
    assert "经过" in await rider.say("天宁区")
    assert "截图" in await rider.say("下暴雨 超时了 凭什么扣我？")
    await rider.photo("file-1", "file-2")
    assert "电话" in await rider.say("好了")
    assert "美团/2026-11-13/200/天宁区" in await rider.say("跳过")
    assert "收到了" in await rider.say("提交")
    assert len(submitted) == 1
    assert submitted[0]["amount"] == Decimal(200)
    assert len(submitted[0]["photos"]) == 2  # type: ignore[arg-type]


async def test_the_opening_fills_answers_ahead(rider: Chat) -> None:
    assert "在哪" in await rider.say("美团上周五扣了我200块")
    await rider.say("天宁区", "就是超时", "跳过", "跳过")
    assert "美团/2026-11-13/200/" in rider.text


@pytest.mark.parametrize(
    ("said", "company"),
    [("2", "饿了么"), ("②", "饿了么"), ("饿了麽", "饿了么"), ("黄袋鼠", "美团"), ("滴滴", "滴滴出行")],
)
async def test_choices_by_number_label_alias_and_near_miss(rider: Chat, said: str, company: str) -> None:
    await rider.say("填表", said, "昨天", "跳过", "天宁区", "x", "跳过", "跳过")
    assert rider.text.startswith(company)


async def test_other_is_taken_in_ones_own_words(rider: Chat) -> None:
    assert "哪天" in await rider.say("填表", "小蜜蜂跑腿")
    await rider.say("返回")
    assert "哪天" not in await rider.tap(rider.labels[-1])
    assert "哪天" in await rider.say("小蚂蚁")
    await rider.say("昨天", "跳过", "天宁区", "x", "跳过", "跳过")
    assert rider.text.startswith("小蚂蚁/")


async def test_a_bad_answer_gets_one_line_and_the_question_again(rider: Chat) -> None:
    await rider.say("填表", "1")
    assert rider.text.count("哪天") == 1
    text = await rider.say("不记得了呀")
    assert "哪天" in text
    assert len(text.splitlines()) == 2
    assert "哪天" in await rider.say("明天")
    assert "多少钱" in await rider.say("昨天")


async def test_back_change_cancel_and_start_again(rider: Chat) -> None:
    await rider.say("填表", "1", "昨天", "200")
    assert "多少钱" in await rider.say("返回")
    assert "哪天" in await rider.say("返回")
    await rider.say("前天", "300", "天宁区", "经过", "跳过", "跳过")
    assert "/2026-11-14/300/" in rider.text
    assert "哪天" in await rider.say("日期不对")
    assert "/2026-11-15/300/" in await rider.say("昨天")
    await rider.say("2")
    assert "金额" in rider.labels
    assert "多少钱" in await rider.tap("金额")
    assert "/2026-11-15/50/" in await rider.say("50")
    assert "哪个平台" in await rider.say("重来")
    await rider.say("取消")
    assert "菜单在这" in rider.text
    assert submitted == []


async def test_back_at_the_first_question_says_how_to_leave(rider: Chat) -> None:
    await rider.say("填表")
    assert "哪个平台" in await rider.say("返回")


async def test_more_words_can_be_added_at_the_end(rider: Chat) -> None:
    await rider.say("填表", "1", "昨天", "跳过", "天宁区", "超时", "跳过", "跳过", "3")
    assert "超时\n还骂人" in await rider.say("还骂人")


async def test_a_question_in_the_middle_is_answered_then_asked_again(rider: Chat) -> None:
    await rider.say("填表", "1")
    text = await rider.say("扣钱有没有规定上限啊")
    assert "答：扣钱有没有规定上限啊" in text
    assert text.index("答：") < text.index("哪天")
    assert "多少钱" in await rider.say("昨天")


async def test_the_menu_in_the_middle_offers_to_go_on(rider: Chat) -> None:
    await rider.say("填表", "1")
    assert "菜单在这" in await rider.say("菜单")
    assert "表" in rider.labels[-1]
    assert "哪天" in await rider.say(str(len(rider.labels)))


async def test_another_dialogue_in_the_middle_comes_back_to_the_form(rider: Chat) -> None:
    await rider.say("填表", "1")
    assert "几年" in await rider.say("简表")
    text = await rider.say("15")
    assert "Decimal('15')" in text
    assert "哪天" in text


async def test_an_option_beside_a_number_question_is_not_taken_for_a_number(rider: Chat) -> None:
    await rider.say("简表")
    assert "'unknown'" in await rider.say("记不清")
    await rider.say("简表")
    assert "Decimal('1')" in await rider.say("1")


async def test_an_old_button_does_not_answer_another_question(rider: Chat) -> None:
    await rider.say("填表")
    old = rider.option("美团").value
    await rider.say("取消", "填表")
    await rider.deliver(choice=old)
    assert "哪个平台" in rider.text


async def test_tapping_an_earlier_button_changes_that_answer(rider: Chat) -> None:
    await rider.say("填表")
    eleme = rider.option("饿了么").value
    await rider.say("1", "昨天")
    await rider.deliver(choice=eleme)
    assert "多少钱" in rider.text
    await rider.say("跳过", "天宁区", "x", "跳过", "跳过")
    assert rider.text.startswith("饿了么")


async def test_submitting_twice_submits_once(rider: Chat) -> None:
    await rider.say("填表", "1", "昨天", "跳过", "天宁区", "x", "跳过", "跳过")
    yes = rider.options[0].value
    await rider.deliver(choice=yes)
    await rider.deliver(choice=yes)
    assert len(submitted) == 1
    assert "菜单在这" in rider.text


async def test_pictures_sent_early_are_kept_for_their_question(rider: Chat) -> None:
    await rider.say("填表", "1")
    assert "哪天" in await rider.photo("early-1")
    await rider.say("昨天", "跳过", "天宁区", "x")
    await rider.photo("late-1")
    await rider.say("好了", "跳过")
    assert "/x/2/" in rider.text


async def test_no_more_pictures_than_fit(rider: Chat) -> None:
    await rider.say("填表", "1", "昨天", "跳过", "天宁区", "x")
    assert "电话" in await rider.photo("1", "2", "3", "4")
    await rider.say("跳过")
    assert "/x/3/" in rider.text


async def test_a_form_waits_for_a_week(rider: Chat, clock: TestClock) -> None:
    await rider.say("填表", "1")
    clock.move(days=7)
    assert "多少钱" in await rider.say("昨天")


async def test_after_a_month_one_is_asked_to_go_on_or_start_again(rider: Chat, clock: TestClock) -> None:
    await rider.say("填表", "1")
    clock.move(days=31)
    await rider.say("在不在")
    assert len(rider.labels) == 3
    assert "哪天" in await rider.tap(rider.labels[0])
    clock.move(days=31)
    await rider.say("昨天")
    assert "哪个平台" in await rider.tap(rider.labels[1])
    clock.move(days=31)
    await rider.say("1")
    await rider.tap(rider.labels[2])
    assert "菜单在这" in rider.text


async def test_an_effect_in_the_middle_happens_once(rider: Chat) -> None:
    await rider.say("数一下")
    assert "共1次" in await rider.say("好")


async def test_a_number_after_an_answer_means_its_option(rider: Chat) -> None:
    await rider.say("随便问问")
    assert "菜单在这" in await rider.say("1")


async def test_words_of_the_bot_as_events(rider: Chat) -> None:
    assert "菜单在这" in await rider.happen(Event.START)
    assert "几年" in await rider.happen(Event.START, "short?who=qr")
    assert "qr" in await rider.say("3")
    assert await rider.happen(Event.LEFT) == ""
    assert await rider.happen(Event.UNREADABLE, "sticker") != ""


async def test_what_was_heard_is_echoed(rider: Chat) -> None:
    await rider.deliver(text="填表", heard=True)
    assert "填表" in rider.replies[0].text
    assert "哪个平台" in rider.text


async def test_unasked_pictures_are_not_kept(rider: Chat) -> None:
    await rider.photo("stray")
    assert any(option.value == "go:complaint" for option in rider.options)
    async with rider.dispatcher.store.read() as unit:
        from bot.store.tables import media, outbox

        assert await unit.rows(media.select()) == []
        assert await unit.rows(outbox.select()) == []


async def test_answers_in_progress_are_sealed(rider: Chat) -> None:
    from bot.store.tables import conversations

    await rider.say("填表", "1", "昨天", "跳过", "天宁区红梅街道")
    async with rider.dispatcher.store.read() as unit:
        [row] = await unit.rows(conversations.select())
    assert "红梅".encode() not in row["state"]


def test_clashing_words_fail_at_start() -> None:
    twice = dialogue("other", title="x", words=["填表"])(short.run)
    with pytest.raises(ValueError, match="填表"):
        Registry([menu, form, twice], home="menu", aside=answers)
    global_word = dialogue("other", title="x", words=["取消"])(short.run)
    with pytest.raises(ValueError, match="取消"):
        Registry([menu, global_word], home="menu", aside=answers)
