"""Indexes by which the desk filters and counts without reading the rows"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FILTERED = ("category", "company", "owner", "region")


def upgrade() -> None:

    for name in FILTERED:
        op.drop_index(f"ix_cases_{name}", table_name="cases")
        op.create_index(f"ix_cases_{name}", "cases", [name, "submitted_at", "id", "status"], unique=False)
    op.create_index("ix_cases_status_due", "cases", ["status", "due_on", "id", "submitted_at"], unique=False)


def downgrade() -> None:

    op.drop_index("ix_cases_status_due", table_name="cases")
    for name in FILTERED:
        op.drop_index(f"ix_cases_{name}", table_name="cases")
        op.create_index(f"ix_cases_{name}", "cases", [name, "submitted_at", "id"], unique=False)
