"""The Bot API's rules for what a message may be. A = https://core.telegram.org/bots/api."""

import math
import re
from collections import deque
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from tests.fakes.telegram_wire import ApiError, Params, bad

TEXT_MOST = 4096  # characters after entity parsing (A#sendmessage)
CAPTION_MOST = 1024  # A#sendphoto
CALLBACK_DATA_MOST = 64  # bytes (A#inlinekeyboardbutton)
ANSWER_MOST = 200  # characters (A#answercallbackquery)
BUTTONS_MOST = 100
DOWNLOAD_MOST = 20 * 1024 * 1024  # A#getfile
PHOTO_MOST = 10 * 1024 * 1024  # A#sending-files
DOCUMENT_MOST = 50 * 1024 * 1024
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_BUTTON_KINDS = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
]


def formatted(params: Params, name: str, most: int, *, empty_ok: bool = False) -> dict[str, Any]:
    """Check `text` or `caption`; returns {name: plain text} and its entities, as the message will hold them."""
    text, entities = _parsed(params.text(name), params.text("parse_mode"))
    given = params.structure(f"{name}_entities" if name == "caption" else "entities", "can't parse entities")
    text = text.strip()
    if not text and not empty_ok:
        raise bad("message text is empty")
    if len(text) > most:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    found = entities or given
    result: dict[str, Any] = {name: text} if text else {}
    if found:
        result["caption_entities" if name == "caption" else "entities"] = found
    return result


def _parsed(text: str, mode: str) -> tuple[str, list[dict[str, Any]]]:
    if not mode:
        return text, []
    if mode.lower() != "html":  # nobody here has a reason for Markdown: one `_` in a name breaks it (lessons B52)
        raise bad("unsupported parse_mode (this fake reads HTML only)")
    reader = _Markup()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag {reader.open[-1][0]}")
    return reader.text, reader.entities


class _Markup(HTMLParser):
    """Telegram's HTML: few tags, all closed in order; a `<` or `&` that is not markup must be escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text, self.open, self.entities = "", [], []  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}')
        self.open.append((tag, _units(self.text), dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad(f'can\'t parse entities: Unexpected end tag "{tag}"')
        _, offset, attrs = self.open.pop()
        entity = {"type": _TAGS[tag], "offset": offset, "length": _units(self.text) - offset}
        self.entities.append(entity | ({"url": attrs.get("href", "")} if tag == "a" else {}))

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise bad("can't parse entities: Unclosed start tag")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        self.text += unescape(f"&{name};") if name in ("lt", "gt", "amp", "quot") else f"&{name};"

    def handle_charref(self, name: str) -> None:
        self.text += unescape(f"&#{name};")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2  # entity offsets count UTF-16 code units (A#messageentity)


def reply_markup(params: Params) -> dict[str, Any] | None:
    """Check the keyboard; None when there is none."""
    if params.values.get("reply_markup") == "null":
        raise bad("object expected as reply markup")
    markup = params.structure("reply_markup", "can't parse reply keyboard markup JSON object")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse keyboard: Array of Arrays of buttons expected")
    if sum(map(len, rows)) > BUTTONS_MOST:
        raise bad("reply markup is too long")
    check = _inline_button if "inline_keyboard" in markup else _reply_button
    for button in (b for row in rows for b in row):
        check(button)
    return markup if rows or "inline_keyboard" not in markup else None


def _reply_button(button: Any) -> None:
    text = button if isinstance(button, str) else button.get("text") if isinstance(button, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise bad("keyboard button text must be non-empty")


def _inline_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad("can't parse inline keyboard button: Text must be non-empty")
    kinds = [kind for kind in _BUTTON_KINDS if button.get(kind) is not None]
    if not kinds:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise bad("can't parse inline keyboard button: exactly one of the optional fields must be used")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= CALLBACK_DATA_MOST:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://\S+", str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def commands(params: Params) -> list[dict[str, str]]:
    """Check the list of setMyCommands (A#botcommand)."""
    listed = params.structure("commands", "can't parse commands JSON object")
    if not isinstance(listed, list):
        raise bad("commands must be an Array")
    if len(listed) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in listed:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "").removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return listed


@dataclass
class Law:
    """Flood limits as the FAQ describes them: (messages, seconds). Off by default; `law.on = True` enforces them."""

    on: bool = False
    per_chat: tuple[int, float] = (1, 1.0)
    per_group: tuple[int, float] = (20, 60.0)
    overall: tuple[int, float] = (30, 1.0)
    _past: dict[int | None, deque[float]] = field(default_factory=dict)

    def enforce(self, chat_id: int, *, group: bool, now: float) -> None:
        """Count a message, or refuse it with 429 and retry_after (whole seconds)."""
        if not self.on:
            return
        limits = {None: self.overall, chat_id: self.per_group if group else self.per_chat}
        wait = max(self._wait(key, limit, now) for key, limit in limits.items())
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for key in limits:
            self._past.setdefault(key, deque()).append(now)

    def _wait(self, key: int | None, limit: tuple[int, float], now: float) -> float:
        past = self._past.setdefault(key, deque())
        while past and now - past[0] >= limit[1]:
            past.popleft()
        return past[0] + limit[1] - now if len(past) >= limit[0] else 0.0
