"""Message crypto: wechatpy's, made once a key, with randomness that can't be foretold.

All messages are sealed with the same IV (W17), so the 16 bytes before the message are what makes two alike differ.
"""

from __future__ import annotations

import base64
import secrets

from wechatpy.crypto import PrpCrypto


class Crypto(PrpCrypto):  # type: ignore[misc]
    """One EncodingAESKey of one account. Raises ValueError for a key that is not 43 characters of base64."""

    def __init__(self, aes_key: str, app_id: str) -> None:
        key = base64.b64decode(aes_key + "=", validate=True)
        if len(key) != 32:
            raise ValueError("not 32 bytes")
        super().__init__(key)
        self.app_id = app_id

    def get_random_string(self) -> bytes:
        """The 16 random bytes of the layout."""
        return secrets.token_bytes(16)

    def open(self, cipher_text: str) -> str:
        """The message. What is broken, or another account's, raises whatever comes to wechatpy's mind."""
        return str(self.decrypt(cipher_text, self.app_id))

    def close(self, xml: str) -> str:
        """Base64 of the cipher text."""
        return str(self.encrypt(xml, self.app_id).decode())
