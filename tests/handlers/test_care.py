"""Somebody who may be about to take their own life: told who to call, before anything else, and nothing is lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.app import Service
from handlers.menu.care import despairs
from handlers.policy.tables import questions
from tests.support import Chat

SAID = (
    "不想活了", "我想死", "好想死", "活着没意思 跑了十年还欠一屁股债 想跳楼", "活着没啥意思", "活够了", "活不下去了",
    "真的 活不下去了", "死了算了", "撑不下去了 想从桥上跳下去", "再不给钱我就从楼上跳下去", "想離開這個世界",
    "一了百了", "我工友说要跳楼", "要不是有孩子我早不想活了", "I don't want to live anymore", "i want to kill myself",
)  # fmt: skip
NOT_SAID = (
    "累死了", "热死了", "想死你了", "气死我了", "骑手自杀算不算工伤", "工友跳楼了 家属能赔多少", "送餐死了赔多少",
    "这单要跑死人", "不想干了", "跳槽", "跳单了", "工资拖了三个月 一家人都活不下去了", "活多不多", "不想活动了",
)  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_is_heard(text: str) -> None:
    assert despairs(text)


@pytest.mark.parametrize("text", NOT_SAID)
def test_is_no_despair(text: str) -> None:
    assert not despairs(text)


async def test_who_to_call_and_no_question(chat: Chat) -> None:
    said = await chat.say("活着没意思 跑了十年还欠一屁股债 想跳楼")
    assert "12356" in said and "110" in said and "120" in said
    assert "记下了" not in said and "没把握" not in said
    assert "人民日报" in await chat.tap("难受时怎么办")  # the number's source


async def test_a_form_waits_and_is_not_pushed(chat: Chat) -> None:
    said = await chat.say("投诉", "罚款", "不想活了")
    assert "12356" in said and "哪个平台" not in said
    assert "哪个平台" in await chat.tap("接着填")


async def test_a_story_keeps_the_words(chat: Chat) -> None:
    said = await chat.say("投诉", "罚款", "美团", "同意", "昨天", "跳过", "100", "扣得我真的不想活了")
    assert "12356" in said and "截图" not in said
    assert "截图" in await chat.tap("接着填")
    assert "扣得我真的不想活了" in await chat.say("跳过", "1")


async def test_staff_get_what_was_written_to_them(chat: Chat, service: Service) -> None:
    said = await chat.say("人工", "扛了半年了 不想活了")
    assert said.index("转给工作人员了") < said.index("12356")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(questions)) == 1


async def test_after_a_month_it_comes_before_the_old_form(chat: Chat) -> None:
    await chat.say("投诉", "罚款")
    chat.clock.move(days=40)
    assert "12356" in await chat.say("我想死")


async def test_english_is_answered_in_english(chat: Chat) -> None:
    assert "12356 now" in await chat.say("I want to die")
