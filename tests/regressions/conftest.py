"""Staff at the desk, for bugs that were found there."""

from __future__ import annotations

from tests.desk.conftest import colleague, notices, visitor

__all__ = ["colleague", "notices", "visitor"]
