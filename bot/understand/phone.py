"""Phone numbers in mainland China, and how they are shown without being told."""

import re
from collections.abc import Iterator

from bot.patterns import pattern
from bot.understand.outcome import Found, NotUnderstood
from bot.understand.words import fold

_GAP = r"[ \-‐-―]?"
_PLUS86 = rf"(?:(?:\+|00)?86{_GAP})?"
# Not inside a longer number: a bank card in groups of four, an identity card, an order number.
_ALONE = r"(?<![0-9a-z])(?<![0-9]{4}[ -])"
_END = rf"(?!{_GAP}[0-9])"
_MOBILE = pattern(rf"{_ALONE}{_PLUS86}(?P<mobile>1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}){_END}")
# Area codes: 010 and 02x have three digits, the others four (telephone numbering plan of the MIIT).
_LANDLINE = pattern(
    rf"{_ALONE}(?:{_PLUS86}\(?(?P<area>0(?:10|2[0-9]|[3-9][0-9]{{2}}))\)?{_GAP})"
    rf"(?P<local>[2-8][0-9]{{2,3}}{_GAP}[0-9]{{4}})(?:\s?(?:转|-|ext\.?)\s?(?P<ext>[0-9]{{1,5}}))?(?![0-9])"
)
_DIGIT = pattern(r"[0-9]")


def parse(text: str) -> str:
    """The one number in an answer: "13812345678", or a landline as "0519-86690000", "010-86690000-801".

    Raises NotUnderstood: empty, none, ambiguous (several), invalid (digits, but too few, too many or impossible).
    """
    plain = fold(text).text
    if not plain.strip():
        raise NotUnderstood("empty")
    numbers = {number for number, _, _ in _numbers(plain)}
    if len(numbers) == 1:
        return numbers.pop()
    if numbers:
        raise NotUnderstood("ambiguous")
    raise NotUnderstood("invalid" if len(_DIGIT.findall(plain)) >= 5 else "none")


def find(text: str) -> Found[str] | None:
    """The first number inside free text."""
    folded = fold(text)
    return next((folded.found(*number) for number in _numbers(folded.text)), None)


def mask(number: str) -> str:
    """138****5678, 0519-****0000: enough to know one's own."""
    if "-" not in number:
        return f"{number[:3]}****{number[-4:]}"
    area, local, *_ = number.split("-")
    return f"{area}-{'*' * (len(local) - 4)}{local[-4:]}"


def mask_all(text: str) -> str:
    """The text with every phone number masked."""
    folded = fold(text)
    parts, reached = [], 0
    for number, start, end in _numbers(folded.text):
        found = folded.found(number, start, end)
        parts += [text[reached : found.start], mask(number)]
        reached = found.end
    return "".join([*parts, text[reached:]])


def _numbers(plain: str) -> Iterator[tuple[str, int, int]]:
    """(number, start, end), from left to right."""
    matches = [*_MOBILE.finditer(plain), *_LANDLINE.finditer(plain)]
    for match in sorted(matches, key=re.Match.start):
        yield _written(match), match.start(), match.end()


def _written(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if mobile := groups.get("mobile"):
        return _digits(mobile)
    parts = (groups["area"], _digits(groups["local"]), groups["ext"])
    return "-".join(part for part in parts if part)


def _digits(text: str) -> str:
    return "".join(_DIGIT.findall(text))
