"""Who can be reached: people who blocked us and came back, groups, groups that moved."""

from __future__ import annotations

import sqlalchemy as sa

from bot.app import Service
from bot.messages import Event, Reply
from bot.notices import notify
from bot.store.tables import identities, outbox
from tests.fakes.telegram import FakeTelegram
from tests.telegram_talk import ON_SQLITE, Post, reachable, rows, same, settle, states


async def tell(service: Service, text: str) -> None:
    """Promise a notice to the one person there is."""
    async with service.store.write() as unit:
        person_id = await unit.value(sa.select(identities.c.person_id))
        assert await notify(unit, person_id, Reply(text))


async def test_who_blocks_us_is_written_to_no_more_and_hears_it_after_coming_back(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.say(li, "菜单")
        await settle(service)
        assert (await tg.block(li)).attempts == [200]
        assert await reachable(service) == [False]
        await tell(service, "your case moved on")
        await settle(service)
        assert post.made("sendMessage") == ["sendMessage"]  # the menu; no try to reach who can't be
        assert await states(service) == ["sent", "contact"]
        await tg.unblock(li)
        assert await reachable(service) == [True]
        post.clock.move(seconds=2)
        await settle(service)
        assert post.texts(li).count("your case moved on") == 1
        assert set(await states(service)) == {"sent"}


async def test_a_403_on_sending_marks_the_person_unreachable(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.say(li, "菜单")
        await settle(service)
        tg.world.chats[li].blocked = True  # and we are not told
        await tell(service, "first")
        await settle(service)
        assert await reachable(service) == [False]
        tried = len(post.made("sendMessage"))
        await tell(service, "second")
        await settle(service)
        assert len(post.made("sendMessage")) == tried
        tg.world.chats[li].blocked = False
        await tg.say(li, "我回来了")
        assert await reachable(service) == [True]
        post.clock.move(seconds=2)
        await settle(service)
        assert post.texts(li)[1:] == ["heard 我回来了", "first", "second"]


@ON_SQLITE
async def test_a_reply_to_who_is_gone_by_then_is_given_up(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        tg.fault("sendMessage", code=403)
        await tg.say(li, "您好吗")
        await settle(service)
        [row] = await rows(service, outbox)
        assert (row["state"], row["result"]) == ("failed", "403")


@ON_SQLITE
async def test_a_group_is_told_to_write_in_private_and_nothing_else_happens_there(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        group = tg.new_group()
        await tg.add_to_group(group)
        await tg.photo(group)
        await settle(service)
        assert post.texts(group) == []
        await tg.say(group, "pick")
        refusal = await tg.next_sent(group)
        said = await post.beside(service).happen(Event.GROUP)
        assert same(refusal.text, said)
        assert refusal.labels == []
        await tg.start(group, "pick")
        assert same((await tg.next_sent(group)).text, said)
        edited = await tg.say(group, "大家好")
        await tg.next_sent(group)
        await tg.edit(edited, "大家都好")
        await settle(service)
        assert len(post.texts(group)) == 3


@ON_SQLITE
async def test_a_tap_in_a_group_opens_nothing(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        group = tg.new_group(kind="supergroup")
        await tg.say(group, "菜单")
        refusal = await tg.next_sent(group)
        await tg.tap_data(group, refusal.message_id, "go:pick")
        assert same((await tg.next_sent(group)).text, await post.beside(service).happen(Event.GROUP))
        assert len(tg.answers) == 1


async def test_a_group_that_becomes_a_supergroup_is_the_same_one(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        group = tg.new_group()
        await tg.say(group, "大家好")
        await tg.next_sent(group)
        moved = await tg.migrate(group)
        await tg.say(moved, "大家好")
        await tg.next_sent(moved)
        assert len(await rows(service, identities)) == 1


async def test_a_move_learnt_while_sending_is_followed_and_kept(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        group = tg.new_group()
        await tg.say(group, "大家好")
        await tg.next_sent(group)
        moved = tg.world.new_chat("supergroup", "骑手之家").id  # its service message is still on the way
        tg.world.chats[group].migrated_to = moved
        await tell(service, "one")
        assert (await tg.next_sent(moved)).text == "one"
        await settle(service)
        await tell(service, "two")
        assert (await tg.next_sent(moved)).text == "two"
        codes = [call.code for call in tg.calls if call.method == "sendMessage"]
        assert codes == [200, 400, 200, 200]  # the old id was tried once
        assert len(await rows(service, identities)) == 1


@ON_SQLITE
async def test_a_move_to_where_we_are_known_already_reaches_it(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        group = tg.new_group()
        await tg.say(group, "大家好")
        await settle(service)
        moved = tg.world.new_chat("supergroup", "骑手之家").id
        async with service.store.read() as unit:
            old = await unit.value(sa.select(identities.c.person_id))
        await tg.say(moved, "大家好")
        await tg.next_sent(moved)
        tg.world.chats[group].migrated_to = moved
        async with service.store.write() as unit:
            await notify(unit, old, Reply("news"))
        assert (await tg.next_sent(moved)).text == "news"
