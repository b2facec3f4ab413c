"""Warnings and a second factor"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "warning_looks",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.Column("filed_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_warning_looks")),
    )
    op.create_index("ix_warning_looks_filed", "warning_looks", ["filed_at", "grave", "case_id"], unique=False)
    op.create_table(
        "warnings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("open_key", sa.String(length=160), nullable=True),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("company", sa.String(length=40), server_default="", nullable=False),
        sa.Column("company_words", sa.String(length=60), server_default="", nullable=False),
        sa.Column("category", sa.String(length=20), server_default="", nullable=False),
        sa.Column("region", sa.String(length=12), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.Column("grave", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("owner", sa.String(length=60), server_default="", nullable=False),
        sa.Column("first_at", Instant(timezone=True), nullable=False),
        sa.Column("last_at", Instant(timezone=True), nullable=False),
        sa.Column("raised_at", Instant(timezone=True), nullable=False),
        sa.Column("updated_at", Instant(timezone=True), nullable=False),
        sa.Column("closed_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warnings")),
        sa.UniqueConstraint("open_key", name=op.f("uq_warnings_open_key")),
    )
    op.create_index("ix_warnings_key", "warnings", ["key", "closed_at"], unique=False)
    op.create_index("ix_warnings_state", "warnings", ["state", "raised_at"], unique=False)
    op.create_table(
        "desk_recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(length=16), nullable=False),
        sa.Column("used_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_desk_recovery_codes_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_recovery_codes")),
        sa.UniqueConstraint("person_id", "code_mac", name=op.f("uq_desk_recovery_codes_person_id_code_mac")),
    )
    op.create_index(op.f("ix_desk_recovery_codes_person_id"), "desk_recovery_codes", ["person_id"], unique=False)
    op.create_table(
        "desk_totp",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("confirmed_at", Instant(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong_since", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_desk_totp_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_desk_totp")),
    )
    op.create_table(
        "warning_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("warning_id", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["warning_id"],
            ["warnings.id"],
            name=op.f("fk_warning_steps_warning_id_warnings"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_steps")),
    )
    op.create_index("ix_warning_steps_warning", "warning_steps", ["warning_id", "id"], unique=False)
    op.add_column("desk_sessions", sa.Column("whole", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("desk_sessions", "whole")
    op.drop_index("ix_warning_steps_warning", table_name="warning_steps")
    op.drop_table("warning_steps")
    op.drop_table("desk_totp")
    op.drop_index(op.f("ix_desk_recovery_codes_person_id"), table_name="desk_recovery_codes")
    op.drop_table("desk_recovery_codes")
    op.drop_index("ix_warnings_state", table_name="warnings")
    op.drop_index("ix_warnings_key", table_name="warnings")
    op.drop_table("warnings")
    op.drop_index("ix_warning_looks_filed", table_name="warning_looks")
    op.drop_table("warning_looks")
