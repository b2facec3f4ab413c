"""What WeChat allows an Official Account: rules W1 to W18, found at developers.weixin.qq.com/doc."""

from __future__ import annotations

from datetime import timedelta

REPLY_WITHIN = 5.0  # seconds for the passive reply, then the same message comes up to three times more (W1)
ANSWER_BY = 4.0  # seconds after which we stop waiting and answer "success": the reply goes another way
TEXT_BYTES = 2047  # UTF-8 bytes of a text; 2048 is measured by developers, not documented (W11)
BODY_BYTES = 64 * 1024
CLOCK_SKEW = timedelta(minutes=5)
MENU_TOP, MENU_SUB = 3, 5  # entries of the custom menu
TOKEN_USE = 0.8  # share of a token's life after which it is renewed (W12)
FORCE_EVERY = timedelta(seconds=60)  # force_refresh: 30 s apart and 20 a day (W12)

WINDOW_CLOSED = frozenset({45015, 45047})  # no right to write now: wait for the person (W5 to W8)
NO_RIGHT = frozenset({48001, 48004, 50002, 40200})  # the account has no customer-service messages
STALE_TOKEN = frozenset({40001, 40014, 42001})
GONE = frozenset({43004, 43019})  # does not follow us any more, or blocks us
BUSY = frozenset({-1, 45009, 45011})  # system busy, rate limits
