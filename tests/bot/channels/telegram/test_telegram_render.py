"""Replies as Telegram messages: few, within the limits, with buttons the platform takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot

from bot.channels.telegram.incoming import NotAnUpdate, Unreadable, read
from bot.channels.telegram.limits import BUTTONS, CALLBACK_BYTES, CAPTION_UNITS, TEXT_UNITS, utf16_units
from bot.channels.telegram.render import messages
from bot.messages import Incoming, Option, Reply

HERE = Option("Here", "go:here")


def test_a_turn_of_several_replies_is_one_message_with_all_buttons() -> None:
    made = messages([Reply("first"), Reply("second", (HERE,)), Reply("third", (Option("There", "go:there"),))])
    assert [one["text"] for one in made] == ["first\n\nsecond\n\nthird"]
    assert made[0]["buttons"] == [[{"text": "Here", "data": "go:here"}], [{"text": "There", "data": "go:there"}]]


def test_short_options_stand_side_by_side_and_long_ones_alone() -> None:
    [made] = messages(
        [Reply("?", tuple(Option(label, label) for label in ("是", "否", "从平台账号被封那天算起", "好")))]
    )
    assert [[one["text"] for one in row] for row in made["buttons"]] == [
        ["是", "否"],
        ["从平台账号被封那天算起"],
        ["好"],
    ]


def test_a_label_no_phone_shows_whole_stands_in_the_text_under_its_number() -> None:
    long = "周四 14:30 红梅社区居委会门口 给独居老人送药 · 10 分 · 剩 3 个"
    options = (Option("明天的", "go:other"), Option(long, "go:slot?id=1"), Option("菜单", "go:menu"))
    [message] = messages([Reply("有这些活动：", options), Reply("", (Option(long, "go:slot?id=2"),))])
    assert message["text"] == f"有这些活动：\n2 {long}\n\n4 {long}"
    labels = [button["text"] for row in message["buttons"] for button in row]
    assert labels == ["明天的", "2 周四 14:30 红梅社区居委会门口…", "菜单", "4 周四 14:30 红梅社区居委会门口…"]


def test_no_more_buttons_than_a_message_may_have() -> None:
    options = tuple(Option(f"a longer label {number}", f"v{number}") for number in range(BUTTONS + 20))
    [made] = messages([Reply("Which?", options)])
    assert sum(map(len, made["buttons"])) == BUTTONS


def test_a_source_is_a_button_of_its_own() -> None:
    [made] = messages([Reply("The rule."), Reply("Original", (HERE,), "link", "https://www.mohrss.gov.cn/a")])
    assert made["text"] == "The rule."
    assert made["buttons"][0] == [{"text": "Original", "url": "https://www.mohrss.gov.cn/a"}]
    [alone] = messages([Reply("Original", (), "link", "https://www.mohrss.gov.cn/a")])
    assert alone["text"] == "Original"


@pytest.mark.parametrize("url", ["http://localhost:8000/x", "/data/x", "weixin://x", "ftp://a.cn/x"])
def test_an_address_the_platform_refuses_on_a_button_is_written_out(url: str) -> None:
    [made] = messages([Reply("Your data:", (), "file", url)])
    assert made["text"] == f"Your data:\n{url}"
    assert "buttons" not in made


def test_a_picture_has_its_caption_or_a_text_after_it_when_that_is_too_long() -> None:
    url = "https://a.cn/p.png"
    assert messages([Reply("a map", (HERE,), "image", url)]) == [
        {"method": "photo", "url": url, "text": "a map", "buttons": [[{"text": "Here", "data": "go:here"}]]}
    ]
    photo, text = messages([Reply("字" * (CAPTION_UNITS + 1), (HERE,), "image", url)])
    assert (photo["text"], len(text["text"]), "buttons" in text) == ("", CAPTION_UNITS + 1, True)


def test_options_without_words_still_come() -> None:
    [made] = messages([Reply("", (HERE,))])
    assert made["text"] == "Here"
    assert messages([Reply("")]) == []


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=3000).map(lambda text: text * 3)
options = st.lists(st.tuples(st.text(min_size=1), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)))


@given(st.lists(st.tuples(texts, options), max_size=3))
def test_whatever_is_said_keeps_within_the_limits(turn: list[tuple[str, list[tuple[str, str]]]]) -> None:
    replies = [Reply(text, tuple(Option(*one) for one in listed)) for text, listed in turn]
    for made in messages(replies):
        assert 0 < utf16_units(made["text"]) <= TEXT_UNITS
        for button in (one for row in made.get("buttons", []) for one in row):
            assert 1 <= len(button["data"].encode()) <= CALLBACK_BYTES


names = st.sampled_from(
    [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "chat",
        "from",
        "id",
        "date",
        "message_id",
        "text",
        "type",
        "photo",
        "document",
        "location",
        "contact",
        "file_id",
        "new_chat_member",
        "status",
        "data",
        "update_id",
    ]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)
BOT = Bot("1:a")


@given(st.dictionaries(names, anything, max_size=5) | anything)
def test_whatever_comes_is_a_message_or_refused(data: Any) -> None:
    try:
        found = read(data, BOT, datetime(2026, 1, 1, tzinfo=UTC))
    except (NotAnUpdate, Unreadable):
        return
    assert found is None or isinstance(found, Incoming)
