"""The interface does what its own OpenAPI document says, whatever is asked of it: no 500, no undeclared answer."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette

from bot.app import Service
from bot.settings import Settings
from bot.store import tokens
from handlers.complaints.interface.openapi import document
from handlers.complaints.interface.pages import pages

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
schema = schemathesis.openapi.from_dict(document())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[Starlette, str]]:
    """The routes over a store of their own, and a key. Every call has a loop of its own, as schemathesis calls."""
    folder = tmp_path_factory.mktemp("interface")
    shutil.copy(sqlite_template, folder / "y.sqlite3")
    service = Service(
        Settings(_env_file=None, data_dir=folder, database_url=f"sqlite:///{folder}/y.sqlite3"), only=set()
    )
    loop = asyncio.new_event_loop()

    async def key() -> str:
        await service.store.open()
        async with service.store.write() as unit:
            return await tokens.make(unit, "union", {"cases"})

    secret = loop.run_until_complete(key())
    yield Starlette(routes=pages(service)), secret
    loop.run_until_complete(service.store.close())
    loop.close()


@pytest.mark.parametrize("path", sorted(document()["paths"]))
def test_it_does_as_it_says(path: str, served: tuple[Starlette, str]) -> None:
    app, secret = served
    answered: set[int] = set()

    @hypothesis.given(case=schema[path]["GET"].as_strategy())
    @hypothesis.settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        answer = case.call_and_validate(app=app, headers={"authorization": f"Bearer {secret}"}, checks=CHECKS)
        answered.add(answer.status_code)

    ask()
    assert answered & {200, 404}  # it did not stop at the door
