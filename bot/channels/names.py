"""What people call the channels: the one list of it."""

from __future__ import annotations

from bot.i18n import N_, _

NAMES = {"web": N_("web page"), "wechat": N_("WeChat"), "telegram": N_("Telegram"), "terminal": N_("terminal")}


def channel_name(channel: str) -> str:
    """The name of a channel in the language in force; its own word where it has none."""
    return _(NAMES[channel]) if channel in NAMES else channel
