"""From wechatpy's message classes to `Incoming`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.channels.wechat.codec import BadCallback
from bot.messages import Event, Incoming, Location, Media

EVENTS = {
    "subscribe": Event.START,
    "subscribe_scan": Event.SCAN,
    "scan": Event.SCAN,
    "unsubscribe": Event.LEFT,
    "click": Event.TAP,
}
OPENING = {
    "subscribe",
    "subscribe_scan",
    "scan",
    "click",
}  # what the platform gives three messages in a minute for (W5)


def key(data: dict[str, Any]) -> str:
    """The natural key: openid + MsgId; events have none: CreateTime + Event + EventKey (W2)."""
    sender = data["FromUserName"]
    if data.get("MsgId"):
        return f"wechat:{sender}:{data['MsgId']}"
    return f"wechat:{sender}:{data['CreateTime']}:{data.get('Event', '')}:{data.get('EventKey') or ''}"


def to_incoming(message: Any) -> Incoming:
    """A verified message as the engine takes it; raises `BadCallback` for one without its own fields."""
    data = message._data
    common: dict[str, Any] = {
        "key": key(data),
        "channel": "wechat",
        "address": data["FromUserName"],
        "at": datetime.fromtimestamp(int(data["CreateTime"]), UTC),
        "hints": {"account": str(data.get("ToUserName", ""))},
    }
    try:
        return Incoming(**common, **_parts(message, data))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadCallback(400, "broken message") from None


def _parts(message: Any, data: dict[str, Any]) -> dict[str, Any]:
    kind = str(data["MsgType"]).lower()
    if kind == "event":
        return _event(str(getattr(message, "event", "") or data.get("Event", "")).lower(), data)
    if kind == "text":
        tapped = "tap" if data.get("bizmsgmenuid") is not None else "message"  # W6
        return {"text": str(data.get("Content") or "").strip(), "opens_window": tapped}
    if kind == "image":
        return {"media": (Media("photo", str(data["MediaId"])),)}
    if kind == "voice":
        words = str(data.get("Recognition") or "").strip()
        return {"text": words, "heard": True} if words else {"event": Event.UNREADABLE, "payload": "voice"}
    if kind == "location":
        spot = Location(float(data["Location_X"]), float(data["Location_Y"]), str(data.get("Label") or ""))
        return {"location": spot}
    if kind == "link":
        return {"text": f"{data.get('Title') or ''} {data['Url']}".strip()}
    return {"event": Event.UNREADABLE, "payload": kind[:20]}


def _event(name: str, data: dict[str, Any]) -> dict[str, Any]:
    event = EVENTS.get(name, Event.SILENT)  # LOCATION, TEMPLATESENDJOBFINISH, VIEW and the rest ask for no answer
    payload = str(data.get("EventKey") or "").removeprefix("qrscene_").removeprefix("go:")
    return {"event": event, "payload": payload, "opens_window": "tap" if name in OPENING else "none"}
