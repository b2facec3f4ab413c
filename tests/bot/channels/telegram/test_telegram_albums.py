"""Several pictures sent together come as updates of their own: one answer for all."""

from __future__ import annotations

from tests.fakes.telegram import FakeTelegram
from tests.telegram_talk import Post, pictures, settle


async def test_an_album_is_answered_once(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.start(li, "pictures")
        await tg.next_sent(li)
        await tg.album(li, [b"one", b"two", b"three"])
        await settle(service)
        assert len(post.texts(li)) == 1  # the platform may still bring another part
        post.clock.move(seconds=2)
        service.courier.wake()
        assert "3" in (await tg.next_sent(li)).text
        await settle(service)
        assert len(post.texts(li)) == 2
        assert len(await pictures(service)) == 3


async def test_an_album_late_in_coming_is_answered_with_all_it_has(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.start(li, "pictures")
        await tg.next_sent(li)
        await tg.photo(li, b"one", media_group_id="77")
        post.clock.move(seconds=2)
        await settle(service)
        await tg.photo(li, b"two", media_group_id="77")
        post.clock.move(seconds=2)
        await settle(service)
        assert ["1" in text or "2" in text for text in post.texts(li)[1:]] == [True, True]
