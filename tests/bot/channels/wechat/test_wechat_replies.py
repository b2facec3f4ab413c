"""How answers look and leave: links with numbers beside them, long ones in order, what waited first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Held
from bot.channels.split import utf8_bytes
from bot.channels.wechat import render
from bot.channels.wechat.limits import TEXT_BYTES
from bot.messages import Option, Reply
from bot.notices import notify
from bot.store.tables import identities, outbox
from tests.wechat_talk import Account, rows, seen, settle, small_registry, states

once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SENTENCE = "平台扣钱要先说清楚规则，不能随便扣。"
LONG = "\n".join(f"{number}：{SENTENCE * 4}" for number in range(1, 31))  # about 6.6 KB: four texts


# -- links


@once
@pytest.mark.parametrize(
    "labels",
    [
        ["美团", "饿了么"],
        ['他说"不"', "他说“行”"],
        ["A&B公司", "A<B公司", "A>B公司"],
        ["100%扣款", "50%+扣款"],
        ["C#", "C++"],
        ["问=答", "什么?"],
        ["a b  c", "d e"],
        ["</a>", "<a href='x'>"],
        ["]]>", "<![CDATA["],
        ["我不太确定是哪一个平台给我派的单子也不知道该找谁", "都不是"],
        ["I don't know which of the platforms it was", "Go on with: File a complaint"],
        ["👍🏽", "👎"],
    ],
)
async def test_a_tap_answers_whatever_the_label_is(account: Account, labels: list[str]) -> None:
    async with account.chat("safe", registry=small_registry(labels=labels)) as (_service, sim):
        li = sim.new_person()
        for number, label in enumerate(labels):
            asked = await li.say("挑")
            assert asked.reply is not None
            assert len(asked.reply.labels) == len(labels)
            assert asked.text.splitlines()[1 + number].startswith(f"{number + 1} <a href=")
            assert (await li.tap(asked.reply.labels[number])).text.endswith(f"选了v{number}"), label
        await li.say("挑")
        assert (await li.say("２")).text == "选了v1"  # the number beside the link, full-width too


@once
async def test_a_tap_on_an_offer_opens_it_however_long_it_is(account: Account) -> None:
    labels = ["送餐路上摔了，平台说我不是员工，不赔，真的假的？", "Go on with: File a complaint about my platform"]
    async with account.chat(registry=small_registry(labels=labels)) as (_service, sim):
        li = sim.new_person()
        for label in labels:
            await li.say("荐")
            assert "慢慢来" in (await li.tap(label)).text


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.split()))
def test_a_link_is_one_link_whatever_the_label_is(label: str) -> None:
    line = render.link(3, Option(label, "v"))
    assert line.startswith('3 <a href="weixin://bizmsgmenu?msgmenucontent=')
    content, _sep, rest = line.removeprefix('3 <a href="weixin://bizmsgmenu?msgmenucontent=').partition("&")
    number, _sep, shown = rest.partition('">')
    assert number == "msgmenuid=3"
    assert shown.endswith("</a>")
    assert not set('"<>&#%+?=\n') & set(content)
    assert not set("<>\n") & set(shown.removesuffix("</a>"))


@once
async def test_markup_in_what_is_echoed_stays_as_it_was_written(account: Account) -> None:
    async with account.chat("safe") as (_service, sim):
        li = sim.new_person()
        for words in (
            "a]]>b",
            "]]]]>>",
            "<b>&amp;</b>",
            "<![CDATA[x",
            "<!DOCTYPE html>",
            "👍\u2028\U0001f1e8\U0001f1f3",
        ):
            heard = await li.say(words)
            assert (heard.problem, heard.text) == ("", f"您说：{words}")


# -- long ones


async def test_a_long_answer_goes_on_in_order_through_customer_service(account: Account) -> None:
    async with account.chat("safe", registry=small_registry(long=LONG)) as (service, sim):
        li = sim.new_person()
        heard = await li.say("长")
        assert heard.text.endswith("。")
        await settle(service)
        assert len(li.screen) == 1  # not before the passive reply was read
        account.clock.move(seconds=1)
        await settle(service)
        pieces = [text for _via, text in seen(li)]
        assert [via for via, _text in seen(li)] == ["passive", "custom", "custom", "custom"]
        assert all(utf8_bytes(piece) <= TEXT_BYTES for piece in pieces)
        assert all(piece.endswith("。") for piece in pieces)
        assert "".join(pieces).replace("\n", "") == LONG.replace("\n", "")
        assert await states(service) == ["sent"] * 3


async def test_a_long_answer_where_we_may_not_write_comes_piece_by_piece(account: Account) -> None:
    async with account.chat(registry=small_registry(long=LONG)) as (service, sim):
        account.wx.fault("message/custom/send", errcode=48001, times=1000)
        li = sim.new_person()
        told = [(await li.say("长")).text]
        while set(await states(service)) != {"sent"}:
            account.clock.move(seconds=2)
            await settle(service)
            told.append((await li.say("还有吗")).text)
        whole = "".join(told)
        assert whole.replace("您说：还有吗", "").replace("\n", "") == LONG.replace("\n", "")
        assert len(told) == whole.count("您说：还有吗") + 1 == 4
        assert set(await states(service)) == {"sent"}


@once
async def test_retries_of_a_long_answer_add_nothing(account: Account) -> None:
    async with account.chat(registry=small_registry(long=LONG)) as (service, sim):
        li = sim.new_person()
        first = await li.say("长")
        assert (await li.resend(first)).text == first.text
        assert await states(service) == ["waiting"] * 3


options = st.lists(st.builds(Option, st.text(max_size=60), st.just("v")), max_size=8).map(tuple)
replies = st.lists(
    st.builds(Reply, st.one_of(st.text(max_size=200), st.sampled_from([LONG, SENTENCE * 20, ""])), options), max_size=5
)


@given(replies)
def test_any_answer_fits(said: list[Reply]) -> None:
    texts = render.texts(said)
    assert all(0 < utf8_bytes(text) <= TEXT_BYTES for text in texts)
    assert all(text.count("<a href") == text.count("</a>") for text in texts)


def test_links_give_way_to_numbers_only_where_that_saves_a_text() -> None:
    many = tuple(Option(f"第{number}个选项的名字", str(number)) for number in range(30))
    [bare] = render.texts([Reply("请选", many)])
    assert "<a " not in bare
    assert "30 第29个选项的名字" in bare
    more = render.texts([Reply(SENTENCE * 40, many)])
    assert len(more) > 1
    assert "<a " in more[-1]


# -- what waited


def held(*texts: str) -> list[Held]:
    return [Held(number, {"text": text}) for number, text in enumerate(texts)]


def test_what_waited_comes_first_while_there_is_room() -> None:
    turn = render.turn([Reply("答")], held("一", "二"))
    assert (turn.first, turn.rest, turn.told) == ("一\n\n二\n\n答", (), (0, 1))
    turn = render.turn([Reply("答")], held("一", SENTENCE * 36, SENTENCE * 36))
    assert (turn.first, turn.told) == (f"一\n\n{SENTENCE * 36}\n\n答", (0, 1))


def test_what_is_too_long_to_share_a_text_comes_all_the_same() -> None:
    old, answer = SENTENCE * 36, SENTENCE * 30
    turn = render.turn([Reply(answer)], held(old, "二"))
    assert (turn.first, turn.rest, turn.told) == (old, (answer,), (0,))


def test_a_notice_of_any_channel_is_rendered_here() -> None:
    notice = Reply("周三有活动", (Option("我去", "go:volunteer"),))
    turn = render.turn([Reply("答")], [Held(7, {"reply": notice.as_json()})])
    assert turn.first.startswith('周三有活动\n1 <a href="weixin://bizmsgmenu?msgmenucontent=我去&')
    assert turn.first.endswith("\n\n答")
    assert turn.told == (7,)


def test_silence_carries_nothing() -> None:
    assert render.turn([], held("一")) == render.Turn()


@pytest.mark.parametrize("errcode", [45015, 48001])
async def test_a_notice_that_may_not_be_sent_comes_with_the_next_answer(account: Account, errcode: int) -> None:
    async with account.chat("safe") as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        account.wx.fault("message/custom/send", errcode=errcode)
        [person] = await rows(service, identities)
        async with service.store.write() as unit:
            assert await notify(unit, person["person_id"], Reply("您的诉求有回复了"))
        await settle(service)
        assert await states(service) == ["contact"]
        assert (await rows(service, outbox))[0]["result"] == f"errcode {errcode}"
        await li.report_location()  # no message: nothing comes out, nothing is tried
        await settle(service)
        assert await states(service) == ["contact"]
        assert (await li.say("在吗")).text == "您的诉求有回复了\n\n您说：在吗"
        assert await states(service) == ["sent"]
        assert (await li.say("在吗")).text == "您说：在吗"


async def test_the_real_windows_of_the_platform(account: Account) -> None:
    """Five messages within 48 hours of what was said, none after."""
    async with account.chat() as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        [person] = await rows(service, identities)

        async def tell(text: str) -> str:
            async with service.store.write() as unit:
                await notify(unit, person["person_id"], Reply(text))
            await settle(service)
            row = (await rows(service, outbox))[-1]
            return f"{row['state']} {row['result']}".strip()

        assert [await tell(f"第{number}条") for number in range(5)] == ["sent"] * 5
        assert await tell("第6条") == "contact window closed"
        assert (await li.say("好")).text == "第6条\n\n您说：好"
        account.clock.move(hours=48)
        assert await tell("太晚了") == "contact window closed"
        assert [call.errcode for call in account.wx.calls_of("message/custom/send")] == [0] * 5  # none was refused
        await li.unsubscribe()
        await settle(service)
        assert (await states(service))[-1] == "contact"
        back = await li.subscribe()
        assert back.text == "太晚了\n\n菜单在此"


async def test_more_than_fits_beside_the_answer_follows_it(account: Account) -> None:
    async with account.chat() as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        [person] = await rows(service, identities)
        account.wx.fault("message/custom/send", errcode=45015, times=3)
        notices = [f"{number}。{SENTENCE * 20}" for number in range(3)]
        for notice in notices:
            async with service.store.write() as unit:
                await notify(unit, person["person_id"], Reply(notice))
        await settle(service)
        assert await states(service) == ["contact"] * 3
        assert (await li.say("在吗")).text == f"{notices[0]}\n\n您说：在吗"
        account.clock.move(seconds=1)
        await settle(service)
        assert [text for _via, text in seen(li)][-2:] == notices[1:]
        assert await states(service) == ["sent"] * 3
