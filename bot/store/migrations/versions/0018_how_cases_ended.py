"""How cases ended, for the overview"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["closed_at", "category", "status", "rating", "submitted_at", "company", "region"]
    op.create_index("ix_cases_closed", "cases", columns, unique=False)


def downgrade() -> None:
    op.drop_index("ix_cases_closed", table_name="cases")
