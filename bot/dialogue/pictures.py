"""Pictures in a conversation: gathered where they are asked for, kept when they come early.

What is sent before any form is remembered for an hour, as where it lies and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.dialogue.questions import Photos
from bot.i18n import _
from bot.messages import Incoming, Media, Reply
from bot.understand import NotUnderstood

if TYPE_CHECKING:
    from bot.dialogue.talk import Talk

MOST = 9
HELD_FOR = timedelta(hours=1)
HELD = "pictures"
ALBUM = "album"  # in the conversation's memory: what was answered to the words of the album that is coming in


def hold(talk: Talk) -> None:
    """Remember what was sent before any form, beside that of the last hour."""
    held = [*_held(talk), *(one for one in talk.said.media if one.kind != "voice")]
    talk.memory[HELD] = {"at": talk.now.isoformat(), "media": [asdict(one) for one in held[-MOST:]]}


def holds(talk: Talk) -> bool:
    """Is anything remembered?"""
    return bool(_held(talk))


def take_held(talk: Talk) -> int:
    """Take what is remembered into the form under way; gives how many pictures."""
    found = _held(talk)
    talk.memory.pop(HELD, None)
    return early(talk, found)


def _held(talk: Talk) -> list[Media]:
    held = talk.memory.get(HELD)
    if held is None or talk.now - datetime.fromisoformat(held["at"]) > HELD_FOR:
        return []
    return [Media(**one) for one in held["media"]]


def early(talk: Talk, media: Sequence[Media]) -> int:
    """Keep pictures that come before they are asked for, or after, up to the most that any question takes; gives how
    many."""
    kept = talk.draft.partial.get("photos", [])
    pictures = [one for one in media if one.kind != "voice"][: MOST - len(kept)]
    if pictures:
        talk.draft.partial["photos"] = kept = [*kept, *talk.keep_media(pictures)]
        if "photos" in talk.draft.answers:  # said to be done, or skipped; here is one more
            talk.draft.answers["photos"] = kept
    return len(pictures)


def remember_album(talk: Talk) -> None:
    """Several pictures sent together come one by one, their words with the first, and only the last is answered: what
    the words were answered is remembered till then."""
    album = _album(talk.said)
    talk.memory.pop(ALBUM, None)
    if album and talk.said.text and talk.state.open is not None and talk.state.open.asked != "photos":
        talk.memory[ALBUM] = {"id": album, "replies": [one.as_json() for one in talk.replies]}


def of_album(talk: Talk) -> bool:
    """One more picture of an album whose words were answered: it is kept, and they are answered again."""
    known, draft = talk.memory.get(ALBUM), talk.state.open
    if known is None or known["id"] != _album(talk.said) or talk.said.text or draft is None:
        return False
    beside(talk, talk.said.media)
    talk.replies = [Reply.from_json(one) for one in known["replies"]]
    return True


def _album(said: Incoming) -> str:
    return next((one.album for one in said.media if one.album), "")


def beside(talk: Talk, media: Sequence[Media]) -> str:
    """Deal with pictures that come beside the open question; gives what to say of them. A form that has no use for any
    is given none: they are held as if it were not there."""
    one = talk.registry.by_name.get(talk.draft.name)
    if one is None or not one.pictures:
        hold(talk)
        return _("No picture is needed here. For a complaint I hold it an hour: say “complaint” then.")
    if media and not early(talk, media):
        return _("That is {most} already, no more fit.").format(most=MOST)
    return _("Picture noted.")


def gather(talk: Talk, question: Photos, said: Incoming, meant: str | None) -> tuple[list[int], bool]:
    """(media ids so far, whether more may come); raises `NotUnderstood`. `meant`: the option tapped or named."""
    kept: list[int] = talk.draft.partial.get("photos", [])
    if pictures := [one for one in said.media if one.kind in {"photo", "document", "voice"}]:
        room = max(0, question.most - len(kept))
        kept = [*kept, *talk.keep_media(pictures[:room])]
        talk.draft.partial["photos"] = kept
        return kept, len(kept) < question.most
    if meant not in {"done", "skip"} and not question.ends(said.text):
        raise NotUnderstood("photos")
    return kept, False
