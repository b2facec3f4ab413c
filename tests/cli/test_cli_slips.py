"""Whatever is typed wrongly or set wrongly ends with exit code 2 and one line that says what."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import app


def commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*words, name))


@pytest.mark.parametrize("words", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_every_command_says_what_it_does(yizhan, words: tuple[str, ...]) -> None:
    said = yizhan(*words, "--help")
    assert (said.code, said.err) == (0, "")
    assert "Usage: " in said.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("nosuch", "No such command 'nosuch'"),
        ("ask --nosuch", "--nosuch"),
        ("ask a b", "extra argument"),
        ("ask", "give a question"),
        ("ask --batch in.jsonl", "--out"),
        ("insurance", "Missing option '--batch'"),
        ("insurance --batch", "requires an argument"),
        ("run --port abc", "--port"),
        ("run --port 99999", "--port"),
        ("run --host nosuch.invalid --port 0", "can't listen on nosuch.invalid:0"),
        ("db downgrade", "revision"),
        ("db downgrade 9999", "there is no revision '9999'; they are base, 0001"),
        ("staff invite", "--role"),
        ("staff invite --role boss", "union, community, admin"),
        ("export nosuch", "nosuch"),
        ("export complaints", "--out"),
        ("export complaints --out missing/x.csv", "missing/x.csv can't be written"),
        ("questions answer 99999999999999999999 x", "number"),
        ("questions answer 5 x", "there is no open question 5"),
    ],
)
def test_a_slip_of_the_hand_is_one_line(yizhan, words: str, says: str) -> None:
    assert says in yizhan(*words.split()).refuses()


@pytest.mark.parametrize("group", ["", "db", "export"])
def test_a_bare_group_shows_its_help(yizhan, group: str) -> None:
    said = yizhan(*group.split())
    assert said.code == 2
    assert "Commands:" in said.err


OTHER_KEY = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("name", "value", "words", "says"),
    [
        ("DATABASE_URL", "garbage", "db check", "must begin with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "sqlite://", "db check", "sqlite needs a file"),
        ("DATABASE_URL", "sqlite:////tmp", "db upgrade", "/tmp is a folder"),
        ("DATABASE_URL", "sqlite:////proc/none/x", "db upgrade", "can't be in /proc/none"),
        ("DATABASE_URL", "sqlite:////etc/hostname", "db check", "file is not a database"),
        ("DATABASE_URL", "postgresql://localhost:port/x", "db check", "YIZHAN_DATABASE_URL"),
        ("DATABASE_URL", "postgresql:///x?host=/nowhere", "staff invite --role admin", "can't be reached"),
        ("DATABASE_URL", "postgresql:///x?host=/nowhere", "db upgrade", "can't be reached"),
        ("DATABASE_URL", "postgresql:///x?host=/nowhere", "export complaints --out x", "can't be reached"),
        ("DATABASE_URL", "postgresql:///x?host=/nowhere", "run --port 0", "can't be reached"),
        ("DATA_DIR", "/etc/hostname", "run --port 0", "/etc/hostname: File exists"),
        ("DATA_DIR", "/etc/hostname", "keys rotate", "/etc/hostname"),
        ("CONTENT_DIR", "/nowhere", "ask 工伤", "YIZHAN_CONTENT_DIR: /nowhere is no folder"),
        ("CONTENT_DIR", "/etc", "chat", "/etc/"),
        ("SECRET_KEYS", "abc", "staff invite --role admin", "secret key 1 of 1"),
        ("PUBLIC_URL", "https://a.b:99999", "run --port 0", "YIZHAN_PUBLIC_URL: must look like"),
        ("PUBLIC_URL", "yizhan.cn", "run --port 0", "YIZHAN_PUBLIC_URL: must look like"),
        ("TIMEZONE", "Mars/Olympus", "insurance --batch x --out y", "YIZHAN_TIMEZONE"),
        ("LOG_LEVEL", "loud", "run --port 0", "YIZHAN_LOG_LEVEL: must be one of DEBUG"),
        ("TELEGRAM_WEBHOOK_SECRET", "x y", "run --port 0", "YIZHAN_TELEGRAM_WEBHOOK_SECRET: must be 1 to 256"),
    ],
)
def test_a_bad_setting_is_one_line(
    yizhan, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str, says: str
) -> None:
    monkeypatch.setenv(f"YIZHAN_{name}", value)
    assert says in yizhan(*words.split()).refuses()


@pytest.mark.parametrize(
    "given",
    ["TELEGRAM_WEBHOOK_SECRET", "WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY"],
)
def test_a_half_set_channel_names_what_is_missing(
    yizhan, migrated_here: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv(f"YIZHAN_{given}", "x")
    line = yizhan("run", "--port", "0").refuses()
    needed = ["APP_ID", "APP_SECRET", "TOKEN"] if given.startswith("WECHAT") else ["TOKEN"]
    channel = given.split("_", maxsplit=1)[0]
    assert all(f"YIZHAN_{channel}_{name}" in line for name in needed if f"{channel}_{name}" != given)


def test_keys_that_are_not_the_stores_own_do_not_start(
    yizhan, migrated_here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert yizhan("staff", "invite", "--role", "admin").code == 0
    monkeypatch.setenv("YIZHAN_SECRET_KEYS", OTHER_KEY)
    for words in ("run --port 0", "chat", "keys rotate", "export complaints --out x.csv"):
        assert "the keys do not open what is stored" in yizhan(*words.split()).refuses()
