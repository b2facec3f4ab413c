"""What the platforms know: every message sent, every acknowledgement, every answer; none of it from the service."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.channels.wechat.codec import Fields


@dataclass
class Letter:
    """One message of a person, by its natural key. `words` is what the person wrote, "" for a picture or an event."""

    key: str
    who: str
    words: str
    acknowledged: datetime | None = None
    given_up: bool = False  # WeChat stopped asking: the person saw the platform's notice instead of an answer
    answers: list[str] = field(default_factory=list)  # WeChat: the text of every passive answer, "" for "success"


@dataclass
class Ledger:
    """Shared by all platforms of a run."""

    letters: dict[str, Letter] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)  # people who waited in vain
    kills: list[datetime] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # seconds from the first try to the answer on the screen

    def post(self, key: str, who: str, words: str) -> Letter:
        """A new message leaves the phone."""
        assert key not in self.letters, f"two messages with one key: {key}"
        self.letters[key] = Letter(key, who, words)
        return self.letters[key]

    def acknowledge(self, key: str) -> None:
        """The service said that it has it."""
        letter = self.letters[key]
        if letter.acknowledged is None:
            letter.acknowledged = datetime.now(UTC)
            self.counts["acknowledged"] += 1

    @property
    def acknowledged(self) -> int:
        """Messages acknowledged so far."""
        return self.counts["acknowledged"]


def wechat_key(fields: Fields) -> str:
    """The natural key: openid and MsgId; for events openid, CreateTime, Event, EventKey."""
    who = fields["FromUserName"]
    if "MsgId" in fields:
        return f"wechat:{who}:{fields['MsgId']}"
    return f"wechat:{who}:{fields['CreateTime']}:{fields['Event']}:{fields.get('EventKey', '')}"
