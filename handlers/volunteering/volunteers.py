"""Who has volunteered before, for those who want to reach them."""

from __future__ import annotations

import sqlalchemy as sa

from handlers.volunteering.tables import signups


def volunteered(person_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """A condition on a query's person: they were at an activity at least once."""
    return sa.exists().where(signups.c.person_id == person_id, signups.c.status == "attended")
