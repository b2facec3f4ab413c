"""The keys that protect the database: read from the settings, or made once and kept in DATA_DIR/secret.key."""

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

KEY_BYTES = 32
KEY_ID_BYTES = 4
KEY_FILE = "secret.key"


class BadKeys(ValueError):
    """The keys can't be used. The message is one line for the operator and never holds a key."""


class KeyRing:
    """Keys of 32 bytes, newest first: the first one seals, every one opens."""

    __slots__ = ("_keys", "_path", "_stamp", "newest")

    def __init__(self, keys: list[bytes], path: Path | None = None) -> None:
        if not keys:
            raise BadKeys("no secret key given")
        self._keys: dict[bytes, bytes] = {}
        for place, key in enumerate(keys, 1):
            if len(key) != KEY_BYTES:
                raise BadKeys(f"secret key {place} of {len(keys)} has {len(key)} bytes, not {KEY_BYTES}")
            if key_id(key) in self._keys:
                raise BadKeys(f"secret key {place} of {len(keys)} is listed twice")
            self._keys[key_id(key)] = key
        self.newest = key_id(keys[0])
        self._path = path
        self._stamp = _stamp(path) if path else None

    @classmethod
    def load(cls, secret_keys: str | None, data_dir: Path) -> "KeyRing":
        """The ring from the setting (comma-separated base64, newest first); unset or blank: from DATA_DIR/secret.key.

        The file is made when it is missing, and is on the disk before this returns. Raises BadKeys.
        """
        if secret_keys is not None and secret_keys.strip():
            return cls(_decode(secret_keys))
        path = data_dir / KEY_FILE
        if not path.exists():
            _publish(path, [secrets.token_bytes(KEY_BYTES)], replace=False)
        return cls(_read(path), path)

    def renew(self) -> bool:
        """Read the file again if a rotation beside us replaced it; True when there are other keys now."""
        if self._path is None or _stamp(self._path) == self._stamp:
            return False
        fresh = KeyRing(_read(self._path), self._path)
        self._keys, self.newest, self._stamp = fresh._keys, fresh.newest, fresh._stamp
        return True

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Pairs of (key id, key), newest first."""
        yield from self._keys.items()

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(name.hex() for name in self._keys)})"


def _stamp(path: Path) -> tuple[int, int]:
    """Changes whenever the file is replaced."""
    try:
        state = path.stat()
    except OSError:
        return 0, 0
    return state.st_ino, state.st_mtime_ns


def key_id(key: bytes) -> bytes:
    """What a sealed value says about its key: the first 4 bytes of the key's SHA-256."""
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES]


def add_key(data_dir: Path) -> KeyRing:
    """Put a new key in front of those in DATA_DIR/secret.key (`yizhan keys rotate`); the old ones stay to open with."""
    path = data_dir / KEY_FILE
    keys = [secrets.token_bytes(KEY_BYTES), *(_read(path) if path.exists() else [])]
    _publish(path, keys, replace=True)
    return KeyRing(keys)


def encode(keys: list[bytes]) -> str:
    """Keys as the setting has them: base64, comma-separated."""
    return ",".join(base64.b64encode(key).decode("ascii") for key in keys)


def _decode(text: str) -> list[bytes]:
    parts = text.strip().split(",")
    return [_decode_one(part.strip(), place, len(parts)) for place, part in enumerate(parts, 1)]


def _decode_one(part: str, place: int, count: int) -> bytes:
    """Both base64 alphabets, padded or not."""
    standard = part.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys(f"secret key {place} of {count} is not base64") from None
    if len(key) != KEY_BYTES:
        raise BadKeys(f"secret key {place} of {count} has {len(key)} bytes, not {KEY_BYTES}")
    return key


def _read(path: Path) -> list[bytes]:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeys(f"{path} can't be read or made private: {error.__class__.__name__}") from None
    try:
        return _decode(text)
    except BadKeys as error:
        raise BadKeys(f"{path}: {error}") from None


def _publish(path: Path, keys: list[bytes], *, replace: bool) -> None:
    """Write the whole file under another name, flush it, then give it its name: nobody ever reads half a key.

    With replace=False the first of several processes wins, and the others go on to read the winner's file.
    """
    draft = path.with_name(f".{KEY_FILE}.{secrets.token_hex(6)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_private(draft, encode(keys) + "\n")
            _give_name(draft, path, replace=replace)
        finally:
            draft.unlink(missing_ok=True)
        _flush_folder(path.parent)
    except OSError as error:
        raise BadKeys(f"{path} can't be written: {error.strerror}; set YIZHAN_SECRET_KEYS or fix the folder") from None


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _give_name(draft: Path, path: Path, *, replace: bool) -> None:
    if replace:
        draft.replace(path)
        return
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)


def _flush_folder(folder: Path) -> None:
    """A new name is durable only once its folder is flushed (there is nothing to flush on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
