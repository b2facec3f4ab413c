"""What goes into a table comes out of it again, in each program's own reading."""
# ruff: noqa: DTZ001 - a spreadsheet gives back times without a zone

import csv
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from bot.export import Cell, Column, Row, TableTooLong, Written, to_xlsx, write_table

HEADER = ["receipt", Column("happened_on", "day"), Column("submitted_at", "instant"), "amount", "photos", "anonymous"]
INSTANT = datetime(2026, 3, 5, 18, 2, 3, 999, tzinfo=UTC)
ROWS: list[Row] = [
    ("YZ-1234-567M", date(2026, 3, 5), INSTANT, Decimal("200.50"), 2, True),
    ("", None, None, None, 0, False),
]


def read_xlsx(path: Path) -> list[tuple[Any, ...]]:
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file)
    return [tuple(unescape(c) if isinstance(c, str) else c for c in row) for row in book.worksheets[0].values]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in path.read_text("utf-8").split("\n")[:-1]]


def one_column(folder: Path, form: str, cells: Sequence[Cell]) -> Path:
    path = folder / f"one.{form}"
    assert write_table(path, form, ["cell"], ((cell,) for cell in cells)).rows == len(cells)
    return path


def test_xlsx_keeps_kinds_and_shows_local_time(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    assert write_table(path, "xlsx", HEADER, ROWS, title="诉求") == Written(2)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.title == "诉求"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert [cell.value for cell in sheet[1]] == [
        "receipt",
        "happened_on",
        "submitted_at",
        "amount",
        "photos",
        "anonymous",
    ]
    assert [cell.value for cell in sheet[2]] == [
        "YZ-1234-567M", datetime(2026, 3, 5), datetime(2026, 3, 6, 2, 2, 3), 200.5, 2, True,
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[2]] == ["s", "d", "d", "n", "n", "b"]
    assert [sheet["B2"].number_format, sheet["C2"].number_format] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert [cell.value for cell in sheet[3]] == [None, None, None, None, 0, False]


def test_csv_is_what_excel_opens(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    assert write_table(path, "csv", HEADER, ROWS) == Written(2)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfreceipt,")
    assert path.read_bytes().count(b"\r\n") == 3
    assert read_csv(path)[1:] == [
        ["YZ-1234-567M", "2026-03-05", "2026-03-06T02:02:03+08:00", "200.50", "2", "true"],
        ["", "", "", "", "0", "false"],
    ]


def test_jsonl_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    assert write_table(path, "jsonl", HEADER, ROWS, zone=ZoneInfo("UTC")) == Written(2)
    first, second = read_jsonl(path)
    assert list(first) == ["receipt", "happened_on", "submitted_at", "amount", "photos", "anonymous"]
    assert list(first.values()) == [
        "YZ-1234-567M",
        "2026-03-05",
        "2026-03-05T18:02:03+00:00",
        Decimal("200.50"),
        2,
        True,
    ]
    assert list(second.values()) == ["", None, None, None, 0, False]


@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl"])
def test_no_rows_is_still_a_table(form: str, tmp_path: Path) -> None:
    path = tmp_path / "t"
    assert write_table(path, form, ["a", "b"], []) == Written(0)
    read = {"xlsx": read_xlsx, "csv": read_csv, "jsonl": read_jsonl}[form](path)
    assert [list(row) for row in read] == ([] if form == "jsonl" else [["a", "b"]])


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_no_text_runs_as_a_formula(start: str, tmp_path: Path) -> None:
    text = start + 'HYPERLINK("http://x","点我")'
    shown = text.replace("\r", "\n")
    assert read_csv(one_column(tmp_path, "csv", [text]))[1] == ["'" + shown]
    sheet = openpyxl.load_workbook(one_column(tmp_path, "xlsx", [text])).worksheets[0]
    assert (sheet["A2"].data_type, sheet["A2"].hyperlink) == ("s", None)
    assert read_jsonl(one_column(tmp_path, "jsonl", [text])) == [{"cell": text}]


def test_a_negative_number_is_no_formula(tmp_path: Path) -> None:
    assert read_csv(one_column(tmp_path, "csv", [-5, Decimal("-0.5")]))[1:] == [["-5"], ["-0.5"]]


@pytest.mark.parametrize(
    ("nasty", "shown"),
    [
        ("a\x00b\x0bc\x1f", "abc"),
        ("a\r\nb\rc\x85d", "a\nb\nc\nd"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("\ufffe\uffff|", "|"),
        ("_x0041_ _x000D_", "_x0041_ _x000D_"),
        ("  两边  ", "  两边  "),
        ("1e5", "1e5"),
        ("0012", "0012"),
        ("#N/A", "#N/A"),
        ('http://a.b/?c="d"', 'http://a.b/?c="d"'),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ('a,b;"c"\nd', 'a,b;"c"\nd'),
        ("骑手👩‍👧𠮷", "骑手👩‍👧𠮷"),
    ],
)
def test_nasty_cells(nasty: str, shown: str, tmp_path: Path) -> None:
    assert read_xlsx(one_column(tmp_path, "xlsx", [nasty]))[1] == (shown,)
    assert read_csv(one_column(tmp_path, "csv", [nasty]))[1] == [shown]
    assert read_jsonl(one_column(tmp_path, "jsonl", [nasty])) == [{"cell": nasty.replace("\ud83d", "\ufffd")}]


def test_numbers_a_spreadsheet_would_round_become_text(tmp_path: Path) -> None:
    cells: list[Cell] = [
        10**15 - 1,
        10**15,
        -(2**70),
        Decimal("0.1"),
        Decimal("1234567890123456.7"),
        Decimal("1E+400"),
        Decimal("NaN"),
    ]
    assert [row[0] for row in read_xlsx(one_column(tmp_path, "xlsx", cells))[1:]] == [
        10**15 - 1, str(10**15), str(-(2**70)), 0.1, "1234567890123456.7", "1E+400",
    ]  # fmt: skip
    assert [row["cell"] for row in read_jsonl(one_column(tmp_path, "jsonl", cells))] == [*cells[:-1], None]


def test_days_before_the_spreadsheet_calendar_become_text(tmp_path: Path) -> None:
    cells: list[Cell] = [date(1900, 2, 28), date(1900, 3, 1), datetime(1882, 1, 1, tzinfo=UTC)]
    read = [row[0] for row in read_xlsx(one_column(tmp_path, "xlsx", cells))[1:]]
    assert read[:2] == ["1900-02-28", datetime(1900, 3, 1)]
    assert read[2].startswith("1882-01-01T08:")


def test_a_number_below_a_date_is_not_shown_as_a_date(tmp_path: Path) -> None:
    """The writer formats a whole column once it has seen a date in it."""
    cells: list[Cell] = [None, date(2026, 3, 5), 7, Decimal("0.5"), datetime(2026, 3, 5, 1, 2, tzinfo=UTC)]
    read = [row[0] for row in read_xlsx(one_column(tmp_path, "xlsx", cells))[1:]]
    assert read == [None, datetime(2026, 3, 5), "7", "0.5", datetime(2026, 3, 5, 9, 2)]
    assert [row[0] for row in read_xlsx(one_column(tmp_path, "xlsx", cells[:0:-1]))[1:]][3] == datetime(2026, 3, 5)
    assert read_xlsx(one_column(tmp_path, "xlsx", [7, date(2026, 3, 5)]))[1:] == [(7,), ("2026-03-05",)]


@pytest.mark.parametrize("letter", ["x", "好", "😀"])
def test_a_cell_past_excels_limit_is_cut_and_counted(letter: str, tmp_path: Path) -> None:
    units = len(letter.encode("utf-16-le")) // 2
    fits, long = letter * (32_767 // units), letter * (32_767 // units + 1)
    path = tmp_path / "t.xlsx"
    assert write_table(path, "xlsx", ["cell"], [(fits,), (long,)]) == Written(2, cut=1)
    kept = [row[0] for row in read_xlsx(path)[1:]]
    assert kept[0] == fits
    assert kept[1] == letter * (32_766 // units) + "…"
    assert read_csv(one_column(tmp_path, "csv", [long]))[1] == [long], "csv has no such limit"


def test_too_many_rows_for_a_sheet_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(to_xlsx, "MOST_ROWS", 3)
    write_table(tmp_path / "ok.xlsx", "xlsx", ["n"], ((n,) for n in range(3)))
    with pytest.raises(TableTooLong, match="more than 3 rows"):
        write_table(tmp_path / "long.xlsx", "xlsx", ["n"], ((n,) for n in range(4)))
    assert not (tmp_path / "long.xlsx").exists()
    assert write_table(tmp_path / "long.csv", "csv", ["n"], ((n,) for n in range(4))).rows == 4


@pytest.mark.parametrize("header", [[], ["a", "a"]])
@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl"])
def test_a_table_needs_columns_of_different_names(header: list[str], form: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no two of one name"):
        write_table(tmp_path / "t", form, header, [])


texts = st.text(st.characters(exclude_categories=())) | st.text("=+-@\t\r\n'\"_x00D41 \x00\x85\u2028é", max_size=12)
cells = st.one_of(
    texts, st.integers(), st.decimals(allow_nan=False, allow_infinity=False), st.booleans(), st.none(),
    st.dates(), st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),
)  # fmt: skip


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(cells, cells), max_size=6))
def test_any_cells_at_all(rows: list[tuple[Cell, Cell]], tmp_path: Path) -> None:
    """Nothing breaks a writer, no row is lost or split, no csv text starts a formula, JSON loses no character."""
    for form in ("xlsx", "csv", "jsonl"):
        write_table(tmp_path / f"t.{form}", form, ["a", "b"], rows)
    with (tmp_path / "t.xlsx").open("rb") as file:
        sheet = openpyxl.load_workbook(file).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    lines = read_csv(tmp_path / "t.csv")[1:]
    objects = read_jsonl(tmp_path / "t.jsonl")
    assert len(lines) == len(objects) == len(rows)
    for row, line, item in zip(rows, lines, objects, strict=True):
        for cell, field, value in zip(row, line, item.values(), strict=True):
            if isinstance(cell, str):
                assert (
                    value == cell.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
                    or "\ufffd" in value
                )
                assert not field.startswith(tuple("=+-@\t\r\n"))
            elif isinstance(cell, int | Decimal):
                assert value == cell
