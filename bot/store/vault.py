"""Encryption at rest: what people tell us is sealed before it reaches the database, and looked up by keyed hash.

A sealed value is: version (1 byte), key id (4), nonce (12), then AES-256-GCM's cipher text and tag (16).
Version and key id are authenticated together with the caller's associated data, which names the row and column,
so a value moved to another row does not open.
"""

import hmac
import os
import secrets
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store.keyring import KEY_ID_BYTES, BadKeys, KeyRing, add_key

__all__ = ["BadKeys", "CannotOpen", "KeyRing", "Vault", "add_key", "new_index_key"]

VERSION = b"\x01"
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random 96-bit nonces serve 2**32 values a key; rotate long before
TAG_BYTES = 16
HEADER_BYTES = len(VERSION) + KEY_ID_BYTES
SEALED_MORE = HEADER_BYTES + NONCE_BYTES + TAG_BYTES  # bytes a sealed value is longer than what is in it
MAC_BYTES = 16
INDEX_KEY_BYTES = 32


class CannotOpen(Exception):
    """A sealed value that does not open: changed, cut, moved to another row, or sealed with a key we don't have."""


class Vault:
    """Seals and opens values with a ring of keys, and makes look-up hashes with a key of its own."""

    __slots__ = ("_ciphers", "_index_key", "_newest", "_ring")

    def __init__(self, ring: KeyRing, index_key: bytes) -> None:
        if len(index_key) != INDEX_KEY_BYTES:
            raise BadKeys(f"the index key has {len(index_key)} bytes, not {INDEX_KEY_BYTES}")
        self._ring = ring
        self._index_key = index_key
        self._take_keys()

    def _take_keys(self) -> None:
        self._ciphers = {name: AESGCM(key) for name, key in self._ring.items()}
        self._newest = self._ring.newest

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """Encrypt with the newest key. aad: the row's identity, needed again to open; not stored."""
        header, nonce = VERSION + self._newest, os.urandom(NONCE_BYTES)
        return header + nonce + self._ciphers[self._newest].encrypt(nonce, plain, header + aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """The plain value. Raises CannotOpen on any failure, without saying which."""
        cipher = self._cipher(sealed[len(VERSION) : HEADER_BYTES])
        if sealed[: len(VERSION)] != VERSION or cipher is None:
            raise CannotOpen
        nonce, body = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], sealed[HEADER_BYTES + NONCE_BYTES :]
        if len(body) < TAG_BYTES:
            raise CannotOpen
        try:
            return cipher.decrypt(nonce, body, sealed[:HEADER_BYTES] + aad)
        except InvalidTag:
            raise CannotOpen from None

    def _cipher(self, name: bytes) -> AESGCM | None:
        """The key of this id; one made by a rotation beside us is taken on when it is first met."""
        if name not in self._ciphers and self._ring.renew():
            self._take_keys()
        return self._ciphers.get(name)

    def seal_json(self, value: Any, aad: bytes) -> bytes:
        """Seal anything orjson can write."""
        return self.seal(orjson.dumps(value), aad)

    def open_json(self, sealed: bytes, aad: bytes) -> Any:
        """What seal_json sealed. Raises CannotOpen, also when the content is not JSON."""
        try:
            return orjson.loads(self.open(sealed, aad))
        except orjson.JSONDecodeError:
            raise CannotOpen from None

    def mac(self, text: str, purpose: str) -> bytes:
        """16 bytes of HMAC-SHA256 to find a value by (a phone, a handle) without storing it.

        The same text under another purpose gives another hash. The caller normalises the text first.
        """
        label = purpose.encode()
        message = len(label).to_bytes(4, "big") + label + text.encode()
        return hmac.digest(self._index_key, message, "sha256")[:MAC_BYTES]

    def needs_rotation(self, sealed: bytes) -> bool:
        """True when the value was not sealed with the newest key."""
        return sealed[:HEADER_BYTES] != VERSION + self._newest

    def reseal(self, sealed: bytes, aad: bytes) -> bytes:
        """The same value under the newest key. Raises CannotOpen."""
        return self.seal(self.open(sealed, aad), aad)


def new_index_key() -> bytes:
    """A key for Vault.mac. It lives as long as the database (kept there, sealed), so look-ups survive a rotation."""
    return secrets.token_bytes(INDEX_KEY_BYTES)
