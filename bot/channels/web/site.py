"""The chat page itself, made once a language, and the files beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.i18n import _, speaking


class Page:
    """The page in each language."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, bytes] = {}

    def response(self, language: str) -> Response:
        """The page; another person at the same browser, or another language, must get theirs."""
        if language not in self._made:
            self._made[language] = self._make(language)
        made = self._made[language]
        headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
        return HTMLResponse(made, headers=headers)

    def _make(self, language: str) -> bytes:
        from jinja2 import Environment, FileSystemLoader

        environment = Environment(loader=FileSystemLoader(self.folder), autoescape=True)
        with speaking(language):
            return environment.get_template("chat.html").render(lang=language, _=_).encode()


class Static(StaticFiles):
    """Files that are asked for again each time, and sent only when they changed: no build step names versions."""

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or 304."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response
