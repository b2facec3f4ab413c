"""From Telegram's updates to `Incoming`; None for what asks for no answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from telegram import Bot, ChatMember, Message, Update
from telegram.constants import ChatType

from bot.channels.telegram.limits import FILE_BYTES
from bot.messages import Event, Incoming, Location, Media, MediaKind

GONE = frozenset({ChatMember.BANNED, ChatMember.LEFT})
# What a person may send that we can't read; any other message without text or media tells of something in the chat
# (a pinned message, a changed background) and asks for no answer.
UNREADABLE = ("sticker", "video_note", "poll", "dice", "game", "story", "paid_media", "checklist", "giveaway")


class NotAnUpdate(ValueError):
    """What came is no update."""


class Unreadable(ValueError):
    """An update, but not one that can be read."""


def read(data: object, bot: Bot, now: datetime) -> Incoming | None:
    """A decoded body as the engine takes it; raises `NotAnUpdate`, `Unreadable`."""
    if not isinstance(data, dict) or type(data.get("update_id")) is not int:
        raise NotAnUpdate
    if any(not isinstance(part, dict) for name, part in data.items() if name != "update_id"):
        raise NotAnUpdate
    try:
        return to_incoming(Update.de_json(data, bot), now)
    except Exception as error:  # the library stumbles in many ways over parts that are missing or odd
        raise Unreadable from error


def to_incoming(update: Update, now: datetime) -> Incoming | None:
    """One update as the engine takes it."""
    common: dict[str, Any] = {"key": f"telegram:{update.update_id}", "channel": "telegram", "at": now}
    if update.callback_query is not None:
        return _tapped(update, common)
    if update.my_chat_member is not None:
        return _membership(update, common)
    message = update.message or update.edited_message
    if message is None:
        return None
    common |= {"address": str(int(message.chat.id)), "language": _language(message)}
    if message.migrate_to_chat_id:
        return Incoming(**common, event=Event.MOVED, payload=str(message.migrate_to_chat_id))
    words = message.text or message.caption
    if message.chat.type != ChatType.PRIVATE:
        return Incoming(**common, event=Event.GROUP) if words and update.message else None
    if update.edited_message is not None:  # a live location is an edit every few seconds: not a word about it
        return Incoming(**common, event=Event.EDITED) if words else None
    parts = _parts(message)
    return Incoming(**common, **parts) if parts else None


def _language(message: Message) -> str:
    return (message.from_user.language_code or "") if message.from_user else ""


def _tapped(update: Update, common: dict[str, Any]) -> Incoming:
    query = update.callback_query
    assert query is not None
    chat = query.message.chat if query.message is not None else None
    common |= {
        "address": str(int(chat.id if chat is not None else query.from_user.id)),
        "language": query.from_user.language_code or "",
        "hints": {"callback": query.id},
    }
    if chat is not None and chat.type != ChatType.PRIVATE:
        return Incoming(**common, event=Event.GROUP)
    return Incoming(**common, choice=query.data or "")


def _membership(update: Update, common: dict[str, Any]) -> Incoming | None:
    """Blocked or unblocked (T11); being put into a group is answered when somebody writes there."""
    member = update.my_chat_member
    assert member is not None
    if member.chat.type != ChatType.PRIVATE:
        return None
    event = Event.LEFT if member.new_chat_member.status in GONE else Event.RETURNED
    common["language"] = member.from_user.language_code or ""
    return Incoming(**common, address=str(int(member.chat.id)), event=event)


def _parts(message: Message) -> dict[str, Any]:
    """What was said, as fields of an `Incoming`; none for what asks for no answer."""
    text = message.text or message.caption or ""
    command, rest = _command(text)
    if command == "/start":
        return {"event": Event.START, "payload": _payload(rest)}
    if message.location is not None:
        label = f"{message.venue.title} {message.venue.address}" if message.venue else ""
        return {"location": Location(message.location.latitude, message.location.longitude, label)}
    if message.contact is not None:
        return {"text": message.contact.phone_number}
    media = _media(message)
    if any(one.size > FILE_BYTES for one in media):
        return {"event": Event.TOO_LARGE}
    if media or text:
        return {"text": f"{command} {rest}".strip() if command else text, "media": media}
    kind = next((kind for kind in UNREADABLE if getattr(message, kind)), "new" if message.api_kwargs else "")
    return {"event": Event.UNREADABLE, "payload": kind} if kind else {}


def _command(text: str) -> tuple[str, str]:
    """("/menu", what follows) of "/menu@our_bot what follows"; ("", "") for what is no command."""
    if not text.startswith("/"):
        return "", ""
    first, *rest = text.split(maxsplit=1)
    return first.partition("@")[0], rest[0] if rest else ""


def _payload(text: str) -> str:
    """What a deep link carries: letters, digits, _ and - only, so `complaint`, or `go-complaint`; what a dialogue is
    begun with follows as `--key-value`: `go-check_in--code-482913`."""
    name, *pairs = text.strip().removeprefix("go-").split("--")
    query = "&".join(pair.replace("-", "=", 1) for pair in pairs)
    return f"{name}?{query}" if query else name


def _media(message: Message) -> tuple[Media, ...]:
    album = message.media_group_id or ""
    if message.photo:
        best = message.photo[-1]
        return (Media("photo", best.file_id, "", "image/jpeg", best.file_size or 0, album),)
    kinds: dict[str, MediaKind] = {"document": "document", "voice": "voice", "audio": "voice", "video": "video"}
    for name_there, kind in kinds.items():  # a recording of a call comes as audio
        item = getattr(message, name_there)
        if item is not None:
            name, mime = getattr(item, "file_name", None) or "", item.mime_type or ""
            shown: MediaKind = "photo" if mime.startswith("image/") else kind  # a screenshot sent as a file
            return (Media(shown, item.file_id, name, mime, item.file_size or 0, album),)
    return ()
