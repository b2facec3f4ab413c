"""Receipt codes are made well, read generously, and a slip of the finger is caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.codes import ALPHABET, BadCode, check_character, find_code, new_code, parse_code

PREFIX = "YZ-"
bodies = st.text(ALPHABET, min_size=7, max_size=7).map(lambda body: body + check_character(body))


def written(body: str) -> str:
    return f"YZ-{body[:4]}-{body[4:]}"


def test_new_codes_are_canonical_and_differ() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(parse_code(code) == code for code in codes)
    bodies_made = [code[3:].replace("-", "") for code in codes]
    assert not any("0Z" in body or "Z0" in body for body in bodies_made)


def test_check_character_against_a_sum_done_by_hand() -> None:
    # 1234567: from the right 7*2=14, 6, 5*2=10, 4, 3*2=6, 2, 1*2=2 -> 44; 64 - 44 = 20 -> the 21st letter, M
    assert check_character("1234567") == "M"
    # Z is 31: doubled 62 = 1*32 + 30 -> 31
    assert check_character("000000Z") == "1"


CODE = written("1234567M")


@pytest.mark.parametrize(
    "typed",
    [
        "YZ-1234-567M",
        "yz-1234-567m",
        "yz1234567m",
        "1234567m",
        "1234-567M",
        " YZ 1234 567M ",
        "YZ - 1234 - 567M",
        "yz-l234-567m",
        "YZ-I234-567M",
        "ＹＺ－１２３４－５６７Ｍ",
        "YZ—1234—567M",
        "YZ_1234_567M。",
        "“YZ-1234-567M”",
        "#YZ-1234-567M",
    ],
)
def test_what_people_type(typed: str) -> None:
    assert parse_code(typed) == CODE


def test_o_reads_as_zero() -> None:
    body = "00AB000"
    body += check_character(body)
    assert parse_code("yz-ooab-ooo" + body[-1].lower()) == written(body)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "length"),
        ("YZ", "length"),
        ("YZ-1234-567", "length"),
        ("YZ-1234-567MM", "length"),
        ("AB-1234-567M", "length"),
        ("YZ-1234-567U", "alphabet"),
        ("YZ-1234-56好M", "alphabet"),
        ("我的诉求", "length"),
        ("YZ-1234-567N", "check"),
        ("YZ-1243-567M", "check"),
    ],
)
def test_refusals_say_why(typed: str, reason: str) -> None:
    with pytest.raises(BadCode) as caught:
        parse_code(typed)
    assert caught.value.reason == reason


@given(bodies)
def test_every_single_wrong_character_is_caught(body: str) -> None:
    for place, right in enumerate(body):
        for wrong in ALPHABET:
            if wrong != right:
                with pytest.raises(BadCode):
                    parse_code(PREFIX + body[:place] + wrong + body[place + 1 :])


@given(bodies)
def test_every_swap_of_neighbours_is_caught_but_zero_with_z(body: str) -> None:
    for place in range(7):
        left, right = body[place], body[place + 1]
        if left == right:
            continue
        swapped = PREFIX + body[:place] + right + left + body[place + 2 :]
        if {left, right} == {"0", "Z"}:
            assert parse_code(swapped) == written(swapped[3:])
        else:
            with pytest.raises(BadCode):
                parse_code(swapped)


def test_codes_we_make_survive_no_swap_at_all() -> None:
    for _ in range(300):
        body = new_code()[3:].replace("-", "")
        for place in range(7):
            if body[place] != body[place + 1]:
                with pytest.raises(BadCode):
                    parse_code(PREFIX + body[:place] + body[place + 1] + body[place] + body[place + 2 :])


@pytest.mark.parametrize(
    "text",
    [
        "我的编号是YZ-1234-567M谢谢",
        "查一下 yz1234567m",
        "编号：ＹＺ－１２３４－５６７Ｍ，多久有人回",
        "YZ-1234-567N 不对 应该是 YZ-1234-567M",
        "单号1234-567m",
    ],
)
def test_found_in_a_sentence(text: str) -> None:
    assert find_code(text) == CODE


@pytest.mark.parametrize("text", ["", "投诉美团", "1234567M个", "电话 8669-0000", "YZ-1234-567N", "XYZ-1234-567M"])
def test_not_found_where_there_is_none(text: str) -> None:
    assert find_code(text) is None


@given(st.text())
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        parse_code(text)
    except BadCode as error:
        assert error.reason in {"length", "alphabet", "check"}
    find_code(text)


def test_long_text_is_quick() -> None:
    assert find_code("YZ-" * 5000 + "1234 " * 2000) is None
