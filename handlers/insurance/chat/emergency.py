"""Hearing an accident in what somebody types, and what kind it was."""

from __future__ import annotations

import re

from bot.patterns import pattern
from bot.understand.question import looks_like_question
from bot.understand.words import normalise

CERTAIN, LIKELY, SECOND = 0.97, 0.75, 0.55
SHORT = 12  # characters: 送餐中暑了, 被顾客打了
LONGEST = 80  # characters; who has just had an accident writes little

_TRAFFIC = pattern(r"撞|车祸|追尾|剐蹭|刮蹭|碾|轧|压到|hit by|crash|collision|collided")
_FALL = pattern(r"摔|跌|滑倒|扭[到伤了]|崴|砸[到伤]|烫[到伤]|翻车|fell|slipped|sprain")
_OTHER = pattern(
    r"被(?:人|客户|顾客|保安|商家|醉汉)?(?:打|揍)(?!电话|差评|了差评)|狗咬|被咬|中暑|晕倒|昏|beaten|dog bit|fainted"
)
_HURT = pattern(
    r"出(?:了|大|点|车)?(?:事了|事故|事情了)|受了?伤|骨折|流血|动不了|站不起来|爬不起来|救命"
    r"|accident|injured|bleeding|broken (?:leg|arm)"
)
_THING = pattern(
    r"(?<!送)(?<!取)(?:餐品?|饭|汤|货|手机|奶茶|蛋糕|箱子?|东西)(?:都|被|给|也|全)*(?:摔|撞|砸)|[摔撞砸](?:坏|碎|烂|了?(?:手机|餐|货|车门))"
)
_ME_NOW = pattern(r"我|俺|咱|阿拉|侬|刚|现在|动不了|站不起来|爬不起来|救命|流血|腿|手|头|腰|胳膊|骨折|\b(?:i|my|me)\b")
_HELP = pattern(
    r"怎么办|咋办|咋整|该怎么[做弄]|怎么弄|咋弄|哪能办|咋个[办整搞]|点(?:办|算|搞)|么办|what (?:do|should) i do|help"
)
# About a rule, about long ago, or about what if.
_NOT_NOW = pattern(
    r"如果|要是|万一|假如|规定|标准|算不算|算工伤|是不是工伤|期限|时效|去年|前年|上个?月|以前|之前|曾经|的话"
    r"|鉴定|评残|被判|老受伤|容易|新闻|视频|\bif\b|last (?:year|month)"
)
# Somebody died, money, papers, volunteers, passengers, what others say: the articles know more than first aid.
_ELSE = pattern(
    r"没了(?!知觉)|去世|死|[走过]世|赔|没钱|欠费|协议|私下|志愿|帮老人|乘客|流程|还是|第一时间|听说|老板|员工|合同|别人(?!撞)"
    r"|怕|早会|返回|白受|(?:平台|公司|客服|车行)说|急救|died|compensat"
)
_REFUSED = pattern(r"不[给肯让认赔管报理付承]|没[给赔报人]|拒|赖|推脱|自己[承担出掏]|refus|won't|denie[ds]|ignor")
_DONE = pattern(
    r"好了|打了|报了|完了|拍了|去了|[到去在].{0,3}(?:了|医院)|叫了|来了|看了|在路上|没事|能动|还好|不严重|知道了|收到|明白|继续|下一步|^(?:嗯+|好的?|行|ok|可以|done|next|ready)$"
)


def had_accident(text: str) -> float:
    """我被车撞了, 送餐摔了腿动不了: surely. 送餐摔了算工伤吗: no, that is a question."""
    plain = normalise(text)
    if len(plain) > LONGEST or _THING.search(plain) or _NOT_NOW.search(plain) or not _happened(plain):
        return 0.0
    if _ELSE.search(plain) or looks_like_question(_HELP.sub("", plain)):
        return 0.0
    if _REFUSED.search(plain):
        return SECOND
    if _ME_NOW.search(plain) or _HELP.search(plain):
        return CERTAIN
    return LIKELY if len(plain) <= SHORT else 0.0


def _happened(plain: str) -> bool:
    return any(sign.search(plain) for sign in (_TRAFFIC, _FALL, _OTHER, _HURT))


def kind_of(text: str) -> str | None:
    """traffic, fall or other."""
    plain = normalise(text)
    for kind, sign in (("traffic", _TRAFFIC), ("fall", _FALL), ("other", _OTHER)):
        if sign.search(plain):
            return kind
    return None


def moves_on(text: str) -> str | None:
    """ "next" for anything that says a step is done."""
    return "next" if _DONE.search(normalise(text)) else None


def beaten(text: str) -> bool:
    """True when somebody did it on purpose."""
    return bool(re.search(r"被.{0,4}(?:打|揍|砍|捅)|打我|打人|beat", normalise(text)))


def grave(text: str) -> bool:
    """True when somebody can't move or bleeds."""
    return bool(re.search(r"动不了|站不起来|爬不起来|流血|骨折|昏|晕|救命|bleed|can't move|broken", normalise(text)))
