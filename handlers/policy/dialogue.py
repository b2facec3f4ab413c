"""Asking and being told: the sentence, the passage, the source, what to do next; 有用 / 没用 under each answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.dialogue import Choice, Talk, dialogue
from bot.dialogue.arguments import id_in
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site
from bot.workdays import after
from handlers.policy import questions, wording
from handlers.policy.reading_room import ReadingRoom

if TYPE_CHECKING:
    from handlers.policy.answers import Decision
    from handlers.policy.content import Article
    from handlers.policy.several import Several

NEAR = 0.85  # of the best passage's score: what is worth a look beside a plain no
SHORTEST_QUESTION = 6  # characters; fewer are a yes or a no
PAGE = 8  # options of a list that fit on a phone
MEMORY = "asked"  # the last question and the article it got: for "那司机呢?", 没用 and 人工


async def aside(talk: Talk, text: str, inside: bool) -> bool:
    """Answer free text. Inside a form only when sure; outside always: with an answer, near questions, or a plain no."""
    decision = talk.use(ReadingRoom).answers.decide(
        text,
        occupation=talk.person.occupation or None,
        region=talk.person.region or talk.use(Site).region or None,
        previous=_last(talk).get("question"),
        today=talk.today,
    )
    if inside and decision.decision != "answer":
        return False
    if decision.decision == "answer" and decision.best is not None:
        talk.memory[MEMORY] = {"question": decision.question[: questions.LONGEST], "article": decision.best.id}
        await _tell(talk, decision.best.article, short=True, inside=inside)
    elif decision.several is not None:
        await _ask_back(talk, decision, decision.several)
    elif decision.decision == "suggest":
        await _suggest(talk, decision)
    else:
        await _decline(talk, text, decision)
    return True


def _last(talk: Talk) -> dict[str, Any]:
    last: dict[str, Any] = talk.memory.get(MEMORY, {})
    return last


async def _tell(talk: Talk, article: Article, *, short: bool, inside: bool = False) -> None:
    """One article on the phone: short first, the rest behind 看详细; inside a form only the sentence and its source."""
    if inside:
        await talk.say(wording.sentence(article))
        return
    text, cut = wording.shown(article, short=short)
    options = [Option(_("Details"), f"go:article?id={article.id}&full=1")] if cut else []
    options += [option for step in article.next if (option := wording.step(step, talk.registry.by_name))]
    options += [
        Option(_("Helpful"), f"go:vote?id={article.id}&v=1"),
        Option(_("Not helpful"), f"go:vote?id={article.id}&v=0"),
    ]
    source = article.sources[0]
    if source.url:
        await talk.say(text)
        await talk.say(_("Read the original"), options, kind="link", url=source.url)
    else:
        await talk.say(text, options)


async def _suggest(talk: Talk, decision: Decision) -> None:
    talk.memory[MEMORY] = {"question": decision.question[: questions.LONGEST], "article": ""}
    near = [Option(one.question, f"go:article?id={one.id}") for one in decision.passages[:3]]
    await talk.say(_("Do you mean one of these?"), [*near, Option(_("None of these: ask staff"), "go:handover")])


async def _ask_back(talk: Talk, decision: Decision, meant: Several) -> None:
    """Words that mean several things: which of them?"""
    if len(decision.question) < SHORTEST_QUESTION:
        talk.memory.pop(MEMORY, None)  # 保险: too little to be passed on to staff as a question
    else:
        talk.memory[MEMORY] = {"question": decision.question, "article": ""}
    offers = [option for step in meant.offers if (option := wording.step(step, talk.registry.by_name))]
    await talk.say(meant.text or _("Which do you mean?"), [*offers, Option(_("Ask staff"), "go:handover")])


async def _decline(talk: Talk, text: str, decision: Decision) -> None:
    """Say plainly that it is not known; a real question is kept for staff, without who asked."""
    if wording.is_cursing(text):
        talk.memory.pop(MEMORY, None)
        options = [Option(_("File a complaint"), "go:complaint"), Option(_("Ask staff"), "go:handover")]
        await talk.say(
            _("You have had enough, I hear. Tell me what happened: I pass it on, or find the rule."), options
        )
        return
    if topic := wording.topic_named(text, talk.use(ReadingRoom).answers.library.shelf.folder):
        await _topic(talk, topic)
        return
    if decision.reason in {"unknown", "elsewhere"}:
        queued = None
        if decision.passages:
            queued = questions.keep(talk.store, text, "declined", occupation=talk.person.occupation)
        talk.memory[MEMORY] = {"question": decision.question[: questions.LONGEST], "article": "", "queued": queued}
    else:
        talk.memory.pop(MEMORY, None)  # nothing that could be passed on
    near = [one for one in decision.passages[:3] if one.score >= NEAR and wording.shares_a_word(text, one.question)]
    options = [Option(one.question, f"go:article?id={one.id}") for one in near]
    options += [Option(_("Ask staff"), "go:handover"), Option(_("Topics"), "go:ask"), Option(_("Menu"), "go:menu")]
    said = _("I am not sure of that. Is it one of these?") if near else wording.declined(decision.reason)
    await talk.say(said, options)


@dialogue("ask", title=N_("Ask about a rule"), words=["问政策", "政策", "咨询", "ask"], after="offer")
async def ask(talk: Talk) -> None:
    """How to ask, and topics to browse."""
    answers = talk.use(ReadingRoom).answers
    if topic := talk.args.get("topic", ""):
        await _topic(talk, topic, id_in(talk, "from"))
        return
    options = _page(
        wording.topics(answers.library.shelf.folder), "go:ask?topic={}", "go:ask?from={}", id_in(talk, "from")
    )
    await talk.say(_("Just type your question, as you would say it. Or pick a topic:"), options)


async def _topic(talk: Talk, topic: str, start: int = 0) -> None:
    """The articles of one topic."""
    articles = talk.use(ReadingRoom).answers.library.shelf.articles
    listed = [(one.id, one.title) for one in articles if one.topic == topic and one.holds_on(talk.today)]
    options = _page(listed, "go:article?id={}", f"go:ask?topic={topic}&from={{}}", start)
    await talk.say(_("Which one?"), options)


def _page(listed: Sequence[tuple[str, str]], target: str, more: str, first: int) -> list[Option]:
    """Eight of many (key, name) as options, and the way to the next eight."""
    options = [Option(name, target.format(key)) for key, name in listed[first : first + PAGE]]
    if len(listed) > first + PAGE:
        options.append(Option(_("More"), more.format(first + PAGE)))
    return options


@dialogue("article", title=N_("Answer"), linked=("id",))
async def article(talk: Talk) -> None:
    """One article by its id."""
    shelf = talk.use(ReadingRoom).answers.library.shelf
    found = shelf.by_id.get(talk.args.get("id", ""))
    if found is None:
        await talk.say(_("That answer has been taken down. Just type your question."))
        return
    last = _last(talk).get("question") or found.questions[0]
    talk.memory[MEMORY] = {"question": last, "article": found.id}
    await _tell(talk, found, short=not talk.args.get("full"))


@dialogue("vote", title=N_("Helpful?"))
async def vote(talk: Talk) -> None:
    """有用 or 没用: an unhelpful answer's question goes to staff."""
    which, useful = talk.args.get("id", ""), talk.args.get("v") == "1"
    if which not in talk.use(ReadingRoom).answers.library.shelf.by_id:
        await talk.say(_("That answer has been taken down. Just type your question."))
        return
    _note_vote(talk, which, useful)
    if useful:
        await talk.say(_("Good. Ask me any time."))
        return
    text = _("Sorry it did not help. I have noted it for our staff. Would you like an answer from them?")
    await talk.say(text, [Option(_("Ask staff"), "go:handover"), Option(_("Menu"), "go:menu")])


def _note_vote(talk: Talk, which: str, useful: bool) -> None:
    """Count a vote once, however often it is tapped."""
    last = _last(talk)
    if last.get("voted") == which:
        return
    questions.vote(talk.store, which, useful)
    if not useful and last.get("article") == which and last.get("question"):
        occupation = talk.person.occupation
        last["queued"] = questions.keep(talk.store, last["question"], "unhelpful", article=which, occupation=occupation)
    talk.memory[MEMORY] = {**last, "voted": which}


@dialogue("handover", title=N_("Ask staff"), words=["人工", "转人工", "找人工", "真人", "客服", "staff", "human"])
async def handover(talk: Talk) -> None:
    """Pass a question to people; their answer comes back here."""
    words, queued = _last(talk).get("question", ""), _last(talk).get("queued")
    if not words or not await _same_question(talk, words):
        queued = None
        text = _("What would you like to ask our staff? Please don't write names or ID numbers.")
        words = await talk.text("question", text, longest=questions.LONGEST, shortest=4, asides=False)
    site = talk.use(Site)
    due = after(talk.today, site.question_workdays)
    if queued is None or not await questions.want(talk.store, queued, talk.person.id, due):
        questions.keep(talk.store, words, "asked", occupation=talk.person.occupation, asker=talk.person.id, due_on=due)
    talk.memory.pop(MEMORY, None)
    text = _("Passed on. You get an answer here within {days} working days. Urgent: call {phone}.")
    await talk.say(text.format(days=site.question_workdays, phone=site.hotlines.get("labour", "12333")))


async def _same_question(talk: Talk, last: str) -> bool:
    """Is it the question asked last? Another one, typed at once, is taken as it is."""
    text = _("Pass on this question? “{question}”").format(question=last[:60])
    choices = [
        Choice("yes", _("Yes, pass it on"), ("对", "是", "是的", "好", "嗯", "转", "yes", "ok")),
        Choice("new", _("No, another one"), ("不是", "不", "换一个", "别的", "no")),
    ]
    said = talk.pending.text if talk.pending is not None and talk.draft.asked == "same" and not talk.tap else ""
    if len(said) >= SHORTEST_QUESTION and not any(said.startswith(one.label) for one in choices):
        talk.draft.keep("same", "new")
        talk.draft.asked = "question"
        return False
    return (await talk.choose("same", text, choices, ahead=False)).value == "yes"


@dialogue("call", title=N_("Call"))
async def call(talk: Talk) -> None:
    """A number to call; phones make it tappable."""
    await talk.say(wording.call(talk.args.get("number", "")))


DIALOGUES = (ask, article, vote, handover, call)
