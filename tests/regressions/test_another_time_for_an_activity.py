"""时间改成下午3点到4点 at the last look was not understood: a day is called 时间 by people as well, and 下午 lost its
first half."""

from __future__ import annotations

import pytest

from bot.app import Service
from handlers.staff import service as staff
from tests.support import Chat


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("时间改成下午3点到4点", "15:00–16:00"),
        ("改时间 15:00-16:00", "15:00–16:00"),
        ("时间不对", "几点到几点"),
        ("日期改成后天", "周三（11月18日）14:30–16:00"),
        ("人数改成5个", "5 人"),
        ("日期改成下周三", "11月25日"),
    ],
)
async def test_is_understood(service: Service, chat: Chat, said: str, shown: str) -> None:
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await chat.say(code, "发布活动", "楼道排查", "看楼道", "红梅社区", "所有人", "明天", "下午2点半到4点")
    await chat.say("3", "跳过", "1", "跳过", "跳过", "王主任")
    assert shown in await chat.say(said)
