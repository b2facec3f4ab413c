"""The guidance as data: one JSON a line in, one out, in the same order (`yizhan insurance --batch`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot import batch
from bot.batch import BadLine, Counts, convert
from bot.i18n import N_
from handlers.insurance import reading
from handlers.insurance.service import BadInput, Insurance, format_month, open_insurance

_MOST_MONTHS = 960
_HIGHEST_INDEX = 10

Answer = dict[str, Any]
Operation = Callable[[Insurance, Mapping[str, Any], date], Answer]


def run_file(content: Path, source: Path, target: Path, today: date) -> Counts:
    """Answer every line of a file into another; raises `BatchError`, `BrokenContent`."""
    return convert(source, target, _answering(open_insurance(content), today))


def answers(insurance: Insurance, lines: Iterable[bytes], today: date) -> Iterator[Answer]:
    """The answer to each line: what the operation gives with its "id", or {"id", "error"} with one sentence."""
    return batch.answers(lines, _answering(insurance, today))


def _answering(insurance: Insurance, today: date) -> batch.Answer:
    def answer(data: Mapping[str, Any]) -> Answer:
        try:
            name = data.get("op")
            if not isinstance(name, str) or name not in OPERATIONS:
                raise BadInput(N_('"op" must be one of {names}.'), names="、".join(OPERATIONS))
            return OPERATIONS[name](insurance, data, today)
        except BadInput as problem:
            raise BadLine(str(problem)) from None

    return answer


def _retirement(insurance: Insurance, data: Mapping[str, Any], today: date) -> Answer:
    way = insurance.retirement(reading.month(data, "birth", today), reading.track(data))
    return {
        "delay_months": way.delay_months,
        "age_months": way.age_months,
        "month": format_month(way.month),
        "earliest": format_month(way.earliest),
        "latest": format_month(way.latest),
        "required_months": way.required_months,
    }


def _pension(insurance: Insurance, data: Mapping[str, Any], _today: date) -> Answer:
    index = reading.positive(data, "index")
    if index > _HIGHEST_INDEX:
        raise BadInput(N_('"{field}" is too large.'), field="index")
    result = insurance.pension(
        base=reading.positive(data, "base"),
        index=index,
        months=reading.whole(data, "months", _MOST_MONTHS),
        account=reading.number(data, "account"),
        age_months=reading.whole(data, "age_months", _MOST_MONTHS),
    )
    return {
        "basic": float(result.basic),
        "account_pension": float(result.account_pension),
        "total": float(result.total),
        "divisor": float(result.divisor),
    }


def _contribution(insurance: Insurance, data: Mapping[str, Any], _today: date) -> Answer:
    region, year = reading.code(data, "region"), reading.whole(data, "year", 9999)
    result = insurance.contribution(region, year, reading.number(data, "level"))
    return {
        "base": float(result.base),
        "monthly": float(result.monthly),
        "pooled": float(result.pooled),
        "personal": float(result.personal),
        "source": result.cited,
        "confidence": result.confidence,
    }


def _guide(insurance: Insurance, data: Mapping[str, Any], today: date) -> Answer:
    result = insurance.guide(reading.person(data, today))
    options = [
        {
            "scheme": option.scheme,
            "eligible": option.eligible,
            "why": option.why,
            "monthly_min": _money(option.monthly_min),
            "monthly_max": _money(option.monthly_max),
            "sources": option.sources,
        }
        for option in result.options
    ]
    return {"options": options, "warnings": result.warnings}


def _money(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


OPERATIONS: Mapping[str, Operation] = {
    "retirement": _retirement,
    "pension": _pension,
    "contribution": _contribution,
    "guide": _guide,
}
