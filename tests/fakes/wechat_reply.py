"""Reading the service's passive reply the way WeChat does: anything not exactly right becomes a notice in the chat."""

from xml.etree.ElementTree import Element, ParseError

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tests.fakes.wechat_crypto import Crypto, UndecipherableError
from tests.fakes.wechat_world import TEXT_MOST, Seen

KINDS = ("text", "image", "voice", "video", "music", "news")


class MalformedError(Exception):
    """The reply is not one WeChat accepts; the text says why."""


def read_reply(
    response: httpx.Response, openid: str, account: str, crypto: Crypto | None, *, plain: bool
) -> Seen | None:
    """What the person sees, None for `success` or an empty body.

    `crypto` is given in encrypted and compatible mode; `plain` tells whether an unencrypted reply is accepted.
    """
    if response.status_code != 200:
        raise MalformedError(f"status {response.status_code}")
    if response.content.strip() in (b"", b"success"):
        return None
    root = _parsed(response.content)
    if root.find("Encrypt") is not None:
        if crypto is None:
            raise MalformedError("an encrypted reply in plain mode")
        root = _parsed(_opened(root, crypto))
    elif not plain:
        raise MalformedError("a plain reply in encrypted mode")
    return _seen(root, openid, account)


def _parsed(body: bytes) -> Element:
    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise MalformedError(f"not XML: {body[:80]!r}") from error
    if root.tag != "xml":
        raise MalformedError(f"root element {root.tag}")
    return root


def _opened(root: Element, crypto: Crypto) -> bytes:
    encrypted, timestamp, nonce = _text(root, "Encrypt"), _text(root, "TimeStamp"), _text(root, "Nonce")
    if _text(root, "MsgSignature") != crypto.sign(timestamp, nonce, encrypted):
        raise MalformedError("wrong MsgSignature")
    try:
        return crypto.decrypt(encrypted)
    except UndecipherableError as error:
        raise MalformedError(str(error)) from error


def _text(root: Element, path: str) -> str:
    value = root.findtext(path)
    if not value:
        raise MalformedError(f"{path} is missing or empty")
    return value


def _seen(root: Element, openid: str, account: str) -> Seen:
    if _text(root, "ToUserName") != openid:
        raise MalformedError("ToUserName is not the person who wrote")
    if _text(root, "FromUserName") != account:
        raise MalformedError("FromUserName is not the account")
    if not _text(root, "CreateTime").isdigit():
        raise MalformedError("CreateTime is no whole number")
    kind = _text(root, "MsgType")
    if kind not in KINDS:
        raise MalformedError(f"MsgType {kind}")
    if kind == "text":
        return _text_reply(_text(root, "Content"))
    if kind == "news":
        return _news(root)
    path = {"image": "Image/MediaId", "voice": "Voice/MediaId", "video": "Video/MediaId"}.get(kind)
    return Seen("passive", kind, media_id=_text(root, path) if path else "")


def _text_reply(content: str) -> Seen:
    if (size := len(content.encode())) > TEXT_MOST:
        raise MalformedError(f"{size} bytes of text, {TEXT_MOST} are allowed")
    return Seen("passive", "text", content)


def _news(root: Element) -> Seen:
    items = root.findall("Articles/item")
    if len(items) != 1 or _text(root, "ArticleCount") != "1":
        raise MalformedError("a news reply holds exactly one article")
    article = {name: _text(items[0], name) for name in ("Title", "Url")}
    return Seen("passive", "news", article["Title"], data=article)
