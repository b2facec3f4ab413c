"""Which of the options a person means: by number, by label, by a part of it, or by a near miss."""

import re
from collections.abc import Callable, Iterator, Sequence

from bot.patterns import pattern
from bot.understand.near import distance, tolerance
from bot.understand.numbers import evaluate
from bot.understand.outcome import Found, NotUnderstood
from bot.understand.words import bare, fold, normalise

Option = tuple[str, str, Sequence[str]]  # value, label, aliases
Sounds = Callable[[str], str]  # how a word sounds, so that 每团 meets 美团
OTHER = "other"
LONGEST = 40  # characters: a longer text is no answer to a choice

_NUMBER = r"(?P<number>[0-9]{1,3}|[一二三四五六七八九十]{1,3}|两)"
_ORDINAL = pattern(
    rf"(?:我?(?:要|选择?|回复?|点)\s?)?(?:第|option\s|no\.?\s?|#)?\s?{_NUMBER}\s?(?:个|项|号|条|种|家|吧|的|那个)*"
)
_PLACE = pattern(r"(?:第\s?(?:[0-9]{1,2}|[一二三四五六七八九十])|[0-9]{1,2})\s?[个项]?")
_LISTED = pattern(r"(?P<number>[0-9]{1,3})(?:\s?[.、,:)\]-]\s?|\s)(?P<rest>\S.*)")
_SEVERAL = pattern(r"[0-9]{1,3}(?:\s?(?:[、,和或/及]|or|and)\s?[0-9]{1,3})+|[0-9](?:\s[0-9])+")
_LAST = pattern(r"最后(?:那|一)?(?:个|项|条)?|last(?: one)?")
_OTHER = frozenset(
    map(
        normalise,
        (
            "其他",
            "其它",
            "别的",
            "另外的",
            "都不是",
            "都不对",
            "以上都不是",
            "没有我的",
            "其他的",
            "other",
            "none of these",
        ),
    )
)
_FILLER = pattern(
    r"(?:我|是|就是|应该是|好像是|可能是|选|要|在|因为|属于|关于|跑|做|the|it's|it is)+\s?"
    r"|(?:吧|的|了|啊|呀|那个|这个|平台|哦|呢)+$"
)
_NOT = pattern(r"(?:不是|不|没|没有|非|别|除了|not |isn't )$")


def parse(text: str, options: Sequence[Option], *, sounds: Sounds | None = None, other: bool = False) -> str:
    """The value of the option meant. With `other`, OTHER when they say so or send the number after the last.

    Tried in this order: value, label or alias, number (2, ２, ②, 二, 第二个, 2、), number with label, the beginning or
    part of a label, a label inside the answer, sound, one or two wrong characters. What fits several is not guessed.
    Raises NotUnderstood: empty, none, ambiguous, range (no option has the number).
    """
    if text in (value for value, _, _ in options):
        return text
    said = bare(text)
    if not said:
        raise NotUnderstood("empty")
    if len(said) > LONGEST:
        raise NotUnderstood("none")
    names = [(value, name) for value, label, aliases in options for name in _names(value, label, aliases)]
    for step in (_same, _numbered, _partly, _inside):
        value = step(said, names, options, other)
        if value is not None:
            return value
    return _nearly(said, names, sounds)


def place_in_list(text: str) -> int | None:
    """2 for 2, ２, ②, 第二个: a number that can only point at an option; None for other words (5号 is a day)."""
    said = bare(text)
    value = evaluate(said.strip("第个项 ")) if _PLACE.fullmatch(said) else None
    return int(value) if value is not None and value >= 1 else None


def find(text: str, options: Sequence[Option]) -> Found[str] | None:
    """The option whose label or alias (two characters or more) stands first inside free text, the longest one there."""
    folded = fold(text)
    names = ((value, normalise(name)) for value, label, aliases in options for name in (label, *aliases))
    spots = [(start, -len(name), value) for value, name in names for start in _spots(name, folded.text)]
    if not spots:
        return None
    start, minus_length, value = min(spots)
    return folded.found(value, start, start - minus_length)


def _names(value: str, label: str, aliases: Sequence[str]) -> set[str]:
    return {name for name in (bare(one) for one in (value, label, *aliases)) if name}


def _one(values: set[str]) -> str | None:
    if len(values) > 1:
        raise NotUnderstood("ambiguous")
    return values.pop() if values else None


Names = Sequence[tuple[str, str]]


def _same(said: str, names: Names, options: Sequence[Option], other: bool) -> str | None:
    found = _one({value for value, name in names if name == said})
    return OTHER if found is None and other and said in _OTHER else found


def _numbered(said: str, names: Names, options: Sequence[Option], other: bool) -> str | None:
    if _SEVERAL.fullmatch(said):
        raise NotUnderstood("ambiguous")
    if match := _ORDINAL.fullmatch(said):
        return _by_number(match["number"], options, other)
    if _LAST.fullmatch(said) and options:
        return options[-1][0]
    if match := _LISTED.fullmatch(said):
        return _number_with_label(match, names, options)
    return None


def _by_number(text: str, options: Sequence[Option], other: bool) -> str:
    place = evaluate(text)
    if place is not None and 1 <= place <= len(options):
        return options[int(place) - 1][0]
    if other and place == len(options) + 1:
        return OTHER
    raise NotUnderstood("range")


def _number_with_label(match: re.Match[str], names: Names, options: Sequence[Option]) -> str | None:
    """ "2、饿了么": both must mean the same; a number with other words (2 个月没发) is no choice."""
    value = _same(match["rest"], names, options, False) or _partly(match["rest"], names, options, False)
    if value is None:
        return None
    numbered = options[int(match["number"]) - 1][0] if 1 <= int(match["number"]) <= len(options) else None
    if numbered not in {value, None}:
        raise NotUnderstood("ambiguous")
    return value


def _partly(said: str, names: Names, options: Sequence[Option], other: bool) -> str | None:
    """The beginning of one label; or, of two characters or more, a part of one."""
    for word in dict.fromkeys((said, _FILLER.sub("", said))):
        if not word or (word.isascii() and (len(word) < 2 or word.isdigit())):
            continue
        exact = _one({value for value, name in names if name == word})
        begun = exact or _one({value for value, name in names if name.startswith(word)})
        if begun or (len(word) > 1 and (begun := _one({value for value, name in names if _spots(word, name)}))):
            return begun
    return None


def _inside(said: str, names: Names, options: Sequence[Option], other: bool) -> str | None:
    """A label inside the answer, not denied there; one that lies inside a longer one (美团 in 美团优选) gives way."""
    spots = [
        (start, start + len(name), value)
        for value, name in names
        for start in _spots(name, said)
        if not _NOT.search(said[:start])
    ]
    return _one({spot[2] for spot in spots if not any(_covers(longer, spot) for longer in spots)})


def _covers(longer: tuple[int, int, str], spot: tuple[int, int, str]) -> bool:
    return longer[:2] != spot[:2] and longer[0] <= spot[0] and spot[1] <= longer[1]


def _spots(name: str, text: str) -> Iterator[int] | list[int]:
    """Where a name of two characters or more stands in a text; a Latin one as whole words."""
    if len(name) < 2 or name.isdigit():
        return []
    edge = r"(?<![a-z0-9]){}(?![a-z0-9])" if name.isascii() else "{}"
    return [match.start() for match in re.finditer(edge.format(re.escape(name)), text)]


def _nearly(said: str, names: Names, sounds: Sounds | None) -> str:
    """One that sounds the same, else the only one within its tolerance."""
    word = _FILLER.sub("", said) or said
    if sounds is not None and not word.isascii():
        key = sounds(word)
        alike = _one({value for value, name in names if not name.isascii() and sounds(name) == key})
        if alike is not None:
            return alike
    close = {value for value, name in names for one in {said, word} if _is_close(one, name)}
    value = _one(close)
    if value is None:
        raise NotUnderstood("none")
    return value


def _is_close(said: str, name: str) -> bool:
    most = tolerance(len(name), wide=not name.isascii())
    return most > 0 and any(not letter.isdigit() for letter in said) and distance(said, name, most) <= most
