"""核销: staff confirm in chat that a thing was handed out, or an allowance paid, by the code they are shown."""

from __future__ import annotations

import re

from bot.desk.members import Member, may_open
from bot.dialogue import Choice, Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from handlers.rewards import codes, payouts, redemptions
from handlers.rewards.redemptions import NotInThatStateError
from handlers.rewards.wording import taken_back, yuan
from handlers.staff import service as staff
from handlers.volunteering.service import Setting

_CODE = pattern(
    r"(?:我要|帮我)?(?:核销|核对|hand ?out|redeem)?[\s:：，,]*(?P<code>(?:DH|BT)[\s\-_·~—–]*[0-9A-Z\s\-]{8,12})", re.I
)
_SLIP = pattern(r"(?:核销)?[\s:：，,]*(?:DH|BT)[\s\-_]?(?=[0-9A-Z\s\-]*[0-9])[0-9A-Z\s\-]{4,14}", re.I)
AREA = "rewards"


def shows_code(text: str) -> float:
    """核销 DH-7K3M-92QD, or the code alone; one with a slip in it as well."""
    if _code(text):
        return 1.0
    return 0.9 if _SLIP.fullmatch(text.strip()) else 0.0


def _code(text: str) -> str | None:
    found = _CODE.fullmatch(text.strip())
    return codes.read(found["code"], codes.REDEMPTION, codes.ALLOWANCE) if found else None


@dialogue("hand_out", title=N_("Confirm a code"), words=["核销", "核销码", "hand out"], hears=shows_code)
async def hand_out(talk: Talk) -> None:
    """The code, a look at what it is for, done."""
    member = await staff.member(talk.store, talk.person.id)
    if member is None or not may_open(member.role, AREA):
        text = _("This code is confirmed by community staff. Show it to them when you collect it.")
        options = [Option(_("What I exchanged"), "go:my_redemptions"), Option(_("My allowances"), "go:my_allowances")]
        await talk.say(text, options)
        return
    code = _code(talk.opening)
    if code is None:
        asked = _("Which code does the worker show? It begins with DH or BT.")
        code = codes.read(str(await talk.text("code", asked, longest=30)), codes.REDEMPTION, codes.ALLOWANCE)
    if code is not None and code.startswith(codes.REDEMPTION):
        await _thing(talk, member, code)
    elif code is not None:
        await _allowance(talk, member, code)
    else:
        await talk.say(_("That is no code of ours. Please compare it once more."), [_again()])


def _again() -> Option:
    return Option(_("Another code"), "go:hand_out")


async def _thing(talk: Talk, member: Member, code: str) -> None:
    try:
        one = await redemptions.by_code(talk.store, code)
    except redemptions.NoSuchRedemptionError:
        await talk.say(_("There is no such code. Please compare it once more."), [_again()])
        return
    if one.status != "held":
        await _not_any_more(talk, _(redemptions.NAMES[one.status]))
        return
    asked = _("“{name}”, {points} points. Do you hand it out now?").format(name=one.name, points=one.points)
    if not await _sure(talk, asked, _("Handed out")):
        return
    try:
        await redemptions.hand_out(talk.store, one, member.actor)
    except NotInThatStateError as error:
        await _not_any_more(talk, _(redemptions.NAMES[error.status]))
        return
    await talk.say(_("Noted: “{name}” is handed out.").format(name=one.name), [_again()])


async def _allowance(talk: Talk, member: Member, code: str) -> None:
    try:
        one = await payouts.by_code(talk.store, talk.use(Setting), code)
    except payouts.NoSuchPayoutError:
        await talk.say(_("There is no such code. Please compare it once more."), [_again()])
        return
    if one.status != "due":
        await _not_any_more(talk, _(payouts.NAMES[one.status]))
        return
    asked = _("Allowance of {month} for {number}: {amount}. Do you pay it now?")
    asked = asked.format(month=one.month, number=one.number, amount=yuan(one.fen))
    less = f"\n({taken_back(one)})" if one.struck else ""
    if not await _sure(talk, asked + less, _("Paid"), f"sure-{one.fen}"):  # another amount is another question
        return
    await payouts.pay(talk.store, one, member.actor)
    await talk.say(_("Noted: {amount} paid.").format(amount=yuan(one.fen)), [_again()])


async def _sure(talk: Talk, asked: str, yes: str, key: str = "sure") -> bool:
    choices = [
        Choice("yes", yes, ("是", "已发", "发了", "给了", "付了", "已付", "好", "好的", "确认", "对", "yes", "ok")),
        Choice("no", _("Not yet"), ("不", "没有", "还没", "先不", "no")),
    ]
    if (await talk.choose(key, asked, choices, ahead=False)).value == "yes":
        return True
    await talk.say(_("All right, nothing was noted; the code stays good."), [_again()])
    return False


async def _not_any_more(talk: Talk, state: str) -> None:
    await talk.say(_("This code does not count any more: {state}.").format(state=state), [_again()])


DIALOGUES = (hand_out,)
