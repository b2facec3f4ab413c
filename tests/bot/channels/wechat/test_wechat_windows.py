"""WeChat's send windows kept before the call; who is outside them is told by a template, and hears when they write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.app import Service
from bot.channels.wechat.limits import TAP_QUOTA
from bot.channels.wechat.templates import load_templates
from bot.content import BrokenContent
from bot.messages import Option, Reply
from bot.notices import notify
from bot.settings import packaged
from bot.store import results
from bot.store.tables import consents, identities, outbox
from tests.courier_support import ON_SQLITE
from tests.wechat_talk import Account, rows, seen, settle, wechat

TEMPLATE = {"id": "T-1", "data": {"thing1": "您有一条新消息", "time2": "{time}"}}
NOTICE = {"id": "N-1", "data": {"thing1": "您有一条新消息"}}
Content = Callable[..., Path]


@pytest.fixture
def content(tmp_path: Path, account: Account) -> Content:
    """The content with the operator's choice of templates; the platform knows them too."""
    account.wx.world.templates["T-1"] = {"thing1", "time2"}
    account.wx.world.subscriptions["N-1"] = {"thing1"}
    folder = tmp_path / "content"
    folder.mkdir()
    for path in packaged("content").iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "wechat_templates.yaml").unlink()

    def make(**chosen: object) -> Path:
        (folder / "wechat_templates.yaml").write_text(yaml.safe_dump(chosen, allow_unicode=True))
        return folder

    return make


async def tell(service: Service, text: str) -> str:
    """Promise a notice to the one person there is; what became of it."""
    [person] = await rows(service, identities)
    async with service.store.write() as unit:
        await notify(unit, person["person_id"], Reply(text))
    await settle(service)
    row = (await rows(service, outbox))[-1]
    return f"{row['state']} {row['result']}".strip()


def errcodes(account: Account, path: str = "message/custom/send") -> list[int]:
    return [call.errcode for call in account.wx.calls_of(path)]


# -- windows


async def test_a_tap_gives_three_for_a_minute_beside_the_five_of_a_message(account: Account) -> None:
    async with account.chat() as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        account.clock.move(minutes=2)
        await li.click("menu")
        assert [await tell(service, f"第{number}条") for number in range(9)] == ["sent"] * 8 + ["contact window closed"]
        [row] = await rows(service, identities)
        assert (row["window_used"], row["tap_used"]) == (5, 3)
        assert errcodes(account) == [0] * 8, "nothing was tried that would be refused"


async def test_the_window_of_a_tap_shuts_after_a_minute(account: Account) -> None:
    async with account.chat() as (service, sim):
        li = sim.new_person(subscribed=False)
        await li.subscribe()
        assert await tell(service, "一") == "sent"
        account.clock.move(seconds=TAP_QUOTA.length.total_seconds())
        assert await tell(service, "二") == "contact window closed"
        assert errcodes(account) == [0]
        assert (await li.say("在吗")).text == "二\n\n您说：在吗"
        assert await tell(service, "三") == "sent"


@ON_SQLITE
async def test_a_platform_that_counts_otherwise_is_obeyed(account: Account) -> None:
    async with account.chat() as (service, sim):
        await sim.new_person().say("您好")
        for code in (45015, 45047):
            account.wx.fault("message/custom/send", errcode=code)
            assert await tell(service, "一") == f"contact errcode {code}"
            assert results.code_of(f"errcode {code}") == results.WINDOW


# -- templates


async def test_outside_the_window_a_template_message_says_that_something_waits(
    account: Account, content: Content
) -> None:
    async with account.chat(content_dir=content(template=TEMPLATE)) as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        account.clock.move(hours=48)
        assert await tell(service, "您的诉求有回复了") == "contact template"
        assert seen(li)[-1] == ("template", "您有一条新消息\n2026年11月18日 14:30")
        assert await tell(service, "又有回复了") == "contact template"
        assert len(account.wx.calls_of("message/template/send")) == 1, "once a day"
        account.clock.move(hours=25)
        assert await tell(service, "第三条") == "contact template"
        assert len(account.wx.calls_of("message/template/send")) == 2
        heard = await li.say("在吗")
        assert heard.text == "您的诉求有回复了\n\n又有回复了\n\n第三条\n\n您说：在吗"


async def test_consents_are_counted_and_spent_before_templates(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content(template=TEMPLATE, subscription=NOTICE)) as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        heard = await li.decide(**{"N-1": True, "N-2": False})
        assert (heard.answered, heard.reply) == (True, None)
        await li.resend(heard)  # counted once
        account.clock.move(hours=48)
        assert await tell(service, "一") == "contact subscription"
        assert seen(li)[-1] == ("subscribe", "您有一条新消息")
        account.clock.move(hours=25)
        assert await tell(service, "二") == "contact template"
        async with service.store.read() as unit:
            left = await unit.rows(consents.select().order_by(consents.c.template))
        assert [(row["template"], row["remaining"]) for row in left] == [("N-1", 0), ("N-2", 0)]


@ON_SQLITE
async def test_a_consent_that_was_taken_back_is_not_tried(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content(subscription=NOTICE)) as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        await li.decide(**{"N-1": True})
        await li.take_back("N-1")
        account.clock.move(hours=48)
        assert await tell(service, "一") == "contact window closed"
        assert account.wx.calls_of("message/subscribe/bizsend") == []


@ON_SQLITE
async def test_a_consent_the_platform_does_not_know_of_is_forgotten(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content(subscription={**NOTICE, "long_term": True})) as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        await li.decide(**{"N-1": True})
        li.follower.consents.clear()
        account.clock.move(hours=48)
        assert await tell(service, "一") == "contact window closed"
        assert await tell(service, "二") == "contact window closed"
        assert errcodes(account, "message/subscribe/bizsend") == [43101]


@ON_SQLITE
async def test_a_template_call_that_failed_is_made_again_and_arrives_once(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content(template=TEMPLATE)) as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        account.clock.move(hours=48)
        account.wx.fault("message/template/send", kind="drop", done=True)
        assert (await tell(service, "一")).startswith("waiting ")
        account.clock.move(seconds=10)
        await settle(service)
        assert [row["result"] for row in await rows(service, outbox)] == ["template"]
        assert [via for via, _text in seen(li)].count("template") == 1


@ON_SQLITE
async def test_a_template_the_platform_refuses_leaves_the_words_waiting(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content(template={**TEMPLATE, "id": "gone"})) as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        account.clock.move(hours=48)
        assert await tell(service, "一") == "contact window closed"
        assert (await li.say("在吗")).text == "一\n\n您说：在吗"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("template: {id: '', data: {thing1: 好}}", 1),
        (f"template:\n  id: T\n  data: {{thing1: {'很' * 21}}}", 1),
        ("mass_send: vielleicht", 1),
        ("other: 1", 1),
    ],
)
def test_a_slip_is_named(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "wechat_templates.yaml").write_text(text)
    with pytest.raises(BrokenContent, match=f"wechat_templates.yaml:{line}"):
        load_templates(tmp_path)


def test_no_file_is_no_choice_and_the_packaged_one_chooses_nothing(tmp_path: Path) -> None:
    assert load_templates(tmp_path) == load_templates(packaged("content"))
    assert not load_templates(tmp_path).mass_send


# -- mass sending


@ON_SQLITE
async def test_one_job_reaches_all_and_the_same_job_is_one(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content(mass_send=True)) as (service, sim):
        channel = wechat(service)
        assert channel.sends_masses
        people = [sim.new_person() for _ in range(3)]
        reply = Reply("周末招志愿者", (Option("报名", "go:signup"),))
        openids = [one.openid for one in people]
        assert await channel.mass_send(openids, reply, "batch-1-0") == (
            sent := await channel.mass_send(openids, reply, "batch-1-0")
        )
        assert (sent.result, sent.reason) == ("sent", results.MASS)
        assert [seen(one) for one in people] == [[("mass", "周末招志愿者\n1 报名")]] * 3
        assert (await channel.mass_send(openids, reply, "batch-1-1")).result == "sent"
        assert len(people[0].screen) == 2


@ON_SQLITE
async def test_what_mass_sending_refuses(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content()) as (service, sim):
        channel = wechat(service)
        assert not channel.sends_masses
        openids = [sim.new_person().openid for _ in range(2)]
        for bad in (openids[:1], [openids[0]] * 2, [str(number) for number in range(10_001)]):
            with pytest.raises(ValueError, match="different people"):
                await channel.mass_send(bad, Reply("好"), "one")
        for name in ("", "长" * 22):
            with pytest.raises(ValueError, match="64 bytes"):
                await channel.mass_send(openids, Reply("好"), name)
        assert (await channel.mass_send(openids, Reply("长" * 700), "one")).result == "refused"
        account.wx.mass_right = False
        found = await channel.mass_send(openids, Reply("好"), "one")
        assert (found.result, found.reason) == ("contact", results.NO_RIGHT)
        account.wx.mass_right = True
        account.wx.fault("message/mass/send", errcode=45028)
        found = await channel.mass_send(openids, Reply("好"), "one")
        assert (found.result, found.reason) == ("contact", results.NO_QUOTA)
        for fault in ({"errcode": 45011}, {"errcode": 45066}, {"kind": "drop"}):
            account.wx.fault("message/mass/send", **fault)
            assert (await channel.mass_send(openids, Reply("好"), "one")).result == "retry"
        account.wx.fault("message/mass/send", errcode=40003)
        assert (await channel.mass_send(openids, Reply("好"), "one")).result == "refused"


@ON_SQLITE
async def test_a_job_that_may_have_been_taken_is_not_two(account: Account, content: Content) -> None:
    async with account.chat(content_dir=content(mass_send=True)) as (service, sim):
        people = [sim.new_person() for _ in range(2)]
        account.wx.fault("message/mass/send", kind="drop", done=True)
        channel, openids = wechat(service), [one.openid for one in people]
        assert (await channel.mass_send(openids, Reply("好"), "one")).result == "retry"
        assert (await channel.mass_send(openids, Reply("好"), "one")).result == "sent"
        assert [len(one.screen) for one in people] == [1, 1]
