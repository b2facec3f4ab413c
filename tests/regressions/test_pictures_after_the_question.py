"""A picture sent after "done", before the complaint was handed in, was called noted and left out of the case."""

from __future__ import annotations

import pytest

from bot.app import Service
from handlers.complaints.tables import case_media
from tests.support import Chat

STORY = "美团昨天扣了我200块 说我超时 其实是暴雨"


async def attached(service: Service) -> int:
    async with service.store.read() as unit:
        return len(await unit.rows(case_media.select()))


@pytest.mark.parametrize("asked", ["photos", "skipped"])
@pytest.mark.parametrize("at", ["identity", "summary"])
async def test_it_belongs_to_the_case(chat: Chat, service: Service, asked: str, at: str) -> None:
    await chat.say(STORY, "同意", "天宁区", "跳过")
    if asked == "photos":
        await chat.photo("first")
        await chat.say("好了")
    else:
        await chat.say("跳过")
    if at == "summary":
        await chat.say("匿名")
    assert "图片先记下了" in await chat.photo("late")
    if at == "identity":
        await chat.say("匿名")
    assert ("2 张图" if asked == "photos" else "1 张图") in chat.text
    await chat.say("提交")
    assert await attached(service) == (2 if asked == "photos" else 1)
