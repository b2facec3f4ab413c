"""Access tokens by /cgi-bin/stable_token (W12: api_getstableaccesstoken.html)."""

import secrets
from typing import Any

from tests.fakes.clock import Clock
from tests.fakes.wechat_world import WechatError

LIFE = 7200.0  # seconds
EARLY = 300.0  # renewed this long before the end; old and new are both valid then
FORCED_A_DAY = 20
FORCED_APART = 30.0
LENGTH = 512  # "keep at least 512 characters"


class Tokens:
    """The tokens of one account: token -> the instant it ends (0.0: made invalid)."""

    def __init__(self, app_id: str, app_secret: str, clock: Clock) -> None:
        self.app_id, self.app_secret, self.clock = app_id, app_secret, clock
        self.ends: dict[str, float] = {}
        self.current = ""
        self.issued = 0
        self._forced: list[float] = []

    def stable(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of stable_token."""
        if body.get("grant_type") != "client_credential":
            raise WechatError(40002, "invalid grant_type")
        if body.get("appid") != self.app_id:
            raise WechatError(40013, "invalid appid")
        if body.get("secret") != self.app_secret:
            raise WechatError(40125, "invalid appsecret")
        if body.get("force_refresh") is True:
            self._force()
        if self._left(self.current) <= EARLY:
            self._issue()
        return {"access_token": self.current, "expires_in": int(self._left(self.current))}

    def _left(self, token: str) -> float:
        return self.ends.get(token, 0.0) - self.clock()

    def _issue(self) -> None:
        self.current = f"{self.issued}_" + secrets.token_urlsafe(LENGTH)[: LENGTH - len(f"{self.issued}_")]
        self.ends[self.current] = self.clock() + LIFE
        self.issued += 1

    def _force(self) -> None:
        now = self.clock()
        self._forced = [at for at in self._forced if now - at < 86400]
        if self._forced and now - self._forced[-1] < FORCED_APART:
            return  # too soon: nothing is refreshed, the same token comes back
        if len(self._forced) >= FORCED_A_DAY:
            raise WechatError(45009, "reach max api daily quota limit")
        self._forced.append(now)
        self.revoke()

    def revoke(self) -> None:
        """All tokens so far are invalid: 40001 from now on."""
        self.ends = dict.fromkeys(self.ends, 0.0)
        self.current = ""

    def expire(self) -> None:
        """The current token has just run out: 42001 from now on."""
        if self.current:
            self.ends[self.current] = self.clock()
            self.current = ""

    def check(self, token: str) -> None:
        """Refuse a call whose token is missing, unknown, revoked or run out."""
        if not token:
            raise WechatError(41001, "access_token missing")
        if not self.ends.get(token):
            raise WechatError(40001, "invalid credential, access_token is invalid or not latest")
        if self._left(token) <= 0:
            raise WechatError(42001, "access_token expired")
