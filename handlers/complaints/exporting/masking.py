"""What could tell who somebody is, taken out of their own words before these are handed on.

The rule, in this order; each find becomes a word in 〔〕, so that a reader sees that something stood there:
  1. the worker's own name and contact, where they gave them, wherever they stand
  2. links and e-mail addresses
  3. numbers and names of accounts after WeChat, QQ, Douyin, account, rider's number, order number; wxid_...
  4. plates of cars and bikes; identity cards, passports
  5. every number of seven or more digits, with spaces and dashes in it or written in Chinese figures: phones,
     bank cards, orders. Days (2026-11-13), standards (GB 17761-2024) and amounts with a decimal point stay
  6. positions on a map; house, stair and room numbers
  7. a name after 我叫, 本人, 姓名, 名字是 and the like, and after 我是 where nothing else follows
It errs towards taking out too much. It can't know a nickname, a third person's name or what a story gives away by
itself: who hands a file on reads it first.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.i18n import N_, _
from bot.patterns import pattern

NUMBER, PLATE, ACCOUNT, MAIL, LINK = N_("number"), N_("plate"), N_("account"), N_("e-mail"), N_("link")
NAME, ROOM, SPOT, CARD = N_("name"), N_("house number"), N_("position"), N_("identity number")

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤"
    "花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄"
    "米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞"
    "万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢裴陆荣翁荀羊惠甄曲家封芮储靳汲邴糜松井段富"
    "巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索"
    "咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎"
    "充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚越夔隆师巩聂晁勾敖融冷訾辛阚那简"
    "饶空曾沙养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公岳帅"
)
_CALLED = rf"(?:[{_SURNAMES}]|欧阳|上官|司马|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|东方|独孤|南宫)[一-鿿]{{1,2}}"
_END = r"(?=[\s,，。.;；:：!！?？、()（）〔]|$)"
_SEPARATED = r"[\s\-—–·.]{0,2}"
_FIGURES = "〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"

# (what it is, pattern); a group named "kept" stays in front
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (LINK, pattern(r"(?:https?://|www\.)[^\s，。；、）)〕]+", re.IGNORECASE)),
    (MAIL, pattern(r"[\w.+-]+[@＠][\w-]+(?:\.[\w-]+)+")),
    (ACCOUNT, pattern(r"wxid_\w+", re.IGNORECASE)),
    (
        ACCOUNT,
        pattern(
            r"(?P<kept>(?:微信|威信|薇信|V信|(?<![a-z])(?:wechat|weixin|wx|vx|qq)|扣扣|抖音|快手|支付宝|账号|帐号|账户|工号|"
            r"(?:骑手|司机|配送员|员工)(?:编号|ID)|(?:订单|运单|单)(?:编?号))(?:号码|号|名|ID)?\s*(?:是|为|叫|[:：])?\s*)"
            r"(?=[\w-]*[a-z0-9])[a-z0-9][a-z0-9_-]{3,}",
            re.IGNORECASE | re.ASCII,
        ),
    ),
    (
        PLATE,
        pattern(rf"[{_PROVINCES}]\s*[A-Z]{_SEPARATED}(?=[A-Z0-9]*[0-9])[A-Z0-9]{{4,7}}[挂学警港澳]?", re.IGNORECASE),
    ),
    (PLATE, pattern(r"(?P<kept>车牌(?:号码|号)?\s*(?:是|为|[:：])?\s*)[一-鿿]{0,2}[A-Z0-9·-]{4,}", re.IGNORECASE)),
    (CARD, pattern(r"(?<![0-9])[0-9]{6}(?:[\s-]?[0-9]){11}[\s-]?[0-9Xx](?![0-9])")),
    (CARD, pattern(r"(?<![A-Za-z])[A-Za-z]{1,2}[0-9]{7,8}(?![0-9])")),
    (SPOT, pattern(r"[0-9]{1,3}\.[0-9]{3,}\s*[,，、]\s*[0-9]{1,3}\.[0-9]{3,}")),
    (NUMBER, pattern(rf"\+?[0-9](?:{_SEPARATED}[0-9]){{6,}}")),
    (NUMBER, pattern(rf"[{_FIGURES}](?:{_SEPARATED}[{_FIGURES}]){{6,}}")),
    (ROOM, pattern(rf"(?:[0-9A-Za-z{_FIGURES}十百]+\s*(?:栋|幢|号楼|单元|室|弄|号院|门牌)[\s,，、-]?)+")),
    (
        NAME,
        pattern(rf"(?P<kept>(?:我叫|名叫|本人|姓名|名字(?:是|叫)?|真名|全名)\s*(?:是|为|叫|[:：])?\s*){_CALLED}"),
    ),
    (NAME, pattern(rf"(?P<kept>我是){_CALLED}{_END}")),
)
_DAY = pattern(
    r"GB/?T?\s?[0-9]{4,6}(?:\.[0-9]+)?-[0-9]{4}|(?<![0-9-])(?:19|20)[0-9]{2}[-/.年]\s?[0-9]{1,2}(?:[-/.月]\s?[0-9]{1,2})?日?(?![0-9])"
)
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)} | {ord("－"): "-", ord("＋"): "+"}
_HELD = "\ue000"  # a private character, where a day was put aside


def masked(words: str, *own: str) -> str:
    """The words with everything taken out that the rule names; `own`: the worker's name and contact."""
    if not words:
        return ""
    text = words.translate(_WIDE).replace(_HELD, "")
    for given in sorted({one.strip() for one in own}, key=len, reverse=True):
        if len(given) > 1:
            text = re.sub(re.escape(given), _mark(NAME), text, flags=re.IGNORECASE)
    days: list[str] = []
    text = _DAY.sub(lambda found: _put_aside(days, found[0]), text)
    for what, rule in RULES:
        text = rule.sub(_replacing(what), text)
    waiting = iter(days)
    return re.sub(_HELD, lambda _found: next(waiting), text)


def _put_aside(days: list[str], day: str) -> str:
    days.append(day)
    return _HELD


def _replacing(what: str) -> Callable[[re.Match[str]], str]:
    def replace(found: re.Match[str]) -> str:
        return (found.groupdict().get("kept") or "") + _mark(what)

    return replace


def _mark(what: str) -> str:
    return f"〔{_(what)}〕"
