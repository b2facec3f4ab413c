"""The OpenAPI 3.1 document of the interface, made from the models the answers are made of."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from handlers.complaints.interface.model import Detail, Page, Problem
from handlers.complaints.status import Status

ROOT = "/api/v1"
MOST = 500  # cases of a page
VERSION = "1.0.0"

PARAMETERS: dict[str, dict[str, Any]] = {
    "status": {"schema": {"type": "string", "enum": [one.value for one in Status]}},
    "category": {"schema": {"type": "string", "maxLength": 100}},
    "company": {"schema": {"type": "string", "maxLength": 100}},
    "region": {"schema": {"type": "string", "maxLength": 100}, "description": "GB/T 2260; a shorter code is all below"},
    "changed_since": {
        "schema": {"type": "string", "format": "date-time"},
        "description": "Cases whose last change is not before this instant",
    },
    "cursor": {"schema": {"type": "string", "maxLength": 100}, "description": "`next` of the page before"},
    "limit": {"schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": 100}},
}
_RECEIPT = {
    "name": "receipt",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "The code the worker has, like YZ-7K3M-92QD",
}
_ATTACHMENT = {"name": "attachment", "in": "path", "required": True, "schema": {"type": "string"}}
_ORIGINAL = {
    "name": "original",
    "in": "query",
    "schema": {"type": "boolean", "default": False},
    "description": "The file as it came, with what a phone wrote into it; needs scope `originals`, and is noted",
}
_REFUSALS = {
    "400": "A parameter can't be read",
    "401": "No good key of scope `cases`",
    "403": "The original needs a key of scope `originals` as well",
    "404": "There is no such case or file, or no copy of it",
    "429": "Too many wrong keys from this address",
}


@cache
def document() -> dict[str, Any]:
    """The whole document, as JSON."""
    _map, schemas = models_json_schema(
        [(model, "serialization") for model in (Page, Detail, Problem)], ref_template="#/components/schemas/{model}"
    )
    queries = [{"name": name, "in": "query", **said} for name, said in PARAMETERS.items()]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yizhan: cases", "version": VERSION, "description": __doc__},
        "security": [{"key": []}],
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "yizhan token create"}},
            "schemas": schemas["$defs"],
        },
        "paths": {
            f"{ROOT}/cases": {"get": _get("List cases, by their last change", _json("Page"), queries, "400")},
            f"{ROOT}/cases/{{receipt}}": {"get": _get("One case, whole", _json("Detail"), [_RECEIPT], "404")},
            f"{ROOT}/cases/{{receipt}}/attachments/{{attachment}}": {
                "get": _get(
                    "The content of a file: a copy without metadata, or the original",
                    {"*/*": {"schema": {"type": "string", "format": "binary"}}},
                    [_RECEIPT, _ATTACHMENT, _ORIGINAL],
                    "400",
                    "403",
                    "404",
                )
            },
        },
    }


def _get(summary: str, content: dict[str, Any], parameters: list[dict[str, Any]], *refusals: str) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {code: {"description": _REFUSALS[code], "content": problem} for code in ("401", "429", *refusals)}
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": "Found", "content": content}, **refused},
    }


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}
