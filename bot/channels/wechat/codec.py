"""The wall around wechatpy: signatures, message crypto, XML. Every failure behind it becomes one `BadCallback`.

wechatpy is unmaintained: it compares signatures with `!=`, checks neither age nor padding, and raises whatever comes;
so size, DOCTYPE, signature and age are checked here, before it sees a byte.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.wechat.limits import BODY_BYTES, CLOCK_SKEW


class BadCallback(Exception):
    """A request that is not WeChat's, or that can't be read. `status` is the HTTP answer, `reason` is for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opened:
    """A callback that was verified: its XML, and the crypto that opened it (None in plain mode)."""

    xml: str
    crypto: Any = None


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts (W16, W17)."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Codec:
    """Opens callbacks and closes replies for one account.

    aes_keys: EncodingAESKeys, newest first; the one that opened a message closes its reply (W17). With any, only the
    encrypted part counts: a plain signature does not cover the body.
    """

    def __init__(self, token: str, app_id: str, aes_keys: tuple[str, ...] = ()) -> None:
        from wechatpy.crypto import WeChatCrypto

        self.token = token
        try:
            self.cryptos = [WeChatCrypto(token, key.strip(), app_id) for key in aes_keys]
        except Exception:
            from bot.settings import BadSettings

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
        return Opened(_safe_xml(body))

    def _open_encrypted(self, body: bytes, query: Mapping[str, str], now: datetime) -> Opened:
        if query.get("encrypt_type") != "aes" or not query.get("msg_signature"):
            raise BadCallback(403, "plain body where only encrypted ones count")
        _check_age(query, now)
        cipher_text = _between(_safe_xml(body), "Encrypt")
        self._check_signed(query["msg_signature"], query, now, cipher_text)
        for crypto in self.cryptos:
            try:
                xml = crypto.decrypt_message(
                    f"<xml><Encrypt><![CDATA[{cipher_text}]]></Encrypt></xml>",
                    query["msg_signature"],
                    query.get("timestamp", ""),
                    query.get("nonce", ""),
                )
                return Opened(_safe_xml(xml.encode()), crypto)
            except BadCallback:
                raise
            except Exception:  # noqa: S112  (its errors are many and not its own; another key may fit)
                continue
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
        return str(opened.crypto.encrypt_message(xml, secrets.token_hex(8), str(int(now.timestamp()))))


def parse(xml: str) -> Any:
    """The message of a callback as wechatpy's class; raises `BadCallback`."""
    from wechatpy.parser import parse_message

    try:
        message = parse_message(xml)
        sender, created = str(message._data["FromUserName"]), int(message._data["CreateTime"])
    except Exception:
        raise BadCallback(400, "broken XML") from None
    if not sender or created <= 0:
        raise BadCallback(400, "broken XML")
    return message


def text_reply(to: str, sender: str, text: str, now: datetime) -> str:
    """The XML of a passive text reply."""
    safe = text.replace("]]>", "]]\u200b>")
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


def _safe_xml(body: bytes) -> str:
    """The body as text; refuses document types and entities, which only an attack has."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadCallback(400, "not UTF-8") from None
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise BadCallback(400, "DOCTYPE")
    return text


def _between(xml: str, tag: str) -> str:
    """The text of a tag in the small envelope of an encrypted callback."""
    _head, sep, rest = xml.partition(f"<{tag}>")
    inner, end, _tail = rest.partition(f"</{tag}>")
    if not sep or not end:
        raise BadCallback(400, "broken XML")
    return inner.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip()
