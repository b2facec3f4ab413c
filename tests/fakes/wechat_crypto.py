"""WeChat's callback signature and message crypto, written from its description and independent of wechatpy.

Plain = 16 random bytes + 4-byte length (network order) + message + receiver id (app id), PKCS#7 padded to 32;
AES-256-CBC, key = Base64(EncodingAESKey + "="), IV = its first 16 bytes.
"""

import base64
import hashlib
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32


class UndecipherableError(Exception):
    """Not a cipher text of this account."""


def signature(*parts: str) -> str:
    """SHA-1 (hex) of the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


@dataclass(frozen=True)
class Crypto:
    """The crypto of one account; `aes_key` is the 43 characters of the console."""

    token: str
    aes_key: str
    app_id: str

    @property
    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def encrypt(self, message: bytes) -> str:
        """Base64 of the cipher text."""
        plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + self.app_id.encode()
        pad = _BLOCK - len(plain) % _BLOCK
        run = self._cipher.encryptor()
        return base64.b64encode(run.update(plain + bytes([pad]) * pad) + run.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message; every part of the layout is checked."""
        try:
            data = base64.b64decode(encrypted, validate=True)
            run = self._cipher.decryptor()
            plain = run.update(data) + run.finalize()
        except ValueError as error:
            raise UndecipherableError(str(error)) from error
        return self._unpacked(plain)

    def _unpacked(self, plain: bytes) -> bytes:
        pad = plain[-1] if plain else 0
        if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad or len(plain) - pad < 20:
            raise UndecipherableError("bad padding")
        body = plain[:-pad]
        length = struct.unpack(">I", body[16:20])[0]
        message, receiver = body[20 : 20 + length], body[20 + length :]
        if receiver.decode("utf-8", "replace") != self.app_id:
            raise UndecipherableError("another account's app id")
        return message

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """msg_signature: covers the cipher text."""
        return signature(self.token, timestamp, nonce, encrypted)
