"""A Bot API call on the wire: parameters from JSON, forms and the query; errors as the platform words them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse


class ApiError(Exception):
    """An answer with ok=false. `parameters` is ResponseParameters (retry_after, migrate_to_chat_id)."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str, **parameters: int) -> ApiError:
    """400 Bad Request."""
    return ApiError(400, f"Bad Request: {description}", **parameters)


def ok(result: Any) -> JSONResponse:
    """The answer of a call that succeeded."""
    return JSONResponse({"ok": True, "result": result})


def failed(error: ApiError) -> JSONResponse:
    """The answer of a call that was refused; the HTTP status is the error code."""
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    headers = {"Retry-After": str(error.parameters["retry_after"])} if "retry_after" in error.parameters else None
    return JSONResponse(body, error.code, headers)


@dataclass
class Params:
    """The parameters of one call. Whatever the body's form, values are strings, structures are JSON in a string."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Params":
        """From plain Python values, as a JSON body has them."""
        return cls({k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in values.items()})

    def text(self, name: str, default: str = "") -> str:
        """A string, `default` when absent."""
        return self.values.get(name, default)

    def integer(self, name: str, default: int = 0) -> int:
        """A number; what is no number counts as absent, as on the platform."""
        try:
            return int(self.values.get(name, default))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """A boolean."""
        return self.values.get(name, "").lower() in ("true", "yes", "1")

    def structure(self, name: str, problem: str) -> Any:
        """JSON, None when absent; anything else is refused with `problem`."""
        raw = self.values.get(name, "")
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError as error:
            raise bad(problem) from error


async def read_params(request: Request) -> Params:
    """Query, then body: JSON, urlencoded or multipart (files go to `files` as (name, type, bytes))."""
    params = Params(dict(request.query_params))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        params.values |= _from_json(await request.body())
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form(max_part_size=64 * 1024 * 1024) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    params.files[name] = (value.filename or name, value.content_type or "", await value.read())
                else:
                    params.values[name] = value
    return params


def _from_json(body: bytes) -> dict[str, str]:
    try:
        values = json.loads(body or b"{}")
    except ValueError as error:
        raise bad("can't parse JSON object") from error
    if not isinstance(values, dict):
        raise bad("expected an object with the parameters")
    return Params.of(values).values
