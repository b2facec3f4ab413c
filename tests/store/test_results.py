"""What became of a send, as staff read it: every code has its sentence, in both languages."""

from __future__ import annotations

import pytest

from bot.i18n import speaking, use_folder
from bot.settings import packaged
from bot.store import results


@pytest.mark.parametrize(
    ("state", "result", "code", "chinese"),
    [
        ("sent", "", "", "已发出"),
        ("waiting", "", "", "还没发"),
        ("waiting", "quiet hours", results.QUIET, "对方在休息或正忙，过后再发"),
        ("waiting", "told to wait: 429", results.TOLD, "平台让我们等一等，到时再发"),
        ("skipped", "unsubscribed", results.UNSUBSCRIBED, "发出前对方退订了"),
        ("failed", "403", results.UNREACHABLE, "对方拉黑或取消关注了"),
        ("failed", "errcode 43004", results.UNREACHABLE, "对方拉黑或取消关注了"),
        ("failed", "400 chat not found", "", "没发出去"),
        ("contact", "errcode 45015", results.WINDOW, "微信规定对方来信后才能发，等对方来信时再发"),
        ("contact", "template", results.TEMPLATE, "已用模板消息提醒，正文等对方来信时发"),
        ("unknown", "ReadTimeout", "", "平台没说有没有送到"),
        ("a state of tomorrow", "", "", "还没发"),
    ],
)
def test_a_result_has_its_sentence(state: str, result: str, code: str, chinese: str) -> None:
    use_folder(packaged("locale"))
    assert results.code_of(result) == code
    assert results.meaning(state, result) == chinese
    with speaking("en"):
        assert results.meaning(state, result).isascii()
