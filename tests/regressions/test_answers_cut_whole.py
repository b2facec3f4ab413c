"""An answer cut at half a screen ended with “如果有伤害自己的念头：”, and nothing after it."""

from __future__ import annotations

import pytest

from bot.app import Service
from handlers.policy import wording
from handlers.policy.reading_room import ReadingRoom
from tests.support import Chat


async def test_no_answer_ends_with_an_announcement(service: Service) -> None:
    room: ReadingRoom = service.registry.resources[ReadingRoom]
    texts = [wording.shown(one, short=True) for one in room.answers.library.shelf.articles]
    cut = [text.splitlines() for text, is_cut in texts if is_cut]
    assert cut
    assert [lines for lines in cut if any(line.endswith("：") for line in _last_of_the_body(lines))] == []


def _last_of_the_body(lines: list[str]) -> list[str]:
    body = [line for line in lines if line.strip() and not line.startswith(("依据", "各地不同"))]
    return body[-1:]


@pytest.mark.parametrize("said", ["扣钱有没有规定上限啊", "送餐路上摔了 平台说我不是员工不赔 真的假的"])
async def test_inside_a_form_only_the_sentence_and_its_source(chat: Chat, said: str) -> None:
    await chat.say("投诉", "罚款")
    await chat.say(said)
    assert len(chat.replies[0].text.splitlines()) <= 3
    assert "依据" in chat.replies[0].text
    assert "哪个平台" in chat.replies[-1].text
