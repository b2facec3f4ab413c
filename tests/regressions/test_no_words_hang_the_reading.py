"""真的真的真的 ... was read in every way it can be cut, two to the power of its length: one message held up the process
for ever. No repeat in any pattern may read one text in two ways."""

from __future__ import annotations

import importlib
import pkgutil
import re
import re._constants as sign  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import Any

import pytest

import bot
import handlers
from bot.patterns import Late
from tests.support import Chat, on_sqlite

MANY = 8  # times: a repeat that goes so far is one that can be made to last
MOST = 1000  # texts one repeat is looked at with
LONGEST = 24  # characters of a text that is read in two ways
OF_CLASS = {sign.CATEGORY_DIGIT: "1", sign.CATEGORY_SPACE: " ", sign.CATEGORY_WORD: "a1中"}
Node = tuple[Any, Any]


def patterns() -> dict[tuple[str, int], str]:
    """(source, flags) -> where it stands: what the modules of bot and handlers hold, also in tuples and mappings."""
    found: dict[tuple[str, int], str] = {}
    for package in (bot, handlers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in module.name and not module.name.endswith("__main__"):
                held = vars(importlib.import_module(module.name))
                for name, value in held.items():
                    found |= {(one.pattern, one.flags): f"{module.name}.{name}" for one in _in(value)}
    return found


def _in(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, Late | re.Pattern):
        yield value  # type: ignore[misc]
    elif depth < 3 and isinstance(value, tuple | list | set | frozenset | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _in(one, depth + 1)


def repeats(nodes: Iterable[Node]) -> Iterator[Any]:
    """What is repeated many times."""
    for kind, of in nodes:
        if kind in {sign.MAX_REPEAT, sign.MIN_REPEAT}:
            if of[1] >= MANY:
                yield of[2]
            yield from repeats(of[2])
        elif kind is sign.BRANCH:
            yield from chain.from_iterable(map(repeats, of[1]))
        elif kind is sign.SUBPATTERN:
            yield from repeats(of[3])
        elif kind in {sign.ASSERT, sign.ASSERT_NOT}:
            yield from repeats(of[1])


def texts(nodes: Iterable[Node]) -> list[str]:
    """Texts that a sequence reads, one for each way to; of a class a few characters, of a repeat one time more."""
    found = [""]
    for kind, of in nodes:
        here = _texts(kind, of)
        found = [before + one for before in found for one in here][:MOST]
    return found


def _texts(kind: Any, of: Any) -> list[str]:
    if kind is sign.LITERAL:
        return [chr(of)]
    if kind is sign.IN:
        return _characters(of)
    if kind in {sign.ANY, sign.NOT_LITERAL}:
        return ["a", "中"]
    if kind is sign.BRANCH:
        return [*chain.from_iterable(map(texts, of[1]))]
    if kind is sign.SUBPATTERN:
        return texts(of[3])
    if kind in {sign.MAX_REPEAT, sign.MIN_REPEAT}:
        least, most, body = of
        once = texts(body)
        times = range(least, min(most, max(least, 1) + 1) + 1)
        return ["".join(one) for many in times if len(once) ** many <= MOST for one in product(once, repeat=many)]
    return [""]


def _characters(of: list[Node]) -> list[str]:
    named = [chr(what) for kind, what in of if kind is sign.LITERAL]
    named += [chr(end) for kind, what in of if kind is sign.RANGE for end in what]
    named += chain.from_iterable(OF_CLASS.get(what, ",") for kind, what in of if kind is sign.CATEGORY)
    others = [one for one in "a1中 ,，。" if one not in named]
    return others[:3] if of[0][0] is sign.NEGATE else named


def read_twice(words: list[str]) -> str:
    """A text that is a row of these words in two ways, as Sardinas and Patterson find it; "" when there is none."""
    words = [*filter(None, words)]
    known = set(words)
    if len(known) < len(words):
        return next(one for one in words if words.count(one) > 1)
    waiting = [
        (long[len(short) :], long) for long in known for short in known if short != long and long.startswith(short)
    ]
    seen: set[str] = set()
    for rest, text in waiting:  # grows meanwhile
        if rest in known:
            return text
        if rest not in seen and len(text) <= LONGEST:
            seen.add(rest)
            waiting += [(one[len(rest) :], text + one[len(rest) :]) for one in known if one.startswith(rest)]
            waiting += [(rest[len(one) :], text) for one in known if rest.startswith(one)]
    return ""


def test_no_repeat_reads_one_text_in_two_ways() -> None:
    """In no pattern of the house."""
    found = patterns()
    assert len(found) > 200
    twice = {
        f"{where}: {text}"
        for (source, flags), where in found.items()
        for body in repeats(parser.parse(source, flags))
        if (text := read_twice(texts(body)))
    }
    assert twice == set()


@pytest.mark.parametrize("source", [r"(?:真的?|的)+", r"(?:查|查查)*x", r"(?:a+)+", r"(?:\s?[,\s]\s?[0-9])+"])
def test_the_look_finds_what_it_is_for(source: str) -> None:
    assert any(read_twice(texts(body)) for body in repeats(parser.parse(source)))


@on_sqlite
@pytest.mark.parametrize(
    "words", ["谢谢" + "真的" * 60 + "x", "查" * 80 + "x", "想去" * 60 + "x", "那个" * 60 + "雨太大" * 60]
)
async def test_such_a_message_is_answered(chat: Chat, words: str) -> None:
    """As anything nobody understands."""
    assert await chat.say(words)


@on_sqlite
async def test_a_company_is_named_at_any_length(chat: Chat) -> None:
    """不是不是是是: who corrects themselves was read again from every 是, seconds for one message."""
    await chat.say("投诉")
    await chat.tap("扣款罚款")
    begun = time.process_time()
    assert await chat.say("不是" * 1000 + "是" * 1000)
    assert time.process_time() - begun < 2
