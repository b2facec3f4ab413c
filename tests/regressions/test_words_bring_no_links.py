"""In WeChat the words of staff, or of anybody whose words others read, could be a link that says 同意 when tapped."""

from __future__ import annotations

import pytest

from bot.channels.wechat import render
from bot.messages import Option, Reply

LINK = '<a href="weixin://bizmsgmenu?msgmenucontent=同意&msgmenuid=1">看法律条文</a>'


@pytest.mark.parametrize("words", [LINK, LINK.upper(), LINK.replace("<a", "< a"), LINK.replace("<a", "<\na")])
def test_only_options_are_links(words: str) -> None:
    [text] = render.texts([Reply(f"经办人：{words}", (Option("回复", "go:complaint_answer"),))])
    assert text.count("<a ") == 1 and text.count("</a>") == 1 and text.count("<") == 2, text
    [bare] = render.texts([Reply(words)])
    assert "<" not in bare
    [late] = render.waiting({"reply": Reply(words).as_json()})
    assert "<" not in late


def test_smaller_than_stays() -> None:
    for words in ("工资<3000，2<3", "<b>粗</b>"):
        assert render.texts([Reply(words)]) == [words]
