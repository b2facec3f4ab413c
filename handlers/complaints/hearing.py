"""Is this somebody telling what was done to them? Then it is a complaint, not a question about a rule."""

from __future__ import annotations

from bot.patterns import pattern
from bot.understand import money
from bot.understand.question import looks_like_question
from bot.understand.words import normalise
from handlers.complaints.catalogue import Catalogue

SURE, LIKELY = 0.9, 0.7
SHORTEST_STORY = 6  # characters left when the request itself ("我要投诉美团") is taken out

# Asked for in so many words; "投诉电话" is a question.
_ASKS_FOR_IT = pattern(
    r"(?:我|咱|俺|帮我|想|要|来).{0,4}(?:[投头偷][诉宿素述速]|举报|维权|讨薪|提.{0,2}诉求|反映|讨.{0,2}说法)"
    r"|^(?:[投头][诉述]|举报|反映)(?!.{0,4}(?:电话|渠道|流程|办法|方式|平台在))"
    r"|(?:want|like|need) to (?:complain|report|file a complaint)|^(?:complain|complaint) (?:about|against)"
)
_TAKEN_OUT = pattern(
    r"(?:我|咱|俺|想|要|来|帮我|一下|这个|平台|公司)*(?:[投头偷][诉宿素述速]|举报|维权|反映|提.{0,2}诉求)(?:一下|问题|情况|个事)?"
    r"|i(?:'d| would)? (?:want|like|need) to (?:complain|report)(?: about| against)?"
)
_ME = pattern(r"[我俺咱]|(?<![a-z])(?:me|my|i|we|us)(?![a-z])")
_SOMEBODY = pattern(
    r"平台|公司|站点|站长|队长|老板|主管|领导|经理|客服|调度|商家|货主|中介|公会|机构|车队|车行|房东|他们?|她们?"
    r"|platform|company|station|manager|boss|they"
)
_HOW_LONG = pattern(r"[一二两三四五六七八九十0-9半]+多?个?(?:小时|天|月|年|周|星期|礼拜)|\d+ (?:days?|weeks?|months?)")
# It happened: no "if", no "may".
_HAPPENED = pattern(
    r"[了被]|到现在|至今|一直|已经|没[给发结退到付]|又|还不|还没|不肯|就是不|天天|每天|总是|老是"
    r"|(?<![a-z])(?:was|were|been|has|have|had|did|\w+n't|refuse[sd]?|keeps?|\w+ed)(?![a-z])"
)
# An accident alone is an emergency or a question; who was refused something has a complaint.
_REFUSED = pattern(
    r"不[给肯让认赔管报理付承]|没[给赔报人]|拒|拖|扣|推|逼|赖|自己[承担出掏]|refus|won't|denie[ds]|ignor"
)
_RHETORIC = pattern(
    r"(?:凭什么|凭啥|为什么|为啥|怎么能|怎么可以)(?=.{0,6}(?:我|[扣罚封欠骂打]))|怎么(?:还[没不]|又|老是|总是)"
)
# Who is asked for money first, to get their money back: a warning is wanted, not a form.
_SCAM = pattern(
    r"(?:讨薪|要钱|要回|追回|维权|讨债|打官司).{0,12}先(?:交|付|转|打|给|收)|先(?:交|付|转|打|给|收).{0,12}(?:讨薪|追回|维权)"
)
_WONDERS = pattern(
    r"如果|假如|要是|万一|的规定|的标准|规定是|合法|违法|犯法|合理|有用|依据|条例|的法律|法条|政策|\bif\b|legal|allowed"
)
# Afraid of who filed it being known: answered before anything is asked.
_FEARS = pattern(
    r"(?:但是?|就是|又|也|可是?)?我?(?:有点|很|好)?(?:怕|担心)(?:会|被|他们|平台|站长|公司|老板)*.{0,4}?(?:报复|穿小鞋|知道|发现|查出来?|查到|拉黑|开除|辞退|针对)(?:我|是我)?"
    r"|(?:会不会|会).{0,3}(?:被)?(?:报复|穿小鞋)|会不会被?(?:平台|站长|公司|老板|他们|别人)(?:知道|发现|查到|看到)|(?:别|不要|不能|不想|千万别)让?.{0,4}(?:知道是我|知道我|发现是我|认出)"
    r"|(?:平台|站长|公司|老板|他们)(?:会不会|会|能)(?:知道|发现|查到|看到)"
    r"|(?:afraid|scared|worried).{0,20}(?:find out|know|revenge|retaliat|punish|fired)"
)
_NEED = pattern(
    r"活不下去|没法活|过不下去|揭不开锅|(?:吃不上|没钱吃|没)饭(?:吃|了)|吃不上饭|等米下锅|等着?(?:这|这笔)?钱(?:用|吃|交|看|救)|养不起"
)


def fears(text: str) -> bool:
    """我怕被报复, 别让站长知道是我, 平台会不会知道."""
    return _FEARS.search(normalise(text)) is not None


def without_fear(text: str) -> str:
    """What is left of a text, normalised, when the fear in it is taken out."""
    return _FEARS.sub("", normalise(text))


def in_need(text: str) -> bool:
    """一家人都活不下去了, 家里揭不开锅了: the money is waited for."""
    return _NEED.search(normalise(text)) is not None


def grievance(text: str, catalogue: Catalogue) -> float:
    """How surely a text tells of a wrong done to its writer, 0 to 1; questions about rules are 0."""
    plain = normalise(text)
    if _WONDERS.search(plain) or _SCAM.search(plain):
        return 0.0
    if looks_like_question(text) and not (_RHETORIC.search(plain) and _ME.search(plain)):
        return 0.0
    if _ASKS_FOR_IT.search(plain):
        return SURE
    told = without_fear(text)  # 怕被报复 is no retaliation yet
    heard = {one.id for one in catalogue.categories if one.heard.search(told)}
    if not heard or (heard == {"injury"} and not _REFUSED.search(plain)):
        return 0.0
    return LIKELY if _is_told(text, plain, catalogue) else 0.0


def tells(text: str, catalogue: Catalogue) -> bool:
    """True when the words are a story that can be filed, not only the wish to complain."""
    rest = _TAKEN_OUT.sub("", without_fear(text))
    named = catalogue.named(text)
    for name in named.called if named else ():
        rest = rest.replace(name, "")
    return len(rest.strip(" ,，。.!！~")) >= SHORTEST_STORY


def _is_told(text: str, plain: str, catalogue: Catalogue) -> bool:
    """Two signs of a thing that happened: to me, by somebody, done and over, for how long, an amount."""
    signs = (
        bool(_ME.search(plain)),
        bool(_SOMEBODY.search(plain)) or catalogue.named(text) is not None,
        bool(_HAPPENED.search(plain)),
        bool(_HOW_LONG.search(plain)),
        money.find(text) is not None,
    )
    return sum(signs) >= 2
