"""The worker answers the officer: by the button, or just by writing on when the officer has written."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue, noticed
from bot.dialogue.arguments import id_in
from bot.dialogue.talk import YES
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site
from bot.understand.words import bare
from handlers.complaints import service
from handlers.complaints.reopening import keep_for_reopening, may_reopen, reopen_option
from handlers.complaints.replying import named_case, ways_on

LONGEST = 2000  # characters
MOST_PICTURES = 9
REPLY = ("回复", "回复经办人", "回经办人", "reply")
KEPT = "unsent"  # in the conversation's memory: {"case", "words"} of what may be an answer


@dialogue("complaint_answer", title=N_("Answer the officer"), words=REPLY, after="offer", pictures=True)
async def answer(talk: Talk) -> None:
    """What the worker says goes into the case at once; pictures alone will do. The argument `plain` says that they
    wrote without a button: take, ask (it may be something else) or kept (they said that it is for the officer)."""
    case = await _open_case(talk)
    if case is None:
        return
    plain = talk.args.get("plain", "")
    if case.ended:
        await _too_late(talk, case, plain)
    elif plain == "ask":
        await _ask(talk, case)
    elif plain:
        await _take(talk, case, plain)
    else:
        await _asked(talk, case)


async def _open_case(talk: Talk) -> service.Case | None:
    """The case of the button, else the open one that changed last: who only types "reply" means that."""
    if talk.args.get("case"):
        return await named_case(talk)
    own = [case for case in await service.my_cases(talk.store, talk.person.id) if not case.ended]
    if not own:
        await talk.say(_("You have no open complaint."), [Option(_("File a complaint"), "go:complaint")])
        return None
    latest = max(own, key=lambda case: case.updated_at)
    talk.args["case"] = str(latest.id)  # the same one for the answer that follows
    return await named_case(talk)


async def _asked(talk: Talk, case: service.Case) -> None:
    """By the button: the answer is asked for."""
    asked = _("{code}: write your answer. Pictures only: send them, then “Skip”.").format(code=case.code)
    said = await talk.text("words", asked, longest=LONGEST, optional=True, asides=False)
    media = talk.draft.partial.get("photos", [])[:MOST_PICTURES]
    if not said and not media:
        await talk.say(_("Nothing was added."), ways_on())
        return
    await service.add_to(talk.store, case, said or "", media)
    noticed.answered(talk)
    await talk.say(_("Added to {code}. The officer sees it.").format(code=case.code), ways_on())


async def _take(talk: Talk, case: service.Case, plain: str) -> None:
    """Without a button: it is in the case, and can be taken out again."""
    kept = talk.memory.pop(KEPT, {})
    words, media = talk.opening, [one for one in talk.said.media if one.kind != "voice"][:MOST_PICTURES]
    if kept.get("case") == case.id and (plain == "kept" or bare(words) in YES):
        words = kept["words"]
    if not words and not media:
        await _asked(talk, case)
        return
    step = await service.add_to(talk.store, case, words, talk.keep_media(media))
    noticed.answered(talk)
    options = [Option(_("Not a reply"), f"go:complaint_unsend?step={step}")]
    await talk.say(_("Passed on to the officer ({code}).").format(code=case.code), options)


async def _ask(talk: Talk, case: service.Case) -> None:
    """It may be for the officer, or not."""
    talk.memory[KEPT] = {"case": case.id, "words": talk.opening}
    text = _("Is what you just wrote for the officer ({code})?").format(code=case.code)
    options = [Option(_("Pass it on"), f"go:complaint_answer?case={case.id}&plain=kept")]
    await talk.say(text, options)


async def _too_late(talk: Talk, case: service.Case, plain: str) -> None:
    """The case has ended: nothing is added; plain words are taken for what they would be without it."""
    noticed.settled(talk)
    if plain == "take" and talk.opening:
        await _said_late(talk, case, talk.opening)
        return
    text = _("{code} has ended, nothing is added to it any more.").format(code=case.code)
    await talk.say(text, [Option(_("Show it"), f"go:my_complaints?case={case.id}"), *ways_on()[1:]])


async def _said_late(talk: Talk, case: service.Case, words: str) -> None:
    """Words after the end: what others know what to do with is theirs; the rest may say that it is not settled."""
    others = talk.registry.claimed(words) is not None or bare(words) in YES
    if others or not may_reopen(case, talk.use(Site), talk.now):
        await _elsewhere(talk, words)
    elif not await talk.registry.aside(talk, words, True):
        keep_for_reopening(talk, case, words)
        text = _(
            "{code} has ended. Is what you just wrote about it? Then open it again, and the officer gets your words."
        )
        await talk.say(text.format(code=case.code), [reopen_option(case, kept=True), *ways_on()])


async def _elsewhere(talk: Talk, words: str) -> None:
    """Take words for what they are when nobody awaits them."""
    claimed = talk.registry.claimed(words)
    if claimed is not None:
        await talk.start(claimed.name, words)
    await talk.registry.aside(talk, words, False)


@dialogue("complaint_unsend", title=N_("Not a reply"), after="offer")
async def unsend(talk: Talk) -> None:
    """What went into the case by itself is taken out, and taken for what it is."""
    noticed.settled(talk)
    try:
        words = await service.take_back(talk.store, talk.person.id, id_in(talk, "step"))
    except service.NoSuchStepError:
        await talk.say(_("That can't be taken out any more. The officer may have read it."), ways_on())
        return
    await talk.say(_("Taken out. The officer does not see it."))
    if words:
        await _elsewhere(talk, words)


DIALOGUES = (answer, unsend)
