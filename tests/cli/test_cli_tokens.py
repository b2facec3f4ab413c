"""`yizhan token`: made, shown once, listed without the key, ended; and what a key opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app import Service
from bot.cli import app
from bot.store import tokens
from tests.support import TestClock

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YIZHAN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_key_is_made_listed_and_ended(folder: Path) -> None:
    made = RUN.invoke(app, ["token", "create", "--scope", "open311", "--name", "区城管"])
    assert made.exit_code == 0, made.output
    secret = made.output.strip()
    assert secret.startswith("yz_") and len(secret) > 40
    listed = RUN.invoke(app, ["token", "list"]).output
    assert "区城管" in listed and "open311" in listed and secret not in listed
    number = listed.split("\t")[0]
    assert RUN.invoke(app, ["token", "end", number]).exit_code == 0
    assert "ended" in RUN.invoke(app, ["token", "list"]).output
    again = RUN.invoke(app, ["token", "end", number])
    assert again.exit_code == 2 and "there is no key" in again.output
    assert secret.encode() not in b"".join(path.read_bytes() for path in folder.rglob("*.sqlite3*"))


@pytest.mark.parametrize("given", [["--scope", "all", "--name", "x"], ["--name", "x"], ["--scope", "open311"]])
def test_bad_input_is_told_in_one_line(folder: Path, given: list[str]) -> None:
    answer = RUN.invoke(app, ["token", "create", *given])
    assert answer.exit_code == 2


async def test_a_key_opens_its_scopes_while_it_is_good(service: Service, clock: TestClock) -> None:
    async with service.store.write() as unit:
        secret = await tokens.make(unit, "区城管", {"open311"})
    async with service.store.write() as unit:
        found = await tokens.find(unit, secret, "open311")
        assert found is not None
        assert await tokens.find(unit, secret, "cases") is None
        for wrong in ("", "yz_", secret[:-1], secret.upper(), "x" * 500):
            assert await tokens.find(unit, wrong, "open311") is None
        await tokens.note_used(unit, found)
        assert (await tokens.everything(unit))[0].used_at == clock.now
        assert await tokens.end(unit, found.id)
        assert await tokens.find(unit, secret, "open311") is None
        with pytest.raises(tokens.UnknownScopeError):
            await tokens.make(unit, "x", set())
