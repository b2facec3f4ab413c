"""What riders say of a place they have: cover, another activity, the rain; whether there is room."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("said", ["想换个人去", "能不能找人替我去", "换个场次", "我想换个活动"])
async def test_cover(rider: Any, publish: Any, said: str) -> None:
    await publish()
    chat = await rider()
    await chat.say("做志愿", "1", "报名")
    assert "您想怎么换" in await chat.say(said)


async def test_rain_in_the_middle_of_a_swap(rider: Any, publish: Any) -> None:
    await publish()
    chat = await rider()
    await chat.say("做志愿", "1", "报名", "换班")
    assert "来不了是因为什么" in await chat.say("雨太大了 去不了了")
    assert "取消了：楼道排查" in await chat.say("跳过")


@pytest.mark.parametrize("said", ["有空位没", "明天有活动吗", "有没有活动", "还有名额吗", "活动还有没有空位"])
async def test_room(rider: Any, publish: Any, said: str) -> None:
    await publish()
    chat = await rider()
    await chat.say(said)
    assert any("楼道排查" in label for label in chat.labels)


async def test_a_certificate_of_what(rider: Any) -> None:
    chat = await rider()
    assert "哪个" in await chat.say("证书")
    assert "时长" in await chat.tap("志愿时长的证明")
