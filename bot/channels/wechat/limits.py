"""What WeChat allows an Official Account: rules W1 to W18, found at developers.weixin.qq.com/doc."""

from __future__ import annotations

from datetime import timedelta

from bot.store.windows import Quota

ANSWER_BY = 4.0  # seconds we wait for the answer; the platform waits 5, then sends the same message again (W1)
TEXT_BYTES = 2047  # UTF-8 bytes of a text; 2048 is measured by developers, not documented (W11)
REST_AFTER = 1.0  # seconds between a passive reply and what goes on after it, so that it is read in order
BODY_BYTES = 64 * 1024
CLOCK_SKEW = timedelta(minutes=5)

MENU_TOP, MENU_SUB = 3, 5  # entries of the custom menu, and below each (Creating_Custom-Defined_Menu.html)
MENU_TOP_BYTES, MENU_SUB_BYTES = 16, 60  # UTF-8 bytes of their names
MENU_KEY_BYTES, MENU_URL_BYTES = 128, 1024

TOKEN_USE = 0.8  # share of a token's life after which it is renewed (W12)
FORCE_EVERY = timedelta(minutes=72)  # force_refresh: 20 a day (W12)
REFRESH_WITHIN = timedelta(seconds=20)  # a process that is refreshing holds off the others for so long
TOKEN_AGAIN = timedelta(seconds=30)  # after a refusal, before the platform is asked for a token again
NO_TOKEN_PAUSE = 60.0  # seconds a send waits when there is no token: nothing was tried, so nothing is given up
QUOTA_PAUSE = 3600.0  # seconds a send waits when the day's calls are spent

# Customer-service messages after a message, and after a menu tap, a follow, a scan (W5, W6); ended early, because our
# clock starts when we handle what the platform counted from when it came.
MESSAGE_QUOTA = Quota(5, timedelta(hours=48) - timedelta(minutes=2))
TAP_QUOTA = Quota(3, timedelta(seconds=55))

WINDOW_CLOSED = frozenset({45015, 45047})  # no right to write now: wait for the person (W5 to W8)
NO_RIGHT = frozenset({48001, 48002, 48004, 50002, 40200})  # no customer-service messages for this account or person
STALE_TOKEN = frozenset({40001, 40014, 42001})
GONE = frozenset({43004, 43019})  # does not follow us any more, or was put on the black list
BUSY = frozenset({-1, 45011})  # system busy, too many calls in this minute
DAY_SPENT = 45009  # the day's calls are spent
NOT_LISTED = 40164  # our address is not on the account's list

CONSENT_SPENT = 43101  # no leave for this notice, or none left (W15)
THING_CHARACTERS = 20  # of a keyword that begins with "thing"
MASS_LEAST, MASS_MOST = 2, 10_000  # openids in one job (Batch_Sends_and_Originality_Checks.html)
MASS_TAKEN, MASS_TOO_SOON = 45065, 45066  # this clientmsgid is known; asked for again too fast
MASS_SPENT = frozenset({45028, 45064})  # no quota left (W13)
MASS_AGAIN = 60.0  # seconds; 60 jobs a minute
