"""What is sealed opens for its own row only, and anything else is one and the same refusal."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.keyring import BadKeys, KeyRing
from bot.store.vault import CannotOpen, Vault, new_index_key

OLD, NEW = b"\x01" * 32, b"\x02" * 32
INDEX = b"\x07" * 32
VAULT = Vault(KeyRing([OLD]), INDEX)
ROTATED = Vault(KeyRing([NEW, OLD]), INDEX)


@given(st.binary(max_size=600), st.binary(max_size=40))
def test_what_is_sealed_opens(plain: bytes, aad: bytes) -> None:
    sealed = VAULT.seal(plain, aad)
    assert VAULT.open(sealed, aad) == plain
    assert len(sealed) == len(plain) + 33
    assert len(plain) < 4 or plain not in sealed


def test_two_seals_of_one_value_differ() -> None:
    assert VAULT.seal(b"same", b"row 1") != VAULT.seal(b"same", b"row 1")


def test_another_row_does_not_open_it() -> None:
    with pytest.raises(CannotOpen):
        VAULT.open(VAULT.seal(b"story", b"cases.story:1"), b"cases.story:2")


def test_every_flipped_bit_is_noticed() -> None:
    sealed = VAULT.seal("扣了我两百块".encode(), b"row")
    for position in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[position // 8] ^= 1 << position % 8
        with pytest.raises(CannotOpen):
            VAULT.open(bytes(broken), b"row")


def test_every_cut_is_noticed() -> None:
    sealed = VAULT.seal(b"", b"row")
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            VAULT.open(sealed[:length], b"row")


@given(st.binary(max_size=100))
def test_noise_never_opens_nor_breaks(noise: bytes) -> None:
    with pytest.raises(CannotOpen):
        VAULT.open(noise, b"")


def test_rotation_opens_the_old_and_seals_with_the_new() -> None:
    old = VAULT.seal(b"story", b"row")
    assert VAULT.needs_rotation(old) is False
    assert ROTATED.needs_rotation(old) is True
    fresh = ROTATED.reseal(old, b"row")
    assert ROTATED.needs_rotation(fresh) is False
    assert ROTATED.open(fresh, b"row") == b"story"
    with pytest.raises(CannotOpen):
        VAULT.open(fresh, b"row")
    with pytest.raises(CannotOpen):
        Vault(KeyRing([NEW]), INDEX).open(old, b"row")


def test_json_both_ways_and_refusals() -> None:
    value = {"故事": "下暴雨", "photos": [1, 2], "none": None}
    assert VAULT.open_json(VAULT.seal_json(value, b"r"), b"r") == value
    with pytest.raises(CannotOpen):
        VAULT.open_json(VAULT.seal(b"{not json", b"r"), b"r")
    with pytest.raises(CannotOpen):
        VAULT.open_json(VAULT.seal_json(value, b"r"), b"s")


def test_mac_is_stable_over_rotation_and_apart_by_purpose_and_key() -> None:
    assert VAULT.mac("13812345678", "phone") == ROTATED.mac("13812345678", "phone")
    assert len(VAULT.mac("13812345678", "phone")) == 16
    assert VAULT.mac("13812345678", "phone") != VAULT.mac("13812345678", "handle")
    assert VAULT.mac("ab", "c") != VAULT.mac("b", "ca"), "purpose and text must not run into each other"
    assert VAULT.mac("x", "phone") != Vault(KeyRing([OLD]), new_index_key()).mac("x", "phone")


def test_index_key_is_random_and_checked() -> None:
    assert len(new_index_key()) == 32
    assert new_index_key() != new_index_key()
    with pytest.raises(BadKeys, match="index key has 3 bytes"):
        Vault(KeyRing([OLD]), b"abc")


def test_sealing_is_no_bottleneck() -> None:
    """Seal and open of 500 bytes: tens of thousands a second, in time of the processor."""
    plain = b"x" * 500
    start = time.process_time()
    for _ in range(2000):
        VAULT.open(VAULT.seal(plain, b"row"), b"row")
    assert 2000 / (time.process_time() - start) > 3000
