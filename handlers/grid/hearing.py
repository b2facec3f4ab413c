"""What free words mean: danger, which is answered first, or something that is wrong in the street."""

from __future__ import annotations

from bot.patterns import pattern
from bot.understand.question import looks_like_question
from bot.understand.words import normalise
from handlers.grid.content import GridKinds

# Nobody may be kept waiting by a form for these.
_DANGER = pattern(
    r"着火|起火|失火|冒烟|火灾|烧起来|(?:燃气|煤气|天然气|瓦斯).{0,4}(?:味|漏|泄)|漏气|漏电|触电|电线.{0,4}(?:掉|断|垂)|爆炸"
    r"|(?:房|楼|墙|棚|桥|路).{0,4}(?:塌了|要塌|倒塌|塌陷)|人.{0,4}(?:掉|摔|陷)(?:进|下|到)|有人.{0,4}(?:受伤|晕|昏|被困|落水|溺水)"
    r"|\b(?:on fire|fire!|smoke|gas leak|explosion|electrocuted|collapsed|trapped)\b"
)
_STILL = pattern(r"(?:怕|防|预防|容易|可能|会不会|万一|隐患|小心).{0,6}(?:着火|起火|触电|漏电|爆炸|火灾)")
_WANTS = pattern(
    r"(?:我要|我想|帮我)?(?:上报|随手拍|报一下|反映一下|报修).{0,20}|.{0,20}(?:上报一下|报一下|谁来管|没人管|来修一下|该修了)"
    r"|(?:i want to )?report (?:a|an|the) .{0,40}"
)
_HAZARD = pattern(r"(?:我要|我想|帮我)?(?:举报|上报|反映)(?:一下|个|一个|一处)?(?:消防|安全)?隐患.{0,20}")
_ABOUT_ME = pattern(r"被(?:举报|罚|抓|贴条|扣)")  # who is blamed for it asks, and reports nothing


def is_danger(text: str) -> bool:
    """着火了, 有燃气味, 有人掉进去了: somebody may come to harm now."""
    words = normalise(text)
    return bool(_DANGER.search(words)) and not _STILL.search(words)


def heard(text: str, kinds: GridKinds) -> float:
    """How surely somebody wants to report what is wrong in the street."""
    asks = looks_like_question(text)
    if is_danger(text) and not asks and len(text) <= 40:
        return 0.97
    if asks or len(text) > 120:
        return 0.0
    if _HAZARD.fullmatch(normalise(text)):
        return 0.95
    kind = kinds.hear(text)
    if kind is None or _ABOUT_ME.search(text):
        return 0.0
    return 0.9 if _WANTS.fullmatch(normalise(text)) else 0.75
