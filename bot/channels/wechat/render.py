"""Replies as WeChat texts: options as tappable links with numbers beside them, split at 2047 bytes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.numbered import numbered, plain
from bot.channels.split import split, utf8_bytes
from bot.channels.wechat.limits import TEXT_BYTES
from bot.messages import Option, Reply


def link(number: int, option: Option) -> str:
    """An option as a link that sends its label (W10: undocumented, ids come back as 0, so the label decides)."""
    label = option.label.translate({ord('"'): "”", ord("<"): "〈", ord(">"): "〉", ord("&"): "＆"})
    return f'{number} <a href="weixin://bizmsgmenu?msgmenucontent={label}&msgmenuid={number}">{label}</a>'


def texts(replies: Sequence[Reply]) -> list[str]:
    """All replies of a turn in as few texts as can be: with links, else with numbers only where that saves a text."""
    linked = "\n\n".join(numbered(replies, link))
    if utf8_bytes(linked) <= TEXT_BYTES:
        return [linked] if linked else []
    bare = "\n\n".join(numbered(replies, plain))
    if utf8_bytes(bare) <= TEXT_BYTES:
        return [bare]
    *heads, last = replies
    whole = "\n\n".join([*numbered(heads), *numbered([last], link)]) if not any(r.options for r in heads) else bare
    return split(whole, TEXT_BYTES)
