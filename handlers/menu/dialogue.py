"""The menu and the help text: one step to everything."""

from __future__ import annotations

import re

from bot.dialogue import Talk, dialogue
from bot.dialogue.leading import FOR_ENGLISH
from bot.i18n import DEFAULT, N_, _, language
from bot.messages import Option
from bot.patterns import pattern
from bot.site import Site
from bot.understand.question import looks_like_question
from bot.understand.words import bare, normalise
from handlers.menu.care import care

WORDS = (
    "菜单", "首页", "主页", "menu", "start", "开始", "你好", "您好", "在吗", "在不在", "有人吗", "帮帮我",
    "nihao", "ni hao", "hi", "hello", "hey",
)  # fmt: skip
ENTRIES = (
    (N_("Ask about a rule"), "go:ask"),
    (N_("Join social insurance"), "go:insurance"),
    (N_("File a complaint"), "go:complaint"),
    (N_("Volunteer"), "go:volunteer"),
    (N_("Mine"), "go:mine"),
)


def entries() -> list[Option]:
    """The five entries in the language in force."""
    return [Option(_(label), value) for label, value in ENTRIES]


@dialogue(
    "menu",
    title=N_("Menu"),
    words=WORDS,
    after="offer",
)
async def menu(talk: Talk) -> None:
    """The entries; the greeting says who we are to somebody new."""
    if talk.args.get("greet") or talk.person.new:
        await talk.say(_english(talk) + _introduction(talk), entries())
    else:
        await talk.say(_english(talk) + _("What can I do for you? Type it, or pick one:"), entries())


def _introduction(talk: Talk) -> str:
    """Who we are."""
    site = talk.use(Site)
    text = _("This is {name}, run by {operator}. Free for gig workers. Just type your question, or pick one:")
    return text.format(name=site.said("name"), operator=site.said("operator"))


def _english(talk: Talk) -> str:
    """A line for who says hello while we speak Chinese."""
    greeted = language() == DEFAULT and talk.said.text.strip(" .!~").lower() in {"hi", "hello", "hey", "menu", "start"}
    return f"{FOR_ENGLISH}\n" if greeted else ""


@dialogue("help", title=N_("Help"), words=["帮助", "怎么用", "help", "?"])
async def help_text(talk: Talk) -> None:
    """What can be typed anywhere."""
    await talk.say(
        _(
            "Type anything, or send the number of an option.\n"
            "Works any time: Menu, Back, Cancel, Restart, Staff, Unsubscribe.\n"
            "“My complaints” shows progress. “My data” shows what is kept about you."
        )
    )


_REACH = re.compile(
    r"(?:请问|怎么|咋|我想|我要)*(?:打|找|联系|问)?(?:到)?(?:你们?|您们?|工会|人社局?|社区)?(?:的)?(?:联系)?(?:电话|热线|号码)(?:号码)?"
    r"(?:是|有)?(?:多少|几|什么|啥|吗)+(?:号)?|(?:怎么|咋|在哪|去哪)(?:能)?(?:找|联系)(?:到)?(?:你们|您们)(?:的)?(?:工会|人)?"
)
_THANKS = re.compile(
    r"(?:好的?|嗯)?(?:太?谢谢|感谢|多谢|谢了|辛苦了|thanks|thank you|thx)(?:你|您|了|啊|哦|啦|so much)*"
    r"(?:[ ,，。!！~]*(?:你|您|们|真|可|帮|了|我|个|大|忙|人|太|有用|管用|好|哈|啊|呀|的|辛苦)+)?"
)
_GLAD = pattern(
    r"(?:[👌👍🙏🌹❤😊😁😄🤝💪🎉☺😀🙂✌🏻-🏿]|\[(?:ok|强|抱拳|玫瑰|微笑|呲牙|愉快|握手|爱心|合十|鼓掌|胜利|憨笑|耶)\])+"
)
_SAD = pattern(
    r"(?:[😭😢😞😔😩😫😡🤬😤💔🥺😣😖]|\[(?:流泪|大哭|难过|发怒|抓狂|心碎|委屈|快哭了|可怜|苦涩|裂开|叹气|衰)\])+"
)
_FACE = pattern(r"(?:\[[^\[\]\s]{1,6}\]|/:[^\s/]{1,6}|/::[^\s]{1,3})+")  # any other of WeChat's
_USELESS = pattern(
    r"(?:你|您|这|这个|那个|机器人|客服|说的?|讲的?|答的?|回答|都|全|是|真|什么|啥|破|一点|也|太)*"
    r"(?:没用|没啥用|没什么用|废话|答非所问|听不懂(?:人话)?|不行|差劲|笨|智障|没帮助|白问|敷衍|垃圾)(?:了|啊|吧|的|机器人)*"
)
_FINE = re.compile(
    r"(?:好|好的|好吧|好嘞|跳过|skip|是|是的|对|对的|不用|没有|没了|行|嗯+|哦+|噢|可以|继续|同意|不同意|知道了|收到|明白了?|了解|没事了?|ok|okay|哈+|呵+|晚安|再见|拜拜|bye)[了啊呀吧哦啦]?"
    r"(?:[,，。 ]*我?(?:准时|一定|肯定|到时候?|会|明天|待会儿?)+(?:到|来|去|见))?"
)
_WHO = re.compile(
    r"[你您](?:是谁|叫什么|是(?:不是)?(?:个)?(?:机器人|真人|人工|ai)(?:吗|还是.*)?|能(?:干|做|办)(?:什么|啥|嘛)).{0,4}"
    r"|who are you|are you (?:a )?(?:bot|robot|human).*"
)

_ABOUT = pattern(
    r"(?:你们?|您们?|这里?|这儿|这个|那|请问)*(?:是|到底是)?(?:干(?:什么|啥|嘛|吗)的?|做(?:什么|啥)的|什么(?:单位|部门|平台|机构)|啥(?:单位|部门|平台))"
    r"|(?:你们?|您们?|这里?|这儿|这个|用|问)*(?:要|收|要不要|收不收)(?:我)?(?:的)?(?:钱|费)?(?:钱|费)"
    r"|(?:你们?|您们?|这里?|这儿|这个|那)*(?:是不是|不会是|是)(?:骗子|骗人的?|诈骗|政府的?|官方的?|国家的?|工会的?|平台的人?|美团的人?|公家的?|真的假的)(?:吧)?"
    r"|谁(?:办|开|弄|搞|做)的|(?:你|您|你们)(?:能|可以|会)(?:帮|给)(?:我|我们)?(?:干|做|办|弄|解决)?(?:什么|啥|点啥|些什么)(?:忙|事)?"
)
_PRIVATE = pattern(r"(?:我)?(?:的)?(?:手机号?|电话|身份证号?)?(?:是|[:：])?(?:1[3-9]\d{9}|\d{17}[\dx])")


def _is_courtesy(text: str) -> float:
    words = bare(text)
    told = _PRIVATE.fullmatch(words) or _is_about(words)  # an officer may have asked for just that
    if _WHO.fullmatch(words) or _REACH.fullmatch(words) or (told and _asks_us(text)):
        return 0.9
    nods = told or _THANKS.fullmatch(words) or _FINE.fullmatch(words) or _USELESS.fullmatch(words)
    face = "".join(normalise(text).split())
    if nods or _GLAD.fullmatch(face) or _SAD.fullmatch(face) or _FACE.fullmatch(face):
        return 0.85  # it may answer somebody else's question
    return 0.0


def _asks_us(text: str) -> bool:
    """你们收钱吗; not 是平台的人, 13800138000."""
    return looks_like_question(text) or "你" in text or "您" in text


def _is_about(words: str) -> bool:
    """你们是干嘛的, 收钱吗, 是不是骗子: who we are, and that it is free."""
    return _ABOUT.fullmatch(words.rstrip("吗嘛么呀啊呢的?？")) is not None or _ABOUT.fullmatch(words) is not None


@dialogue("courtesy", title=N_("Menu"), hears=_is_courtesy, after="offer")
async def courtesy(talk: Talk) -> None:
    """Thanks, a nod, who are you: answered shortly, not looked up."""
    words = bare(talk.opening)
    if _WHO.fullmatch(words):
        name = talk.use(Site).said("name")
        text = _("I am {name}, a program, no human. I know rules, insurance and complaints. “Staff” reaches people.")
        await talk.say(text.format(name=name), entries())
    elif _is_about(words):
        await talk.say(_introduction(talk), entries())
    elif _PRIVATE.fullmatch(words):
        text = _("No need to send phone or ID numbers here. Just say what it is about:")
        await talk.say(text, entries())
    elif _REACH.fullmatch(words):
        text = _("Right here: “Staff” reaches people. By phone: {labour} labour, {union} union, {city} the city.")
        await talk.say(text.format(**_hotlines(talk)), [Option(_("Ask staff"), "go:handover"), *entries()[2:3]])
    elif _SAD.fullmatch("".join(normalise(talk.opening).split())):
        text = _("Something wrong? Write me a line or two: I look up the rule, or pass it on to the union.")
        await talk.say(text, [Option(_("File a complaint"), "go:complaint"), Option(_("Ask staff"), "go:handover")])
    elif _USELESS.fullmatch(words):
        text = _("I missed the point. Ask again in other words, or say “Staff” and people answer.")
        await talk.say(text, [Option(_("Ask staff"), "go:handover"), Option(_("Topics"), "go:ask")])
    elif _THANKS.fullmatch(words):
        await talk.say(_("You are welcome. Write any time."))
    else:
        await talk.say(_("All right. Write any time."))


def _hotlines(talk: Talk) -> dict[str, str]:
    """The numbers of content/site.yaml; those that hold all over the country where it names none."""
    return {"labour": "12333", "union": "12351", "city": "12345"} | talk.use(Site).hotlines


DIALOGUES = (menu, help_text, courtesy, care)
