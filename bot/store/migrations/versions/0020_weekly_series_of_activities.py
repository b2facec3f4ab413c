"""Weekly series of activities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slots", sa.Column("series", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    op.create_index("ix_slots_series", "slots", ["series", "starts_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_slots_series", table_name="slots")
    op.drop_column("slots", "series")
