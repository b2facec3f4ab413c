"""The calls of api.weixin.qq.com this fake has. Every answer is HTTP 200; errcode tells how it went."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from tests.fakes.wechat_mass import mass_send
from tests.fakes.wechat_menu import checked_menu
from tests.fakes.wechat_world import TEXT_MOST, Seen, WechatError

if TYPE_CHECKING:
    from tests.fakes.wechat import FakeWechat

Result = dict[str, Any] | Response
Method = Callable[["FakeWechat", Request], Awaitable[Result]]
_OK = {"errcode": 0, "errmsg": "ok"}
# type -> (most bytes, formats): New_temporary_materials.html
_UPLOADS = {
    "image": (10 * 1024 * 1024, ("image/jpeg", "image/png", "image/gif", "image/bmp")),
    "voice": (2 * 1024 * 1024, ("audio/amr", "audio/mpeg")),
    "thumb": (64 * 1024, ("image/jpeg",)),
}


async def read_json(request: Request) -> dict[str, Any]:
    r"""The body. WeChat does not undo \uXXXX escapes: people would read them, so they stay as they are."""
    try:
        raw = (await request.body()).decode("utf-8")
        body = json.loads(re.sub(r"(?<!\\)\\u", r"\\\\u", raw))
    except ValueError as error:
        raise WechatError(47001, "data format error") from error
    if not isinstance(body, dict):
        raise WechatError(47001, "data format error")
    return body


async def stable_token(wx: "FakeWechat", request: Request) -> Result:
    address = request.client.host if request.client else ""
    if wx.allowed_ips is not None and address not in wx.allowed_ips:
        raise WechatError(40164, f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist")
    return wx.tokens.stable(await read_json(request))


async def custom_send(wx: "FakeWechat", request: Request) -> Result:
    body = await read_json(request)
    person = wx.world.follower(str(body.get("touser", "")))
    seen = _message(wx, body)
    if not person.subscribed:
        raise WechatError(45015, "response out of time limit or subscription is canceled")
    person.quota.spend(wx.world.clock())
    wx.world.show(person.openid, seen)
    return _OK


def _message(wx: "FakeWechat", body: dict[str, Any]) -> Seen:
    kind = body.get("msgtype")
    content = body.get(str(kind))
    if kind not in ("text", "image", "msgmenu"):
        raise WechatError(40008, "invalid message type")
    if not isinstance(content, dict):
        raise WechatError(47001, "data format error")
    if kind == "image":
        return Seen("custom", kind, media_id=wx.world.usable_media(str(content.get("media_id"))).media_id)
    if kind == "msgmenu":
        return _menu_message(wx, content)
    text = str(content.get("content", ""))
    if not text:
        raise WechatError(44004, "empty content")
    if len(text.encode()) > TEXT_MOST:
        raise WechatError(45002, "content size out of limit")
    return Seen("custom", kind, text)


def _menu_message(wx: "FakeWechat", content: dict[str, Any]) -> Seen:
    if not wx.menu_messages:
        raise WechatError(40200, "invalid account type")
    entries = content.get("list")
    if not entries or not all(e.get("id") and e.get("content") for e in entries):
        raise WechatError(40035, "invalid parameter")
    text = f"{content.get('head_content', '')}\n{content.get('tail_content', '')}".strip()
    if len(text.encode()) + sum(len(e["content"].encode()) for e in entries) > TEXT_MOST:
        raise WechatError(45002, "content size out of limit")
    return Seen("custom", "msgmenu", text, data={"list": [e | {"id": str(e["id"])} for e in entries]})


async def template_send(wx: "FakeWechat", request: Request) -> Result:
    body = await read_json(request)
    person = wx.world.follower(str(body.get("touser", "")))
    text = _filled(body, wx.world.templates)
    if not person.subscribed:
        raise WechatError(43004, "require subscribe")
    number = next(wx.world.number)
    if client_id := body.get("client_msg_id"):  # the same id again: one message only
        known = wx.world.client_ids.setdefault((person.openid, str(client_id)), number)
        if known != number:
            return _OK | {"msgid": known}
    wx.world.show(person.openid, Seen("template", "template", text, data=body))
    return _OK | {"msgid": number}


async def subscribe_send(wx: "FakeWechat", request: Request) -> Result:
    body = await read_json(request)
    person = wx.world.follower(str(body.get("touser", "")))
    text = _filled(body, wx.world.subscriptions)
    template_id = body["template_id"]
    if not person.consents.get(template_id):
        raise WechatError(43101, "user refuse to accept the msg")
    person.consents[template_id] -= 1
    wx.world.show(person.openid, Seen("subscribe", "subscribe", text, data=body))
    return _OK


def _filled(body: dict[str, Any], known: dict[str, set[str]]) -> str:
    keywords, data = known.get(body.get("template_id", "")), body.get("data")
    if keywords is None:
        raise WechatError(40037, "invalid template_id")
    if not isinstance(data, dict) or set(data) != keywords:
        raise WechatError(47003, "argument invalid! data keywords differ from the template's")
    for name, value in data.items():
        shown = value.get("value") if isinstance(value, dict) else None
        if not shown or (name.startswith("thing") and len(str(shown)) > 20):
            raise WechatError(47003, f"argument invalid! data.{name}.value is invalid")
    return "\n".join(str(data[name]["value"]) for name in sorted(data))


async def message_mass_send(wx: "FakeWechat", request: Request) -> Result:
    return mass_send(wx, await read_json(request))


async def menu_create(wx: "FakeWechat", request: Request) -> Result:
    wx.world.menu = checked_menu(await read_json(request))
    return _OK


async def menu_get(wx: "FakeWechat", _: Request) -> Result:
    if wx.world.menu is None:
        raise WechatError(46003, "menu no exist")
    return {"menu": wx.world.menu}


async def menu_delete(wx: "FakeWechat", _: Request) -> Result:
    wx.world.menu = None
    return _OK


async def media_upload(wx: "FakeWechat", request: Request) -> Result:
    kind = request.query_params.get("type", "")
    if kind not in _UPLOADS:
        raise WechatError(40004, "invalid media type")
    async with request.form() as form:
        upload = form.get("media")
        if not isinstance(upload, UploadFile):
            raise WechatError(41005, "media data missing")
        data, mime = await upload.read(), upload.content_type or ""
    most, formats = _UPLOADS[kind]
    if mime not in formats:
        raise WechatError(40005, "invalid file type")
    if not 0 < len(data) <= most:
        raise WechatError(40006, "invalid meida size")
    media = wx.world.keep_media(kind, data, mime)
    return {"type": kind, "media_id": media.media_id, "created_at": int(media.at)}


async def media_get(wx: "FakeWechat", request: Request) -> Result:
    media = wx.world.usable_media(request.query_params.get("media_id", ""))
    name = f"{media.media_id}.{media.mime.partition('/')[2]}"
    return Response(
        media.data, headers={"Content-disposition": f'attachment; filename="{name}"'}, media_type=media.mime
    )


async def user_info(wx: "FakeWechat", request: Request) -> Result:
    person = wx.world.follower(request.query_params.get("openid", ""))
    if not person.subscribed:
        return {"subscribe": 0, "openid": person.openid}
    about: dict[str, Any] = {"subscribe": 1, "openid": person.openid, "language": "zh_CN", "remark": "", "groupid": 0}
    about |= {"subscribe_time": int(person.subscribed_at), "subscribe_scene": person.scene, "tagid_list": []}
    return about | {"qr_scene": 0, "qr_scene_str": ""}


async def get_callback_ip(_: "FakeWechat", __: Request) -> Result:
    return {"ip_list": ["127.0.0.1"]}


# path under /cgi-bin/ -> (HTTP method, the call)
METHODS: dict[str, tuple[str, Method]] = {
    "stable_token": ("POST", stable_token),
    "message/custom/send": ("POST", custom_send),
    "message/template/send": ("POST", template_send),
    "message/subscribe/bizsend": ("POST", subscribe_send),
    "message/mass/send": ("POST", message_mass_send),
    "menu/create": ("POST", menu_create),
    "menu/get": ("GET", menu_get),
    "menu/delete": ("GET", menu_delete),
    "media/upload": ("POST", media_upload),
    "media/get": ("GET", media_get),
    "user/info": ("GET", user_info),
    "getcallbackip": ("GET", get_callback_ip),
}
