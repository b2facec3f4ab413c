"""`yizhan webhook`: added with its secret shown once, listed without it, ended; a slip is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_added_listed_ended(yizhan: Run, migrated_here: Path) -> None:
    secret = yizhan("webhook", "add", "https://union.example/hook").out.strip()
    assert secret.startswith("whsec_")
    listed = yizhan("webhook", "list").out
    assert "https://union.example/hook\tcase.created,case.status_changed\t0 waiting\t0 failed\tgood" in listed
    assert secret not in listed
    number = listed.split("\t")[0]
    assert yizhan("webhook", "end", number).out == "ended\n"
    assert "ended" in yizhan("webhook", "list").out
    assert "no webhook" in yizhan("webhook", "end", number).refuses()


@pytest.mark.parametrize(
    "words", [("http://x.example/",), ("nothing",), ("https://x.example/", "--event", "case.lost")]
)
def test_a_slip_is_one_line(yizhan: Run, migrated_here: Path, words: tuple[str, ...]) -> None:
    yizhan("webhook", "add", *words).refuses()
    assert yizhan("webhook", "list").out == ""
