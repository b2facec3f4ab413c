"""What people say and what the bot answers: the same shapes for every channel.

A channel turns a platform's request into an `Incoming` and a `Reply` into whatever the platform can show.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

MediaKind = Literal["photo", "voice", "video", "document"]
ReplyKind = Literal["text", "image", "file", "link"]


class Event(StrEnum):
    """What can happen in a chat besides something being said."""

    START = "start"  # opened, followed, /start; `payload` carries where from
    LEFT = "left"  # blocked us, unfollowed
    RETURNED = "returned"  # unblocked us
    MOVED = "moved"  # the address changed; `payload` is the new one
    TAP = "tap"  # a fixed menu entry; `payload` is its key
    SCAN = "scan"  # a QR code; `payload` is its scene
    EDITED = "edited"  # an earlier message was changed: not read again
    UNREADABLE = "unreadable"  # a kind we can't read; `payload` names it
    TOO_LARGE = "too_large"  # a file past the channel's limit
    GROUP = "group"  # written in a group, where we do not serve
    CONSENT = "consent"  # allowed or refused messages of a template; `payload`: bot/store/consents.py
    SILENT = "silent"  # to be noted, not to be answered (a periodic location, say)


@dataclass(frozen=True, slots=True)
class Media:
    """A photo, recording or document: `ref` is the channel's own handle (file id, media id, stored blob)."""

    kind: MediaKind
    ref: str
    name: str = ""
    mime: str = ""
    size: int = 0  # bytes, 0 when not known
    album: str = ""  # what was sent together shares this


@dataclass(frozen=True, slots=True)
class Location:
    """WGS-84 degrees; `label` as the platform gives it."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from one person, verified by its channel.

    `key` is natural (the platform's own id): the same key never runs twice. `address` is where the person is reached.
    """

    key: str
    channel: str
    address: str
    at: datetime
    text: str = ""
    choice: str = ""  # the value of a tapped option
    media: tuple[Media, ...] = ()
    location: Location | None = None
    event: Event | None = None
    payload: str = ""
    heard: bool = False  # `text` was recognised from speech: echo it
    opens_window: str = "message"  # what the platform counts this as: message, tap, none (WeChat's send quotas)
    language: str = ""  # as the platform reports it, a hint only
    hints: dict[str, str] = field(
        default_factory=dict, hash=False
    )  # the channel's own notes for its reply (e.g. a callback id)


BESIDE_NUMBER = "~"  # before the bare value of an option that stands beside a question for a number


@dataclass(frozen=True, slots=True)
class Option:
    """Something to tap: `label` is shown, `value` comes back."""

    label: str
    value: str

    @property
    def numbered(self) -> bool:
        """False where a number typed would be the answer itself (1 means 1 yuan, not the first option)."""
        return f"={BESIDE_NUMBER}" not in self.value


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the bot says. `url` belongs to image, file and link."""

    text: str
    options: tuple[Option, ...] = ()
    kind: ReplyKind = "text"
    url: str = ""

    def as_json(self) -> dict[str, Any]:
        """{"kind","text","url","options":[{"label","value"}]}, all values strings."""
        options = [{"label": option.label, "value": option.value} for option in self.options]
        return {"kind": self.kind, "text": self.text, "url": self.url, "options": options}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reply:
        """The opposite of `as_json`."""
        options = tuple(Option(option["label"], option["value"]) for option in data.get("options", ()))
        return cls(data["text"], options, data.get("kind", "text"), data.get("url", ""))


def shortened(value: str, most: int) -> str:
    """An option's value in at most `most` bytes: itself, or a mark made of its hash, told apart by `stands_for`."""
    if len(value.encode()) <= most:
        return value
    return "#" + hashlib.sha256(value.encode()).hexdigest()[:24]


def stands_for(given: str, value: str) -> bool:
    """True when what came back is this value, or its short mark."""
    return given == value or (given.startswith("#") and given == shortened(value, 0))
