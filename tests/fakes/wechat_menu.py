"""The custom menu's rules (Creating_Custom-Defined_Menu.html): 3 x 5 buttons, lengths in bytes."""

from typing import Any

from tests.fakes.wechat_world import WechatError

_NEEDS = {
    "click": "key", "scancode_push": "key", "scancode_waitmsg": "key", "pic_sysphoto": "key",
    "pic_photo_or_album": "key", "pic_weixin": "key", "location_select": "key", "view": "url",
    "media_id": "media_id", "article_id": "article_id", "miniprogram": "pagepath",
}  # fmt: skip


def checked_menu(body: dict[str, Any]) -> dict[str, Any]:
    """The menu as it will be shown, or the platform's refusal."""
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise WechatError(40016, "invalid button size")
    for button in buttons:
        _name(button, 16, 40018)
        below = button.get("sub_button")
        if not below:
            _leaf(button)
            continue
        if len(below) > 5:
            raise WechatError(40023, "invalid sub button size")
        for sub in below:
            _name(sub, 60, 40025)
            _leaf(sub)
    return {"button": buttons}


def _name(button: dict[str, Any], most: int, errcode: int) -> None:
    if not 1 <= len(str(button.get("name", "")).encode()) <= most:
        raise WechatError(errcode, "invalid button name size")


def _leaf(button: dict[str, Any]) -> None:
    need = _NEEDS.get(str(button.get("type")))
    if need is None:
        raise WechatError(40017, "invalid button type")
    value = str(button.get(need, "")).encode()
    if need == "key" and not 1 <= len(value) <= 128:
        raise WechatError(40019, "invalid button key size")
    if need == "url" and not 1 <= len(value) <= 1024:
        raise WechatError(40020, "invalid button url size")
