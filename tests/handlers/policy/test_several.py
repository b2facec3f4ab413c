"""保险 alone got 扣保险费, 货车超载 a licence, 头盔罚款 number plates: what means several things is asked back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import Service
from bot.content import Finding
from handlers.policy import several
from handlers.policy.answers import Answers
from handlers.policy.reading_room import ReadingRoom
from tests.policy_support import write_content
from tests.support import Chat

OFFERS = [{"label": "押金", "to": "article:deposit-back"}, {"label": "养老", "to": "article:retire-age"}]


@pytest.mark.parametrize(
    ("said", "asked", "offered"),
    [
        ("保险", "哪种保险", "自己交养老、医保"),
        ("请问 保险？", "哪种保险", "平台每天扣的保险"),
        ("一口价", "一口价", "抽成怎么看"),
        ("货车超载", "不乱说", "打 12328 问交通部门"),
        ("超载罚多少钱", "不乱说", "罚了不服怎么办"),
        ("扣钱", "因为什么扣", "超时"),
        ("我是骑手", "什么事", "扣钱、罚款"),
        ("美团", "美团的什么事", "养老补贴"),
        ("问个事", "您说", "看话题"),
        ("急急急", "您说", "我受伤了"),
        ("能不能匿名", "平台看不到", "我要提诉求"),
        ("平台会不会知道是我投诉的", "平台看不到", "打 12333 举报会不会漏"),
        ("电瓶被偷了", "先报警", "打 110"),
        ("工伤", "您想问哪个", "工伤和新职伤差在哪"),
        ("顾客让我带垃圾", "不乱说", "不做就给差评"),
        ("有个顾客让我帮他把垃圾带下楼", "不乱说", "写给工会"),
        ("我把别人车刮了 跑了", "打 122", "打 122 报交警"),
        ("疲劳驾驶罚多少", "不乱说", "打 122 问交警"),
        ("开货车疲劳驾驶罚多少钱扣几分", "不乱说", "罚了不服怎么办"),
        ("顾客让我帮忙带垃圾可以拒绝吗", "不乱说", "写给工会"),
        ("我被站里开了 能要补偿吗", "没有可靠的来源", "能不能领失业金"),
        ("跑外卖被站里开了有没有补偿", "没有可靠的来源", "什么样算劳动关系"),
        ("站点让我们自己买电动车 每月扣租金 不干了车还不归我", "先看签的协议", "写给工会"),
        ("meituan kou wo qian le", "因为什么扣", "超时"),
        ("baoxian", "哪种保险", "意外险怎么赔"),
    ],
)
async def test_is_asked_back(chat: Chat, said: str, asked: str, offered: str) -> None:
    text = await chat.say(said)
    assert asked in text and "没把握" not in text
    assert offered in chat.labels and "转人工" in chat.labels


async def test_a_number_leads_on(chat: Chat) -> None:
    await chat.say("保险")
    assert "哪年几月生" in await chat.say("2")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("头盔罚款", "头盔、载人"),
        ("不戴头盔罚多少钱", "5 元到 50 元"),
        ("酒后骑车送餐摔了 能赔吗", "醉酒"),
        ("工伤认定书下来了不服", "结论书"),
        ("电动车被交警扣了咋办", "行政复议"),
        ("没发工资", "足额发"),
        ("头晕恶心想吐 太阳底下跑了一天", "120"),
    ],
)
async def test_finds_what_was_asked(chat: Chat, said: str, answer: str) -> None:
    assert answer in await chat.say(said)


async def test_who_cleans_the_car_is_not_guessed(chat: Chat) -> None:
    assert "承运人" not in await chat.say("网约车被乘客吐车上了 谁赔")


def test_words_of_two_subjects_and_bad_offers_are_findings() -> None:
    found: list[Finding] = []
    data = {
        "one": {"says": ["保险"], "offers": OFFERS},
        "two": {"says": ["保险？"], "offers": OFFERS},
        "three": {"says": ["工资"], "offers": OFFERS[:1]},
        "four": "工资",
    }
    known = several.read(data, found)
    assert set(known) == {"保险"}
    assert [one.message.split(":")[0] for one in found] == ["two", "three.offers", "four"]
    [astray] = several.astray(known, {"deposit-back"}, ())
    assert "retire-age" in astray.message


def test_an_edit_is_taken_over(tmp_path: Path) -> None:
    folder = write_content(tmp_path)
    (folder / several.FILE).write_text(
        "a:\n  says: [钱]\n  offers:\n    - {label: 押金, to: 'article:deposit-back'}\n"
        "    - {label: 养老, to: 'dialogue:insurance'}\n",
        "utf-8",
    )
    decision = Answers.load(folder).decide("钱")
    assert (decision.decision, decision.reason) == ("suggest", "several")
    assert [one.id for one in decision.passages] == ["deposit-back"]


def test_no_question_of_an_article_is_taken(service: Service) -> None:
    """What an article answers in its own words is answered."""
    shelf = service.registry.resources[ReadingRoom].answers.library.shelf
    asked = {question: one.id for one in shelf.articles for question in one.questions}
    assert {question: shelf.meant(question).says[0] for question in asked if shelf.meant(question)} == {}


@pytest.mark.parametrize(
    ("said", "answer"),
    [("顾客要我带垃圾 不带就差评", "先申诉"), ("被站点辞退了能领失业补偿不", "失业"), ("我被撞了 对方跑了", "人要紧")],
)
async def test_what_has_an_answer_keeps_it(chat: Chat, said: str, answer: str) -> None:
    assert answer in await chat.say(said)
