"""Is this a question to us, or an answer that only has a question word in it?"""

from bot.patterns import pattern
from bot.understand.words import normalise

SHORT = 30  # characters; in a longer text only how it ends, or that it says it asks, makes it a question

# Names, and cries that ask nothing of us.
_NAMES = pattern(r"饿了[么吗嘛]|什么值得买|凭什么|凭啥")
_ASKING = pattern(
    r"为什么|为啥|为何|怎么|怎样|咋|如何|多少|多久|多大|多长时间|什么|啥|哪|谁|是否|真的假的"
    r"|几[点号]|几(?:个月?|天|岁|年|块|次|级)(?:能|到|算|会|可以|才|开始|发|$)"
    r"|(?P<verb>能|可|会|该|算|行|好|对|用|给|管|合|犯|违|报|赔|要|是|在)不(?P=verb)|可以不可以|需不需要|有没有"
)
# Question words that ask nothing: of what was not said, was asked of others, or holds for all.
_NOT_TOLD = (
    r"(?:不肯?|没有?|拒绝)(?:跟我|给我|和我)?(?:说|讲|告诉我?|解释|知道|清楚|明白|晓得|懂|记得|记清|通知)"
    r"|忘了|忘记|[记说讲]不[清得]楚?|随便"
)
_ASKED_OTHERS = r"(?:问|找)(?:他们?|她们?|客服|站长|平台|队长|商家|老板|公司|骑手)"
_WORD = r"(?:为什么|为啥|怎么回事|怎么|什么|啥|多少|哪|谁|几|如何|是不是|有没有|能不能)"
_TOLD = pattern(
    rf"(?<!想)(?<!请)(?:(?:{_NOT_TOLD})(?:是|清楚)?{_WORD}|{_ASKED_OTHERS}(?:说|了)?{_WORD})"
    rf"|(?:没|没有)(?:什么|啥|多少|怎么|几)|{_WORD}(?:人|话)?(?:都|也)|(?:不管|无论|不论)\S{{0,4}}?(?:{_WORD}|怎样)|多少[有会]点?"
    r"|什么的|不怎么|怎么着|我哪里?(?:有|敢|会)?[^\s天个里儿能可]{1,6}了[嘛吗]?"
)
_UNKNOWN = pattern(rf"(?:{_NOT_TOLD})了?$")
_ENDS_ASKING = pattern(
    r"吗$|[能会有可行给要算管赔用报交][^都也还就从]{0,8}[不没么]$|有[^都也还就从]{1,8}没有$|^[^没还着在了]{1,6}呢$"
)
_SAYS_IT_ASKS = pattern(r"请问|想问|问一下|问下|问问|咨询|想知道|想了解|想咨询|打听")
_CLAUSES = pattern(r"[,，。.!！;；、\n\s]+")
_MARK = pattern(r"[?？]\s*[\"'”’」』)）\]】~～。.!！\s\U0001F300-\U0001FAFF]*$")
_ENGLISH = pattern(
    r"(?:what|how|why|when|where|who|whose|which|can|could|do|does|did|is|are|should|shall|will|would)(?:'s)?\s(?!not\s)"
)
_ENGLISH_STORY = pattern(
    r"(?:when|where|which|who|what)\s(?:i|he|she|we|they|it|my|the)\s(?!do|does|did|is|are|can|will)"
)


def looks_like_question(text: str) -> bool:
    """True when the person asks us something: a question mark or 吗 at the end, a question word in a short text.

    A story in which the platform did not say why, or that ends with 什么都没说, is no question.
    """
    if _MARK.search(text[-60:]):
        return True
    plain = normalise(text[-2000:])  # how it ends decides, and nobody asks for longer
    clauses = [clause for clause in _CLAUSES.split(_NAMES.sub("它", plain)) if clause]
    if not clauses:
        return False
    if len(plain) <= SHORT:
        asked = clauses
    else:
        asked = [clauses[-1], *(clause for clause in clauses if _SAYS_IT_ASKS.search(clause))]
    return any(map(_asks, asked)) or bool(_ENDS_ASKING.search(clauses[-1])) or _asks_in_english(plain)


def _asks(clause: str) -> bool:
    """A question word is left when those that only tell are taken out; 想问 and the like ask by themselves."""
    if _SAYS_IT_ASKS.search(clause):
        return True
    return not _UNKNOWN.search(clause) and bool(_ASKING.search(_TOLD.sub("。", clause)))


def _asks_in_english(plain: str) -> bool:
    return bool(_ENGLISH.match(plain)) and not _ENGLISH_STORY.match(plain) and plain.count(" ") < 15
