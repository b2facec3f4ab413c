"""The wall around callbacks: signature, age, XML, message crypto. Every failure behind it becomes one `BadCallback`.

wechatpy is unmaintained: it compares signatures with `!=`, checks no age, and its errors are many and not its own; so
it is only given cipher text whose signature held.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.channels.wechat.crypto import Crypto
from bot.channels.wechat.limits import BODY_BYTES, CLOCK_SKEW
from bot.channels.wechat.xml import BrokenXml, Fields, HasDoctype, fields
from bot.settings import BadSettings

# What XML 1.0 has no place for: most control characters, halves of surrogate pairs, two code points.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class BadCallback(Exception):
    """A request that is not WeChat's, or that can't be read. `status` is the HTTP answer, `reason` is for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opened:
    """A callback that was verified: the fields of its message, and what opened it (None in plain mode)."""

    fields: Fields
    crypto: Crypto | None = None


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts (W16, W17)."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Codec:
    """Opens callbacks and closes replies for one account.

    aes_keys: EncodingAESKeys, newest first; the one that opened a message closes its reply (W17). With any, only the
    encrypted part counts: a plain signature does not cover the body.
    """

    def __init__(self, token: str, app_id: str, aes_keys: tuple[str, ...] = ()) -> None:
        self.token = token
        try:
            self.cryptos = [Crypto(key.strip(), app_id) for key in aes_keys]
        except ValueError:
            raise BadSettings("YIZHAN_WECHAT_AES_KEY: must be the 43 characters of the console page") from None

    def check_address(self, query: Mapping[str, str], now: datetime) -> str:
        """The check of the address by GET: gives the echostr to return."""
        self._check_signed(query.get("signature", ""), query, now)
        return query.get("echostr", "")

    def open(self, body: bytes, query: Mapping[str, str], now: datetime) -> Opened:
        """Verify and, where encrypted, decrypt a callback's body."""
        if len(body) > BODY_BYTES:
            raise BadCallback(413, "too large")
        if self.cryptos:
            return self._open_encrypted(body, query, now)
        self._check_signed(query.get("signature", ""), query, now)
        found = _fields(body)
        if "Encrypt" in found and "MsgType" not in found:
            raise BadCallback(400, "encrypted body, but no AES key is set")
        return Opened(found)

    def _open_encrypted(self, body: bytes, query: Mapping[str, str], now: datetime) -> Opened:
        if query.get("encrypt_type") != "aes" or not query.get("msg_signature"):
            raise BadCallback(403, "plain body where only encrypted ones count")
        cipher_text = _fields(body).get("Encrypt", "")
        if not cipher_text:
            raise BadCallback(400, "broken XML")
        self._check_signed(query["msg_signature"], query, now, cipher_text)
        for crypto in self.cryptos:
            try:
                xml = crypto.open(cipher_text)
            except Exception:  # noqa: S112  (its errors are many and not its own; another key may fit)
                continue
            return Opened(_fields(xml.encode()), crypto)
        raise BadCallback(400, "cipher text does not open")

    def _check_signed(self, given: str, query: Mapping[str, str], now: datetime, *more: str) -> None:
        expected = signature(self.token, query.get("timestamp", ""), query.get("nonce", ""), *more)
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise BadCallback(403, "wrong signature")
        _check_age(query, now)

    def close(self, xml: str, opened: Opened, now: datetime) -> str:
        """A reply as WeChat wants it back: encrypted when the callback was."""
        if opened.crypto is None:
            return xml
        encrypted, stamp, nonce = opened.crypto.close(xml), str(int(now.timestamp())), secrets.token_hex(8)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature(self.token, stamp, nonce, encrypted)}]]></MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )


def text_reply(to: str, sender: str, text: str, now: datetime) -> str:
    """The XML of a passive text reply; any text at all makes well-formed XML."""
    safe = _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{safe}]]></Content></xml>"
    )


def _check_age(query: Mapping[str, str], now: datetime) -> None:
    try:
        sent = datetime.fromtimestamp(int(query.get("timestamp", "")), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadCallback(403, "no timestamp") from None
    if abs(now - sent) > CLOCK_SKEW:
        raise BadCallback(403, "stale timestamp")


def _fields(body: bytes) -> Fields:
    """The flat fields of a message; document types and entities, which only an attack has, are refused."""
    try:
        return fields(body)
    except HasDoctype:
        raise BadCallback(400, "DOCTYPE") from None
    except BrokenXml:
        raise BadCallback(400, "broken XML") from None
