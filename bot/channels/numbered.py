"""Options as numbered lines, for channels without buttons. Numbers go on over several replies of one turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.messages import Option, Reply


def plain(number: int, option: Option) -> str:
    """One option as a line: its number and its label; number 0: only the label."""
    return f"{number} {option.label}" if number else f"· {option.label}"


def numbered(replies: Sequence[Reply], line: Callable[[int, Option], str] = plain) -> list[str]:
    """Each reply as text, its options as lines below it, its address (if any) in between.

    An option that a number can't mean goes without one.
    """
    texts: list[str] = []
    number = 0
    for reply in replies:
        lines = [part for part in (reply.text, reply.url) if part]
        for option in reply.options:
            number += option.numbered
            lines.append(line(number if option.numbered else 0, option))
        texts.append("\n".join(lines))
    return texts
