"""Recipients by channel"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_IN_BATCH = sa.text("batch_id IS NOT NULL")


def upgrade() -> None:

    op.drop_index("ix_outbox_batch", table_name="outbox", sqlite_where=_IN_BATCH, postgresql_where=_IN_BATCH)
    op.create_index(
        "ix_outbox_recipients",
        "outbox",
        ["batch_id", "state", "channel", "id"],
        unique=False,
        sqlite_where=_IN_BATCH,
        postgresql_where=_IN_BATCH,
    )


def downgrade() -> None:

    op.drop_index("ix_outbox_recipients", table_name="outbox", sqlite_where=_IN_BATCH, postgresql_where=_IN_BATCH)
    op.create_index(
        "ix_outbox_batch",
        "outbox",
        ["batch_id", "state", "id"],
        unique=False,
        sqlite_where=_IN_BATCH,
        postgresql_where=_IN_BATCH,
    )
