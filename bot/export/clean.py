"""Text made fit for a cell: what a spreadsheet can't hold is taken out or cut, and never run as a formula."""

import re

# XML 1.0, production [2]: no C0 controls but tab and newline, no surrogates, no U+FFFE and U+FFFF. C1 and DEL are
# legal but invisible; they go too. Carriage returns are handled before.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# https://owasp.org/www-community/attacks/CSV_Injection: these start a formula, some after import and trimming.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
CELL_UNITS = 32_767  # Excel specifications and limits: characters a cell can contain, counted in UTF-16 units
CUT_MARK = "…"


def whole(text: str) -> str:
    """Half a surrogate pair, which no encoding can write, becomes U+FFFD. Nothing else changes."""
    return _SURROGATE.sub("\ufffd", text)


def printable(text: str) -> str:
    """Line ends become newlines, control characters go, tabs stay."""
    if text.isprintable():
        return text
    return _UNFIT.sub("", _LINE_END.sub("\n", whole(text)))


def cut_to_cell(text: str) -> str:
    """At most 32,767 UTF-16 units, the end marked with … when something was cut; no character is split."""
    if len(text) <= CELL_UNITS // 2 or _units(text) <= CELL_UNITS:
        return text
    kept = text.encode("utf-16-le")[: 2 * (CELL_UNITS - len(CUT_MARK))]
    return kept.decode("utf-16-le", "ignore") + CUT_MARK


def no_formula(text: str) -> str:
    """A text that a spreadsheet would run gets an apostrophe in front."""
    return "'" + text if _FORMULA.match(text) else text


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
