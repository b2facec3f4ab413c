"""What broadcasts go by: the operator's rules, quiet hours, the site's zone and address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.messages import Reply
from bot.peaks import load_peaks
from bot.quiet import QuietHours
from bot.settings import Settings
from bot.site import Site
from bot.store.unit import Unit
from bot.store.vault import Vault
from handlers.broadcasts.preview import Counts, count
from handlers.broadcasts.record import Broadcast, Plan
from handlers.broadcasts.rules import Rules, load_rules
from handlers.broadcasts.words import picture_path
from handlers.broadcasts.work import audience


@dataclass(frozen=True, slots=True)
class Broadcasting:
    """Together, as dialogues, desk and chore take them. `base`: the public address, "" when there is none; `mass`:
    WeChat's mass sending reaches who can't be written to one by one."""

    rules: Rules
    quiet: QuietHours
    zone: ZoneInfo
    region: str
    base: str
    mass: bool = False

    async def counts(self, unit: Unit, one: Broadcast) -> Counts:
        """Who would get it, if it went out at its time."""
        return await self.reach(unit, one, max(one.scheduled_at or unit.now, unit.now))

    async def reach(self, unit: Unit, plan: Plan, at: datetime) -> Counts:
        """Who would get it, if it went out then."""
        return await count(unit, audience(plan, self.rules, unit.now), self.quiet, at, mass=self.mass)

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
    rules = load_rules(settings.content_dir)
    return Broadcasting(rules, quiet, zone, site.region, settings.public_url, _mass(settings))


def _mass(settings: Settings) -> bool:
    """The operator switched mass sending on."""
    if not settings.wechat_app_id:
        return False
    from bot.channels.wechat.templates import load_templates  # with it comes all of the channel

    return load_templates(settings.content_dir).mass_send
