"""What broadcasts go by: the operator's rules, quiet hours, the site's zone and address."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.messages import Reply
from bot.peaks import load_peaks
from bot.quiet import QuietHours
from bot.settings import Settings
from bot.site import Site
from bot.store.unit import Unit
from bot.store.vault import Vault
from handlers.broadcasts.preview import Counts, count
from handlers.broadcasts.record import Broadcast
from handlers.broadcasts.rules import Rules, load_rules
from handlers.broadcasts.words import picture_path
from handlers.broadcasts.work import audience


@dataclass(frozen=True, slots=True)
class Broadcasting:
    """Together, as dialogues, desk and chore take them. `base`: the public address, "" when there is none."""

    rules: Rules
    quiet: QuietHours
    zone: ZoneInfo
    region: str
    base: str

    async def counts(self, unit: Unit, one: Broadcast) -> Counts:
        """Who would get it, if it went out at its time."""
        at = max(one.scheduled_at or unit.now, unit.now)
        return await count(unit, audience(one, self.rules, unit.now), self.quiet, at)

    def said(self, vault: Vault, one: Broadcast, language: str) -> Reply:
        """The message as people get it."""
        return one.words.said(one.id, language, self._picture(vault, one))

    def tried(self, vault: Vault, one: Broadcast, language: str) -> Reply:
        """The message as staff try it out on themselves."""
        return one.words.tried(language, self._picture(vault, one))

    def _picture(self, vault: Vault, one: Broadcast) -> str:
        return self.base + picture_path(vault, one.id) if one.picture else ""


def open_broadcasting(settings: Settings, site: Site) -> Broadcasting:
    """Read the content it needs; raises `BrokenContent` with the line of a slip."""
    quiet = QuietHours(load_peaks(settings.content_dir), site.timezone)
    zone = ZoneInfo(site.timezone)
    return Broadcasting(load_rules(settings.content_dir), quiet, zone, site.region, settings.public_url)
