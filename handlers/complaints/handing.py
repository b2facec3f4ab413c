"""What another capability hands to a complaint that begins there: the matter, the company, the pictures."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from bot.dialogue import Talk
from bot.store.tables import media
from bot.store.unit import Unit
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.tables import case_media

MOST_HANDED = 9


def complaint_link(talk: Talk, category: str, *, company: str = "", said: str = "", photos: Sequence[int] = ()) -> str:
    """The value of a button that opens a complaint on this matter; `company` is an id, else the one `said` names;
    `photos` are media ids of this person, kept by the dialogue that hands them over."""
    named = None if company else talk.use(Catalogue).named(said)
    company = company or (named.id if named else "")
    value = f"go:complaint?category={category}" + (f"&company={company}" if company else "")
    return value + (f"&photos={'.'.join(map(str, photos[:MOST_HANDED]))}" if photos else "")


async def handed_photos(unit: Unit, person_id: int, word: str) -> list[int]:
    """The media ids of a link that are this person's and in no case yet; a button can be made up."""
    ids = [int(one) for one in word.split(".")[:MOST_HANDED] if one.isdecimal() and len(one) < 20]
    if not ids:
        return []
    ids = [one for one in ids if one < 2**63]
    taken = sa.select(case_media.c.media_id).where(case_media.c.media_id.in_(ids))
    own = sa.and_(media.c.id.in_(ids), media.c.person_id == person_id)
    found = set((await unit.execute(sa.select(media.c.id).where(own, media.c.id.not_in(taken)))).scalars())
    return [one for one in dict.fromkeys(ids) if one in found]
