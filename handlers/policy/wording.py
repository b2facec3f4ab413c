"""How an answer looks on a phone: the sentence first, half a screen at most, the source and its date always."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING

from bot.i18n import N_, _, language
from bot.messages import Option
from bot.understand.words import bare

if TYPE_CHECKING:
    from handlers.policy.content import Article, Source, Step

HALF_SCREEN = 90  # characters of the passage shown at first: with the sentence and the source, half a phone

ONLY_CHINESE = "I only have this answer in Chinese. Your phone can translate it."
LONGEST_TOPIC = 4  # characters of a word that names a topic by itself
_CURSES = re.compile(
    r"[操草艹日肏]你|[操草艹肏]他?妈|他妈的?|你妈|妈的|妈逼|尼玛|傻[逼比叉b]|煞笔|[狗畜]生?东西|王八|混蛋|垃圾平台"
    r"|滚|去死|cnm|nmsl|\bfuck|\bshit\b|bullshit|asshole"
)

HOTLINES = {
    "12333": N_("labour and social insurance"),
    "12345": N_("city hotline"),
    "12351": N_("trade union"),
    "12348": N_("legal aid"),
    "12328": N_("transport"),
    "12315": N_("consumer rights"),
    "12329": N_("housing fund"),
    "12366": N_("tax"),
    "12356": N_("someone to talk to"),
    "120": N_("ambulance"),
    "110": N_("police"),
    "119": N_("fire"),
    "122": N_("traffic police"),
}


def shown(article: Article, *, short: bool) -> tuple[str, bool]:
    """The text of an answer, and whether something of it is left for 看详细."""
    body, cut = _half(article.body) if short else (article.body, False)
    parts = [article.answer, body, *([] if _ends_with_basis(body) and not short else [basis(article.sources[0])])]
    if not short:
        parts += [basis(source) for source in article.sources[1:]]
        parts.append(_("Checked: {day}").format(day=article.reviewed.isoformat()))
    if article.confidence == "medium" and "为准" not in article.answer + body:
        parts.insert(2, _("Local rules decide; ask 12333."))
    if language() == "en":
        parts.insert(0, ONLY_CHINESE)
    return "\n".join(part for part in parts if part), cut


def sentence(article: Article) -> str:
    """The answer in one sentence, with its source: for a question in the middle of a form."""
    local = article.confidence == "medium" and "为准" not in article.answer
    parts = [article.answer, _("Local rules decide; ask 12333.") if local else "", basis(article.sources[0])]
    return "\n".join(part for part in (ONLY_CHINESE if language() == "en" else "", *parts) if part)


def _half(body: str) -> tuple[str, bool]:
    """Whole lines up to half a screen; the line that names the basis is said anyway."""
    lines = [line for line in body.strip().splitlines() if not line.startswith("依据")]
    kept: list[str] = []
    for line in lines:
        if kept and sum(map(len, kept)) + len(line) > HALF_SCREEN:
            break
        kept.append(line)
    cut = len(kept) < len(lines)
    while cut and kept and (not kept[-1].strip() or kept[-1].endswith(("：", ":"))):
        kept.pop()  # what it announces is cut off
    return "\n".join(kept), cut


def _ends_with_basis(body: str) -> bool:
    return any(line.startswith("依据") for line in body.strip().splitlines()[-2:])


def basis(source: Source) -> str:
    """The source in one line: its number (or title), who issued it, when."""
    name = source.number if source.number and "号" in source.number else f"《{source.title}》{source.number or ''}"
    details = "，".join(str(part) for part in (source.issuer, source.date) if part)
    return _("Basis: {name} ({details})").format(name=name, details=details)


def step(step: Step, dialogues: Container[str]) -> Option | None:
    """A next step as a button; None when the dialogue it leads to is not there."""
    kind, _sep, target = step.to.partition(":")
    if kind == "dialogue":
        return Option(step.label, f"go:{target}") if target in dialogues else None
    if kind == "article":
        return Option(step.label, f"go:article?id={target}")
    if kind == "phone":
        return Option(step.label, f"go:call?number={target}")
    return None  # a page: the original is linked already


def declined(reason: str) -> str:
    """Why there is no answer."""
    if reason == "long":
        return _("That is long. Please ask in one sentence; or file it as a complaint.")
    if reason in {"wordless", "nothing"}:
        return _("I can't read a question in that. Please type it in a few words.")
    if reason == "elsewhere":
        return _("That is not my field: I know work, social insurance and complaints. Ask staff, or another question.")
    return _("I did not find that, and I do not guess. Ask staff, or try other words.")


def topics(content_dir: Path) -> list[tuple[str, str]]:
    """(key, name) of the topics, in the language in force."""
    import yaml

    found = yaml.safe_load((content_dir / "topics.yaml").read_text("utf-8"))
    spoken = "en" if language() == "en" else "zh"
    return [(key, names[spoken]) for key, names in found.items()]


def is_cursing(text: str) -> bool:
    """True for somebody who lets off steam."""
    return _CURSES.search(bare(text)) is not None


def shares_a_word(text: str, other: str) -> bool:
    """True when two Chinese characters side by side are in both."""
    words = bare(text)
    pairs = (words[at : at + 2] for at in range(len(words) - 1))
    return any(not pair.isascii() and " " not in pair and pair in bare(other) for pair in pairs)


def topic_named(text: str, content_dir: Path) -> str:
    """The one topic that a single word names (罚款, 押金): its key, "" when it names none."""
    word = bare(text)
    if not 2 <= len(word) <= LONGEST_TOPIC or word.isascii():
        return ""
    found = [key for key, name in topics(content_dir) if word in name]
    return found[0] if len(found) == 1 else ""


def call(number: str) -> str:
    """A phone number, and who answers there."""
    if number not in HOTLINES:
        return _("Please call the number of your local office; 12345 knows it.")
    return _("Call {number} ({who}). Tap the number to dial.").format(number=number, who=_(HOTLINES[number]))
