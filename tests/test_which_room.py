"""Words said with no form open lead into the room they are meant for; none takes what is asked of the policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.registry import Registry
from bot.roof import make_registry
from bot.settings import load
from bot.store.media import Blobs


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder: Path = tmp_path_factory.mktemp("rooms")
    return make_registry(load(data_dir=folder), Blobs(folder))


def room(registry: Registry, text: str) -> str | None:
    """The dialogue that opens; None: the policies are asked."""
    found = registry.named(text) or registry.claimed(text)
    return found.name if found is not None else None


MEANT = {
    "unsubscribe": (
        "退订", "TD", "不想收了", "别再给我发了", "不要再推送了", "取消订阅", "消息太多了", "我不想再收到这些消息了",
        "以后别给我发活动了", "stop sending me messages",
    ),
    "my_points": ("我的积分", "我有多少分", "我现在有多少积分", "查一下我的积分", "积分还剩多少", "我的分"),
    "rewards": ("换东西", "我要换东西", "换点东西", "用积分换礼品", "积分商城"),
    "council": ("议事会", "议事会什么时候开", "下次开会什么时候"),
    "council_propose": ("我要提建议", "提个意见", "给社区提个建议", "建议在红梅路建个骑手休息站",
                        "希望小区门口加个外卖柜", "建议小区门口放个外卖架"),
    "street_report": ("随手拍", "路灯坏了", "红梅路口井盖没了", "举报消防隐患", "有燃气味"),
    "complaint": ("举报平台", "美团上周五扣了我200说超时 那天下暴雨", "希望平台别再乱扣钱，扣了我300"),
    "accident": ("我被车撞了", "路上有个坑 摔了", "送餐摔了"),
    "volunteer": ("做志愿", "报名", "我要报名", "有啥活动 下午那会儿没单", "我下午没单 做点啥"),
    "courtesy": ("你们电话多少", "怎么找你们工会", "工会电话是多少", "谢谢"),
    "menu": ("nihao", "你好"),
    "language": ("换个语言", "换成英文", "English", "说中文"),
    "settings": ("设置",),
    "profile": ("我想看我的资料",),
    "subscribe": ("取消退订",),
    "volunteer_take_over": ("接班", "接班 JB-7K3M-92QD", "接班 JB-1234"),
    "hand_out": ("核销", "DH-7K3M-92Q", "核销 BT 7K3M"),
}  # fmt: skip

ASKED = (
    "积分怎么换东西", "积分能换油卡吗", "攒了50分在哪兑", "一小时几分", "积分能换钱吗", "驾照扣了几分影响接单吗",
    "飞线充电被举报了", "电动车在楼道充电罚多少", "楼道充电违法吗", "社区议事会骑手能参加吗", "希望平台给我们加工资",
    "平台推送的单能不能不接", "不想交社保了能退吗", "养老金停发了怎么办", "工资发得太少了合法吗",
    "投诉电话是多少",
)  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, said in MEANT.items() for text in said])
def test_led_into_its_room(registry: Registry, name: str, text: str) -> None:
    assert room(registry, text) == name


@pytest.mark.parametrize("text", ASKED)
def test_a_question_goes_to_the_policies(registry: Registry, text: str) -> None:
    assert room(registry, text) is None
