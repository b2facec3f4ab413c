"""A file in Telegram stood there twice: its name with a colon and nothing behind it, and on the button with it too."""

from __future__ import annotations

from bot.channels.telegram.render import LABEL, messages
from bot.messages import Reply

URL = "https://a.cn/x.pdf"


def test_the_name_is_the_button() -> None:
    [made] = messages([Reply("证明开好了。"), Reply("可打印的证明：", (), "file", URL)])
    assert (made["text"], made["buttons"]) == ("证明开好了。", [[{"text": "可打印的证明", "url": URL}]])


def test_alone_it_still_says_what_it_is() -> None:
    [made] = messages([Reply("可打印的证明：", (), "file", URL)])
    assert made["text"] == "可打印的证明"


def test_a_long_name_is_read_above_the_button() -> None:
    name = "字" * (LABEL + 1)
    [made] = messages([Reply(name, (), "file", URL)])
    assert made["text"] == name
