"""From a callback's fields to `Incoming`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from bot.channels.wechat.codec import BadCallback
from bot.channels.wechat.xml import Fields
from bot.messages import Event, Incoming, Location, Media
from bot.store import consents

EVENTS = {"subscribe": Event.START, "scan": Event.SCAN, "unsubscribe": Event.LEFT, "click": Event.TAP}
OPENING = frozenset({"subscribe", "scan", "click"})  # what gives three messages in a minute (W5)
CONSENTS = frozenset({"subscribe_msg_popup_event", "subscribe_msg_change_event"})
TEMPLATES, DECISIONS = ".TemplateId", ".SubscribeStatusString"  # in the lists of those
SCENE = "qrscene_"  # before the scene of a code that was followed by
_OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def to_incoming(fields: Fields) -> Incoming:
    """A verified message as the engine takes it; raises `BadCallback` for one without its own fields."""
    try:
        if not _OPENID.fullmatch(fields["FromUserName"]):
            raise BadCallback(400, "broken message")
        return Incoming(
            key=_key(fields),
            channel="wechat",
            address=fields["FromUserName"],
            at=datetime.fromtimestamp(int(fields["CreateTime"]), UTC),
            hints={"account": fields["ToUserName"]},
            **_parts(fields),
        )
    except (KeyError, ValueError, OverflowError, OSError):
        raise BadCallback(400, "broken message") from None


def _key(fields: Fields) -> str:
    """The natural key: openid + MsgId; events have none: CreateTime + Event + EventKey (W2)."""
    sender = fields["FromUserName"]
    if fields.get("MsgId"):
        return f"wechat:{sender}:{fields['MsgId']}"
    kind = fields.get("Event") or fields["MsgType"]
    # what became of template messages, and consents, may be several in a second
    own = fields.get("EventKey") or fields.get("MsgID") or fields.get(TEMPLATES, "")
    return f"wechat:{sender}:{fields['CreateTime']}:{kind}:{own}"


def _parts(fields: Fields) -> dict[str, Any]:
    kind = fields["MsgType"].lower()
    if kind == "event":
        name = fields["Event"].lower()
        return _consent(fields) if name in CONSENTS else _event(name, fields.get("EventKey", ""))
    if kind == "text":
        return {"text": fields.get("Content", ""), "opens_window": "tap" if "bizmsgmenuid" in fields else "message"}
    if kind == "image":
        return {"media": (Media("photo", fields["MediaId"]),)}
    if kind == "voice":
        words = fields.get("Recognition", "")
        return {"text": words, "heard": True} if words else {"media": (Media("voice", fields["MediaId"]),)}
    if kind == "location":
        return {"location": _spot(fields)}
    if kind == "link":
        return {"text": f"{fields.get('Title', '')} {fields['Url']}".strip()}
    return {"event": Event.UNREADABLE, "payload": kind[:20]}


def _spot(fields: Fields) -> Location:
    latitude, longitude = float(fields["Location_X"]), float(fields["Location_Y"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("no place on earth")
    return Location(latitude, longitude, fields.get("Label", ""))


def _consent(fields: Fields) -> dict[str, Any]:
    """Which notices somebody allowed in a page or an article, or took back (subscription_messages/push.html)."""
    templates, decisions = fields.get(TEMPLATES, "").split("\n"), fields.get(DECISIONS, "").split("\n")
    decided = {one: decision == "accept" for one, decision in zip(templates, decisions, strict=False) if one}
    return {"event": Event.CONSENT, "payload": consents.payload(decided), "opens_window": "none"}


def _event(name: str, key: str) -> dict[str, Any]:
    """Events we do not know (LOCATION, VIEW, TEMPLATESENDJOBFINISH and more) ask for no answer."""
    event = EVENTS.get(name, Event.SILENT)
    if name == "subscribe" and key.startswith(SCENE):
        event = Event.SCAN
    payload = key.removeprefix(SCENE).removeprefix("go:") if event is not Event.SILENT else ""
    return {"event": event, "payload": payload, "opens_window": "tap" if name in OPENING else "none"}
