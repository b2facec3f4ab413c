"""What WeChat keeps: the account's settings, its followers and their quotas, media, and what each person sees."""

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.bell import Bell
from tests.fakes.clock import Clock

NOTICE = "该公众号暂时无法提供服务，请稍后再试"
TEXT_MOST = 2048  # bytes of UTF-8 (measured by developers; the documents give no figure)
MEDIA_LIFE = 3 * 24 * 3600.0  # temporary media, seconds
# What opens customer-service messages: how many, within how many seconds (Customer_Service_Messages.html).
GRANTS = {"message": (5, 48 * 3600.0), "tap": (3, 60.0)}
_LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&]*)&(?:amp;)?msgmenuid=([^"&]*)">(.*?)</a>')


class WechatError(Exception):
    """An answer with errcode; it travels inside HTTP 200."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode, self.errmsg = errcode, errmsg


@dataclass
class Seen:
    """One thing in the person's chat. `via`: passive, custom, template, subscribe or notice (the platform's own)."""

    via: str
    kind: str
    text: str = ""
    media_id: str = ""
    at: float = 0.0
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """What can be tapped: (label, content, id) of bizmsgmenu links and of a menu message's entries."""
        listed = [(item["content"], item["content"], item["id"]) for item in self.data.get("list", [])]
        return [(label, content, id_) for content, id_, label in _LINK.findall(self.text)] + listed

    @property
    def labels(self) -> list[str]:
        """The labels of `options`."""
        return [label for label, _, _ in self.options]


@dataclass
class Quota:
    """How many customer-service messages a person may still get, until when (W5, W6)."""

    left: dict[str, tuple[int, float]] = field(default_factory=dict)

    def grant(self, kind: str, now: float) -> None:
        """An action of the person opens its window anew."""
        count, seconds = GRANTS[kind]
        self.left[kind] = (count, now + seconds)

    def spend(self, now: float) -> None:
        """Take one, from the window that shuts first; 45015 when none is open, 45047 when all open ones are spent."""
        usable = sorted((until, kind) for kind, (_, until) in self.left.items() if until > now)
        if not usable:
            raise WechatError(45015, "response out of time limit or subscription is canceled")
        for until, kind in usable:
            if (count := self.left[kind][0]) > 0:
                self.left[kind] = (count - 1, until)
                return
        raise WechatError(45047, "out of response count limit")


@dataclass
class Follower:
    """A person as the account knows them."""

    openid: str
    subscribed: bool = True
    subscribed_at: float = 0.0
    scene: str = "ADD_SCENE_SEARCH"
    quota: Quota = field(default_factory=Quota)
    consents: dict[str, int] = field(default_factory=dict)  # template id -> notices still allowed
    masses: dict[str, int] = field(default_factory=dict)  # month -> mass messages that reached them
    screen: list[Seen] = field(default_factory=list)


@dataclass
class Media:
    """Temporary media, from either side."""

    media_id: str
    kind: str
    data: bytes
    mime: str
    at: float


class WechatWorld:
    """The platform's memory of one Official Account."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.bell = clock, Bell()
        self.followers: dict[str, Follower] = {}
        self.media: dict[str, Media] = {}
        self.menu: dict[str, Any] | None = None
        self.templates: dict[str, set[str]] = {}  # template messages: id -> keywords
        self.subscriptions: dict[str, set[str]] = {}  # subscription notices: id -> keywords
        self.client_ids: dict[tuple[str, str], int] = {}
        self.mass_jobs: dict[str, tuple[int, float]] = {}  # clientmsgid -> (msg_id, when)
        self.mass_calls: list[float] = []
        self.number = itertools.count(24_123_456_789_012_345)  # MsgIds are 64-bit, past 2**53

    def new_follower(self, *, subscribed: bool = True) -> Follower:
        """Somebody new, with an openid of 28 characters."""
        openid = f"oYzFakeFakeFakeFake-{len(self.followers) + 1:08d}"
        person = Follower(openid, subscribed, self.clock())
        self.followers[openid] = person
        return person

    def follower(self, openid: str) -> Follower:
        """The person with this openid, or 40003."""
        if openid not in self.followers:
            raise WechatError(40003, "invalid openid")
        return self.followers[openid]

    def keep_media(self, kind: str, data: bytes, mime: str) -> Media:
        """Store media under a new media_id."""
        media = Media(f"MEDIA-{kind}-{next(self.number)}", kind, data, mime, self.clock())
        self.media[media.media_id] = media
        return media

    def usable_media(self, media_id: str) -> Media:
        """Media that exists and is younger than three days, or 40007."""
        media = self.media.get(media_id)
        if media is None or self.clock() - media.at > MEDIA_LIFE:
            raise WechatError(40007, "invalid media_id")
        return media

    def show(self, openid: str, seen: Seen) -> Seen:
        """It appears in the person's chat."""
        seen.at = self.clock()
        self.followers[openid].screen.append(seen)
        self.bell.ring()
        return seen
