"""What riders typed and was misread: homophones, a change of mind in one breath, several facts at one question."""

from __future__ import annotations

import pytest

from bot.messages import Event
from tests.support import Chat, on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("said", ["我要投宿美团", "我要头诉", "滴滴扣我钱勒 昨儿个 说绕路 我哪绕路了嘛 三十多块"])
async def test_a_complaint_is_heard(chat: Chat, said: str) -> None:
    assert "我帮您报给" in await chat.say("菜单", said)


@pytest.mark.parametrize("said", ["美团 不对是饿了么", "不是美团，是饿了么"])
async def test_the_last_word_counts(chat: Chat, said: str) -> None:
    await chat.say("投诉", "罚款", said, "同意", "昨天", "跳过", "跳过", "乱扣钱", "跳过", "不留姓名")
    assert "扣款罚款 · 饿了么(淘宝闪购) · " in chat.text


async def test_a_number_past_the_list_is_no_company(chat: Chat) -> None:
    assert "哪个平台" in await chat.say("投诉", "罚款", "第九个")


async def test_an_emoji_is_no_company_but_agrees(chat: Chat) -> None:
    assert "哪个平台" in await chat.say("投诉", "罚款", "👌")
    assert "哪天" in await chat.say("美团", "👌")


async def test_sure_erases(chat: Chat) -> None:
    assert "都删了" in await chat.say("注销", "确定")


async def test_a_form_is_not_read_out_in_a_group(chat: Chat) -> None:
    await chat.say("投诉", "罚款")
    assert "哪个平台" not in await chat.happen(Event.GROUP)


async def test_facts_beside_the_company_are_kept(chat: Chat) -> None:
    await chat.say("投诉", "罚款")
    await chat.say("美团 昨天 200块")
    assert "11月15日" in chat.replies[0].text
    assert "哪个区" in await chat.say("同意")
    assert "经过" in await chat.say("天宁区")


@pytest.mark.parametrize("said", ["算了不投诉了", "算了吧", "不想投诉了", "我不填了"])
async def test_giving_up(chat: Chat, said: str) -> None:
    assert "取消了" in await chat.say("投诉", "罚款", "美团", said)


async def test_giving_up_in_the_story(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天", "跳过", "跳过")
    assert "取消了" in await chat.say("算了不投诉了")


async def test_a_reason_may_say_so(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天", "跳过", "跳过", "乱扣我的钱", "跳过", "不留姓名", "提交")
    assert "确定撤回" in await chat.say("撤回诉求", "不想弄了")


async def test_the_names_of_a_route_are_not_the_place(chat: Chat) -> None:
    said = "货拉拉上个月28号跑一趟苏州到杭州 运费1800到现在没给"
    await chat.say(said)
    assert "1800 元" in chat.text or "1800 元" in chat.replies[0].text
    assert "苏州" not in chat.replies[0].text


async def test_back_after_the_consent_goes_back(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意")
    assert "哪个平台" in await chat.say("返回")


async def test_two_days_are_asked_about(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意")
    assert "不止一天" in await chat.say("前天 大前天吧")


async def test_which_answer_to_change_is_asked_so(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天", "跳过", "跳过", "乱扣我的钱", "跳过", "不留姓名")
    assert await chat.say("改一项") == "改哪一项？"
