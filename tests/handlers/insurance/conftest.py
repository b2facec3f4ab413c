"""The project's own rules, opened once."""

from pathlib import Path

import pytest

from handlers.insurance.service import Insurance, open_insurance

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="session")
def insurance() -> Insurance:
    return open_insurance(CONTENT)
