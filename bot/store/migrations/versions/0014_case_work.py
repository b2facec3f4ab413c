"""Case work: who was told of a case, which words are in it, saved views of the list"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TO_REMIND = sa.text("closed_at IS NULL AND reminded < 3")
UNINDEXED = sa.text("indexed = 0")


def upgrade() -> None:

    op.add_column("cases", sa.Column("announced_at", Instant(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("reminded", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("indexed", sa.SmallInteger(), server_default="0", nullable=False))
    op.execute("UPDATE cases SET announced_at = submitted_at")  # they have been on the desk all along
    op.create_index("ix_cases_announced", "cases", ["announced_at"], unique=False)
    op.create_index(
        "ix_cases_reminding",
        "cases",
        ["due_on", "reminded"],
        unique=False,
        sqlite_where=TO_REMIND,
        postgresql_where=TO_REMIND,
    )
    op.create_index(
        "ix_cases_unindexed", "cases", ["id"], unique=False, sqlite_where=UNINDEXED, postgresql_where=UNINDEXED
    )
    op.create_table(
        "case_terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("term", "case_id", name=op.f("pk_case_terms")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("view", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_case_views_person_id_people"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_views")),
    )
    op.create_index(op.f("ix_case_views_person_id"), "case_views", ["person_id"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_case_views_person_id"), table_name="case_views")
    op.drop_table("case_views")
    op.drop_table("case_terms")
    op.drop_index("ix_cases_unindexed", table_name="cases", sqlite_where=UNINDEXED, postgresql_where=UNINDEXED)
    op.drop_index("ix_cases_reminding", table_name="cases", sqlite_where=TO_REMIND, postgresql_where=TO_REMIND)
    op.drop_index("ix_cases_announced", table_name="cases")
    for name in ("indexed", "reminded", "announced_at"):
        op.drop_column("cases", name)
