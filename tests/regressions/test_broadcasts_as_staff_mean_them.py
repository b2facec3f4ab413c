"""In the chat a message to many went to one occupation or to everybody, and its preview counted as unreachable for now
whom WeChat's mass sending reaches. A 货车司机 was heard as a 司机 as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Service
from bot.dialogue import Choice
from bot.dialogue.several import Several
from bot.i18n import speaking
from bot.messages import Incoming
from bot.settings import Settings, packaged
from bot.site import Site
from bot.understand import NotUnderstood
from handlers.broadcasts import wording
from handlers.broadcasts.preview import Counts, count
from handlers.broadcasts.segments import Audience, Segment
from handlers.broadcasts.service import Broadcasting
from handlers.broadcasts.setting import open_broadcasting
from handlers.profile.service import occupation_choices
from handlers.staff import service as staff
from tests.handlers.broadcasts.conftest import citizen
from tests.support import START, Chat

ALL = Choice("everybody", "所有人", ("大家", "全部", "都", "不限"))


def heard(words: str) -> list[str]:
    with speaking("zh_CN"):
        options = (ALL, *occupation_choices())
    asked = Several(key="trade", text="?", options=options, everything="everybody")
    return list(asked.parse(Incoming("", "", "", START, text=words)))


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("骑手和司机", ["rider", "driver"]),
        ("司机、骑手", ["rider", "driver"]),
        ("货车司机", ["trucker"]),
        ("发给骑手、货车司机和主播", ["rider", "trucker", "streamer"]),
        ("骑手和司机都发", ["rider", "driver"]),
        ("2、3", ["rider", "driver"]),
        ("2和4", ["rider", "trucker"]),
        ("3 2", ["rider", "driver"]),
        ("1", ["everybody"]),
        ("3", ["driver"]),
        ("所有人", ["everybody"]),
        ("大家", ["everybody"]),
        ("外卖员跟网约车司机", ["rider", "driver"]),
    ],
)
def test_several_are_named_in_one_message(words: str, values: list[str]) -> None:
    assert heard(words) == values


@pytest.mark.parametrize("words", ["除了主播都发", "不要主播", "2、9", "隔壁老王", "", "12345"])
def test_what_names_none_is_asked_again(words: str) -> None:
    with pytest.raises(NotUnderstood):
        heard(words)


async def test_a_message_to_riders_and_drivers(service: Service, chat: Chat, someone: Callable[[str], Chat]) -> None:
    worker = someone("community-1")
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
        for number, trade in enumerate(("rider", "rider", "driver", "trucker", "streamer")):
            citizen(unit, f"citizen-{number}", occupation=trade)
    await worker.say(code)
    assert "可以写几个" in await worker.say("群发", "周三下午楼道排查，还差 3 人。", "不要")
    await worker.say("骑手和司机", "跳过", "1", "1")
    look = await worker.say("现在")
    assert "骑手、网约车司机" in look and "发给 3 人" in look
    await worker.tap("改一项")
    await worker.tap("对象")
    assert "骑手、网约车司机、主播" in await worker.say("骑手、司机、主播")
    assert "已提交" in await worker.tap("发送")


async def test_the_preview_counts_mass_sending(service: Service) -> None:
    setting: Broadcasting = service.registry.resources[Broadcasting]
    async with service.store.write() as unit:
        citizen(unit, "web")
        citizen(unit, "wrote lately", "wechat", window_at=unit.now - timedelta(hours=1))
        for name in ("long ago", "never"):
            citizen(unit, name, "wechat", window_at=unit.now - timedelta(hours=50) if name == "long ago" else None)
        citizen(unit, "speaks English", "wechat", language="en")
        audience = Audience(Segment(), "volunteering", setting.rules, unit.now)
        one_by_one = await count(unit, audience, setting.quiet, unit.now)
        massed = await count(unit, audience, setting.quiet, unit.now, mass=True)
        at_six = await count(unit, audience, setting.quiet, unit.now + timedelta(hours=3, minutes=30), mass=True)

    def shown(counts: Counts) -> tuple[int, ...]:
        reach = counts.channels["wechat"]
        return (reach.total, reach.now, reach.mass, reach.quiet, reach.closed)

    assert shown(one_by_one) == (4, 1, 0, 0, 3)
    assert shown(massed) == (4, 1, 2, 0, 1), "one alone is no job: who is the only one of a language waits"
    assert shown(at_six) == (4, 0, 0, 4, 0)
    with speaking("zh_CN"):
        said = wording.counted(massed)
    assert "马上能收到：2 人。" in said and "微信群发：2 人" in said and "微信窗口已过：1 人" in said
    with speaking("zh_CN"):
        assert "微信群发" not in wording.counted(one_by_one)


def test_mass_sending_is_what_the_operator_wrote(service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    for name in ("broadcasts.yaml", "occupations.yaml"):
        (folder / name).write_bytes((packaged("content") / name).read_bytes())
    (folder / "wechat_templates.yaml").write_text("mass_send: true\n", encoding="utf-8")
    site = service.registry.resources[Site]
    on = Settings(_env_file=None, content_dir=folder, data_dir=tmp_path, wechat_app_id="wx1")
    off = Settings(_env_file=None, content_dir=folder, data_dir=tmp_path)
    assert open_broadcasting(on, site).mass and not open_broadcasting(off, site).mass
