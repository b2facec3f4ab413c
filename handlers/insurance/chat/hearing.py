"""Is this somebody who wants to be helped with their own insurance, or a question about a rule? How surely, 0 to 1."""

from __future__ import annotations

from bot.clock import system_clock
from bot.patterns import pattern
from bot.understand.question import looks_like_question
from bot.understand.words import normalise
from handlers.insurance.chat import birth, paid

SURE, LIKELY = 0.9, 0.8
LONGEST = 120  # characters; a longer text is a story

_TOPIC = pattern(r"社保|社会保险|养老|医保|参保|五险|insur|pension")
# Asked for in so many words: 我想自己交社保, 帮我办参保.
_ASKS = pattern(
    r"^(?:你好|您好|请问|[,，。\s])*(?:我|俺|咱|我们)?(?:也|就|现在|打算|准备)*(?:想|要|想要|打算|准备|帮我|给我|能帮我)"
    r"(?:自己|个人|一个人)?(?:来|去)?(?:办理?|交|缴|参加?|上|买|弄)(?:一?下|个|点|份)?"
    r"(?:灵活就业的?|职工|自己的?|个人|城镇|居民)?(?:社保|社会保险|养老保险|养老金?|医保|医疗保险|参保|五险)"
    r"(?:[吧啊呀了]|怎么[办弄]|咋[办弄整交]|怎么个?交法?)*$"
    r"|i(?:'d like| would like| want) to (?:join|pay (?:for )?)(?:.{0,12})(?:insurance|pension)"
)
_HOW = pattern(
    r"怎么[办交弄搞选]|咋[办交弄整选]|如何[交办选]|划算|合算|[交选]哪|哪[种个样]|来得及|还能|能不能.{0,4}[交办参买]|可以.{0,3}[交办参]|[能行].{0,3}交吗|值不值|好不好|[想要]"
)
_WISHES = pattern(r"[想要](?:自己|个人)?[交缴买办]|打算(?:自己)?[交缴办]")
_MINE = pattern(r"我|俺|咱|自己|本人|\bi\b|\bi'm\b")
# Their own rules, somebody's fault, or a calculator's business.
_RULES = pattern(
    r"规定|政策|文件|条例|合法|违法|公司|老板|单位不|平台|站长|谣言|真的假的|工伤|补贴|取出来|退保|转移|报销|等待期|几岁退|[领拿交要]多少|几多|多少钱"
)
_TRADE = pattern(r"骑手|外卖|送餐|跑腿|网约车|滴滴|司机|货车|主播|直播|跑车|跑单|rider|driver")
_OLDER = pattern(r"(?<![0-9])(?:5[5-9]|6[0-9])\s?(?:周?岁|了)")
_RETIRE = pattern(r"退休|retire")
_DRAW = pattern(r"[领拿](?:到)?(?:多少|几)|多少养老金|养老金.{0,4}(?:多少|几)|how much pension")

_GRADE = pattern(r"(?<![0-9])(10|[1-9]|[一二三四五六七八九十])\s?级(?!电)|grade (10|[1-9])(?![0-9])")
_GRADES = {letter: place for place, letter in enumerate("一二三四五六七八九十", start=1)}
_DISABLED = pattern(r"伤残|鉴定|评了|残疾|disab")
_PAID = pattern(r"赔|[拿给领]多少|paid")


def wants_insurance(text: str) -> float:
    """我82年的 在常州跑网约车 想交养老 怎么交划算: yes. 灵活就业养老费率是多少: no."""
    plain = normalise(text)
    if len(plain) > LONGEST or not _TOPIC.search(plain) or _RULES.search(_how_much(text, plain)):
        return 0.0
    if _ASKS.search(plain):
        return SURE
    told = _still_working(text) + (paid.find(text) is not None) + bool(_TRADE.search(plain) and _MINE.search(plain))
    if not told or not (_MINE.search(plain) or _born(text)) or not _HOW.search(plain):
        return 0.0
    sure = _still_working(text) or _WISHES.search(plain) or not looks_like_question(text)
    return LIKELY if sure else 0.0


def wants_retirement(text: str) -> float:
    """我72年9月的 几岁退休."""
    told = birth.find(text, system_clock().date()) is not None
    return LIKELY if told and _RETIRE.search(normalise(text)) and len(text) <= LONGEST else 0.0


def wants_estimate(text: str) -> float:
    """我交了15年 能领多少养老金."""
    plain = normalise(text)
    told = _born(text) or paid.find(text)
    mine = _MINE.search(plain) or _born(text)
    return LIKELY if told and mine and _DRAW.search(plain) and len(text) <= LONGEST else 0.0


def grade_in(text: str) -> int | None:
    """八级, 10级, grade 8."""
    match = _GRADE.search(normalise(text))
    if match is None:
        return None
    grade = match[1] or match[2]
    return _GRADES.get(grade) or int(grade)


def asks_grade(text: str) -> float:
    """我评了八级伤残 能赔多少."""
    plain = normalise(text)
    about = _DISABLED.search(plain) and _PAID.search(plain) and _MINE.search(plain)
    return LIKELY if about and grade_in(text) and len(plain) <= LONGEST else 0.0


def _how_much(text: str, plain: str) -> str:
    """Without 多少钱 where somebody tells of themselves and wishes to join: that is what the guidance works out."""
    return plain.replace("多少钱", "") if _WISHES.search(plain) and _still_working(text) else plain


def _still_working(text: str) -> bool:
    """A birth, or an age that is not near retirement: for those the articles on late starters say more."""
    return _born(text) and not _OLDER.search(normalise(text))


def _born(text: str) -> bool:
    return birth.find(text, system_clock().date()) is not None or birth.tells_age(text)
