"""Volunteering: allowances, places handed over, attendance put down by staff"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slots", sa.Column("allowance", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("signups", sa.Column("handover", sa.String(length=12), nullable=True))
    op.add_column("signups", sa.Column("handover_open", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("uq_signups_handover", "signups", ["handover"], unique=True)
    op.add_column("checkins", sa.Column("in_by", sa.String(length=60), server_default="code", nullable=False))
    op.add_column("checkins", sa.Column("reason", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("checkins", "reason")
    op.drop_column("checkins", "in_by")
    op.drop_index("uq_signups_handover", table_name="signups")
    op.drop_column("signups", "handover_open")
    op.drop_column("signups", "handover")
    op.drop_column("slots", "allowance")
