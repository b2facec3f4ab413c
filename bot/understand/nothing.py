"""Answers that say there is none: 跳过, 不知道啊, 没有, 忘了, no."""

from bot.patterns import pattern
from bot.understand.words import bare

_NONE = (
    r"跳过|略过?|pass|skip|none|no|nope|nothing|n/a|don't know|not sure"
    r"|不填|不写|不说|不想[说填写]|不方便说?|没|没得|没的|无|没有|不用|不要|不需要"
    r"|(?:我也?)?(?:不知道|不清楚|不晓得|不记得|记不[清得]楚?|忘|忘记|说不[清准]楚?)"
    r"(?:(?:是|具体|在)*(?:多少钱?|哪天|哪里|哪儿?|哪个区|什么地方|几号))?|下一[步个项题]"
)
_TAIL = r"(?:[了啊呀吧呢哦的嘛] ?)*"
_PICTURES = r"(?:截图|图片?|照片|相片|证据|screenshots?|pictures?|photos?)?"
_SKIP = pattern(rf"(?:i )?(?:{_NONE}){_TAIL}")
_NO_PICTURES = pattern(rf"(?:i )?(?:have )?(?:{_NONE})(?:[发有留存拍截] ?)* ?{_PICTURES}{_TAIL}")


def is_skip(text: str) -> bool:
    """True for words that leave a question unanswered."""
    return _SKIP.fullmatch(bare(text)) is not None


def no_pictures(text: str) -> bool:
    """True for 没截图, 没拍照片, no screenshots, and all that is a skip."""
    return _NO_PICTURES.fullmatch(bare(text)) is not None
