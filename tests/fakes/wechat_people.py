"""The person's side of WeChat: what people do in the app, as callbacks to the service."""

from typing import TYPE_CHECKING, Any

from tests.fakes.bell import PATIENCE
from tests.fakes.wechat_world import Follower, Seen
from tests.photo import PHOTO

if TYPE_CHECKING:
    from tests.fakes.wechat_sim import Exchange, WechatSim

_JPEG = PHOTO


class WechatPerson:
    """One person and their chat. Every action returns its `Exchange`: attempts, reply, what went wrong."""

    def __init__(self, sim: "WechatSim", follower: Follower) -> None:
        self._sim, self._world, self.follower = sim, sim.wx.world, follower
        self._read = 0

    @property
    def openid(self) -> str:
        """28 characters."""
        return self.follower.openid

    @property
    def screen(self) -> list[Seen]:
        """Everything the account made appear in this chat, oldest first."""
        return self.follower.screen

    async def next_seen(self, timeout: float = PATIENCE) -> Seen:
        """The next thing on the screen that was not returned here before; waits for it."""
        came = await self._world.bell.until(lambda: len(self.screen) > self._read, timeout)
        assert came, f"nothing appeared within {timeout} s; so far: {[s.text for s in self.screen[-3:]]}"
        self._read += 1
        return self.screen[self._read - 1]

    async def say(self, text: str) -> "Exchange":
        """A text message."""
        return await self._write("text", Content=text)

    async def tap(self, label: str) -> "Exchange":
        """Tap a bizmsgmenu link or an entry of a menu message (the newest with this label).

        It arrives as a text with `bizmsgmenuid`; ids that are no numbers arrive as 0 (W10). Quota: a menu tap (W6).
        """
        options = [option for seen in reversed(self.screen) for option in seen.options if option[0] == label]
        assert options, f"nothing to tap called {label!r}; there are {[s.labels for s in self.screen if s.options]}"
        _, content, id_ = options[0]
        number = id_ if id_.isdigit() else "0"
        return await self._write("text", grant="tap", Content=content, bizmsgmenuid=number)

    async def photo(self, data: bytes = _JPEG) -> "Exchange":
        """A photo: PicUrl (served by the fake) and MediaId."""
        media = self._world.keep_media("image", data, "image/jpeg")
        url = f"{self._sim.wx.url}/mmbiz_jpg/{media.media_id}/0"
        return await self._write("image", PicUrl=url, MediaId=media.media_id)

    async def voice(self, recognition: str | None = None, data: bytes = b"#!AMR voice") -> "Exchange":
        """A voice message; `recognition` is the text WeChat understood (None: the account has no recognition)."""
        media = self._world.keep_media("voice", data, "audio/amr")
        return await self._write("voice", MediaId=media.media_id, Format="amr", Recognition=recognition)

    async def video(self, data: bytes = b"mp4") -> "Exchange":
        """A video."""
        media = self._world.keep_media("video", data, "video/mp4")
        thumb = self._world.keep_media("thumb", _JPEG, "image/jpeg")
        return await self._write("video", MediaId=media.media_id, ThumbMediaId=thumb.media_id)

    async def location(
        self, latitude: float = 31.2304, longitude: float = 121.4737, label: str = "上海市黄浦区人民大道200号"
    ) -> "Exchange":
        """A place sent from the chat (Location_X is the latitude)."""
        return await self._write("location", Location_X=latitude, Location_Y=longitude, Scale=15, Label=label)

    async def link(self, title: str, url: str, description: str = "") -> "Exchange":
        """A shared article."""
        return await self._write("link", Title=title, Description=description, Url=url)

    async def subscribe(self, scene: str | None = None) -> "Exchange":
        """Follow the account; `scene` when it was by a QR code with a parameter."""
        self.follower.subscribed, self.follower.subscribed_at = True, self._world.clock()
        key, ticket = (f"qrscene_{scene}", "TICKET") if scene else ("", None)
        return await self._event("subscribe", grant="tap", EventKey=key, Ticket=ticket)

    async def unsubscribe(self) -> "Exchange":
        """Stop following: no message reaches the person any more."""
        self.follower.subscribed = False
        self.follower.quota.left.clear()
        return await self._event("unsubscribe", EventKey="")

    async def scan(self, scene: str) -> "Exchange":
        """Scan the account's QR code while following it already."""
        return await self._event("SCAN", grant="tap", EventKey=scene, Ticket="TICKET")

    async def click(self, key: str) -> "Exchange":
        """Tap an entry of type click in the custom menu."""
        return await self._event("CLICK", grant="tap", EventKey=key)

    async def view(self, url: str) -> "Exchange":
        """Tap an entry of type view: it opens no quota (W5)."""
        return await self._event("VIEW", EventKey=url)

    async def report_location(self, latitude: float = 31.2304, longitude: float = 121.4737) -> "Exchange":
        """The LOCATION event, sent when the chat is opened by people who allowed it. It opens no quota."""
        return await self._event("LOCATION", Latitude=latitude, Longitude=longitude, Precision=40.0)

    async def template_result(self, msgid: int, status: str = "success") -> "Exchange":
        """The platform tells what became of a template message ("failed:user block" is a status too)."""
        return await self._event("TEMPLATESENDJOBFINISH", MsgID=msgid, Status=status)

    def consent(self, template_id: str, times: int = 1) -> None:
        """Allow `times` subscription notices (given in a page, not in the chat)."""
        self.follower.consents[template_id] = self.follower.consents.get(template_id, 0) + times

    async def decide(self, **decisions: bool) -> "Exchange":
        """Allow (True) or refuse notices in the window a page opened; template ids are the names."""
        for template_id, allowed in decisions.items():
            if allowed:
                self.consent(template_id)
        return await self._listed("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", decisions)

    async def take_back(self, template_id: str) -> "Exchange":
        """Refuse a template from now on, on the service's page of notices."""
        self.follower.consents[template_id] = 0
        return await self._listed("subscribe_msg_change_event", "SubscribeMsgChangeEvent", {template_id: False})

    async def _listed(self, event: str, name: str, decisions: dict[str, bool]) -> "Exchange":
        said = [
            {"TemplateId": one, "SubscribeStatusString": "accept" if allowed else "reject", "PopupScene": "1"}
            for one, allowed in decisions.items()
        ]
        return await self._event(event, **{name: said})

    async def send(self, kind: str, **fields: Any) -> "Exchange":
        """Any message type at all, e.g. one that does not exist yet."""
        return await self._write(kind, **fields)

    async def resend(self, exchange: "Exchange") -> "Exchange":
        """The very same request once more (same MsgId, timestamp, nonce, signature), as a retry would be."""
        again = type(exchange)(exchange.openid, exchange.query, exchange.body)
        return await self._sim.deliver(again)

    async def _write(self, kind: str, grant: str = "message", **fields: Any) -> "Exchange":
        assert self.follower.subscribed, "only followers can write"
        tail = {"MsgId": next(self._world.number), "bizmsgmenuid": fields.pop("bizmsgmenuid", None)}
        return await self._deliver(kind, grant, fields | tail)

    async def _event(self, event: str, grant: str | None = None, **fields: Any) -> "Exchange":
        return await self._deliver("event", grant, {"Event": event} | fields)

    async def _deliver(self, kind: str, grant: str | None, fields: dict[str, Any]) -> "Exchange":
        now = self._world.clock()
        if grant:
            self.follower.quota.grant(grant, now)
        head: dict[str, Any] = {"ToUserName": self._sim.wx.account, "FromUserName": self.openid}
        head |= {"CreateTime": int(now), "MsgType": kind}
        return await self._sim.deliver(self._sim.envelope(self.openid, head | fields))
