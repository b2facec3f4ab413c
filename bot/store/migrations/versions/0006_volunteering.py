"""Volunteering"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "point_transfers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_transfers")),
        sa.UniqueConstraint("key", name=op.f("uq_point_transfers_key")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_certificates_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
    )
    op.create_index(op.f("ix_certificates_person_id"), "certificates", ["person_id"], unique=False)
    op.create_table(
        "point_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_point_entries_amount")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_point_entries_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["point_transfers.id"],
            name=op.f("fk_point_entries_transfer_id_point_transfers"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entries")),
    )
    op.create_index(op.f("ix_point_entries_person_id"), "point_entries", ["person_id"], unique=False)
    op.create_index(op.f("ix_point_entries_transfer_id"), "point_entries", ["transfer_id"], unique=False)
    op.create_table(
        "slots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("task", sa.String(length=500), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=12), server_default="", nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("starts_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("occupations", sa.String(length=80), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("insurance", sa.String(length=200), server_default="", nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant(timezone=True), nullable=False),
        sa.Column("warned_at", Instant(timezone=True), nullable=True),
        sa.Column("settled_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slots_times")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_slots_taken")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_slots_person_id_people"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
    )
    op.create_index(op.f("ix_slots_person_id"), "slots", ["person_id"], unique=False)
    op.create_index("ix_slots_settled", "slots", ["settled_at", "ends_at"], unique=False)
    op.create_index("ix_slots_starts", "slots", ["status", "starts_at"], unique=False)
    op.create_table(
        "signups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("offered_until", Instant(timezone=True), nullable=True),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_signups_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slots.id"], name=op.f("fk_signups_slot_id_slots"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signups")),
    )
    op.create_index("ix_signups_offered", "signups", ["status", "offered_until"], unique=False)
    op.create_index(op.f("ix_signups_person_id"), "signups", ["person_id"], unique=False)
    op.create_index("ix_signups_slot", "signups", ["slot_id", "status", "id"], unique=False)
    op.create_index(
        "uq_signups_live",
        "signups",
        ["slot_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('booked', 'offered', 'waiting', 'attended')"),
        postgresql_where=sa.text("status IN ('booked', 'offered', 'waiting', 'attended')"),
    )
    op.create_table(
        "checkins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("signup_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("in_at", Instant(timezone=True), nullable=False),
        sa.Column("out_at", Instant(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("out_by", sa.String(length=60), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["signup_id"],
            ["signups.id"],
            name=op.f("fk_checkins_signup_id_signups"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkins")),
        sa.UniqueConstraint("signup_id", name=op.f("uq_checkins_signup_id")),
    )


def downgrade() -> None:

    op.drop_table("checkins")
    op.drop_index(
        "uq_signups_live",
        table_name="signups",
        sqlite_where=sa.text("status IN ('booked', 'offered', 'waiting', 'attended')"),
        postgresql_where=sa.text("status IN ('booked', 'offered', 'waiting', 'attended')"),
    )
    op.drop_index("ix_signups_slot", table_name="signups")
    op.drop_index(op.f("ix_signups_person_id"), table_name="signups")
    op.drop_index("ix_signups_offered", table_name="signups")
    op.drop_table("signups")
    op.drop_index("ix_slots_starts", table_name="slots")
    op.drop_index("ix_slots_settled", table_name="slots")
    op.drop_index(op.f("ix_slots_person_id"), table_name="slots")
    op.drop_table("slots")
    op.drop_index(op.f("ix_point_entries_transfer_id"), table_name="point_entries")
    op.drop_index(op.f("ix_point_entries_person_id"), table_name="point_entries")
    op.drop_table("point_entries")
    op.drop_index(op.f("ix_certificates_person_id"), table_name="certificates")
    op.drop_table("certificates")
    op.drop_table("point_transfers")
