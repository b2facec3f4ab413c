"""Yes and no, places, phones, and telling a question from an answer."""

import pytest

from bot.understand import NotUnderstood, phone, place, yes_no
from bot.understand.outcome import Found
from bot.understand.question import looks_like_question
from bot.understand.words import bare, fold, normalise


def outcome(parse: object, text: str) -> object:
    try:
        return parse(text)  # type: ignore[operator]
    except NotUnderstood as error:
        return f"!{error.code}"


YES = [
    "是",
    "是的",
    "是啊",
    "对",
    "对的",
    "好",
    "好的",
    "好的好的",
    "可以",
    "可以的",
    "提交",
    "确认提交",
    "嗯嗯",
    "嗯，提交吧",
    "OK",
    "yes",
    "Y",
    "👍",
    "没问题",
    "没错",
    "行",
    "是的 没错",
    "好的谢谢",
    "要",
    "同意",
    "中",
    "确定。",
    "yes please",
]
NO = [
    "不",
    "不是",
    "否",
    "取消",
    "算了",
    "算了吧",
    "不用了",
    "不用了谢谢",
    "no",
    "n",
    "不要提交",
    "先不提交",
    "别发",
    "没有",
    "不行",
    "不同意",
    "不不不",
    "no thanks",
    "取消吧",
    "👎",
    "別發",
]
NEITHER = {
    "": "!empty",
    "…": "!empty",
    "是不是": "!question",
    "好不好": "!question",
    "可以吗": "!question",
    "好，不用了": "!ambiguous",
    "不好意思": "!none",
    "好像不对": "!none",
    "对不起": "!none",
    "不是不行": "!none",
    "呵呵": "!none",
    "上周五": "!none",
    "好" * 99: "!none",
}


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert outcome(yes_no.parse, text) is True


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert outcome(yes_no.parse, text) is False


@pytest.mark.parametrize(("text", "code"), NEITHER.items())
def test_neither(text: str, code: str) -> None:
    assert outcome(yes_no.parse, text) == code


def test_yes_at_the_beginning() -> None:
    assert yes_no.find("是的，上周五扣的") == Found(True, 0, 2)
    assert yes_no.find("不，是昨天") == Found(False, 0, 1)
    assert yes_no.find("是昨天") is None
    assert yes_no.find("好，有规定吗") is None


PLACES = {
    "天宁区": "天宁区",
    "我在天宁区": "天宁区",
    "常州天宁区红梅街道那边": "常州天宁区红梅街道",
    "在新北万达跑单": "新北万达",
    "就在武进区吧": "武进区",
    "地址：延陵西路12号": "延陵西路12号",
    "  红梅公园   北门 ": "红梅公园 北门",
    "Tianning District": "Tianning District",
    "南京": "南京",
    "": "!empty",
    " \n": "!empty",
    "不知道": "!none",
    "没有": "!none",
    "123": "!none",
    "。": "!none",
    "区": "!none",
    "🏠🏠": "!none",
    "哪个区算": "!question",
    "？": "!question",
    "要填到哪里": "!question",
    "长" * 61: "!long",
}
PLACES_IN_TEXT = {
    "我昨天在天宁区送餐": "天宁区",
    "昨天在延陵西路摔了": "延陵西路",
    "天宁区，下暴雨": "天宁区",
    "我在常州市武进区跑单": "常州市武进区",
    "到红梅街道取餐": "红梅街道",
    "在小区门口被打": None,
    "在路上摔了": None,
    "我们区没有人管": None,
    "在超市取货": None,
    "美团扣了我200": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), PLACES.items())
def test_places(text: str, expected: str) -> None:
    assert outcome(place.parse, text) == expected


@pytest.mark.parametrize(("text", "expected"), PLACES_IN_TEXT.items())
def test_places_in_text(text: str, expected: str | None) -> None:
    found = place.find(text)
    assert (found and text[found.start : found.end]) == expected


PHONES = {
    "13812345678": "13812345678",
    "138 1234 5678": "13812345678",
    "+86 138-1234-5678": "13812345678",
    "008613812345678": "13812345678",
    "８６１３８１２３４５６７８": "13812345678",
    "我电话是13812345678。": "13812345678",
    "微信13812345678": "13812345678",
    "0519-86690000": "0519-86690000",
    "(0519)86690000": "0519-86690000",
    "051986690000": "0519-86690000",
    "025 8669 0000": "025-86690000",
    "010 8669 0000转801": "010-86690000-801",
    "13812345678 也就是 138 1234 5678": "13812345678",
    "": "!empty",
    "没有": "!none",
    "1381234567": "!invalid",
    "138123456789": "!invalid",
    "12345678901": "!invalid",
    "8669000": "!invalid",
    "320402199001011234": "!invalid",
    "6222 0213 8123 4567 890": "!invalid",
    "13812345678 或 13912345678": "!ambiguous",
}


@pytest.mark.parametrize(("text", "expected"), PHONES.items())
def test_phones(text: str, expected: str) -> None:
    assert outcome(phone.parse, text) == expected


def test_phones_are_masked() -> None:
    assert phone.mask("13812345678") == "138****5678"
    assert phone.mask("0519-86690000-801") == "0519-****0000"
    assert (
        phone.mask_all("打１３８ 1234 5678或(0519)86690000找我，单号138123456789")
        == "打138****5678或0519-****0000找我，单号138123456789"
    )
    assert phone.find("打138 1234 5678") == Found("13812345678", 1, 14)
    assert phone.find("320402199001011234") is None


QUESTIONS = [
    "送餐路上摔了 平台说我不是员工不赔 真的假的",
    "对了 扣钱有没有规定上限啊",
    "有啥活动 下午那会儿没单",
    "社保怎么交",
    "能报不",
    "有规定没有",
    "社保呢",
    "请问在哪里办",
    "我该怎么办",
    "为什么扣我钱",
    "几个月能领",
    "几点开门",
    "多久有人回",
    "超时扣200合法吗",
    "what is this",
    "how do i pay",
    "can i get my deposit back",
    "Is it legal?",
    "这样对不对",
    "平台能不能随便扣钱",
    "谁会看到",
    "我想知道怎么交社保",
    "交多少",
    "啥是新职伤",
    "哪个区可以办",
    "真的？",
    "“可以吗？”",
    "要錢嗎",
    "要钱不",
    "咨询一下社保",
    "下雨天送餐摔了，平台不管，站长也不管，医药费花了三千多，我没签合同，这种情况怎么赔",
]
ANSWERS = [
    "饿了么",
    "美团",
    "天宁区",
    "昨天",
    "200块",
    "我在饿了么跑单",
    "平台不说为什么就扣了我200",
    "客服没告诉我怎么回事",
    "什么都没说",
    "不知道怎么办",
    "没有",
    "没",
    "不",
    "是",
    "好的",
    "不是",
    "没什么",
    "问他为什么也不说",
    "扣了多少我不记得",
    "他们扣我钱 我不知道怎么办",
    "无论如何都不给",
    "还没到呢",
    "上周五扣的",
    "跑了三年了",
    "有几个骑手都被扣了",
    "they deducted 200",
    "do not pay me",
    "when i delivered the order the customer shouted",
    "美团凭什么扣我200",
    "就这样吧",
    "跳过",
    "取消",
    "可以",
    "扣了我两百三呢",
    "都没有",
    "一直没",
    "怎么都打不通客服",
    "没有合同",
    "要",
    "做志愿",
    "我每天跑十二个小时，平台说不清楚为什么把我的号封了，一分钱都没给",
    "昨天晚上下大雨，商家出餐慢了二十分钟，我到的时候超时了，系统直接扣了我两百，打客服问为什么，客服说什么系统判定，没有办法",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions(text: str) -> None:
    assert looks_like_question(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_answers_and_stories_are_no_questions(text: str) -> None:
    assert not looks_like_question(text)


def test_words() -> None:
    assert normalise("  Ｈｅｌｌｏ\u3000 世界\u200b\n繁體 ") == "hello 世界 繁体"
    assert bare("「好的！」") == "好的"
    folded = fold("a①\u200b㎏B")
    assert folded.text == "a1kgb"
    assert folded.found("kg", 2, 4) == Found("kg", 3, 4)
