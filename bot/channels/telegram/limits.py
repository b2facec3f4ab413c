"""What Telegram allows a bot; platform rules T1 to T12 with their sources at core.telegram.org/bots."""

from __future__ import annotations

TEXT_UNITS = 4096  # UTF-16 code units of a text (T1)
CAPTION_UNITS = 1024  # of a caption (T1)
CALLBACK_BYTES = 64  # of a button's data (T2)
BUTTONS = 100  # under one message (api#inlinekeyboardmarkup gives no figure; the server refuses more)
PER_SECOND = 30.0  # messages of a bulk, over all chats (T5)
FILE_BYTES = 20 * 1024 * 1024  # a bot may download (T4)
BODY_BYTES = 1024 * 1024  # of an update; the platform's own are far smaller
POLL_SECONDS = 25  # a long poll
POLL_LIMIT = 100  # updates in one answer (T9)
ALBUM_SECONDS = 1.5  # parts of an album arrive within this
WHOLE_ROW = 34  # columns a phone shows of a button that stands alone; the rest it cuts off
HALF_ROW = 16  # columns of a label (a Chinese character is two) that fits half of a phone's width
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")  # what we ask for (T10)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (T7: the header's name)


def utf16_units(text: str) -> int:
    """The size of a text as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2
