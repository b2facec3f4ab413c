"""What is kept about a person, as a text one can read on a phone."""

from __future__ import annotations

from typing import Any

from bot.i18n import N_, _
from handlers.profile.service import occupation_name

CHANNELS = {"web": N_("web page"), "wechat": N_("WeChat"), "telegram": N_("Telegram"), "terminal": N_("terminal")}


def readable(data: dict[str, Any], district: str) -> str:
    """The base data as lines, with the district by its name; other parts as their counts."""
    base = data["base"]
    lines = [
        _("This is what I keep about you:"),
        _("· Through: {channels}").format(
            channels="、".join(_(CHANNELS.get(one["channel"], one["channel"])) for one in base["channels"])
        ),
        _("· Trade: {trade}").format(trade=occupation_name(base["occupation"]) or _("not told")),
        _("· District: {region}").format(region=district or _("not told")),
        _("· Consent: {when}").format(when=base["consented_at"][:10] if base["consented_at"] else _("not given")),
        _("· Messages: {count}, pictures: {pictures}").format(count=base["messages"], pictures=base["pictures"]),
    ]
    if complaints := data.get("complaints"):
        lines.append(_("· Complaints: {count}").format(count=len(complaints)))
    lines.append(_("“Erase me” deletes all of it."))
    return "\n".join(lines)
