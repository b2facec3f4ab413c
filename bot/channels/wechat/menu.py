"""The custom menu under the chat: content/wechat_menu.yaml, checked as the platform would, and published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channels.split import utf8_bytes
from bot.channels.wechat.limits import (
    MENU_KEY_BYTES,
    MENU_SUB,
    MENU_SUB_BYTES,
    MENU_TOP,
    MENU_TOP_BYTES,
    MENU_URL_BYTES,
)
from bot.channels.wechat.tokens import as_json
from bot.content import BrokenContent, Finding, line_of, read_yaml

if TYPE_CHECKING:
    from bot.channels.wechat.api import Api

FILE = "wechat_menu.yaml"
Place = Sequence[str | int]  # the keys and indices that lead to a value in the file
Slip = tuple[Place, str]


class RefusedError(Exception):
    """The platform did not take the menu; the text holds its errcode."""


def check_menu(content_dir: Path, dialogues: Collection[str]) -> list[Finding]:
    """What is wrong with the menu, with its line; nothing where there is no menu. dialogues: the names there are."""
    path = content_dir / FILE
    if not path.exists():
        return []
    try:
        menu = read_yaml(path)
    except BrokenContent as error:
        return [error.finding]
    return [Finding(str(path), line_of(path, where), "error", what) for where, what in _slips(menu, dialogues)]


def load_menu(content_dir: Path, dialogues: Collection[str]) -> dict[str, Any]:
    """The menu as menu/create takes it; raises `BrokenContent` for the first thing wrong."""
    path = content_dir / FILE
    if not path.exists():
        raise BrokenContent(Finding(str(path), 0, "error", "there is no menu to publish"))
    if findings := check_menu(content_dir, dialogues):
        raise BrokenContent(findings[0])
    return {"button": [_button(entry) for entry in read_yaml(path)]}


async def publish(api: Api, menu: dict[str, Any]) -> None:
    """Replace the account's menu; people see it within a day, at once who follows anew. Raises `RefusedError`,
    `NoTokenError`, `httpx.HTTPError`."""
    answer = as_json(await api.call("POST", "/cgi-bin/menu/create", menu))
    if answer.get("errcode") != 0:
        raise RefusedError(f"errcode {answer.get('errcode')} {answer.get('errmsg', '')}".strip())


def _button(entry: dict[str, Any]) -> dict[str, Any]:
    if "entries" in entry:
        return {"name": entry["name"], "sub_button": [_button(below) for below in entry["entries"]]}
    if "url" in entry:
        return {"type": "view", "name": entry["name"], "url": entry["url"]}
    return {"type": "click", "name": entry["name"], "key": entry["key"]}


# -- checks


def _slips(menu: Any, dialogues: Collection[str]) -> Iterator[Slip]:
    yield from _list((), menu, MENU_TOP)
    for number, entry in enumerate(menu if isinstance(menu, list) else ()):
        yield from _entry((number,), entry, MENU_TOP_BYTES)
        if isinstance(entry, dict) and "entries" in entry:
            yield from _below((number, "entries"), entry["entries"], dialogues)
        elif isinstance(entry, dict):
            yield from _target((number,), entry, dialogues)


def _below(where: Place, entries: Any, dialogues: Collection[str]) -> Iterator[Slip]:
    yield from _list(where, entries, MENU_SUB)
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        place = (*where, number)
        yield from _entry(place, entry, MENU_SUB_BYTES)
        if isinstance(entry, dict):
            yield from _target(place, entry, dialogues)


def _list(where: Place, entries: Any, most: int) -> Iterator[Slip]:
    if not isinstance(entries, list) or not 1 <= len(entries) <= most:
        yield where, f"needs a list of 1 to {most} entries"


def _entry(where: Place, entry: Any, most: int) -> Iterator[Slip]:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not name.strip():
        yield where, "an entry needs a name"
    elif (size := utf8_bytes(name)) > most:
        yield (*where, "name"), f"the name “{name}” has {size} bytes, at most {most} are allowed"


def _target(where: Place, entry: dict[str, Any], dialogues: Collection[str]) -> Iterator[Slip]:
    if ("key" in entry) == ("url" in entry):
        yield where, "an entry needs a key (go:<dialogue>) or a url, one of the two"
    elif "url" in entry:
        if not str(entry["url"]).startswith(("https://", "http://")) or utf8_bytes(entry["url"]) > MENU_URL_BYTES:
            yield (*where, "url"), f"needs an address that begins with https:// and has at most {MENU_URL_BYTES} bytes"
    else:
        yield from _opens((*where, "key"), str(entry["key"]), dialogues)


def _opens(where: Place, key: str, dialogues: Collection[str]) -> Iterator[Slip]:
    name = key.removeprefix("go:").partition("?")[0]
    if not key.startswith("go:") or utf8_bytes(key) > MENU_KEY_BYTES:
        yield where, f"the key “{key}” must look like go:<dialogue> and have at most {MENU_KEY_BYTES} bytes"
    elif name not in dialogues:
        yield where, f"there is no dialogue named “{name}”"
