"""README.md and docs/ say what is there: every setting, command and content file, and none that is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_LINK = re.compile(r"\]\(([^)#:]+)\)")
_PATH = re.compile(r"`((?:bot|handlers|content|tests|docs|locale)/[\w/.-]*)`")
_RUN = re.compile(r"(?:^|`)yizhan ([a-z]+)(?: ([a-z]+))?", re.MULTILINE)
_MAKE = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(its words, the command), of all that are shown."""
    below = getattr(group, "commands", None)
    if below is None:
        yield path, group
        return
    for name, one in below.items():
        if not one.hidden:
            yield from commands(one, f"{path} {name}".strip())


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_in_the_readme(field: str) -> None:
    assert f"`YIZHAN_{field.upper()}`" in README


def test_no_setting_is_named_that_is_not_there() -> None:
    named = {name for name in re.findall(r"YIZHAN_([A-Z_]+)", README) if not name.endswith("_")}
    assert named <= {field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_in_the_readme(words: str) -> None:
    assert re.search(rf"(?:yizhan |`){words}\b", README), words


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_named_are_there(document: Path) -> None:
    text = document.read_text("utf-8")
    groups = {words.split()[0] for words in COMMANDS}
    for first, second in _RUN.findall(text):
        assert first in groups, first
        assert first in COMMANDS or f"{first} {second}" in COMMANDS, (first, second)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in _MAKE.findall(text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_options_named_are_there() -> None:
    known = {option for one in COMMANDS.values() for param in one.params for option in param.opts} | {"--help"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_files_named_are_there(document: Path) -> None:
    text = document.read_text("utf-8")
    for link in _LINK.findall(text):
        assert (document.parent / link).exists(), link
    for path in _PATH.findall(text):
        assert (ROOT / path).exists() or path.startswith("handlers/x"), path


@pytest.mark.parametrize("name", sorted(one.name for one in (ROOT / "content").iterdir()))
def test_every_content_file_is_in_its_guide(name: str) -> None:
    assert f"`{name}" in (ROOT / "docs" / "content.md").read_text("utf-8")


@pytest.mark.parametrize(
    "room", sorted(one.name for one in (ROOT / "handlers").iterdir() if (one / "__init__.py").exists())
)
def test_every_room_is_on_the_map(room: str) -> None:
    assert f"`{room}" in (ROOT / "docs" / "house.md").read_text("utf-8")
