"""Two indexes of cases that answer without a look at the rows."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SUBMITTED, DUE = "ix_cases_submitted", "ix_cases_status_due"


def upgrade() -> None:
    _make(SUBMITTED, ["submitted_at", "id", "status", "category", "company", "region"])
    _make(DUE, ["status", "due_on", "id", "submitted_at", "owner", "category", "company", "region"])


def downgrade() -> None:
    _make(DUE, ["status", "due_on", "id", "submitted_at"])
    _make(SUBMITTED, ["submitted_at", "id"])


def _make(name: str, columns: list[str]) -> None:
    """In the place of the one of that name."""
    op.drop_index(name, table_name="cases")
    op.create_index(name, "cases", columns)
