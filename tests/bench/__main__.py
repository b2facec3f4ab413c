"""The figures of the house: `python -m tests.bench [section ...]`; all sections when none is named.

Each section says in its own words what it measures, beside what, and prints its table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

DATABASES = ("sqlite", "postgres")


def messages(chosen: argparse.Namespace) -> None:
    """Messages a second through the real routes."""
    from tests.bench.messages import measure

    given = None if chosen.database in DATABASES else chosen.database
    uvloop.run(measure(chosen.messages, chosen.rounds, given))


def desk(chosen: argparse.Namespace) -> None:
    """The desk over many cases."""
    from tests.bench.desk import run

    on_each(chosen, lambda where: run(chosen.cases, where))


def broadcasts(chosen: argparse.Namespace) -> None:
    """Recipients a second of a broadcast."""
    from tests.bench.broadcasts import measure, show

    for where in [chosen.database] if chosen.database else DATABASES:
        show(where, measure(where, chosen.recipients, chosen.rounds), chosen.recipients)


def exports(chosen: argparse.Namespace) -> None:
    """Exports of many cases: seconds, and the most memory."""
    from tests.bench.exports import run

    on_each(chosen, lambda where: run(chosen.exports, where))


def on_each(chosen: argparse.Namespace, work: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """On the database that was named, else on both kinds."""
    for where in [chosen.database] if chosen.database else DATABASES:
        uvloop.run(work(where))


SECTIONS: dict[str, Callable[[argparse.Namespace], None]] = {
    "messages": messages,
    "desk": desk,
    "broadcasts": broadcasts,
    "exports": exports,
}


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--exports", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--database", default=None, help="sqlite, postgres or a URL")
    chosen = parser.parse_args()
    if unknown := set(chosen.sections) - SECTIONS.keys():
        parser.error(f"no section {unknown.pop()}; there are {', '.join(SECTIONS)}")
    for name in chosen.sections or SECTIONS:
        print(f"\n== {name}: {SECTIONS[name].__doc__}", flush=True)
        SECTIONS[name](chosen)


if __name__ == "__main__":
    main()
