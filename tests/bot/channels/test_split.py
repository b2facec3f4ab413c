"""Long texts in pieces: every piece fits, nothing is lost, nothing is torn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.split import split, utf8_bytes

LINK = '<a href="weixin://bizmsgmenu?msgmenucontent=投诉，我要投诉&msgmenuid=1">投诉，我要投诉</a>'


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_short_text_stays_whole() -> None:
    assert split("您好", 2047) == ["您好"]
    assert split("", 2047) == [""]


@pytest.mark.parametrize(
    ("text", "most", "pieces"),
    [
        ("一二三四\n\n五六七八", 15, ["一二三四", "五六七八"]),  # between paragraphs
        ("一二三四\n五六七八", 15, ["一二三四", "五六七八"]),  # between lines
        ("一二三。四五六。", 12, ["一二三。", "四五六。"]),  # after a sentence, which just fits
        ("他说：“走。”然后走了。", 24, ["他说：“走。”", "然后走了。"]),  # the quote goes with its sentence
        ("One is 1.5. Two is 2.", 13, ["One is 1.5.", "Two is 2."]),  # not inside a number
        ("一二三，四五六", 14, ["一二三，", "四五六"]),  # after a comma, when nothing better is there
        ("one two three", 9, ["one two", "three"]),
        ("一二三四五六", 10, ["一二三", "四五六"]),  # 10 bytes hold three characters
    ],
)
def test_cuts_at_the_best_border(text: str, most: int, pieces: list[str]) -> None:
    assert split(text, most) == pieces


def test_a_border_in_the_first_third_is_not_worth_it() -> None:
    assert split("一。" + "二" * 30, 60)[0] == "一。" + "二" * 18


@pytest.mark.parametrize("room", range(len(LINK.encode()), len(LINK.encode()) + 40))
def test_no_cut_inside_a_tappable_link(room: int) -> None:
    pieces = split(f"请选。1 {LINK}\n2 {LINK}\n3 {LINK}", room)
    assert sum(piece.count(LINK) for piece in pieces) == 3


def test_no_cut_inside_an_address() -> None:
    address = "https://example.org/a?b=c,d;e!f"
    assert any(address in piece for piece in split(f"看这里：{address}，再看别处。", 40))


def test_a_link_that_fits_nowhere_is_cut_all_the_same() -> None:
    assert "".join(split(LINK, 20)).replace(" ", "") == LINK.replace(" ", "")


@pytest.mark.parametrize("letter", ["👨‍👩‍👧", "e\u0301", "👍🏽", "❤️"])
def test_no_cut_inside_what_is_read_as_one_character(letter: str) -> None:
    for most in range(30, 60):
        assert all(piece.replace(letter, "") == "" for piece in split(letter * 10, most))


texts = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.text("。，！ \n字a", max_size=30),
        st.just(LINK),
        st.just("https://example.org/?a=b;c"),
        st.just("<a "),
        st.just("👨‍👩‍👧"),
    ),
    max_size=12,
).map("".join)


@given(texts, st.sampled_from([utf8_bytes, utf16]), st.integers(len(LINK.encode()), 400))
def test_every_piece_fits_and_nothing_but_white_space_is_lost(text: str, size: object, most: int) -> None:
    pieces = split(text, most, size)  # type: ignore[arg-type]
    assert all(size(piece) <= most for piece in pieces)  # type: ignore[operator]
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    assert len(pieces) == 1 or all(pieces)
    assert sum(piece.count(LINK) for piece in pieces) == text.count(LINK)


@given(texts, st.integers(4, 30))
def test_small_pieces_fit_too(text: str, most: int) -> None:
    assert all(utf8_bytes(piece) <= most for piece in split(text, most))
