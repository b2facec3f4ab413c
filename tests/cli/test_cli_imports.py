"""What a start leaves alone: what a process imports is time before its first reply, and memory for as long as it runs.

A process of its own says what it holds. Who needs one of these imports it where it is needed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# libraries' extras that we have no use for
NEVER = ("rich", "pygments", "sqlalchemy.orm", "requests")
# what one kind of work needs, and brings along when it comes
SELDOM = ("alembic", "mako", "numpy", "PIL", "reportlab", "segno", "pyotp", "opencc", "rustpy_xlsxwriter", "telegram")
# what only a server needs
SERVING = ("starlette", "uvicorn", "jinja2", "httpx", "wechatpy.crypto", "bot.web", "bot.server", "bot.desk.desk")
# what a store in SQLite never needs
SHARED = ("asyncpg", "sqlalchemy.dialects.postgresql")
# what the first question brings
ANSWERING = ("handlers.policy.answers", "handlers.policy.content", "bot.search.index", "bot.search.lexicon")

CHAT = """
import contextlib
from bot.cli import main
sys.argv = ["yizhan", "chat"]
with contextlib.suppress(SystemExit):
    main()
"""
SERVER = """
import asyncio, bot.cli, bot.server
from bot.app import Service
from bot.console import settings
async def work():
    service = Service(settings())
    service.web()
    async with service.running():
        bot.server.settle()
asyncio.run(work())
"""
SAY = "\nprint(json.dumps([name for name, module in sys.modules.items() if module]))"


def run(work: str, folder: Path) -> tuple[set[str], str]:
    """The modules that a new process holds after this work, and what it wrote before."""
    environment = {"YIZHAN_DATA_DIR": str(folder / "data"), "YIZHAN_LOG_LEVEL": "CRITICAL"}
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys{work}{SAY}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    *said, modules = done.stdout.splitlines()
    return set(json.loads(modules)), "\n".join(said)


def test_the_first_reply_in_the_terminal(tmp_path: Path) -> None:
    """On a new store: a child process makes it, and Alembic stays there."""
    there, said = run(CHAT, tmp_path)
    assert "1 问政策" in said
    assert there & {*NEVER, *SELDOM, *SHARED, *SERVING, *ANSWERING} == set()


def test_a_server_that_serves(migrated_here: Path) -> None:
    """Before anybody asked it anything."""
    there, _said = run(SERVER, migrated_here)
    assert "bot.desk.desk" in there
    assert there & {*NEVER, *SELDOM, *SHARED} == set()
