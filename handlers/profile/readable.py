"""What is kept about a person, as a text one can read on a phone."""

from __future__ import annotations

from typing import Any

from bot.channels.names import channel_name
from bot.i18n import _
from handlers.profile.service import occupation_name


def readable(data: dict[str, Any], district: str) -> str:
    """The base data as lines, with the district by its name; other parts as their counts."""
    base = data["base"]
    lines = [
        _("This is what I keep about you:"),
        _("· Through: {channels}").format(channels="、".join(channel_name(one["channel"]) for one in base["channels"])),
        _("· Trade: {trade}").format(trade=occupation_name(base["occupation"]) or _("not told")),
        _("· District: {region}").format(region=district or _("not told")),
        _("· Consent: {when}").format(when=base["consented_at"][:10] if base["consented_at"] else _("not given")),
        _("· Messages: {count}, pictures: {pictures}").format(count=base["messages"], pictures=base["pictures"]),
    ]
    if complaints := data.get("complaints"):
        lines.append(_("· Complaints: {count}").format(count=len(complaints)))
    lines.append(_("“Erase me” deletes all of it."))
    return "\n".join(lines)
