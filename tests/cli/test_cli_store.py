"""Commands that work on the store: what one wrote the next one reads, before and after the keys are changed."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.roof import load_tables
from bot.settings import load
from bot.store.media import Blobs
from bot.store.rotate import sealed_columns
from bot.store.store import Store

PICTURE = 382653374260019200
KEY_FILE = Path("data/secret.key")


def newest_key() -> str:
    return KEY_FILE.read_text().strip().split(",")[0]


def fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


async def seal_a_picture() -> None:
    settings = load()
    store = await Store(settings).open()
    Blobs(settings.data_dir).write(store.vault, PICTURE, b"a picture")
    await store.close()


async def open_all() -> int:
    """Opens every sealed value and file with the keys that are set; how many there are."""
    load_tables()
    settings = load()
    store = await Store(settings).open()
    count = 0
    async with store.read() as unit:
        for column, aad in sealed_columns().items():
            for row in await unit.rows(sa.select(column.table).where(column.is_not(None))):
                unit.vault.open(row[column.name], aad(row))
                count += 1
    assert Blobs(settings.data_dir).read(store.vault, PICTURE) == b"a picture"
    await store.close()
    return count + 1


@pytest.fixture
def talked(yizhan, migrated_here: Path) -> Path:
    """A store in which somebody has talked, and has sent a picture."""
    assert yizhan("chat", typed="投诉\n美团扣了我200块\n").code == 0
    assert yizhan("staff", "invite", "--role", "union").code == 0
    asyncio.run(seal_a_picture())
    return migrated_here


def resealed(said) -> int:
    assert (said.code, said.err) == (0, "")
    return int(re.fullmatch(r"resealed (\d+) values\n", said.out)[1])


def test_after_a_rotation_the_new_key_alone_opens_everything(
    yizhan, talked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = newest_key()
    assert resealed(yizhan("keys", "rotate")) == asyncio.run(open_all()) > 5
    assert newest_key() != before
    monkeypatch.setenv("YIZHAN_SECRET_KEYS", newest_key())
    asyncio.run(open_all())
    assert resealed(yizhan("keys", "rotate")) == 0
    assert yizhan("chat", typed="菜单\n").code == 0


def test_with_keys_from_the_settings_the_first_one_takes_over_and_no_file_is_touched(
    yizhan, talked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, first = KEY_FILE.read_text(), fresh_key()
    monkeypatch.setenv("YIZHAN_SECRET_KEYS", f"{first},{newest_key()}")
    assert resealed(yizhan("keys", "rotate")) == asyncio.run(open_all())
    monkeypatch.setenv("YIZHAN_SECRET_KEYS", first)
    asyncio.run(open_all())
    assert KEY_FILE.read_text() == kept


def test_a_rotation_that_can_not_open_the_store_makes_no_key(yizhan, talked: Path) -> None:
    KEY_FILE.write_text(fresh_key())
    kept = KEY_FILE.read_text()
    assert "the keys do not open what is stored" in yizhan("keys", "rotate").refuses()
    assert KEY_FILE.read_text() == kept


def test_the_database_goes_up_and_down_and_says_where_it_is(yizhan) -> None:
    assert "is at base" in yizhan("db", "check").refuses()
    up = yizhan("db", "upgrade").out
    assert yizhan("db", "check").out == f"{up.strip()}, in order\n"
    assert yizhan("db", "downgrade", "0001").out == "at 0001\n"
    assert "is at 0001" in yizhan("db", "check").refuses()
    assert "failed" in yizhan("db", "downgrade", "0003").refuses()
    assert yizhan("db", "downgrade", "base").out == "at base\n"
    assert yizhan("db", "upgrade").out == up


@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl"])
def test_an_export_takes_days_at_the_ends_of_time(yizhan, migrated_here: Path, form: str) -> None:
    ends = ("--since", "0001-01-01", "--until", "9999-12-31")
    said = yizhan("export", "complaints", "--format", form, "--out", "all", *ends)
    assert (said.code, said.out, said.err) == (0, "0 complaints in all\n", "")
    assert Path("all").exists()
