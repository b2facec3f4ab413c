"""What broadcasts bring to the chat: the buttons people tap, and how staff write and follow a broadcast."""

from __future__ import annotations

from handlers.broadcasts.composing import DIALOGUES as COMPOSING
from handlers.broadcasts.following import DIALOGUES as FOLLOWING
from handlers.broadcasts.tapping import tapped

DIALOGUES = (tapped, *COMPOSING, *FOLLOWING)
