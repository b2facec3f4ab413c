"""Broadcasts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "broadcasts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("picture", sa.BigInteger(), nullable=True),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("scheduled_at", Instant(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=60), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("counted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", Instant(timezone=True), nullable=False),
        sa.Column("updated_at", Instant(timezone=True), nullable=False),
        sa.Column("started_at", Instant(timezone=True), nullable=True),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_broadcasts_batch_id")),
    )
    op.create_index("ix_broadcasts_state", "broadcasts", ["state", "scheduled_at"], unique=False)
    op.create_table(
        "broadcast_clicks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("button", sa.Integer(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcasts.id"],
            name=op.f("fk_broadcast_clicks_broadcast_id_broadcasts"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_broadcast_clicks_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_clicks")),
        sa.UniqueConstraint("broadcast_id", "person_id", name=op.f("uq_broadcast_clicks_broadcast_id_person_id")),
    )
    op.create_index(op.f("ix_broadcast_clicks_person_id"), "broadcast_clicks", ["person_id"], unique=False)
    op.add_column("conversations", sa.Column("asking", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "uq_outbox_person_batch",
        "outbox",
        ["person_id", "batch_id"],
        unique=True,
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )


def downgrade() -> None:

    op.drop_index(
        "uq_outbox_person_batch",
        table_name="outbox",
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_column("conversations", "asking")
    op.drop_index(op.f("ix_broadcast_clicks_person_id"), table_name="broadcast_clicks")
    op.drop_table("broadcast_clicks")
    op.drop_index("ix_broadcasts_state", table_name="broadcasts")
    op.drop_table("broadcasts")
