"""The person's side of Telegram: what people do in the app, as real Update objects on their way to the bot."""

import itertools
from typing import Any

from tests.fakes.telegram_mail import Delivery, Mail
from tests.fakes.telegram_world import Chat, Sent, World
from tests.photo import PHOTO

_group_ids = itertools.count(13_000_000_000_000_001)


class People:
    """Every action returns its `Delivery`. With a webhook it returns when the bot accepted the update (2xx).

    A positive chat id nobody used yet becomes a new person; groups are made with `new_group`. In a group the first
    positive id (or `by=`) is who acts.
    """

    world: World
    mail: Mail

    def new_person(self, name: str = "小李", language: str = "zh-hans") -> int:
        """A person who has opened the chat with the bot; the id is past 2**31."""
        return self.world.new_chat("private", name, language=language).id

    def new_group(self, title: str = "骑手之家", kind: str = "group") -> int:
        """A group (or kind="supergroup", id -100...) the bot is in."""
        return self.world.new_chat(kind, title).id

    async def say(self, chat_id: int, text: str, *, by: int | None = None) -> Delivery:
        """A text message; a leading /word is marked as a command."""
        entities = None
        if text.startswith("/"):
            entities = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return await self._write(chat_id, by, text=text, entities=entities)

    async def start(self, chat_id: int, payload: str = "") -> Delivery:
        """The Start button, or a t.me/bot?start=payload link."""
        return await self.say(chat_id, f"/start {payload}".rstrip())

    async def tap(self, sent: Sent, label: str | None = None, data: str | None = None) -> Delivery:
        """Tap the inline button with this label (or callback data) under a message of the bot."""
        found = [d for row in sent.buttons for name, d in row if name == label or (data is not None and d == data)]
        assert found, f"no button {label or data!r}; there are {sent.buttons}"
        return await self.tap_data(sent.chat_id, sent.message_id, found[0])

    async def tap_data(self, chat_id: int, message_id: int, data: str, *, by: int | None = None) -> Delivery:
        """A callback query with any data, as from a button that is gone by now."""
        query_id = str(next(self.world.number) + 4_000_000_000_000_000_000)
        self.world.queries[query_id] = self.world.clock()
        query = {"id": query_id, "from": self._user(chat_id, by), "chat_instance": str(chat_id), "data": data}
        query["message"] = self.world.messages[(chat_id, message_id)]
        return await self.mail.post(chat_id, "callback_query", query)

    async def photo(self, chat_id: int, data: bytes = PHOTO, caption: str | None = None, **more: Any) -> Delivery:
        """A photo: two sizes, the larger last and downloadable."""
        small = self.world.store_file(data[: len(data) // 2], "s.jpg", "image/jpeg", "photos")
        large = self.world.store_file(data, "l.jpg", "image/jpeg", "photos")
        sizes = [small.json(width=90, height=67), large.json(width=1280, height=960)]
        return await self._write(chat_id, more.pop("by", None), photo=sizes, caption=caption, **more)

    async def album(self, chat_id: int, photos: list[bytes], caption: str | None = None) -> list[Delivery]:
        """Several photos at once: separate updates that share a media_group_id; the caption is on the first."""
        group = str(next(_group_ids))
        return [
            await self.photo(chat_id, data, caption if i == 0 else None, media_group_id=group)
            for i, data in enumerate(photos)
        ]

    async def document(
        self,
        chat_id: int,
        data: bytes = b"a document",
        name: str = "contract.pdf",
        mime: str = "application/pdf",
        size: int | None = None,
    ) -> Delivery:
        """A file. `size` declares more bytes than `data` has: past 20 MB getFile refuses it."""
        stored = self.world.store_file(data, name, mime, "documents", size)
        return await self._write(chat_id, None, document=stored.json(file_name=name, mime_type=mime))

    async def voice(self, chat_id: int, data: bytes = b"OggS voice", seconds: int = 3) -> Delivery:
        """A voice message (Opus in Ogg)."""
        stored = self.world.store_file(data, "v.oga", "audio/ogg", "voice")
        return await self._write(chat_id, None, voice=stored.json(duration=seconds, mime_type="audio/ogg"))

    async def location(self, chat_id: int, latitude: float = 31.2304, longitude: float = 121.4737) -> Delivery:
        """A place on the map (degrees)."""
        return await self._write(chat_id, None, location={"latitude": latitude, "longitude": longitude})

    async def contact(self, chat_id: int, phone: str) -> Delivery:
        """The person's own phone number, shared by button."""
        contact = {"phone_number": phone, "first_name": self._chat(chat_id).name, "user_id": chat_id}
        return await self._write(chat_id, None, contact=contact)

    async def sticker(self, chat_id: int, emoji: str = "👍") -> Delivery:
        """A sticker: a kind of message the bot need not understand."""
        stored = self.world.store_file(b"RIFF webp", "s.webp", "image/webp", "stickers")
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return await self._write(chat_id, None, sticker=stored.json(emoji=emoji, **kind))

    async def edit(self, delivery: Delivery, text: str) -> Delivery:
        """Change a text message sent before."""
        message = delivery.message | {"text": text, "edit_date": int(self.world.clock())}
        self.world.messages[(message["chat"]["id"], message["message_id"])] = message
        return await self.mail.post(message["chat"]["id"], "edited_message", message)

    async def block(self, chat_id: int) -> Delivery:
        """Block the bot: it hears of it, and sending gives 403 from now on."""
        return await self._membership(chat_id, blocked=True)

    async def unblock(self, chat_id: int) -> Delivery:
        """Unblock the bot."""
        return await self._membership(chat_id, blocked=False)

    async def _membership(self, chat_id: int, *, blocked: bool) -> Delivery:
        chat = self._chat(chat_id)
        chat.blocked = blocked
        was, now = ("member", "kicked") if blocked else ("kicked", "member")
        return await self.mail.post(chat_id, "my_chat_member", self._member_change(chat_id, was, now))

    def _member_change(self, chat_id: int, was: str, now: str) -> dict[str, Any]:
        change: dict[str, Any] = {"chat": self._chat(chat_id).json(), "from": self._user(chat_id, None)}
        for key, status in (("old_chat_member", was), ("new_chat_member", now)):
            until = {"until_date": 0} if status == "kicked" else {}
            change[key] = {"user": self.world.bot, "status": status} | until
        return change | {"date": int(self.world.clock())}

    async def add_to_group(self, group_id: int) -> Delivery:
        """Somebody adds the bot to the group."""
        return await self.mail.post(group_id, "my_chat_member", self._member_change(group_id, "left", "member"))

    async def migrate(self, group_id: int) -> int:
        """The group becomes a supergroup: two service messages tell so; returns the new id (-100...)."""
        old = self.world.chats[group_id]
        new = self.world.new_chat("supergroup", old.name)
        await self._write(group_id, None, migrate_to_chat_id=new.id)
        old.migrated_to = new.id
        await self._write(new.id, None, migrate_from_chat_id=old.id)
        return new.id

    async def update(self, chat_id: int, kind: str, content: dict[str, Any]) -> Delivery:
        """Any update at all, e.g. of a kind that does not exist yet."""
        return await self.mail.post(chat_id, kind, content)

    async def redeliver(self, delivery: Delivery, secret: str | None = None) -> int:
        """POST the very same update once more (or with a forged secret); returns the HTTP status."""
        hook = self.mail.webhook
        assert hook, "no webhook is set; getUpdates repeats what was not confirmed"
        used = hook if secret is None else type(hook)(hook.url, secret)
        response = await self.mail.send(delivery.update, used)
        return response.status_code

    async def _write(self, chat_id: int, by: int | None, **content: Any) -> Delivery:
        chat = self._chat(chat_id)
        assert not chat.blocked, "whoever blocked the bot has to unblock it before writing"
        message = self.world.message(chat, self._user(chat_id, by), **content)
        return await self.mail.post(chat_id, "message", message)

    def _chat(self, chat_id: int) -> Chat:
        if chat_id not in self.world.chats:
            assert chat_id > 0, f"no group {chat_id}: make it with new_group()"
            self.world.new_chat("private", "小李", chat_id)
        return self.world.chats[chat_id]

    def _user(self, chat_id: int, by: int | None) -> dict[str, Any]:
        user_id = by or (chat_id if chat_id > 0 else 6_000_000_000)
        chat = self.world.chats.get(user_id)
        name, language = (chat.name, chat.language) if chat else ("小李", "zh-hans")
        return {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
