"""Changing one answer at the end in so many words: 地址错了, 金额不对 是600, change the date."""

from __future__ import annotations

from typing import Any

from bot.dialogue.questions import Question
from bot.dialogue.state import Draft
from bot.patterns import pattern
from bot.understand import NotUnderstood
from bot.understand.words import normalise

SIGNS = ("改", "换", "不对", "不是", "错", "change", "wrong", "correct")
_DENIED = "不是"  # 地点不是天宁区: only what it is not
# What stands around the new answer.
_AROUND = pattern(
    r"我|想|要|请|帮忙?|把|给|的|了|写|填|选|弄|搞|报|一下|改|换|成|为|错|不对|应该?|其实|是|吧|啊|呀|和|到|一[项张个]|下(?![午周个星月礼])"
    r"|(?<![a-z])(?:please|change|wrong|correct|is|it|it's|the|to|should|be|was)(?![a-z])"
)


def meant(draft: Draft, text: str) -> str:
    """The key of the one answer that is to be changed; "" when the words mean none, or several. What an answer is
    called on the screen goes before what people call it as well (时间, beside a day)."""
    words = normalise(text)
    if not any(sign in words for sign in SIGNS):
        return ""
    found = [key for key in draft.order if any(name in words for name in _names(draft, key))]
    shown = [key for key in found if normalise(draft.labels[key]) in words] if len(found) > 1 else found
    return shown[0] if len(shown) == 1 else ""


def corrected(draft: Draft, question: Question, text: str) -> Any:
    """The new answer as JSON, where the words that ask for the change hold it; None when they don't."""
    rest = normalise(text)
    if _DENIED in rest:
        return None
    for name in _names(draft, question.key):
        rest = rest.replace(name, " ")
    rest = " ".join(_AROUND.sub(" ", rest).split())
    try:
        return question.correction(rest) if rest else None
    except NotUnderstood:
        return None


def _names(draft: Draft, key: str) -> list[str]:
    """What an answer is called, the longest name first."""
    label = draft.labels.get(key)
    names = {normalise(name) for name in (label, *draft.called.get(key, ()))} if label else set()
    return sorted(names, key=len, reverse=True)
