"""Which of our languages a browser asks for."""

from __future__ import annotations

from bot.i18n import DEFAULT

OURS = {"zh": "zh_CN", "en": "en"}


def preferred(accept: str) -> str:
    """The language an Accept-Language header likes best of ours (RFC 9110, 12.5.4); Chinese when it names none."""
    best, liked = DEFAULT, 0.0
    for item in accept.split(",")[:20]:
        tag, *parameters = (part.strip().lower() for part in item.split(";"))
        found = OURS.get(tag.split("-")[0])
        quality = _quality(parameters)
        if found is not None and quality > liked:
            best, liked = found, quality
    return best


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
