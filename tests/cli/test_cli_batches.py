"""Batches: one line out for one in, in order, whatever the lines hold; and files that can't be used."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli_lines import HOSTILE, good

BATCHES = ("insurance", "ask")


@pytest.mark.parametrize("command", BATCHES)
def test_hostile_lines_are_answered_one_for_one(yizhan, command: str) -> None:
    lines = [good("a"), *[line for line, _id in HOSTILE], good("z")]
    Path("in.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    said = yizhan(command, "--batch", "in.jsonl", "--out", "out.jsonl")
    assert (said.code, said.out) == (0, "")
    rows = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", *[known for _line, known in HOSTILE], "z"]
    assert "error" not in rows[0] and "error" not in rows[-1]
    errors = [(number, row) for number, row in enumerate(rows, 1) if "error" in row]
    assert said.err == f"{len(errors)} errors\n"
    assert len(errors) == len(HOSTILE)
    for number, row in errors:
        expected = {"id": None, "line": number} if row["id"] is None else {"id": row["id"]}
        assert row == {**expected, "error": row["error"]}
        assert 0 < len(row["error"]) < 200
        assert "\n" not in row["error"]


@pytest.mark.parametrize("command", BATCHES)
def test_an_empty_file_gives_an_empty_file(yizhan, command: str) -> None:
    Path("in.jsonl").touch()
    said = yizhan(command, "--batch", "in.jsonl", "--out", "out.jsonl")
    assert (said.code, said.err, Path("out.jsonl").read_bytes()) == (0, "0 errors\n", b"")


@pytest.mark.parametrize("command", BATCHES)
@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        ("none.jsonl", "out.jsonl", "none.jsonl: No such file"),
        (".", "out.jsonl", "Is a directory"),
        ("in.jsonl", "none/out.jsonl", "none/out.jsonl: No such file"),
        ("in.jsonl", ".", "Is a directory"),
        ("in.jsonl", "/dev/full", "/dev/full: No space left"),
        ("in.jsonl", "in.jsonl", "can't be read and written at once"),
        ("in.jsonl", "link.jsonl", "can't be read and written at once"),
        ("in.jsonl", "x" * 300, "File name too long"),
    ],
)
def test_files_that_can_not_be_used(yizhan, command: str, source: str, target: str, says: str) -> None:
    Path("in.jsonl").write_bytes(good("a"))
    Path("out.jsonl").write_text("earlier")
    os.link("in.jsonl", "link.jsonl")
    assert says in yizhan(command, "--batch", source, "--out", target).refuses()
    assert Path("in.jsonl").read_bytes() == good("a")
    assert Path("out.jsonl").read_text() == "earlier"


@pytest.mark.parametrize(
    ("corpus", "queries", "out", "says"),
    [
        ("none", "q.jsonl", "r.jsonl", "none: No such file"),
        ("c.jsonl", "none", "r.jsonl", "none: No such file"),
        ("c.jsonl", "q.jsonl", "c.jsonl", "can't be read and written at once"),
        ("c.jsonl", "q.jsonl", "q.jsonl", "can't be read and written at once"),
        ("c.jsonl", "q.jsonl", "none/r.jsonl", "none/r.jsonl: No such file"),
    ],
)
def test_search_refuses_files_that_can_not_be_used(yizhan, corpus: str, queries: str, out: str, says: str) -> None:
    Path("c.jsonl").write_text('{"id": 1, "text": "工伤认定"}\n', "utf-8")
    Path("q.jsonl").write_text('{"id": 1, "question": "工伤"}\n', "utf-8")
    assert says in yizhan("search", "--corpus", corpus, "--queries", queries, "--out", out).refuses()
    assert "工伤认定" in Path("c.jsonl").read_text("utf-8")
    assert not Path("r.jsonl").exists()


def test_search_counts_bad_lines_of_both_files(yizhan) -> None:
    Path("c.jsonl").write_text('{"id": 1, "text": "工伤认定"}\n{"id": 2}\n\n{"id": "x", "text": "养老"}\n', "utf-8")
    Path("q.jsonl").write_text('{"id": "q", "question": "工伤"}\n?\n{"id": "e", "question": ""}\n', "utf-8")
    said = yizhan("search", "--corpus", "c.jsonl", "--queries", "q.jsonl", "--out", "r.jsonl")
    assert (said.code, said.err) == (0, "3 errors\n")
    rows = [json.loads(line) for line in Path("r.jsonl").read_text("utf-8").splitlines()]
    assert rows[0] == {"id": "q", "ranked": [1]}
    assert (rows[1]["id"], rows[1]["line"]) == (None, 2)
    assert rows[2] == {"id": "e", "ranked": []}


def test_every_birth_of_half_a_century_month_by_month(yizhan) -> None:
    """Walked birth by birth, as the official tables are printed: a month more with every band, till the cap."""
    starts = {"male60": (60, 1965, 4, 36), "female55": (55, 1970, 4, 36), "female50": (50, 1975, 2, 60)}
    asked, expected = [], []
    for track, (age, first, band, cap) in starts.items():
        delay = in_band = 0
        for year, month in ((year, month) for year in range(1955, 2006) for month in range(1, 13)):
            if year >= first and delay < cap:
                delay, in_band = (delay + 1, 1) if in_band in {0, band} else (delay, in_band + 1)
            asked.append({"id": len(asked), "op": "retirement", "birth": f"{year}-{month:02d}", "track": track})
            expected.append(table_row(year * 12 + month - 1, age * 12, delay))
    Path("in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in asked), "utf-8")
    assert yizhan("insurance", "--batch", "in.jsonl", "--out", "out.jsonl").err == "0 errors\n"
    rows = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    assert rows == [{"id": number, **row} for number, row in enumerate(expected)]


def table_row(birth: int, age: int, delay: int) -> dict[str, object]:
    """What the tables of 2024-09-13 say, and the years of contributions beside them."""
    month = birth + age + delay
    year = month // 12
    return {
        "delay_months": delay,
        "age_months": age + delay,
        "month": f"{year}-{month % 12 + 1:02d}",
        "earliest": "{}-{:02d}".format(*divmod_month(max(birth + age, month - 36))),
        "latest": "{}-{:02d}".format(*divmod_month(month + 36)),
        "required_months": 180 if year < 2030 else min(240, 186 + 6 * (year - 2030)),
    }


def divmod_month(month: int) -> tuple[int, int]:
    return month // 12, month % 12 + 1
