"""Yes and no, in the many ways of saying them."""

import re

from bot.patterns import pattern
from bot.understand.outcome import Found, NotUnderstood
from bot.understand.question import looks_like_question
from bot.understand.words import bare, fold

_YES = (
    "没有?问题|没毛病|没错|不错|可以|同意|确认|确定|提交|当然|必须|好嘞|好滴|好|是|对头|对|行|中|得|成|嗯呐|嗯|恩|哦|要|有|愿意|发送|发吧|来吧"
    "|继续|就这样|okay|okey|ok|yes|yeah|yep|yup|y|sure|right|correct|true|submit|agree|👍|👌|✅|🆗"
)
_NO = (
    "(?:不要?|别|不想|不用|暂不)(?:再)?(?:提交|发送|发|确认|填|报|弄|交|办|投诉|参加)|取消(?:提交|报名)?"
    "|不用|不要|不是|不对|不行|不可以|不同意|不愿意|不想|不必|不好|不|没有|没|否|别|算了|算啦|拒绝"
    "|nope|nah|not|no|n|cancel|false|disagree|👎|❌|🙅"
)
_PADDING = "那个|那就|那|就|我|您|你|请|先|吧|的|了|啊|呀|哈|呢|啦|哦|噢|谢谢|麻烦|please|thanks|[ ,，。.!！~～、;；]"
_ALL_YES = pattern(rf"(?:{_PADDING})*+(?:(?:{_YES})(?:{_PADDING})*+)++")
_ALL_NO = pattern(rf"(?:{_PADDING})*+(?:(?:{_NO})(?:{_PADDING})*+)++")
_LEADING = pattern(rf"\s*(?:(?P<no>{_NO})|(?P<yes>{_YES}))(?:[的啊呀吧了])?(?=[\s,，。.!！、;；]|$)")
_LONGEST = 30


def parse(text: str) -> bool:
    """True for yes, False for no, when the answer is nothing else.

    Raises NotUnderstood: empty, question (是不是?), ambiguous (好,不用了), none.
    """
    plain = bare(text)
    if not plain:
        raise NotUnderstood("empty")
    if len(plain) <= _LONGEST and "不是不" not in plain:
        if _ALL_NO.fullmatch(plain):
            return False
        if _ALL_YES.fullmatch(plain):
            return True
    if looks_like_question(text):
        raise NotUnderstood("question")
    parts = {_single(part) for part in re.split(r"[\s,，。.!！、;；]+", plain[:_LONGEST])}
    raise NotUnderstood("ambiguous" if {True, False} <= parts else "none")


def find(text: str) -> Found[bool] | None:
    """A yes or no that the text begins with, set off from what follows: "是的，上周五扣的"."""
    folded = fold(text)
    match = _LEADING.match(folded.text)
    if match is None or looks_like_question(text):
        return None
    return folded.found(match["yes"] is not None, match.start("yes" if match["yes"] else "no"), match.end())


def _single(part: str) -> bool | None:
    if _ALL_NO.fullmatch(part):
        return False
    return True if _ALL_YES.fullmatch(part) else None
