"""What a broadcast says: the text, its picture, its buttons into a dialogue, and how to get no more of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from bot.i18n import DEFAULT, LANGUAGES, _, speaking
from bot.messages import Option, Reply
from bot.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Button:
    """`label` as people read it; `target` where it leads: a dialogue, with what it is started with (name?key=value)."""

    label: str
    target: str

    def leads(self) -> tuple[str, dict[str, str]]:
        """(dialogue, arguments)."""
        name, _sep, query = self.target.partition("?")
        return name, dict(parse_qsl(query))


@dataclass(frozen=True, slots=True)
class Words:
    """`english` may be empty: then everybody reads `text`."""

    text: str
    english: str = ""
    buttons: tuple[Button, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """For the row of the broadcast."""
        return {
            "text": self.text,
            "english": self.english,
            "buttons": [[one.label, one.target] for one in self.buttons],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Words:
        """The opposite of `as_json`."""
        return cls(data["text"], data["english"], tuple(Button(*one) for one in data["buttons"]))

    def said(self, broadcast_id: int, language: str, picture: str = "") -> Reply:
        """The message in one language. picture: its address, "" for none. A button leads through the broadcast, so
        that the tap is noted."""
        options = tuple(
            Option(one.label, f"go:broadcast?b={broadcast_id}&n={number}") for number, one in enumerate(self.buttons)
        )
        text = self.english if language == "en" and self.english else self.text
        with speaking(language):
            ending = _("Reply “Unsubscribe” to get no more of these.")
        text = f"{text}\n\n{ending}"
        return Reply(text, options, "image", picture) if picture else Reply(text, options)

    def tried(self, language: str, picture: str = "") -> Reply:
        """The message as staff try it out on themselves: its buttons lead straight on, so nothing is noted."""
        said = self.said(0, language, picture)
        options = tuple(Option(one.label, f"go:{one.target}") for one in self.buttons)
        with speaking(language):
            lead = _("(A try, only to you)")
        return Reply(f"{lead}\n{said.text}", options, said.kind, said.url)

    def in_all_languages(self, broadcast_id: int, picture: str = "") -> dict[str, Reply]:
        """Language -> the message."""
        return {one: self.said(broadcast_id, one, picture) for one in (DEFAULT, *LANGUAGES)}


def picture_path(vault: Vault, broadcast_id: int) -> str:
    """The public path of a broadcast's picture; nobody can guess it."""
    return f"/broadcasts/{broadcast_id}-{vault.mac(str(broadcast_id), 'broadcast-picture').hex()}"


def pictured(vault: Vault, name: str) -> int | None:
    """Which broadcast's picture a path's last part names; None when it is none of ours."""
    number, _sep, _mark = name.partition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 19:
        return None
    return int(number) if picture_path(vault, int(number)) == f"/broadcasts/{name}" else None
