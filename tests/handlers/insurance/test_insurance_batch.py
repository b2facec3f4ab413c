"""The data interface: one line out for one line in, in order, with the fields the issue names."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.batch import BatchError, Counts
from handlers.insurance.batch import answers, run_file
from handlers.insurance.schemes import SCHEMES
from handlers.insurance.service import Insurance

TODAY = date(2026, 11, 21)
CONTENT = Path(__file__).parents[3] / "content"
GUIDE: dict[str, Any] = {
    "op": "guide",
    "birth": "1982-05",
    "sex": "male",
    "track": "male60",
    "work_region": "320400",
    "household_region": "340000",
    "occupation": "driver",
    "relation": "independent",
    "paid_months": 36,
    "monthly_income": 7000,
    "as_of": "2026-11-21",
}


def answer(insurance: Insurance, **line: Any) -> dict[str, Any]:
    (got,) = answers(insurance, [orjson.dumps({"id": 1, **line})], TODAY)
    assert got.pop("id") == 1
    plain: dict[str, Any] = json.loads(orjson.dumps(got))
    return plain


def error(insurance: Insurance, **line: Any) -> str:
    got = answer(insurance, **line)
    assert list(got) == ["error"]
    sentence: str = got["error"]
    return sentence


def test_retirement(insurance: Insurance) -> None:
    assert answer(insurance, op="retirement", birth="1972-09", track="male60") == {
        "delay_months": 24,
        "age_months": 744,
        "month": "2034-09",
        "earliest": "2032-09",
        "latest": "2037-09",
        "required_months": 210,
    }


def test_pension(insurance: Insurance) -> None:
    got = answer(insurance, op="pension", base=8917, index=0.6, months=180, account=60000, age_months=722)
    assert got == {"basic": 1070.04, "account_pension": 435.41, "total": 1505.45, "divisor": 137.8}


def test_contribution(insurance: Insurance) -> None:
    assert answer(insurance, op="contribution", region="320000", year=2024, level=0.6) == {
        "base": 4879.0,
        "monthly": 975.8,
        "pooled": 585.48,
        "personal": 390.32,
        "source": "苏人社发〔2024〕38号（2024 年度）",
        "confidence": "high",
    }


def test_guide(insurance: Insurance) -> None:
    got = answer(insurance, **GUIDE)
    assert sorted(got) == ["options", "warnings"]
    assert sorted(option["scheme"] for option in got["options"]) == sorted(SCHEMES)
    fields = {"scheme", "eligible", "why", "monthly_min", "monthly_max", "sources"}
    assert all(set(option) == fields for option in got["options"])
    pension = next(option for option in got["options"] if option["scheme"] == "employee_pension")
    assert (pension["eligible"], pension["monthly_min"], pension["monthly_max"]) == (True, 975.8, 4879.2)


@pytest.mark.parametrize(
    "change",
    [
        {"sex": "男"},
        {"sex": "M"},
        {"sex": None},
        {"track": None},
        {"as_of": None},
        {"as_of": "2026-11"},
        {"household_region": None},
        {"paid_months": None},
        {"monthly_income": None},
        {"occupation": "网约车司机"},
        {"relation": "众包"},
        {"occupation": None},
        {"relation": "something else"},
        {"work_region": 320400},
    ],
)
def test_guide_takes_what_people_leave_out_or_say_another_way(insurance: Insurance, change: dict[str, Any]) -> None:
    got = answer(insurance, **{**GUIDE, **change})
    assert next(option for option in got["options"] if option["scheme"] == "employee_pension")["eligible"]


RETIREMENT = {"op": "retirement", "birth": "1972-09", "track": "male60"}
PENSION = {"op": "pension", "base": 8917, "index": 0.6, "months": 180, "account": 60000, "age_months": 720}
CONTRIBUTION = {"op": "contribution", "region": "320000", "year": 2024, "level": 0.6}


@pytest.mark.parametrize(
    ("good", "change", "sentence"),
    [
        (RETIREMENT, {"birth": "2026-12"}, "birth 2026-12 还没到。"),
        (RETIREMENT, {"birth": "1972-13"}, "“1972-13”的月份不对，只有 01 到 12 月。"),
        (RETIREMENT, {"birth": "1972-00"}, "“1972-00”的月份不对，只有 01 到 12 月。"),
        (RETIREMENT, {"birth": 1972}, "“1972”不是年月，请写成 1972-09 这样。"),
        (RETIREMENT, {"birth": None}, "“None”不是年月，请写成 1972-09 这样。"),
        (RETIREMENT, {"birth": "0001-01"}, "birth 0001-01 太早了，请核对。"),
        (RETIREMENT, {"track": "female"}, "track 只能是 male60、female55 或 female50。"),
        (RETIREMENT, {"track": None}, "track 只能是 male60、female55 或 female50。"),
        (RETIREMENT, {"track": ["male60"]}, "track 只能是 male60、female55 或 female50。"),
        (RETIREMENT, {"op": "retire"}, "op 只能是 retirement、pension、contribution、guide。"),
        (RETIREMENT, {"op": None}, "op 只能是 retirement、pension、contribution、guide。"),
        (PENSION, {"base": -1}, "base 不能是负数。"),
        (PENSION, {"base": 0}, "base 要大于零。"),
        (PENSION, {"base": 1e300}, "base 太大了，请核对。"),
        (PENSION, {"account": -0.01}, "account 不能是负数。"),
        (PENSION, {"account": "60000"}, "account 要写数字。"),
        (PENSION, {"account": True}, "account 要写数字。"),
        (PENSION, {"account": None}, "account 要写数字。"),
        (PENSION, {"index": 0}, "index 要大于零。"),
        (PENSION, {"index": 11}, "index 太大了，请核对。"),
        (PENSION, {"months": 180.5}, "months 要写 0 到 960 的整数。"),
        (PENSION, {"months": 9999}, "months 要写 0 到 960 的整数。"),
        (PENSION, {"age_months": 479}, "年龄只能从 40 岁到 70 岁。"),
        (PENSION, {"age_months": 841}, "年龄只能从 40 岁到 70 岁。"),
        (CONTRIBUTION, {"region": "999999"}, "没有 999999 这个地区。"),
        (CONTRIBUTION, {"region": "江苏"}, "region 要写六位行政区划代码，如 320000。"),
        (CONTRIBUTION, {"region": None}, "缺少 region。"),
        (CONTRIBUTION, {"year": "2024"}, "year 要写数字。"),
        (CONTRIBUTION, {"year": 2024.5}, "year 要写 0 到 9999 的整数。"),
        (CONTRIBUTION, {"year": 2025}, "江苏省 2025 年的缴费基数还没有核实，请打 12333 问。"),
        (CONTRIBUTION, {"level": 0.5}, "缴费档次只能从 0.6 到 3.0。"),
        (CONTRIBUTION, {"level": 3.1}, "缴费档次只能从 0.6 到 3.0。"),
        (GUIDE, {"sex": "female", "track": None}, "女性要写 track：female55，原 50 岁退休的写 female50。"),
        (GUIDE, {"sex": "female"}, "track male60 和 sex female 对不上。"),
        (GUIDE, {"sex": None, "track": None}, "sex 只能是 male 或 female。"),
        (GUIDE, {"sex": "x"}, "sex 只能是 male 或 female。"),
        (GUIDE, {"birth": "2027-01"}, "birth 2027-01 还没到。"),
        (GUIDE, {"birth": "2020-01", "as_of": "2019-12-31"}, "birth 2020-01 还没到。"),
        (GUIDE, {"as_of": "2026-02-30"}, "as_of 要写成 2026-11-21 这样的日期。"),
        (GUIDE, {"as_of": 20261121}, "as_of 要写成 2026-11-21 这样的日期。"),
        (GUIDE, {"work_region": "990000"}, "没有 990000 这个地区。"),
        (GUIDE, {"household_region": "990000"}, "没有 990000 这个地区。"),
        (GUIDE, {"work_region": None}, "缺少 work_region。"),
        (GUIDE, {"paid_months": -1}, "paid_months 不能是负数。"),
        (GUIDE, {"monthly_income": -5000}, "monthly_income 不能是负数。"),
    ],
)
def test_bad_input_gets_one_clear_sentence(
    insurance: Insurance, good: dict[str, Any], change: dict[str, Any], sentence: str
) -> None:
    assert error(insurance, **{**good, **change}) == sentence
    assert "error" not in answer(insurance, **good)


@pytest.mark.parametrize("field", ["birth", "track"])
def test_a_missing_field_is_named(insurance: Insurance, field: str) -> None:
    assert field in error(insurance, **{name: value for name, value in RETIREMENT.items() if name != field})


def test_lines_that_can_not_be_read_say_which(insurance: Insurance) -> None:
    good = orjson.dumps({"id": "a", **RETIREMENT})
    lines = [
        b"\xef\xbb\xbf" + good,
        b"",
        b"{",
        b"\xff\xfe",
        b"[1]",
        b"3",
        b'{"op":"retirement"}',
        b"NaN",
        good + b"\r\n",
    ]
    got = list(answers(insurance, lines, TODAY))
    assert [each["id"] for each in got] == ["a", *[None] * 7, "a"]
    assert [each["line"] for each in got[1:-1]] == [2, 3, 4, 5, 6, 7, 8]
    assert all(each["error"].endswith("。") for each in got[1:-1])
    assert got[0] == got[-1]


@given(lines=st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), max_size=8))
def test_any_bytes_give_one_answer_a_line(insurance: Insurance, lines: list[bytes]) -> None:
    got = list(answers(insurance, lines, TODAY))
    assert len(got) == len(lines)
    assert all("id" in each for each in got)


JUNK = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)


@given(good=st.sampled_from([RETIREMENT, PENSION, CONTRIBUTION, GUIDE]), data=st.data())
def test_any_junk_in_a_field_is_answered_or_refused_in_a_sentence(
    insurance: Insurance, good: dict[str, Any], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(good)))
    line = {"id": 1, **good, field: data.draw(JUNK | st.lists(JUNK, max_size=2) | st.dictionaries(st.text(), JUNK))}
    (got,) = answers(insurance, [json.dumps(line).encode()], TODAY)
    assert got["id"] == 1
    assert "error" not in got or got["error"].endswith("。")
    orjson.dumps(got)


def test_a_file_keeps_its_order_and_counts_its_errors(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [orjson.dumps({"id": each, **RETIREMENT}) for each in range(5)]
    lines[3] = b"?"
    source.write_bytes(b"\n".join(lines))
    assert run_file(CONTENT, source, target, TODAY) == Counts(lines=5, errors=1)
    got = [orjson.loads(line) for line in target.read_bytes().splitlines()]
    assert [each["id"] for each in got] == [0, 1, 2, None, 4]
    assert run_file(CONTENT, target, tmp_path / "again.jsonl", TODAY) == Counts(
        lines=5, errors=5
    )  # answers are no questions


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match="missing"):
        run_file(CONTENT, tmp_path / "missing.jsonl", tmp_path / "out.jsonl", TODAY)
    assert not (tmp_path / "out.jsonl").exists()


def test_ten_thousand_lines_a_second_of_one_core(insurance: Insurance) -> None:
    """The rate 100,000 lines in 10 seconds mean, in processor time, so that a busy machine does not matter."""
    kinds = [RETIREMENT, PENSION, CONTRIBUTION, GUIDE]
    lines = [orjson.dumps({"id": each, **kinds[each % 4]}) for each in range(10_000)]
    begun = time.process_time()
    for got in answers(insurance, lines, TODAY):
        orjson.dumps(got)
    assert time.process_time() - begun < 1
