"""我的积分, 积分明细, 换东西, 我的兑换, 我的补贴: what a person has, and what it becomes."""

from __future__ import annotations

from bot.dialogue import Choice, Talk, dialogue
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.patterns import pattern
from bot.understand.words import bare
from handlers.rewards import catalogue, payouts, redemptions
from handlers.rewards.content import StartSet
from handlers.rewards.handing import DIALOGUES as HANDING
from handlers.rewards.redemptions import NotEnoughError, NotInThatStateError, Redemption, SoldOutError
from handlers.rewards.wording import day, hours, taken_back, yuan
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting

KINDS = {
    "earned": N_("volunteering"),
    "reversed": N_("put right"),
    "redeemed": N_("exchanged"),
    "report": N_("report from the street"),
    "meeting": N_("council meeting"),
    "task": N_("task"),
}
LISTED = 8
SURE = ("换吧", "好，换", "好 换", "好换", "嗯，换", "就换这个", "换这个", "yes", "ok")
LINES = 30  # of a statement: half a screen would be fewer, but who asks for it wants it

_HOW_MANY = pattern(
    r"(?:查(?:一下)?|看(?:一下)?|想知道)*(?:我|我的|咱)(?:现在|目前|一共|总共|还|都)*(?:有|剩|攒了|得了)?(?:了)?"
    r"(?:多少|几|多少个|几个)?(?:志愿|公益)?(?:积分|分|分数)(?:了|呢|有多少|有几个|还有多少|余额|是多少|多少|够不够)*"
    r"|(?:志愿)?积分(?:余额|还?(?:有|剩)(?:多少|几分))|how many points (?:do i have|have i got)"
)
_EXCHANGES = pattern(
    r"(?:我|想|要|来|去|用积分|拿积分|把积分|积分)*(?:换|兑换|兑)(?:一?[个点些下]|点儿)?"
    r"(?:东西|礼品|礼物|奖品|物品|日用品)(?:呢|吗|啊|吧)?|积分商城|(?:i want to )?(?:spend|redeem|use) my points"
)


def hears_points(text: str) -> float:
    """我有多少分, 积分还剩多少."""
    return 0.9 if _HOW_MANY.fullmatch(bare(text)) else 0.0


def hears_exchange(text: str) -> float:
    """我要换东西, 积分换礼品."""
    return 0.9 if _EXCHANGES.fullmatch(bare(text)) else 0.0


@dialogue(
    "my_points",
    title=N_("My points"),
    words=["我的积分", "积分", "查积分", "my points", "points"],
    hears=hears_points,
    after="offer",
)
async def my_points(talk: Talk) -> None:
    """The sum, the newest movements, and what can be done with it."""
    total = await volunteering.balance(talk.store, talk.person.id)
    lines = [_("You have {count} points.").format(count=total), *await _movements(talk, 5)]
    lines.append(_("Points are the community's thanks, no pay."))
    options = [
        Option(_("Exchange points"), "go:rewards"),
        Option(_("Statement"), "go:points_statement"),
        Option(_("What there is"), "go:volunteer"),
        Option(_("Rules and points"), "go:ask?topic=volunteer"),
    ]
    if await redemptions.own(talk.store, talk.person.id, most=1):
        options.insert(1, Option(_("What I exchanged"), "go:my_redemptions"))
    if await payouts.own(talk.store, talk.use(Setting), talk.person.id, most=1):
        options.insert(1, Option(_("My allowances"), "go:my_allowances"))
    await talk.say("\n".join(lines), options)


@dialogue("points_statement", title=N_("Statement"), words=["积分明细", "明细", "积分记录", "statement"], after="offer")
async def statement(talk: Talk) -> None:
    """The movements of points, newest first."""
    lines = await _movements(talk, LINES)
    total = await volunteering.balance(talk.store, talk.person.id)
    head = _("Your points, newest first. Now: {count}.").format(count=total)
    text = "\n".join([head, *lines]) if lines else _("No points yet. They come with activities, reports and meetings.")
    await talk.say(text, [Option(_("Exchange points"), "go:rewards"), Option(_("What there is"), "go:volunteer")])


async def _movements(talk: Talk, most: int) -> list[str]:
    zone = talk.use(Setting).zone
    moves = await volunteering.statement(talk.store, talk.person.id, most=most)
    titles = {f"signup:{one.signup_id}": one.title for one in await volunteering.attended(talk.store, talk.person.id)}
    things = await redemptions.own(talk.store, talk.person.id, most=100)
    titles |= {f"redemption:{one.id}": one.name for one in things}
    return [
        f"{day(one.at, zone)} {titles.get(one.subject) or _(KINDS.get(one.kind, KINDS['reversed']))} {one.amount:+d}"
        for one in moves
    ]


@dialogue(
    "rewards",
    title=N_("Exchange points"),
    words=[
        "换东西",
        "兑换",
        "积分兑换",
        "换积分",
        "积分换东西",
        "兑积分",
        "积分能换什么",
        "exchange points",
        "rewards",
    ],
    hears=hears_exchange,
    after="offer",
)
async def exchange(talk: Talk) -> None:
    """What there is, or one thing: a last look, then the code."""
    await catalogue.stock_up(talk.store, talk.use(StartSet))
    wanted = id_in(talk, "reward")
    if wanted:
        await _exchange_one(talk, wanted)
    else:
        await _list(talk)


async def _list(talk: Talk) -> None:
    things = await catalogue.offered(talk.store)
    total = await volunteering.balance(talk.store, talk.person.id)
    back = Option(_("My points"), "go:my_points")
    if not things:
        text = _("Nothing is in stock at the moment. Your {count} points stay; look again later.")
        await talk.say(text.format(count=total), [back])
        return
    start = min(id_in(talk, "from"), len(things))
    page = things[start : start + LISTED]
    label = _("{name} · {points} points · {stock} left")
    options = [
        Option(label.format(name=one.name, points=one.points, stock=one.stock), f"go:rewards?reward={one.id}")
        for one in page
    ]
    if len(things) > start + LISTED:
        options.append(Option(_("More"), f"go:rewards?from={start + LISTED}"))
    await talk.say(_("You have {count} points. What would you like?").format(count=total), [*options, back])


async def _exchange_one(talk: Talk, reward_id: int) -> None:
    try:
        reward = await catalogue.find(talk.store, reward_id)
    except catalogue.NoSuchRewardError:
        await _gone(talk)
        return
    price = int(await talk.once("price", lambda: _price(reward.points)))
    total = await volunteering.balance(talk.store, talk.person.id)
    if total < price:
        await _too_few(talk, price, total)
        return
    asked = _("“{name}” for {points} points; {rest} are left then.\n{collect}\nHeld for you for {days} days. Exchange?")
    asked = asked.format(
        name=reward.name,
        points=price,
        rest=total - price,
        collect=_("Where to get it: {words}").format(words=reward.collect or _("ask community staff")),
        days=talk.use(StartSet).hold_days,
    )
    if not await _sure(talk, asked, _("Exchange"), _("Not this time")):
        await talk.say(_("All right, nothing was exchanged."), [Option(_("Other things"), "go:rewards")])
        return
    try:
        made = await redemptions.redeem(talk.store, talk.person.id, reward_id, price)
    except NotEnoughError as error:
        await _too_few(talk, price, error.balance)
        return
    except (SoldOutError, catalogue.NoSuchRewardError):
        await _gone(talk)
        return
    await _show_code(talk, made)


async def _price(points: int) -> int:
    """The price as the person was told it; another one later is no surprise at the counter."""
    return points


async def _sure(talk: Talk, asked: str, yes: str, no: str) -> bool:
    choices = [
        Choice("yes", yes, ("是", "确定", "确认", "好", "好的", "换", "要", "可以", "嗯", *SURE)),
        Choice("no", no, ("不", "不要", "不换", "先不换", "算了吧", "no")),
    ]
    return (await talk.choose("sure", asked, choices, ahead=False)).value == "yes"


async def _gone(talk: Talk) -> None:
    text = _("That one has just gone, or changed. No points were taken.")
    await talk.say(text, [Option(_("Other things"), "go:rewards"), Option(_("My points"), "go:my_points")])


async def _too_few(talk: Talk, price: int, total: int) -> None:
    text = _("It costs {price} points, you have {total}: {missing} are missing.")
    options = [Option(_("What there is"), "go:volunteer"), Option(_("Other things"), "go:rewards")]
    await talk.say(text.format(price=price, total=total, missing=price - total), options)


async def _show_code(talk: Talk, one: Redemption) -> None:
    text = _(
        "Done: “{name}”. Your code: {code}\nShow it to the staff when you collect it: {collect}.\n"
        "Changed your mind? Before it is handed out you can give it back."
    )
    said = text.format(name=one.name, code=one.code, collect=one.collect or _("ask community staff"))
    options = [
        Option(_("Give the thing back"), f"go:reward_cancel?redemption={one.id}"),
        Option(_("My points"), "go:my_points"),
    ]
    await talk.say(said, options)


@dialogue(
    "my_redemptions",
    title=N_("What I exchanged"),
    words=["我的兑换", "兑换记录", "兑换码", "my rewards"],
    after="offer",
)
async def my_redemptions(talk: Talk) -> None:
    """What waits to be collected, with its code, and what became of the rest."""
    found = await redemptions.own(talk.store, talk.person.id, most=LISTED)
    if not found:
        await talk.say(_("You have exchanged nothing yet."), [Option(_("Exchange points"), "go:rewards")])
        return
    zone = talk.use(Setting).zone
    lines = []
    for one in found:
        state = _(redemptions.NAMES[one.status])
        code = f" {one.code}" if one.status == "held" else ""
        lines.append(f"{day(one.made_at, zone)} {one.name}{code} · {state}")
    give_back = _("Give back: {name}")
    options = [
        Option(give_back.format(name=one.name), f"go:reward_cancel?redemption={one.id}")
        for one in found
        if one.status == "held"
    ]
    await talk.say("\n".join(lines), [*options, Option(_("Exchange points"), "go:rewards")])


@dialogue("reward_cancel", title=N_("Give the thing back"))
async def give_back(talk: Talk) -> None:
    """Give back what was not handed out yet: the points return."""
    ways = [Option(_("Exchange points"), "go:rewards"), Option(_("My points"), "go:my_points")]
    try:
        one = await redemptions.access_own(talk.store, talk.person.id, id_in(talk, "redemption"))
    except redemptions.NoSuchRedemptionError:
        await talk.say(_("I find nothing like that of yours."), ways)
        return
    asked = _("Give “{name}” back? You get {points} points again.").format(name=one.name, points=one.points)
    if one.status == "held" and not await _sure(talk, asked, _("Yes, give it back"), _("Keep it for me")):
        await talk.say(_("All right, it stays as it is. Your code: {code}").format(code=one.code), ways)
        return
    try:
        await redemptions.cancel(talk.store, one, "person")
    except NotInThatStateError as error:
        text = _("It can't be given back any more: {state}.").format(state=_(redemptions.NAMES[error.status]))
        await talk.say(text, ways)
        return
    await talk.say(_("Given back. You have your {points} points again.").format(points=one.points), ways)


@dialogue(
    "my_allowances",
    title=N_("My allowances"),
    words=["我的补贴", "领补贴", "志愿补贴", "我的志愿补贴", "my allowances"],
    after="offer",
)
async def my_allowances(talk: Talk) -> None:
    """What is due, with the code to collect it, and what was paid."""
    found = await payouts.own(talk.store, talk.use(Setting), talk.person.id)
    if not found:
        text = _("No allowance is listed for you. Only some activities carry one; it is listed after the month ends.")
        await talk.say(text, [Option(_("What there is"), "go:volunteer"), Option(_("My points"), "go:my_points")])
        return
    lines = []
    for one in found:
        line = _("{month}: {times} times, {hours}, {amount} · {state}").format(
            month=one.month,
            times=one.times,
            hours=hours(one.minutes),
            amount=yuan(one.fen),
            state=_(payouts.NAMES[one.status]),
        )
        lines.append(" · ".join(filter(None, (line, taken_back(one)))))
        if one.status == "due":
            lines.append(_("Code to collect it: {code}").format(code=one.code))
    text = _("On the list you are {number}, without a name. Show the code only to the staff who pay you.")
    lines.append(text.format(number=found[0].number))
    await talk.say("\n".join(lines), [Option(_("My points"), "go:my_points")])


DIALOGUES = (my_points, statement, exchange, my_redemptions, give_back, my_allowances, *HANDING)
