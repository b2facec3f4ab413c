"""Large files sealed piece by piece: whole or not at all, and never another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import sealed_files
from bot.store.keyring import KeyRing
from bot.store.sealed_files import SealedFiles
from bot.store.vault import CannotOpen, Vault, new_index_key


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealedFiles:
    monkeypatch.setattr(sealed_files, "PIECE", 100)
    made = SealedFiles(tmp_path, "exports")
    made.make()
    return made


@pytest.fixture
def vault() -> Vault:
    return Vault(KeyRing([bytes(32)]), new_index_key())


def kept(files: SealedFiles, vault: Vault, row_id: int, content: bytes, tmp_path: Path) -> Path:
    (tmp_path / "plain").write_bytes(content)
    rough = files.write(vault, row_id, tmp_path / "plain")
    assert not files.path(row_id).exists()
    files.place(row_id, rough)
    return files.path(row_id)


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 250, 1000])
def test_it_comes_back_as_it_was(files: SealedFiles, vault: Vault, tmp_path: Path, size: int) -> None:
    content = (b"somebody's words " * 60)[:size]
    path = kept(files, vault, 7, content, tmp_path)
    assert b"".join(files.read(vault, 7)) == content
    assert b"words" not in path.read_bytes()
    assert files.there() == [7]
    files.erase(7, 8)
    assert files.there() == []
    with pytest.raises(FileNotFoundError):
        next(files.read(vault, 7))


def test_cut_off_swapped_or_another_rows_it_does_not_open(files: SealedFiles, vault: Vault, tmp_path: Path) -> None:
    path = kept(files, vault, 7, bytes(range(250)), tmp_path)
    whole = path.read_bytes()
    piece = 4 + int.from_bytes(whole[:4], "big")
    swapped = whole[piece : 2 * piece] + whole[:piece] + whole[2 * piece :]
    for broken in (whole[:-1], whole[:piece], swapped, b"", whole[:2]):
        path.write_bytes(broken)
        with pytest.raises(CannotOpen):
            list(files.read(vault, 7))
    files.path(8).write_bytes(whole)
    with pytest.raises(CannotOpen):
        list(files.read(vault, 8))


def test_a_write_that_fails_leaves_nothing(files: SealedFiles, vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.write(vault, 7, tmp_path / "nowhere")
    assert list(files.folder.iterdir()) == []
