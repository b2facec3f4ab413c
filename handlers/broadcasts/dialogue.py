"""What broadcasts bring to the chat: the buttons people tap, and how staff write and follow a broadcast."""

from __future__ import annotations

from handlers.broadcasts.tapping import tapped

DIALOGUES = (tapped,)
