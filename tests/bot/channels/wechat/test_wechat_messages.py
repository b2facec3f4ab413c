"""Everything people can send or do in WeChat, in every mode, through the whole service, on both databases."""

import pytest

from bot.messages import Event, Incoming
from bot.store.tables import identities, media
from tests.fakes.wechat import Mode
from tests.photo import PHOTO
from tests.wechat_talk import REAL, Account, counted, rows, seen, settle, small_registry, states, wechat

MODES: list[Mode] = ["plain", "compatible", "safe"]
HELLO = "这里是驿站"
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where nothing depends on the database


@once
@pytest.mark.parametrize("mode", MODES)
async def test_a_conversation_in_every_mode(account: Account, mode: Mode) -> None:
    async with account.chat(mode, registry=small_registry(labels=["美团", "饿了么"])) as (_service, sim):
        assert await sim.verify()
        li = sim.new_person()
        asked = await li.say("挑")
        assert asked.attempts == [200]
        assert asked.reply is not None
        assert asked.text.startswith("挑一个\n1 <a href=")
        assert asked.reply.labels == ["美团", "饿了么"]
        assert (await li.tap("饿了么")).text == "选了v1"
        assert [via for via, _text in seen(li)] == ["passive", "passive"]


@once
async def test_the_menu_by_text_tap_and_number(account: Account) -> None:
    async with account.chat("safe", registry=REAL) as (_service, sim):
        li = sim.new_person()
        menu = await li.say("菜单")
        assert menu.reply is not None
        assert "3 " in menu.text
        assert "投诉" in (await li.tap("提诉求")).text or "诉求" in menu.text
        await li.say("取消")
        first = await li.say("1")
        assert first.answered
        assert "看不懂" not in first.text


# -- pictures and recordings


async def test_a_picture_is_fetched_through_the_outbox_and_kept_sealed(account: Account) -> None:
    photo = PHOTO + b" what the rider saw "
    async with account.chat("safe", registry=REAL) as (service, sim):
        li = sim.new_person()
        await li.say("投诉")
        heard = await li.photo(photo)
        assert heard.answered
        assert "图片先记下了" in heard.text
        [picture] = await rows(service, media)
        assert (picture["kind"], picture["status"]) == ("photo", "wanted")
        await settle(service)
        [picture] = await rows(service, media)
        assert (picture["status"], picture["mime"], picture["size"]) == ("kept", "image/jpeg", len(photo))
        kept = service.blobs.path(picture["id"]).read_bytes()
        assert photo[4:-2] not in kept
        assert service.blobs.read(service.store.vault, picture["id"]) == photo
        assert await states(service) == ["sent"]


@once
async def test_a_picture_nobody_asked_for_is_not_kept(account: Account) -> None:
    async with account.chat(registry=REAL) as (service, sim):
        heard = await sim.new_person().photo()
        assert heard.reply is not None
        assert "提诉求" in heard.reply.labels
        assert await rows(service, media) == []


@once
async def test_a_voice_message_is_heard_and_echoed(account: Account) -> None:
    async with account.chat("safe") as (_service, sim):
        heard = await sim.new_person().voice("骑手工伤怎么赔。")
        assert heard.text == "我听到的是：“骑手工伤怎么赔。”\n\n您说：骑手工伤怎么赔。"


@once
async def test_a_voice_message_without_words_is_asked_for_in_words(account: Account) -> None:
    async with account.chat() as (_service, sim):
        li = sim.new_person()
        assert (await li.voice(None)).text == (await li.voice("")).text == "这里的语音我还听不了，请打字说。"


@once
async def test_a_recording_as_evidence_is_kept(account: Account) -> None:
    async with account.chat(registry=REAL) as (service, sim):
        li = sim.new_person()
        for words in ("投诉", "扣款罚款", "美团", "同意", "昨天", "常州天宁区", "200", "送到晚了，平台扣了我两百"):
            asked = await li.say(words)
        assert "有截图吗" in asked.text
        await li.voice(None, b"#!AMR what was said")
        await settle(service)
        assert [(one["kind"], one["status"]) for one in await rows(service, media)] == [("voice", "kept")]


# -- places and links


@once
async def test_a_place(account: Account) -> None:
    async with account.chat("safe", registry=REAL) as (_service, sim):
        assert "定位收到了" in (await sim.new_person().location(31.77, 119.96)).text


@once
async def test_a_link_is_read_as_its_title_and_address(account: Account) -> None:
    async with account.chat() as (_service, sim):
        heard = await sim.new_person().link("平台新规", "https://example.org/a?b=1&c=2")
        assert heard.text == "您说：平台新规 https://example.org/a?b=1&c=2"


# -- coming and going


async def test_who_follows_is_greeted(account: Account) -> None:
    async with account.chat("safe", registry=REAL) as (service, sim):
        li = sim.new_person(subscribed=False)
        greeting = await li.subscribe()
        assert HELLO in greeting.text
        assert greeting.reply is not None
        assert "提诉求" in greeting.reply.labels
        [identity] = await rows(service, identities)
        assert (identity["reachable"], identity["window_at"]) == (True, None)
        assert identity["tap_at"] == service.clock()


@once
@pytest.mark.parametrize("following", [False, True])
async def test_a_code_that_is_scanned_opens_what_it_names(account: Account, following: bool) -> None:
    async with account.chat(registry=small_registry(labels=["甲", "乙"])) as (_service, sim):
        li = sim.new_person(subscribed=following)
        heard = await (li.scan("pick") if following else li.subscribe("pick"))
        assert heard.reply is not None
        assert heard.reply.labels == ["甲", "乙"]
        assert (await li.say("2")).text == "选了v1"


@once
async def test_a_code_that_names_nothing_greets(account: Account) -> None:
    async with account.chat() as (_service, sim):
        assert (await sim.new_person().scan("poster-17")).text == "菜单在此"


async def test_who_leaves_hears_nothing_and_is_not_written_to(account: Account) -> None:
    async with account.chat() as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        left = await li.unsubscribe()
        assert (left.answered, left.raw) == (True, b"success")
        assert [one["reachable"] for one in await rows(service, identities)] == [False]
        await li.subscribe()
        assert [one["reachable"] for one in await rows(service, identities)] == [True]


# -- the custom menu and other events


@once
@pytest.mark.parametrize("mode", MODES)
async def test_a_tap_on_the_custom_menu_opens_a_dialogue(account: Account, mode: Mode) -> None:
    async with account.chat(mode, registry=small_registry(labels=["甲", "乙"])) as (_service, sim):
        li = sim.new_person()
        assert (await li.click("go:pick")).text.startswith("挑一个")
        assert (await li.say("甲")).text == "选了v0"


@once
async def test_an_entry_a_deploy_took_away(account: Account) -> None:
    async with account.chat() as (_service, sim):
        assert (await sim.new_person().click("go:gone")).text.endswith("\n菜单在此")


async def test_events_nobody_asked_an_answer_for_are_silent(account: Account) -> None:
    async with account.chat("safe") as (service, sim):
        li = sim.new_person()
        for event in (li.report_location(), li.view("https://example.org"), li.template_result(7)):
            heard = await event
            assert (heard.answered, heard.raw, heard.reply) == (True, b"success", None)
        assert [(one["window_at"], one["tap_at"]) for one in await rows(service, identities)] == [(None, None)]
        assert li.screen == []


@once
@pytest.mark.parametrize("kind", ["video", "shortvideo", "file", "hologram"])
async def test_what_we_cannot_read_is_said_politely(account: Account, kind: str) -> None:
    async with account.chat("safe") as (service, sim):
        heard = await sim.new_person().send(kind, Title="x")
        assert heard.text == "这种消息我还看不懂。请打字，或发图片、定位。"
        assert counted(service, "broken message") == 0


# -- the same again


@once
@pytest.mark.parametrize("mode", MODES)
async def test_retries_get_the_same_reply_and_run_nothing_twice(account: Account, mode: Mode) -> None:
    async with account.chat(mode) as (service, sim):
        li = sim.new_person()
        first = await li.say("慢")
        again = [await li.resend(first) for _ in range(3)]
        assert [one.text for one in (first, *again)] == ["慢慢来，第1次"] * 4
        assert (await li.say("慢")).text == "慢慢来，第2次"
        value = service.metrics.registry.get_sample_value
        assert value("yizhan_messages_repeated_total", {"channel": "wechat"}) == 3


async def test_retries_of_events_run_nothing_twice(account: Account) -> None:
    async with account.chat() as (_service, sim):
        li = sim.new_person()
        first = await li.click("go:slow")
        assert (await li.resend(first)).text == first.text == "慢慢来，第1次"
        account.clock.move(seconds=1)
        assert (await li.click("go:slow")).text == "慢慢来，第2次"


async def test_retries_after_a_restart_get_the_same_reply(account: Account) -> None:
    async with account.chat("safe") as (_service, sim):
        li = sim.new_person()
        first = await li.say("慢")
    async with account.chat("safe") as (_service, sim):
        again = sim.person(li.openid)
        assert (await again.resend(first)).text == "慢慢来，第1次"


# -- how messages look to the engine


@once
async def test_taps_and_messages_open_different_windows(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    async with account.chat(registry=small_registry(labels=["甲"])) as (service, sim):
        came: list[Incoming] = []
        submit = service.dispatcher.submit
        monkeypatch.setattr(service.dispatcher, "submit", lambda one: came.append(one) or submit(one))  # type: ignore[func-returns-value]
        li = sim.new_person()
        await li.say("挑")
        await li.tap("甲")
        await li.click("go:menu")
        await li.scan("x")
        await li.report_location()
        await li.unsubscribe()
        assert [one.opens_window for one in came] == ["message", "tap", "tap", "tap", "none", "none"]
        assert [one.event for one in came] == [None, None, Event.TAP, Event.SCAN, Event.SILENT, Event.LEFT]
        assert {one.address for one in came} == {li.openid}
        assert wechat(service).name == "wechat"
