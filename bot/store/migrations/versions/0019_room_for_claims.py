"""Room for claims

Every row of a batch is changed twice: claimed, then marked. With room left in its page, a claim is written beside the
row it changes, and no index hears of it. Pages filled before keep what they have; new ones leave half of themselves.
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:

    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE outbox SET (fillfactor = 50)")


def downgrade() -> None:

    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE outbox RESET (fillfactor)")
