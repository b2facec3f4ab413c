"""Send windows and consents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column(
            "identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", "template", name=op.f("pk_consents")),
    )
    op.add_column("identities", sa.Column("tap_at", Instant(timezone=True), nullable=True))
    op.add_column("identities", sa.Column("tap_used", sa.Integer(), server_default="0", nullable=False))
    op.drop_column("identities", "window_kind")


def downgrade() -> None:

    op.add_column(
        "identities", sa.Column("window_kind", sa.String(length=10), server_default="message", nullable=False)
    )
    op.drop_column("identities", "tap_used")
    op.drop_column("identities", "tap_at")
    op.drop_table("consents")
