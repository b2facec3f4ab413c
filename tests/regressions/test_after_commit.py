"""What ran after a commit and failed made a committed write look failed, and kept the rest from running."""

from __future__ import annotations

from bot.app import Service


async def test_a_committed_write_is_no_failure_whatever_follows_it(service: Service) -> None:
    done: list[str] = []

    def fails() -> None:
        raise PermissionError("evidence is read-only")

    async with service.store.write() as unit:
        unit.after_commit(fails)
        unit.after_commit(lambda: done.append("the rest"))
    assert done == ["the rest"]
