"""How tired people write: half sentences, minds changed on the way, who are you, is there an answer yet."""

from __future__ import annotations

import pytest

from tests.support import Chat, on_sqlite

pytestmark = on_sqlite

FILED = ("投诉", "罚款", "美团", "同意", "昨天", "跳过", "150", "系统说没送到 扣了我", "跳过", "1", "提交")


@pytest.mark.parametrize("said", ["算了不告了", "不告了", "不追究了", "我不想投诉了"])
async def test_a_form_is_given_up(chat: Chat, said: str) -> None:
    assert "取消了" in await chat.say("美团扣我200", "同意", said)


@pytest.mark.parametrize(
    ("form", "said", "answer"),
    [
        ("投诉", "我不投诉了 我想问下养老保险咋交", "您是想问"),
        ("参保", "算了 我问下新职伤要自己交钱吗", "平台交钱"),
        ("投诉", "不提了，我要看我的积分", "分"),
    ],
)
async def test_a_mind_is_changed_on_the_way(chat: Chat, form: str, said: str, answer: str) -> None:
    text = await chat.say(form, said)
    assert text.startswith("好，取消了") and answer in text
    assert not any("接着填" in label for label in chat.labels)


async def test_an_answer_may_begin_with_a_sigh(chat: Chat) -> None:
    assert "取消了" not in await chat.say("投诉", "罚款", "算了 就美团吧")


@pytest.mark.parametrize(
    "said", ["啥时候有人回我啊", "怎么还没人回我", "上次的投诉有结果没", "我的 投 诉 怎么 样 了", "有消息了吗"]
)
async def test_where_their_case_stands(chat: Chat, said: str) -> None:
    await chat.say(*FILED)
    chat.clock.move(days=1)
    assert "接下来：经办人" in await chat.say(said)


async def test_where_no_case_stands(chat: Chat) -> None:
    assert "还没有提过" in await chat.say("上次的投诉有结果没")
    assert "3 个工作日" in await chat.tap("提了之后会怎样")


@pytest.mark.parametrize(
    "said", ["你们是干嘛的", "你们收钱吗", "是不是骗子", "你们是政府的吗", "你能帮我干啥", "要钱吗"]
)
async def test_who_runs_it(chat: Chat, said: str) -> None:
    text = await chat.say("菜单", said)
    assert "总工会" in text and "免费" in text


async def test_a_phone_number_is_not_looked_up(chat: Chat) -> None:
    assert "不用发到这里" in await chat.say("18812345678")


async def test_yes_to_nothing(chat: Chat) -> None:
    assert "不懂" not in await chat.say(*FILED, "是")


async def test_joining_is_introduced(chat: Chat) -> None:
    text = await chat.say("社保")
    assert text.startswith("我帮您算") and "取消" in text
    assert "我帮您算" not in await chat.say("不知道")


async def test_all_in_one_breath(chat: Chat) -> None:
    text = await chat.say("我87年的女的河南人在杭州送外卖想交社保要多少钱")
    assert "杭州" in text and "依据" in text and "1987 年几月" in text


@pytest.mark.parametrize("said", ["侬好 阿拉送外卖额 跌倒了哪能办", "送餐摔了咋个办"])
async def test_hurt_in_dialect(chat: Chat, said: str) -> None:
    assert "人要紧" in await chat.say(said)


async def test_beaten(chat: Chat) -> None:
    assert "先躲开，打 110" in await chat.say("我被顾客打了")
    assert "先躲开" not in await chat.say("重来", "菜单", "我摔了")


@pytest.mark.parametrize("said", ["下午有没有什么事做赚点积分", "有啥活能赚积分"])
async def test_something_to_do(chat: Chat, said: str) -> None:
    assert "活动" in await chat.say(said)


@pytest.mark.parametrize("said", ["明天下雨 志愿去不了了", "雨太大了来不了了"])
async def test_rain(chat: Chat, said: str) -> None:
    assert "没有报名" in await chat.say(said)


async def test_a_picture_then_its_story(chat: Chat) -> None:
    await chat.photo("shot-1")
    text = await chat.say("这是扣款截图 美团扣的")
    assert "美团" in text and "1 张图也记下了" in text


async def test_a_picture_then_a_question(chat: Chat) -> None:
    await chat.photo("shot-1")
    assert "平台交钱" in await chat.say("新职伤要自己交钱吗")


async def test_who_asks_for_money_first_is_warned_of(chat: Chat) -> None:
    assert (await chat.say("有人加我微信说能帮我讨薪要先交200")).startswith("别交钱")
    assert "记下了" in await chat.say("帮我讨薪 站长欠我三千")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("谢谢你啊 帮大忙了", "不客气"),
        ("👌", "有事随时说"),
        ("[抱拳]", "有事随时说"),
        ("😭😭", "遇上难事了"),
        ("[流泪][流泪]", "遇上难事了"),
        ("你说的都是废话", "没答到点上"),
        ("你这个机器人没用", "没答到点上"),
        ("谢谢 那押金怎么退", "您是想问"),
    ],
)
async def test_a_few_kind_words(chat: Chat, said: str, answer: str) -> None:
    assert answer in await chat.say("菜单", said)


async def test_joining_is_introduced_when_nothing_was_told(chat: Chat) -> None:
    assert (await chat.say("我20岁要不要交社保")).startswith("我帮您算")


async def test_a_form_put_aside_is_gone_on_with(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "在吗")
    assert "哪个平台" in await chat.say("继续")
    assert "取消了" in await chat.say("取消")
    assert "随时说" in await chat.say("继续")


async def test_the_last_word_counts(chat: Chat) -> None:
    text = await chat.say("美团扣我200 不对 是饿了么 扣了300")
    assert "饿了么" in text and "300 元" in text and "200" not in text
    assert "250 元" in await chat.say("取消", "取消", "我送的地址不对 美团扣我250")


async def test_the_way_out_is_named_when_nothing_fits(chat: Chat) -> None:
    text = await chat.say("美团扣我200", "晕", "无语")
    assert "发“取消”" not in text
    assert "发“取消”" in await chat.say("晕死")


async def test_english_with_a_number_is_offered_english(chat: Chat) -> None:
    assert "For English" in await chat.say("hi i am a rider meituan cut my money 200")


@pytest.mark.parametrize("said", ["我是不是员工", "公会不让我走", "投诉有用吗", "多久能拿到钱"])
async def test_vague_questions_are_asked_back(chat: Chat, said: str) -> None:
    await chat.say(said)
    assert "转人工" in chat.labels and "有用" not in chat.labels


async def test_gifts_of_children_are_not_about_age(chat: Chat) -> None:
    assert "16 岁" not in await chat.say("未成年打赏要退吗")
