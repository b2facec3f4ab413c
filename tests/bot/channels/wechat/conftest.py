"""WeChat's fake on the test's clock, and the account our service answers for."""

from collections.abc import AsyncIterator, Callable

import pytest

from bot.settings import Settings
from tests.fakes.wechat import FakeWechat
from tests.support import TestClock
from tests.wechat_talk import Account


@pytest.fixture
async def wx(clock: TestClock) -> AsyncIterator[FakeWechat]:
    """api.weixin.qq.com."""
    async with FakeWechat(clock=lambda: clock().timestamp()) as fake:
        yield fake


@pytest.fixture
def account(wx: FakeWechat, make_settings: Callable[..., Settings], clock: TestClock) -> Account:
    """The account."""
    return Account(wx, make_settings, clock)
