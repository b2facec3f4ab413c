"""The catalogue with its stock, redemptions, and the allowances put on a month's list.

Points themselves stand in the ledger of volunteering; a redemption's transfer is keyed by its id. What is for
everybody to read stands in the clear; a reason given by staff is sealed.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import BigId, Instant, Sealed, metadata, person_key, row_id


def reason_aad(row: sa.RowMapping) -> bytes:
    """The associated data the reason of a reversal is sealed with."""
    return f"redemption:{row['id']}:reason".encode()


def _key(to: str, name: str, *, primary: bool = False) -> sa.Column[int]:
    target = sa.ForeignKey(f"{to}.id", deferrable=True, initially="DEFERRED")
    return sa.Column(name, BigId, target, nullable=False, primary_key=primary, autoincrement=False, index=not primary)


rewards = sa.Table(
    "rewards",
    metadata,
    row_id(),
    sa.Column("start_id", sa.String(20), unique=True),  # its id in content/rewards.yaml, for those that come from there
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("collect", sa.String(120), nullable=False, server_default=""),  # where and when it is handed out
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column(
        "stock", sa.Integer, nullable=False, server_default="0"
    ),  # free to be redeemed; what is held is out of it
    sa.Column("status", sa.String(8), nullable=False),  # open, closed
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("stock >= 0", name="stock"),
    sa.CheckConstraint("points > 0", name="points"),
)

redemptions = sa.Table(
    "redemptions",
    metadata,
    row_id(),
    sa.Column("code", sa.String(12), nullable=False, unique=True),  # DH-XXXX-XXXX
    person_key(nullable=True),  # empty once erased
    _key("rewards", "reward_id"),
    sa.Column("points", sa.Integer, nullable=False),  # what it cost then
    sa.Column("status", sa.String(10), nullable=False),  # held -> handed -> reversed; held -> cancelled | lapsed
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended_by", sa.String(60), nullable=False, server_default=""),  # person, staff:<id>, system
    sa.Column("reason", Sealed, info={"aad": reason_aad}),
    sa.Index("ix_redemptions_status", "status", "made_at"),
)

# One person's allowances on one list. The list shows the number; the code is the person's own, shown to collect it.
payouts = sa.Table(
    "payouts",
    metadata,
    row_id(),
    person_key(nullable=True),
    sa.Column("month", sa.String(7), nullable=False, index=True),  # 2026-11
    sa.Column("number", sa.String(12), nullable=False),  # ZY-XXXX-XXXX: stands for the person on every list
    sa.Column("code", sa.String(12), nullable=False, unique=True),  # BT-XXXX-XXXX
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("fen", sa.BigInteger, nullable=False),  # hundredths of a yuan
    sa.Column("status", sa.String(8), nullable=False),  # due, paid; lapsed (nobody collected it), dropped (erased)
    sa.Column("listed_at", Instant, nullable=False),
    sa.Column("paid_at", Instant),
    sa.Column("paid_by", sa.String(60), nullable=False, server_default=""),
    sa.CheckConstraint("fen > 0", name="fen"),
)

payout_signups = sa.Table(  # a sign-up is on one list, once
    "payout_signups",
    metadata,
    _key("signups", "signup_id", primary=True),
    _key("payouts", "payout_id"),
)
