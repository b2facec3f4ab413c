"""Rewards, reports from the street, the community council, keys of other systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("used_at", Instant(timezone=True), nullable=True),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("starts_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meetings_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_index("ix_meetings_starts", "meetings", ["starts_at"], unique=False)
    op.create_table(
        "rewards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("start_id", sa.String(length=20), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("collect", sa.String(length=120), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("created_at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_rewards_points")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_rewards_stock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
        sa.UniqueConstraint("start_id", name=op.f("uq_rewards_start_id")),
    )
    op.create_table(
        "grid_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("region", sa.String(length=12), server_default="", nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("place_mac", sa.LargeBinary(length=16), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("supports", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("changed_at", Instant(timezone=True), nullable=False),
        sa.Column("closed_at", Instant(timezone=True), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_grid_reports_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_reports")),
        sa.UniqueConstraint("code", name=op.f("uq_grid_reports_code")),
    )
    op.create_index("ix_grid_reports_made", "grid_reports", ["made_at", "id"], unique=False)
    op.create_index("ix_grid_reports_near", "grid_reports", ["kind", "status", "latitude"], unique=False)
    op.create_index(op.f("ix_grid_reports_person_id"), "grid_reports", ["person_id"], unique=False)
    op.create_index("ix_grid_reports_status", "grid_reports", ["status", "made_at", "id"], unique=False)
    op.create_table(
        "meeting_visits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_visits_meeting_id_meetings"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_meeting_visits_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_visits")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_meeting_visits_meeting_id_person_id")),
    )
    op.create_index(op.f("ix_meeting_visits_person_id"), "meeting_visits", ["person_id"], unique=False)
    op.create_table(
        "payouts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("listed_at", Instant(timezone=True), nullable=False),
        sa.Column("paid_at", Instant(timezone=True), nullable=True),
        sa.Column("paid_by", sa.String(length=60), server_default="", nullable=False),
        sa.CheckConstraint("fen > 0", name=op.f("ck_payouts_fen")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_payouts_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("code", name=op.f("uq_payouts_code")),
    )
    op.create_index(op.f("ix_payouts_month"), "payouts", ["month"], unique=False)
    op.create_index(op.f("ix_payouts_person_id"), "payouts", ["person_id"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("shown", sa.String(length=300), server_default="", nullable=False),
        sa.Column("answer", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("supports", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("published_at", Instant(timezone=True), nullable=True),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("supports >= 0", name=op.f("ck_proposals_supports")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_proposals_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_person_id"), "proposals", ["person_id"], unique=False)
    op.create_index("ix_proposals_status", "proposals", ["status", "made_at"], unique=False)
    op.create_table(
        "redemptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "reward_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=60), server_default="", nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_redemptions_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"],
            ["rewards.id"],
            name=op.f("fk_redemptions_reward_id_rewards"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("code", name=op.f("uq_redemptions_code")),
    )
    op.create_index(op.f("ix_redemptions_person_id"), "redemptions", ["person_id"], unique=False)
    op.create_index(op.f("ix_redemptions_reward_id"), "redemptions", ["reward_id"], unique=False)
    op.create_index("ix_redemptions_status", "redemptions", ["status", "made_at"], unique=False)
    op.create_table(
        "grid_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), server_default="", nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["grid_reports.id"],
            name=op.f("fk_grid_events_report_id_grid_reports"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_events")),
    )
    op.create_index("ix_grid_events_report", "grid_events", ["report_id", "id"], unique=False)
    op.create_table(
        "grid_media",
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["media.id"],
            name=op.f("fk_grid_media_media_id_media"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["grid_reports.id"],
            name=op.f("fk_grid_media_report_id_grid_reports"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("report_id", "media_id", name=op.f("pk_grid_media")),
    )
    op.create_index(op.f("ix_grid_media_media_id"), "grid_media", ["media_id"], unique=False)
    op.create_table(
        "grid_supports",
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_grid_supports_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["grid_reports.id"],
            name=op.f("fk_grid_supports_report_id_grid_reports"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("report_id", "person_id", name=op.f("pk_grid_supports")),
    )
    op.create_index(op.f("ix_grid_supports_person_id"), "grid_supports", ["person_id"], unique=False)
    op.create_table(
        "proposal_supports",
        sa.Column(
            "proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_proposal_supports_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_proposal_supports_proposal_id_proposals"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("proposal_id", "person_id", name=op.f("pk_proposal_supports")),
    )
    op.create_index(op.f("ix_proposal_supports_person_id"), "proposal_supports", ["person_id"], unique=False)
    op.create_table(
        "payout_signups",
        sa.Column(
            "signup_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"],
            ["payouts.id"],
            name=op.f("fk_payout_signups_payout_id_payouts"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"],
            ["signups.id"],
            name=op.f("fk_payout_signups_signup_id_signups"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("signup_id", name=op.f("pk_payout_signups")),
    )
    op.create_index(op.f("ix_payout_signups_payout_id"), "payout_signups", ["payout_id"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_payout_signups_payout_id"), table_name="payout_signups")
    op.drop_table("payout_signups")
    op.drop_index(op.f("ix_proposal_supports_person_id"), table_name="proposal_supports")
    op.drop_table("proposal_supports")
    op.drop_index(op.f("ix_grid_supports_person_id"), table_name="grid_supports")
    op.drop_table("grid_supports")
    op.drop_index(op.f("ix_grid_media_media_id"), table_name="grid_media")
    op.drop_table("grid_media")
    op.drop_index("ix_grid_events_report", table_name="grid_events")
    op.drop_table("grid_events")
    op.drop_index("ix_redemptions_status", table_name="redemptions")
    op.drop_index(op.f("ix_redemptions_reward_id"), table_name="redemptions")
    op.drop_index(op.f("ix_redemptions_person_id"), table_name="redemptions")
    op.drop_table("redemptions")
    op.drop_index("ix_proposals_status", table_name="proposals")
    op.drop_index(op.f("ix_proposals_person_id"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_index(op.f("ix_payouts_person_id"), table_name="payouts")
    op.drop_index(op.f("ix_payouts_month"), table_name="payouts")
    op.drop_table("payouts")
    op.drop_index(op.f("ix_meeting_visits_person_id"), table_name="meeting_visits")
    op.drop_table("meeting_visits")
    op.drop_index("ix_grid_reports_status", table_name="grid_reports")
    op.drop_index(op.f("ix_grid_reports_person_id"), table_name="grid_reports")
    op.drop_index("ix_grid_reports_near", table_name="grid_reports")
    op.drop_index("ix_grid_reports_made", table_name="grid_reports")
    op.drop_table("grid_reports")
    op.drop_table("rewards")
    op.drop_index("ix_meetings_starts", table_name="meetings")
    op.drop_table("meetings")
    op.drop_table("api_tokens")
