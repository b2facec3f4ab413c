"""The menu and the help text: one step to everything."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.site import Site

ENTRIES = (
    (N_("Ask about a rule"), "go:ask"),
    (N_("Join social insurance"), "go:insurance"),
    (N_("File a complaint"), "go:complaint"),
    (N_("Volunteer"), "go:volunteer"),
    (N_("Mine"), "go:mine"),
)


def entries() -> list[Option]:
    """The five entries in the language in force."""
    return [Option(_(label), value) for label, value in ENTRIES]


@dialogue(
    "menu",
    title=N_("Menu"),
    words=["菜单", "首页", "主页", "menu", "start", "开始", "你好", "您好", "在吗", "hi", "hello"],
    after="offer",
)
async def menu(talk: Talk) -> None:
    """The entries; the greeting says who we are to somebody new."""
    site = talk.use(Site)
    if talk.args.get("greet") or talk.person.new:
        text = _("This is {name}, run by {operator}. Free for gig workers. Just type your question, or pick one:")
        await talk.say(text.format(name=site.said("name"), operator=site.said("operator")), entries())
    else:
        await talk.say(_("What can I do for you? Type it, or pick one:"), entries())


@dialogue("help", title=N_("Help"), words=["帮助", "怎么用", "help", "?"])
async def help_text(talk: Talk) -> None:
    """What can be typed anywhere."""
    await talk.say(
        _(
            "Type anything, or send the number of an option.\n"
            "Works any time: Menu, Back, Cancel, Restart, Staff, Unsubscribe.\n"
            "“My complaints” shows progress. “My data” shows what is kept about you."
        )
    )


DIALOGUES = (menu, help_text)
