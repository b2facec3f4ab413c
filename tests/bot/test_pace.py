"""The rate law of a channel: over all chats, to one chat, and beside answers that do not wait."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import pytest

from bot.pace import Pace


class Timer:
    """Seconds that pass only when everybody naps: the one who wakes first sets the time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self.now

    async def nap(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.now + seconds, woken))
        await woken

    async def run(self, work: Sequence[asyncio.Task[None]]) -> None:
        while not all(task.done() for task in work):
            await asyncio.sleep(0)
            if all(task.done() for task in work) or not self.sleepers:
                continue
            self.sleepers.sort(key=lambda one: one[0])
            moment, woken = self.sleepers.pop(0)
            self.now = max(self.now, moment)
            woken.set_result(None)
            await asyncio.sleep(0)


def most_in_a_second(moments: Sequence[float]) -> int:
    return max(sum(1 for other in moments if one <= other < one + 1) for one in moments)


async def sends(pace: Pace, timer: Timer, chats: Sequence[str], senders: int = 30) -> list[tuple[float, str]]:
    """Send to all these chats with so many senders; when each went out."""
    left, sent = list(chats), []

    async def sender() -> None:
        while left:
            chat = left.pop(0)
            await pace.turn(chat)
            sent.append((timer(), chat))

    await timer.run([asyncio.create_task(sender()) for _ in range(senders)])
    return sent


async def test_no_second_has_more_than_the_law_allows() -> None:
    timer = Timer()
    sent = await sends(Pace(30, timer, timer.nap), timer, [str(number) for number in range(300)])
    assert len(sent) == 300
    assert most_in_a_second([moment for moment, _chat in sent]) <= 30
    assert 300 / (sent[-1][0] - sent[0][0]) > 25  # and little is given away


async def test_one_chat_gets_one_a_second() -> None:
    timer = Timer()
    sent = await sends(Pace(30, timer, timer.nap), timer, ["a", "b", "a", "a", "b", "c"], senders=3)
    moments: dict[str, list[float]] = defaultdict(list)
    for moment, chat in sent:
        moments[chat].append(moment)
    assert [len(moments[chat]) for chat in "abc"] == [3, 2, 1]
    assert all(most_in_a_second(times) == 1 for times in moments.values())


async def test_answers_do_not_wait_and_count() -> None:
    timer = Timer()
    pace = Pace(30, timer, timer.nap)
    await sends(pace, timer, [str(number) for number in range(27)])
    for number in range(3):  # turns are kept free for those who write just now
        pace.note(f"rider-{number}")
    assert timer() == 1000.0
    assert pace.wait("somebody") == pytest.approx(1.05)
    timer.now += 0.5
    for number in range(27):
        pace.note(f"driver-{number}")
    timer.now += 0.6
    assert pace.wait("somebody") == pytest.approx(0.45)  # the answers of half a second ago fill the second
    assert pace.wait("driver-1") == pytest.approx(0.45)


async def test_a_platform_that_closes_is_left_alone() -> None:
    timer = Timer()
    pace = Pace(30, timer, timer.nap)
    pace.close(3600)
    assert pace.closed == 3600
    [(moment, _chat)] = await sends(pace, timer, ["a"])
    assert moment == 4600.0
    assert pace.closed == 0


@pytest.mark.parametrize(("per_second", "seconds"), [(0.5, 2.05), (1, 1.05), (1.5, 1.05)])
async def test_a_slow_law_is_kept_too(per_second: float, seconds: float) -> None:
    pace = Pace(per_second, Timer())
    pace.note("a")
    assert pace.wait("b") == pytest.approx(seconds)


async def test_without_a_law_every_turn_is_free() -> None:
    pace = Pace(None, Timer())
    for _ in range(100):
        await pace.turn("a")
    assert pace.wait("a") == 0.0
