"""Where the keys come from, and that they can be trusted to be there after a crash."""

import base64
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from bot.store import keyring
from bot.store.keyring import BadKeys, KeyRing, add_key, encode

ONE, TWO = b"\x01" * 32, b"\x02" * 32


def test_setting_is_read_newest_first(tmp_path: Path) -> None:
    ring = KeyRing.load(f" {encode([TWO])} , {encode([ONE])}\n", tmp_path)
    assert [key for _, key in ring.items()] == [TWO, ONE]
    assert ring.newest == keyring.key_id(TWO)
    assert list(tmp_path.iterdir()) == [], "keys that are set are not written down"


@pytest.mark.parametrize("text", [base64.urlsafe_b64encode(b"\xff" * 32).decode(), encode([b"\xff" * 32]).rstrip("=")])
def test_both_alphabets_and_missing_padding(text: str, tmp_path: Path) -> None:
    assert dict(KeyRing.load(text, tmp_path).items()).popitem()[1] == b"\xff" * 32


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not base64!", "key 1 of 1 is not base64"),
        ("密钥", "is not base64"),
        (encode([ONE]) + ",", "key 2 of 2 has 0 bytes"),
        (base64.b64encode(b"short").decode(), "has 5 bytes, not 32"),
        (f"{encode([ONE])},{encode([ONE])}", "key 2 of 2 is listed twice"),
    ],
)
def test_bad_setting_is_refused_in_one_line_without_the_key(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BadKeys, match=says) as caught:
        KeyRing.load(text, tmp_path)
    assert "\n" not in str(caught.value)
    assert text not in str(caught.value)


@pytest.mark.parametrize("unset", [None, "", "  "])
def test_unset_makes_a_private_file_once(unset: str | None, tmp_path: Path) -> None:
    first = KeyRing.load(unset, tmp_path / "new" / "data")
    path = tmp_path / "new" / "data" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(None, path.parent).newest == first.newest
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"], "no draft stays behind"


def test_file_is_flushed_before_its_name_and_the_folder_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fsync, link = os.fsync, os.link

    def spy_fsync(handle: int) -> None:
        events.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "link", lambda src, dst: (events.append("name"), link(src, dst)))
    KeyRing.load(None, tmp_path)
    assert events == ["file", "name", "folder"]


def test_a_file_open_to_others_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text(encode([ONE]))
    path.chmod(0o644)
    KeyRing.load(None, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"half a key"])
def test_a_broken_file_is_refused_and_kept(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(BadKeys, match=r"secret\.key"):
        KeyRing.load(None, tmp_path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "data"
    blocker.write_text("a file where the folder should be")
    with pytest.raises(BadKeys, match="can't be written"):
        KeyRing.load(None, blocker)


def test_add_key_keeps_the_old_ones(tmp_path: Path) -> None:
    old = KeyRing.load(None, tmp_path)
    ring = add_key(tmp_path)
    assert len(ring) == 2
    assert ring.newest != old.newest
    assert old.newest in dict(ring.items())
    assert dict(KeyRing.load(None, tmp_path).items()) == dict(ring.items())
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_repr_shows_no_key() -> None:
    assert ONE.hex() not in repr(KeyRing([ONE]))
    with pytest.raises(BadKeys, match="no secret key"):
        KeyRing([])


def _load_at_once(
    folder: str, gate: "multiprocessing.synchronize.Barrier", out: "multiprocessing.Queue[bytes]"
) -> None:
    gate.wait(60)
    out.put(KeyRing.load(None, Path(folder)).newest)


def test_processes_that_race_end_with_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    gate, out = context.Barrier(4), context.Queue()
    racers = [context.Process(target=_load_at_once, args=(str(tmp_path), gate, out)) for _ in range(4)]
    for racer in racers:
        racer.start()
    keys = {out.get(timeout=60) for _ in racers}
    for racer in racers:
        racer.join(20)
    assert keys == {KeyRing.load(None, tmp_path).newest}


def test_the_one_who_comes_second_takes_the_winners_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The race made certain: the other process publishes between our look and our link."""
    link = os.link

    def beaten(src: Path, dst: Path) -> None:
        dst.write_text(encode([TWO]))
        link(src, dst)

    monkeypatch.setattr(os, "link", beaten)
    assert KeyRing.load(None, tmp_path).newest == keyring.key_id(TWO)
