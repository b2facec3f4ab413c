"""How long complaints are kept: emptied when they have been closed for as long as was promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.media import Blobs
from bot.store.retention import Rule, older
from bot.store.tables import media
from bot.store.unit import Unit
from handlers.complaints.personal import EMPTIED
from handlers.complaints.tables import case_disclosures, case_events, case_media, cases
from handlers.complaints.terms import drop_terms


def rules(days: int, blobs: Blobs) -> list[Rule]:
    """Cases closed for `days` lose their words, pictures and person; pictures that came into no case go as late."""
    age = timedelta(days=days)
    somebody_s = cases.c.person_id.is_not(None)
    in_no_case = media.c.id.not_in(sa.select(case_media.c.media_id))  # those of reports go by their age alone

    async def end_pictures(unit: Unit, ids: Sequence[Any]) -> None:
        await unit.execute(sa.delete(media).where(media.c.id.in_(ids)))
        unit.after_commit(lambda: blobs.erase(*ids))

    return [
        Rule("closed complaints", cases, older(cases.c.closed_at, age, somebody_s), _empty),
        Rule("pictures", media, older(media.c.created_at, age, in_no_case), end_pictures),
    ]


async def _empty(unit: Unit, ids: Sequence[Any]) -> None:
    """Leave what erasure leaves: a tombstone that still counts. The pictures are in no case from now on."""
    await drop_terms(unit, ids)
    await unit.execute(sa.update(case_events).where(case_events.c.case_id.in_(ids)).values(words=None))
    await unit.execute(sa.update(case_disclosures).where(case_disclosures.c.case_id.in_(ids)).values(reason=None))
    await unit.execute(sa.delete(case_media).where(case_media.c.case_id.in_(ids)))
    await unit.execute(sa.update(cases).where(cases.c.id.in_(ids)).values(updated_at=unit.now, **EMPTIED))
