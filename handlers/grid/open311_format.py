"""Open311's two formats: the same answer as JSON and as XML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import Response

TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ITEM = {"endpoints": "endpoint", "formats": "format", "attributes": "attribute"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`content` is a list of `item`s below `root`, or one mapping that is the root itself."""

    root: str
    item: str
    content: Any
    status: int = 200


def text_format(given: str) -> str:
    """json or xml. Raises a 404 for any other."""
    if given not in TYPES:
        raise HTTPException(404, "the formats are json and xml")
    return given


def answered(answer: Answer, form: str) -> Response:
    """The answer in its format."""
    body = orjson.dumps(answer.content) if form == "json" else _xml(answer)
    return Response(body, answer.status, media_type=TYPES[form])


def _xml(answer: Answer) -> bytes:
    root = ElementTree.Element(answer.root)
    if answer.item:
        for one in answer.content:
            _fill(ElementTree.SubElement(root, answer.item), one)
    else:
        _fill(root, answer.content)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            child = ElementTree.SubElement(element, name)
            if isinstance(inner, list):
                for one in inner:
                    _fill(ElementTree.SubElement(child, _ITEM[name]), one)
            else:
                _fill(child, inner)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _NOT_XML.sub("", str(value))
