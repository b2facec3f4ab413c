"""GET /chat/history: the chat as it was, in the order it reached the person, theirs alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.app import Service
from tests.support import TestClock
from tests.web_talk import Browser, at_leisure, carry, notice


def lines(page: dict[str, object]) -> list[str]:
    return [f"{one['from']}: {one['text']}" for one in page["messages"]]  # type: ignore[attr-defined]


async def test_nothing_was_said_yet(rider: Browser) -> None:
    assert await rider.history() == {"messages": [], "more": None}


async def test_what_was_said_and_answered_oldest_first(rider: Browser, clock: TestClock) -> None:
    await rider.say("menu")
    clock.move(minutes=1)
    await rider.say("count")
    page = await rider.history()
    assert lines(page) == ["me: menu", "bot: menu", "me: count", "bot: counted 1"]
    assert page["messages"][1]["options"][0] == {"label": "Fruit", "value": "go:fruit"}
    assert page["messages"][0]["at"] == (clock() - timedelta(minutes=1)).isoformat()
    assert len({one["id"] for one in page["messages"]}) == 4
    assert all(isinstance(one["id"], str) for one in page["messages"])


async def test_it_is_not_kept_by_proxies(rider: Browser) -> None:
    assert (await rider.client.get("/chat/history")).headers["cache-control"] == "no-store"


async def test_nobody_reads_anothers(rider: Browser, somebody: Callable[..., Browser]) -> None:
    await rider.say("my secret")
    other = somebody()
    await other.say("hello")
    assert lines(await other.history()) == ["me: hello", "bot: you said hello"]
    assert lines(await somebody().history()) == []


async def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    rider: Browser, bot: Service, clock: TestClock
) -> None:
    at_leisure(bot)
    said = []
    for number in range(75):
        said.append(f"word {number}")
        await rider.say(said[-1])
        clock.move(seconds=number % 2)  # some at the very same instant
    pages = [await rider.history()]
    while pages[-1]["more"]:
        pages.append(await rider.history(pages[-1]["more"]))
    assert [len(page["messages"]) for page in pages] == [60, 60, 30]
    heard = [one["text"] for page in reversed(pages) for one in page["messages"] if one["from"] == "me"]
    assert heard == said


async def test_a_tapped_option_appears_with_its_label(rider: Browser) -> None:
    await rider.say("menu")
    await rider.tap("Fruit")
    assert lines(await rider.history())[-2:] == ["me: Fruit", "bot: Which?"]


async def test_an_option_of_long_ago_has_no_label_any_more(rider: Browser) -> None:
    await rider.say("menu")
    old = rider.answer["replies"][0]["options"][0]["value"]
    await rider.say("fruit")
    await rider.post(key="late", choice=old)
    assert "me: （点了之前的按钮）" in lines(await rider.history())


async def test_what_the_bot_says_unasked_is_in_it_once_it_is_sent(rider: Browser, bot: Service) -> None:
    await rider.say("count")
    await notice(bot, rider.token, "Your case was answered.")
    assert lines(await rider.history()) == ["me: count", "bot: counted 1"]
    await carry(bot)
    assert lines(await rider.history()) == ["me: count", "bot: counted 1", "bot: Your case was answered."]


async def test_a_notice_that_waited_stands_where_it_arrived(rider: Browser, bot: Service, clock: TestClock) -> None:
    await rider.say("evening")
    await notice(bot, rider.token, "good morning", due_at=clock() + timedelta(hours=8))
    clock.move(hours=1)
    await rider.say("night")
    clock.move(hours=7)
    await carry(bot)
    clock.move(hours=1)
    await rider.say("noon")
    page = await rider.history()
    assert [line for line in lines(page) if "you said" not in line] == [
        "me: evening",
        "me: night",
        "bot: good morning",
        "me: noon",
    ]
    [arrived] = [one["at"] for one in page["messages"] if one["text"] == "good morning"]
    assert arrived == (clock() - timedelta(hours=1)).isoformat()
