"""What is a complaint, what it is about and against whom: from the words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content import BrokenContent
from bot.settings import packaged
from handlers.complaints.catalogue import CATEGORIES, COMPANIES, Catalogue, open_catalogue
from handlers.complaints.follow import hears_adding, hears_code, hears_withdrawing
from handlers.complaints.hearing import grievance, tells


@pytest.fixture(scope="module")
def content() -> Catalogue:
    return open_catalogue(packaged("content"))


TOLD = (
    "美团上周五扣了我200说超时 那天下暴雨",
    "饿了么欠我工资三个月了",
    "站长骂我还不让请假",
    "我要投诉美团",
    "投诉饿了么乱扣钱",
    "凭什么扣我200",
    "平台为什么封我号 我什么都没干",
    "押金交了1500到现在没退",
    "货主拖欠我运费8000",
    "公司逼我注册个体工商户",
    "送餐摔了 平台不给报工伤",
    "老板说我年纪大 歧视我",
    "单价一降再降 我跑一天才150",
    "我的工资怎么还没发",
    "被扣了200块 申诉失败",
    "站点不让休息 连续跑了14个小时",
    "Meituan fined me 200 last friday",
    "They haven't paid me for two months",
    "I want to complain about Didi",
)

ASKED = (
    "扣钱合法吗",
    "超时扣款有规定吗",
    "怎么投诉",
    "投诉电话是多少",
    "投诉渠道",
    "被扣钱怎么办",
    "骑手超时扣款的规定",
    "没签合同 受伤",
    "押金能退吗",
    "送餐路上摔了 平台说我不是员工不赔 真的假的",
    "如果平台扣我钱能告吗",
    "被封号了怎么申诉",
    "我被车撞了",
    "我送餐摔伤了",
    "有啥活动 下午那会儿没单",
    "我82年的 在常州跑网约车 想交养老 怎么交划算",
    "最低工资标准",
    "饿了么骑手有五险一金吗",
    "美团",
    "你好",
    "12333",
    "Is it legal to fine riders",
    "How do I complain",
)


@pytest.mark.parametrize("text", TOLD)
def test_a_wrong_told_is_a_complaint(content: Catalogue, text: str) -> None:
    assert grievance(text, content) >= 0.5


@pytest.mark.parametrize("text", ASKED)
def test_a_question_is_not(content: Catalogue, text: str) -> None:
    assert grievance(text, content) == 0


def test_the_wish_to_complain_is_no_story_yet(content: Catalogue) -> None:
    assert not any(
        tells(text, content) for text in ("投诉", "我要投诉美团", "帮我投诉一下饿了么", "I want to complain about Didi")
    )
    assert tells("投诉美团乱扣我钱还封号", content)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("三个月没发工资了", "pay"),
        ("超时被罚款50", "fines"),
        ("滴滴抽成30%", "pricing"),
        ("平台封了我的号", "account"),
        ("不让请假", "hours"),
        ("送货摔了 平台不给报 还扣了我100", "injury"),  # the injury leads
        ("逼我注册个体工商户", "contract"),
        ("押金被扣了不退", "deposit"),  # not just any deduction
        ("站长动手打我", "discrimination"),
        ("没发工资还罚款200", None),  # two matters: asked
        ("今天心情不好", None),
    ],
)
def test_the_matter_is_heard_where_it_is_clear(content: Catalogue, text: str, category: str | None) -> None:
    found = content.matter(text)
    assert (found.id if found else None) == category


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("美团打车不给我派单", "meituan-ride"),  # the longer name, not 美团
        ("饿了么欠我钱", "eleme"),
        ("美团和饿了么都扣我钱", None),
        ("hello, they fined me", None),  # a nickname that is an everyday word
        ("meituan扣钱", "meituan"),
        ("supermeituans", None),
    ],
)
def test_the_company_is_named_where_one_is(content: Catalogue, text: str, company: str | None) -> None:
    found = content.named(text)
    assert (found.id if found else None) == company


def test_every_category_of_the_issue_is_there_in_both_languages(content: Catalogue) -> None:
    ids = ["pay", "fines", "pricing", "account", "hours", "injury", "contract", "deposit", "discrimination", "other"]
    assert [one.id for one in content.categories] == ids
    assert all(one.zh and one.en and one.papers_zh and one.papers_en for one in content.categories)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("YZ-0000-0000", True),
        ("我的编号YZ-0000-0000", True),
        ("yz00000000", True),
        ("20260305", False),
        ("complain", False),
    ],
)
def test_a_receipt_code_is_heard_and_a_date_or_word_is_not(text: str, sure: bool) -> None:
    assert (hears_code(text) > 0.5) is sure


def test_taking_back_and_adding_are_heard() -> None:
    assert min(map(hears_withdrawing, ("撤回", "我不投诉了", "撤销吧"))) > 0.5
    assert hears_adding("我要补充一下") > 0.5
    assert max(hears_withdrawing("怎么撤回"), hears_adding("补充医疗保险")) == 0


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda text: text.replace("  zh: 扣款罚款\n", ""), "zh"),
        (lambda text: text.replace("over: [hours]", "over: [nothing]"), "nothing"),
        (lambda text: text.replace("id: fines", "id: pay"), "twice"),
        (lambda text: text + "- [", "indentation"),
        (lambda text: "", "list"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, break_it, says: str) -> None:
    good = packaged("content")
    (tmp_path / COMPANIES).write_bytes((good / COMPANIES).read_bytes())
    (tmp_path / CATEGORIES).write_text(break_it((good / CATEGORIES).read_text("utf-8")), "utf-8")
    with pytest.raises(BrokenContent, match=says) as caught:
        open_catalogue(tmp_path)
    assert caught.value.finding.path.endswith(CATEGORIES)
    assert caught.value.finding.line > 0
