"""Messages that failed three times: kept with their traceback for the desk, sealed."""

from __future__ import annotations

from bot.messages import Incoming
from bot.store.ids import new_id
from bot.store.tables import parked
from bot.store.unit import Unit


def parked_aad(row_id: int) -> bytes:
    """The associated data a parked message is sealed with."""
    return f"parked:{row_id}".encode()


def park(unit: Unit, mac: bytes, one: Incoming, trace: str) -> None:
    """Keep one."""
    row_id = new_id()
    words = {"text": one.text, "choice": one.choice, "event": one.event or "", "payload": one.payload}
    unit.insert(
        parked,
        id=row_id,
        key_mac=mac,
        channel=one.channel,
        incoming=unit.vault.seal_json(words, parked_aad(row_id)),
        traceback=unit.vault.seal(trace.encode(), parked_aad(row_id)),
        parked_at=unit.now,
    )
