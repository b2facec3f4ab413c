"""Some sixty people who write: they answer what is asked, as they read it, and remember what they said."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.crash.ledger import Ledger
from tests.crash.phones import Heard, NoAnswerError, Phone

CHINA = ZoneInfo("Asia/Shanghai")
CODE = re.compile(r"YZ-[0-9A-Z]{4}-[0-9A-Z]{4}")
CATEGORIES = {"拖欠报酬": "pay", "扣款罚款": "fines", "单价抽成": "pricing", "封号停单": "account", "其他": "other"}
COMPANIES = {"美团": "meituan", "滴滴出行": "didi", "货拉拉": "huolala"}
ASKED = ("公积金怎么提取", "灵活就业能交社保吗", "平台能随便扣钱吗", "养老保险要交多少年", "失业金怎么领")
LONGEST_FORM = 60  # messages; then the person gives this form up
# How a person sees which question it is: by an option it has, else by a word in it.
OPTIONS = {
    "拖欠报酬": "category",
    "美团": "company",
    "同意": "consent",
    "好了": "more photos",
    "不留姓名": "identity",
    "提交": "confirm",
}
WORDS = {"哪天": "happened", "哪个区": "place", "多少钱": "amount", "经过": "story", "截图": "photos"}


def asked(heard: Heard) -> str:
    """The key of the question in a text, "" when it asks none."""
    by_option = [OPTIONS[label] for label in heard.labels if label in OPTIONS]
    by_word = sorted((heard.text.rfind(word), key) for word, key in WORDS.items() if word in heard.text)
    return by_option[0] if by_option else by_word[-1][1] if by_word else ""


@dataclass
class Form:
    """One complaint under way: what the person answered. `blurred`: an answer may have counted for another question:
    the platform gave up after the service had it and the person wrote it again, or an older question came twice."""

    answers: dict[str, object] = field(default_factory=dict)
    photos: int = 0
    said: list[str] = field(default_factory=list)
    blurred: bool = False
    submitted: bool = False


class Budget:
    """How many more messages the crowd writes."""

    def __init__(self, messages: int) -> None:
        self.left = messages

    def spend(self, count: int = 1) -> None:
        """So many were written."""
        self.left -= count


class Person:
    """Somebody who runs errands till the budget is spent."""

    def __init__(self, number: int, phone: Phone, ledger: Ledger, budget: Budget, luck: random.Random, pace: float):
        self.phone, self.ledger, self.budget, self.luck, self.pace = phone, ledger, budget, luck, pace
        self.forms: list[Form] = []  # handed in, oldest first
        self.given_up: list[Form] = []  # never ended: the bot and the phone no longer met
        self.open: Form | None = None
        self.odd: list[str] = []  # questions that no answer is waited for but that are counted: one row each
        self.left_in_the_middle = luck.random() < 0.3
        self._numbers = itertools.count(number * 1000 + 1)

    async def live(self) -> None:
        """Errands, then the end: forms are finished, or left as they are."""
        try:
            while self.budget.left > 0:
                errand = self.luck.choices((self.complain, self.ask, self.wonder, self.look), (60, 15, 12, 13))[0]
                await errand()
        except NoAnswerError as error:
            self.ledger.unanswered.append(str(error))

    async def look(self) -> None:
        """The menu, and something from it."""
        heard = await self._written(self.phone.menu())
        if "我的" in heard.labels:
            await self._written(self.phone.tap("我的"))

    async def ask(self) -> None:
        """A question about rules."""
        await self._written(self.phone.say(self.luck.choice(ASKED)))

    async def wonder(self) -> None:
        """A question nobody can answer: each leaves one row for the staff."""
        text = f"三角龙 {next(self._numbers)} 号的牙医在哪"
        self.odd.append(text)
        await self._written(self.phone.say(text))

    async def complain(self) -> None:
        """From "complaint" to the receipt."""
        form = self.open = Form()
        heard = await self._written(self.phone.say("投诉"))
        for _step in range(LONGEST_FORM):
            if self.budget.left <= 0 and self.left_in_the_middle and not form.submitted:
                return
            heard = await self._step(form, heard)
            if form.submitted and CODE.search(heard.text):
                break
        else:
            self.ledger.counts["forms given up" if form.blurred else "plain forms given up"] += 1
            self.given_up.append(form)  # it is still open where it is kept
        self.forms += [form] if form.submitted else []
        self.open = None

    async def _step(self, form: Form, heard: Heard) -> Heard:
        key = asked(heard)
        if form.submitted:  # the platform's notice came instead of the receipt
            return await self.look_up()
        if not key or (key == "confirm" and not self._mine(form, heard)):
            self.ledger.counts["not understood by the person"] += 1
            form.blurred = True
            return await self._written(self.phone.say("投诉"))
        return await getattr(self, f"_{key.replace(' ', '_')}")(form)

    def _mine(self, form: Form, heard: Heard) -> bool:
        """Whether a summary is of this form: it may be an older one's, which was in flight at a kill and came twice."""
        return self.phone.channel == "wechat" or any(said in heard.text for said in form.said if "回了" in said)

    async def look_up(self) -> Heard:
        """The newest of one's complaints, with its receipt code."""
        self.ledger.counts["looked a receipt up"] += 1
        heard = await self.listed()
        return heard if CODE.search(heard.text) or not heard.labels else await self._written(self._first(heard))

    async def listed(self) -> Heard:
        """All one's complaints."""
        return await self._written(self.phone.say("我的诉求"))

    def _first(self, heard: Heard) -> Awaitable[Heard]:
        return self.phone.tap(heard.labels[0])

    # -- one answer each

    async def _category(self, form: Form) -> Heard:
        label = self.luck.choice(list(CATEGORIES))
        return await self._answer(form, "category", CATEGORIES[label], label, tap=True)

    async def _company(self, form: Form) -> Heard:
        label = self.luck.choice(list(COMPANIES))
        return await self._answer(form, "company", COMPANIES[label], label, tap=True)

    async def _consent(self, form: Form) -> Heard:
        return await self._answer(form, "consent", "yes", "同意", tap=True)

    async def _happened(self, form: Form) -> Heard:
        day = datetime.now(CHINA).date() - timedelta(days=self.luck.randint(2, 60))
        return await self._answer(form, "happened", day.isoformat(), day.isoformat())

    async def _place(self, form: Form) -> Heard:
        return await self._answer(form, "place", None, "跳过", tap=True)

    async def _amount(self, form: Form) -> Heard:
        amount = f"{next(self._numbers)}.37"
        return await self._answer(form, "amount", amount, amount)

    async def _story(self, form: Form) -> Heard:
        story = f"第{next(self._numbers)}回了，站长把我的单转走，一分钱没给。"
        return await self._answer(form, "story", story, story)

    async def _photos(self, form: Form) -> Heard:
        if self.luck.random() < 0.4:
            return await self._answer(form, "photos", None, "跳过", tap=True)
        return await self._photo(form)

    async def _more_photos(self, form: Form) -> Heard:
        if form.photos < 3 and self.luck.random() < 0.5:
            return await self._photo(form)
        return await self._answer(form, "photos", None, "好了", tap=True)

    async def _identity(self, form: Form) -> Heard:
        return await self._answer(form, "identity", "anonymous", "不留姓名", tap=True)

    async def _confirm(self, form: Form) -> Heard:
        form.submitted = True
        return await self._answer(form, "confirm", "yes", "提交", tap=True)

    async def _photo(self, form: Form) -> Heard:
        form.photos += 1
        return self._looked_at(form, await self._written(self.phone.photo()))

    async def _answer(self, form: Form, key: str, value: object, text: str, *, tap: bool = False) -> Heard:
        form.answers[key] = value
        form.said.append(text)
        tapped = tap and self.luck.random() < 0.7 and self._shown(text)
        heard = await self._written(self.phone.tap(text) if tapped else self.phone.say(text))
        return self._looked_at(form, heard)

    def _looked_at(self, form: Form, heard: Heard) -> Heard:
        form.blurred |= heard.again > 0 or asked(heard) in form.answers
        return heard

    def _shown(self, label: str) -> bool:
        return label in self._last.labels

    _last = Heard("")

    async def _written(self, message: Awaitable[Heard]) -> Heard:
        """Write one message and read the answer, after a moment."""
        await asyncio.sleep(self.luck.uniform(0.0, self.pace))
        self.budget.spend()
        begun = time.monotonic()
        heard = await message
        self.ledger.waits.append(time.monotonic() - begun)
        self.budget.spend(heard.again)
        self._last = heard
        return heard
