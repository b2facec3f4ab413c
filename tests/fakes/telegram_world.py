"""What the platform keeps: chats, files, messages, callback queries; and what the bot did (`Sent`, `Call`)."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.bell import Bell
from tests.fakes.clock import Clock
from tests.fakes.telegram_wire import ApiError, bad

FIRST_PERSON = 6_000_000_001  # past 2**31 on purpose: ids need up to 52 bits (A#user)
FIRST_SUPERGROUP = -1_002_000_000_001
FIRST_GROUP = -4_000_000_001


@dataclass
class Chat:
    """A private chat (id = the person's id), a group or a supergroup."""

    id: int
    type: str
    name: str
    language: str = "zh-hans"
    blocked: bool = False
    left: bool = False
    migrated_to: int | None = None

    def json(self) -> dict[str, Any]:
        """The Chat object."""
        title = {"first_name": self.name} if self.type == "private" else {"title": self.name}
        return {"id": self.id, "type": self.type, **title}


@dataclass
class StoredFile:
    """A file on the platform. `size` may be declared larger than `data` (to try the 20 MB limit)."""

    file_id: str
    path: str
    data: bytes
    size: int
    name: str
    mime: str

    def json(self, **more: Any) -> dict[str, Any]:
        """What every file object has in common."""
        return {"file_id": self.file_id, "file_unique_id": "u" + self.file_id, "file_size": self.size, **more}


@dataclass
class Sent:
    """A message of the bot, as the person sees it now (edits are applied; `history` has the earlier texts)."""

    chat_id: int
    message_id: int
    method: str
    message: dict[str, Any]
    params: dict[str, str]
    keyboard: dict[str, Any] | None = None
    file: StoredFile | None = None
    history: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Text or caption, without markup."""
        return str(self.message.get("text", self.message.get("caption", "")))

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """Rows of (label, callback data or URL); reply-keyboard buttons have their label twice."""
        keyboard = self.keyboard or {}
        rows = keyboard.get("inline_keyboard", keyboard.get("keyboard", []))
        return [[_button(b) for b in row] for row in rows]

    @property
    def labels(self) -> list[str]:
        """All labels, row after row."""
        return [label for row in self.buttons for label, _ in row]

    def json(self) -> dict[str, Any]:
        """For the /sim routes."""
        return {"method": self.method, "message": self.message, "history": self.history, "buttons": self.buttons}


def _button(button: Any) -> tuple[str, str]:
    if isinstance(button, str):
        return button, button
    return button["text"], button.get("callback_data", button.get("url", button["text"]))


@dataclass
class Call:
    """One request of the bot: `code` 200 or the error code, `at` seconds by the fake's clock."""

    method: str
    params: dict[str, str]
    code: int
    at: float


class World:
    """The platform's memory."""

    def __init__(self, clock: Clock, username: str) -> None:
        self.clock, self.bell = clock, Bell()
        self.bot = {"id": 7_000_000_007, "is_bot": True, "first_name": "驿站", "username": username}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.sent: list[Sent] = []
        self.calls: list[Call] = []
        self.queries: dict[str, float] = {}  # unanswered callback queries: id -> when tapped
        self.answers: list[dict[str, str]] = []
        self.actions: list[tuple[int, str]] = []
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.number = itertools.count(1001)
        self._people, self._groups = itertools.count(FIRST_PERSON), itertools.count(FIRST_GROUP, -1)
        self._supergroups = itertools.count(FIRST_SUPERGROUP, -1)

    def new_chat(self, type_: str, name: str, chat_id: int | None = None, language: str = "zh-hans") -> Chat:
        """Make the chat known to the platform (and open to the bot)."""
        ids = {"private": self._people, "group": self._groups, "supergroup": self._supergroups}
        chat = Chat(next(ids[type_]) if chat_id is None else chat_id, type_, name, language)
        self.chats[chat.id] = chat
        return chat

    def writable(self, raw_id: str) -> Chat:
        """The chat the bot may write to; else the platform's refusal."""
        chat = self.known(raw_id)
        if chat.migrated_to is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if chat.left:
            raise ApiError(403, f"Forbidden: bot is not a member of the {chat.type} chat")
        return chat

    def known(self, raw_id: str) -> Chat:
        """The chat with this id, or 400."""
        if not raw_id:
            raise bad("chat_id is empty")
        try:
            return self.chats[int(raw_id)]
        except (KeyError, ValueError) as error:
            raise bad("chat not found") from error

    def store_file(self, data: bytes, name: str, mime: str, folder: str, size: int | None = None) -> StoredFile:
        """Keep a file; its id can be sent again and downloaded."""
        number = next(self.number)
        file_id = f"AgACAgUAAxk{folder}{number}"
        path = f"{folder}/file_{number}{'.' + name.rpartition('.')[2] if '.' in name else ''}"
        stored = StoredFile(file_id, path, data, len(data) if size is None else size, name, mime)
        self.files[file_id] = stored
        return stored

    def message(self, chat: Chat, author: dict[str, Any], **content: Any) -> dict[str, Any]:
        """A new message in the chat, from now on known by its id."""
        head: dict[str, Any] = {
            "message_id": next(self.number),
            "from": author,
            "chat": chat.json(),
            "date": int(self.clock()),
        }
        message = head | {k: v for k, v in content.items() if v is not None}
        self.messages[(chat.id, head["message_id"])] = message
        return message
