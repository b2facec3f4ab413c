"""Where something happened, in words: kept as they are, freed of what stands around the name."""

from collections.abc import Iterator

from bot.patterns import pattern
from bot.understand.outcome import Found, NotUnderstood
from bot.understand.question import looks_like_question
from bot.understand.words import fold, normalise

LONGEST = 60  # characters
_BEFORE = pattern(r"(?:我|就|是|在|人在|位于|住|地址|地点|位置|[:：，,\s])+")
_AFTER = pattern(r"(?:这边|那边|这里|那里|这块|附近吧|吧|呀|啊|哦|呢|跑单|送餐|送外卖|上班|干活|[，,。.!！~～、\s])+$")
_NOWHERE = pattern(
    r"(?:不知道|不清楚|不晓得|不记得|忘了|随便|没有|没|无|不告诉你|不想说|不方便说?|不说|保密|都行|哪都|到处|到处跑|none|no|idk"
    r"|(?:不)?同意|他?妈的|操|滚|傻[逼比]|好的?|好了|嗯|行|对|是的?|可以|继续|提交|下一步|ok|okay|yes|done)+"
)
_NAME = pattern(r"[一-鿿㐀-䶿a-z]")
# In free text: after a preposition, a mark or at the start; the shortest names that end as places do, one in another.
_LETTER = r"[^\W0-9a-z_在到我的送取跑扣罚]"
_KIND = r"(?:区|县|街道|镇|市|大道|路(?![上边口程过人费])|广场|小区|社区|村|商场|大厦)"
_IN_TEXT = pattern(
    rf"(?:(?<=[在到于从去住])|^|(?<=[\s,。.;:!、]))(?P<place>{_LETTER}{{2,8}}?{_KIND}(?:{_LETTER}{{1,4}}?{_KIND})*)(?![长民]|场监|委会)"
)
_COMMON = pattern(
    r".*(?:我们|你们|他们|[这那一每哪整半]个?|所有|全|地|郊|市|片|辖|城|超|夜|餐|马|铁|公|高速|这条|那条)"
    r"(?:区|县|镇|市|小区|社区|商场|大厦|广场|村|路)"
)


def parse(text: str) -> str:
    """The place as words: 常州天宁区, 红梅公园北门, Tianning District.

    Raises NotUnderstood: empty, none (no letters, or "不知道"), question, long.
    """
    plain = " ".join(text.split())
    if not normalise(plain):
        raise NotUnderstood("empty")
    if looks_like_question(plain):
        raise NotUnderstood("question")
    if len(plain) > LONGEST:
        raise NotUnderstood("long")
    name = _trimmed(plain)
    if not _NAME.search(normalise(name)) or len(name) < 2 or _NOWHERE.fullmatch(normalise(name)):
        raise NotUnderstood("none")
    return name


def find(text: str) -> Found[str] | None:
    """The first place inside free text that is named by its kind (…区, …街道, …路); a guess, to be confirmed."""
    folded = fold(text)
    return next((folded.found(*place) for place in _places(folded.text)), None)


def _places(plain: str) -> Iterator[tuple[str, int, int]]:
    for match in _IN_TEXT.finditer(plain):
        if not _COMMON.fullmatch(match["place"]):
            yield match["place"], match.start(), match.end()


def _trimmed(plain: str) -> str:
    """Without 我在 before and 那边 after, unless nothing would be left."""
    start = _BEFORE.match(plain)
    name = plain[start.end() :] if start else plain
    return _AFTER.sub("", name) or plain
