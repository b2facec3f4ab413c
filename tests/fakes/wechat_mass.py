"""/cgi-bin/message/mass/send by a list of openids (W13; Batch_Sends_and_Originality_Checks.html)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.wechat_world import TEXT_MOST, Seen, WechatError

if TYPE_CHECKING:
    from tests.fakes.wechat import FakeWechat

LEAST, MOST = 2, 10_000
A_MONTH = 4  # to one person
A_MINUTE = 60  # calls
SAME_WITHIN = 86400.0  # seconds in which a clientmsgid is remembered


def mass_send(wx: "FakeWechat", body: dict[str, Any]) -> dict[str, Any]:
    """Take a job, and work it off at once: who is over their month, or does not follow, is passed over in silence."""
    if not wx.mass_right:
        raise WechatError(48001, "api unauthorized")
    _count_call(wx)
    openids, text, client_id = _checked(body)
    known = wx.world.mass_jobs.get(client_id)
    now = wx.world.clock()
    if known is not None and now - known[1] < SAME_WITHIN:
        return {"errcode": 45065, "errmsg": "same clientmsgid exist", "msg_id": known[0]}
    number = next(wx.world.number)
    if client_id:
        wx.world.mass_jobs[client_id] = number, now
    month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    for openid in openids:
        person = wx.world.followers.get(openid)
        if person is None or not person.subscribed or person.masses.get(month, 0) >= A_MONTH:
            continue
        person.masses[month] = person.masses.get(month, 0) + 1
        wx.world.show(openid, Seen("mass", "text", text))
    return {"errcode": 0, "errmsg": "send job submission success", "msg_id": number}


def _count_call(wx: "FakeWechat") -> None:
    now = wx.world.clock()
    wx.world.mass_calls = [at for at in wx.world.mass_calls if now - at < 60]
    if len(wx.world.mass_calls) >= A_MINUTE:
        raise WechatError(45011, "api minute-quota reach limit, must slower, retry next minute")
    wx.world.mass_calls.append(now)


def _checked(body: dict[str, Any]) -> tuple[list[str], str, str]:
    openids = body.get("touser")
    if not isinstance(openids, list) or not all(isinstance(one, str) for one in openids):
        raise WechatError(47001, "data format error")
    if not LEAST <= len(set(openids)) <= MOST:
        raise WechatError(40130, "invalid openid list size, at least two openid")
    if body.get("msgtype") != "text" or not isinstance(body.get("text"), dict):
        raise WechatError(40008, "invalid message type")
    text = str(body["text"].get("content", ""))
    if not text:
        raise WechatError(44004, "empty content")
    if len(text.encode()) > TEXT_MOST:
        raise WechatError(45002, "content size out of limit")
    client_id = str(body.get("clientmsgid", ""))
    if len(client_id.encode()) > 64:
        raise WechatError(45067, "clientmsgid length over limit")
    return openids, text, client_id
