"""From Telegram's updates to `Incoming`; None for what asks for no answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from telegram import ChatMember, Message, Update
from telegram.constants import ChatType

from bot.channels.telegram.limits import FILE_BYTES
from bot.messages import Event, Incoming, Location, Media

GONE = frozenset({ChatMember.BANNED, ChatMember.LEFT})


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
    common |= {"address": str(message.chat.id), "language": _language(message)}
    if message.migrate_to_chat_id:
        return Incoming(**common, event=Event.MOVED, payload=str(message.migrate_to_chat_id))
    if message.chat.type != ChatType.PRIVATE:
        return Incoming(**common, event=Event.GROUP) if message.text or message.caption else None
    if update.edited_message is not None:
        return Incoming(**common, event=Event.EDITED)
    return Incoming(**common, **_parts(message))


def _language(message: Message) -> str:
    return (message.from_user.language_code or "") if message.from_user else ""


def _tapped(update: Update, common: dict[str, Any]) -> Incoming | None:
    query = update.callback_query
    assert query is not None
    chat_id = query.message.chat.id if query.message is not None else query.from_user.id
    hints = {"callback": query.id}
    return Incoming(
        **common,
        address=str(chat_id),
        choice=query.data or "",
        language=query.from_user.language_code or "",
        hints=hints,
    )


def _membership(update: Update, common: dict[str, Any]) -> Incoming | None:
    """Blocked or unblocked (T11); being put into a group is answered when somebody writes there."""
    member = update.my_chat_member
    assert member is not None
    if member.chat.type != ChatType.PRIVATE:
        return None
    event = Event.LEFT if member.new_chat_member.status in GONE else Event.RETURNED
    return Incoming(**common, address=str(member.chat.id), event=event)


def _parts(message: Message) -> dict[str, Any]:
    text = message.text or message.caption or ""
    if text.startswith("/start"):
        return {"event": Event.START, "payload": _payload(text)}
    if message.location is not None:
        label = f"{message.venue.title} {message.venue.address}" if message.venue else ""
        return {"location": Location(message.location.latitude, message.location.longitude, label)}
    if message.contact is not None:
        return {"text": message.contact.phone_number}
    media = _media(message)
    if any(one.size > FILE_BYTES for one in media):
        return {"event": Event.TOO_LARGE}
    if media or text:
        return {"text": text.split("@")[0] if text.startswith("/") else text, "media": media}
    return {"event": Event.UNREADABLE, "payload": _kind(message)}


def _payload(text: str) -> str:
    """What a deep link carries: letters, digits, _ and - only, so `complaint`, or `go-complaint`."""
    return text.partition(" ")[2].strip().removeprefix("go-")


def _media(message: Message) -> tuple[Media, ...]:
    album = message.media_group_id or ""
    if message.photo:
        best = message.photo[-1]
        return (Media("photo", best.file_id, "", "image/jpeg", best.file_size or 0, album),)
    for kind, item in (("document", message.document), ("voice", message.voice), ("video", message.video)):
        if item is not None:
            name = getattr(item, "file_name", None) or ""
            return (Media(kind, item.file_id, name, item.mime_type or "", item.file_size or 0, album),)  # type: ignore[arg-type]
    return ()


def _kind(message: Message) -> str:
    kinds = ("sticker", "animation", "audio", "video_note", "poll", "dice", "game")
    return next((kind for kind in kinds if getattr(message, kind)), "other")
