"""Somebody who may be about to take their own life: answered before anything else, plainly, with who to call now."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.understand.words import normalise

ARTICLE = "go:article?id=health-mental&full=1"  # the same numbers with their source

_DESPAIR = pattern(
    r"不想(?:再)?活(?!动|儿|跃)|活(?:得|着)?(?:真|太|实在|也|都)?(?:没|没有)(?:什么|啥)?意[思义]|活(?:着)?(?:够|腻|累)了|不如死|生无可恋"
    r"|轻生|自杀|自尽|寻短见|寻死|一了百了|死了(?:算|得)了|死了(?:就)?(?:清净|解脱|干净)|一死了之|活不起了"
    r"|(?:了结|结束)(?:了)?(?:自己|这一生|这辈子|生命|我的命)|(?:想|要|不如)(?:离开|告别)(?:这个)?(?:世界|人世)"
    r"|(?:想|要|去|就|不如|真|从|准备|干脆)(?:去|从)?.{0,6}(?:跳楼|跳河|跳江|跳桥|跳下去|上吊|割腕|喝农药|吃安眠药|烧炭)"
    r"|(?<!累)(?<!热)(?<!冷)(?<!饿)(?<!困)(?<!爱)(?<!吵)(?:我|真|好|就|都|很|只|太)想死(?![你您他她它妈爸家老]|了都)|^想死了?$"
    r"|suicid|kill(?:ing)? myself|end my life|want to die|don'?t want to live|no reason to live"
)
_CLAUSE = pattern(r"(?:我|真的?|实在|感觉|觉得|快|要|也|都|已经|就)*(?:活不下去|没法活|没有?活路)了?[吧啊呀]?")
# A rule is asked after, or it is long over: what a family gets, whether it counts.
_RULES = pattern(r"赔|工伤|职业伤害|新职伤|认定|家属|保险|算不算|案例|规定|条例|新闻|视频|compensat|insur")
_APART = pattern(r"[\s,，。.!！?？;；、~～…]+")


def despairs(text: str) -> float:
    """不想活了, 想从桥上跳下去, 活着没意思: one's own, or a friend's. 累死了, 自杀算工伤吗: no."""
    plain = normalise(text)
    if _RULES.search(plain):
        return 0.0
    return 1.0 if _DESPAIR.search(plain) or any(map(_CLAUSE.fullmatch, _APART.split(plain))) else 0.0


@dialogue("care", title=N_("Help right now"), hears=despairs, after="offer", foremost=True)
async def care(talk: Talk) -> None:
    """What to do this minute, and that this is a program; nothing is asked, no form goes on by itself."""
    text = N_(
        "I take what you say seriously. Move away from danger, sit down, call somebody you trust to be with you.\n"
        "Call 12356 now, the national mental health line: somebody listens. No answer, or danger: 110 or 120.\n"
        "I answer automatically and can't call for you. “Staff” reaches people, but not at once: call first.\n"
        "Money and platform matters we can sort out one by one, when you are ready."
    )
    said = text if talk.opening.isascii() else _(text)  # who writes English now is not asked to switch first
    await talk.say(said, [Option(_("What helps right now"), ARTICLE), Option(_("Ask staff"), "go:handover")])
