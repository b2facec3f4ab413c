"""The crash test: the service is killed again and again under load; nothing acknowledged may be lost or done twice.

    python -m tests.crash [--messages 2000] [--kills 20] [--database sqlite|postgres|URL] [--seed 1]

Without --database it runs on a SQLite file, then on a PostgreSQL of its own. Exits 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.crash.audit import Report
from tests.crash.databases import database
from tests.crash.run import Plan, Run


def show(name: str, report: Report) -> None:
    """The table, then what is wrong."""
    print(f"\n{name}")
    for label, value in report.table.items():
        print(f"  {label:<42} {value}")
    for line in report.wrong:
        print(f"  WRONG: {line}")
    print("  nothing lost, nothing done twice" if not report.wrong else f"  {len(report.wrong)} violations", flush=True)


def main() -> int:
    """Read the arguments, run, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default=None, help="sqlite, postgres or the URL of an empty database")
    chosen = parser.parse_args()
    import uvloop

    plan = Plan(chosen.messages, chosen.kills, chosen.people, chosen.seed)
    wrong = 0
    for name in [chosen.database] if chosen.database else ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory(prefix="yizhan-crash-") as folder, database(name, Path(folder)) as url:
            report = uvloop.run(Run(plan, url, Path(folder)).whole())
            show(name, report)
            wrong += len(report.wrong)
            if report.wrong:
                (Path(tempfile.gettempdir()) / "yizhan-crash.log").write_bytes(
                    (Path(folder) / "service.log").read_bytes()
                )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
