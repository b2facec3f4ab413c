"""The certificate as a file to print, and the link its owner gets to it: sealed, good for a day."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextvars
from datetime import datetime, timedelta

import orjson

from bot.i18n import _
from bot.store.vault import CannotOpen, Vault
from handlers.volunteering.certificates import Certificate
from handlers.volunteering.guessing import page_of
from handlers.volunteering.wording import certified, lasts

LINK_LIFE = timedelta(hours=24)
_AAD = b"certificate-link"


def certificate_link(vault: Vault, code: str, now: datetime) -> str:
    """A path to the file; nobody else can make one."""
    token = vault.seal(orjson.dumps([code, int((now + LINK_LIFE).timestamp())]), _AAD)
    return "/certificate-files/" + base64.urlsafe_b64encode(token).decode().rstrip("=")


def linked_certificate(vault: Vault, token: str, now: datetime) -> str:
    """The code of the certificate behind a link; "" when it is no link of ours, or too old."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        code, until = orjson.loads(vault.open(sealed, _AAD))
    except (CannotOpen, binascii.Error, ValueError):
        return ""
    return str(code) if now.timestamp() < until else ""


async def printable(vault: Vault, one: Certificate, operator: str, base_url: str) -> bytes:
    """The PDF, with the code and a QR code to the page that confirms it; in the language in force."""
    scanned = base_url + page_of(vault, one.code)
    return await asyncio.to_thread(contextvars.copy_context().run, _made, one, operator, base_url, scanned)


def _made(one: Certificate, operator: str, base_url: str, scanned: str) -> bytes:
    from bot.export.to_pdf import Block, Code, Facts, Heading, Table, Text, make_pdf

    page = f"{base_url}/certificates/{one.code}"
    facts = [
        (_("Number"), one.code),
        (_("Name"), one.name),
        (_("In all"), f"{lasts(one.minutes)} · {_('{times} times').format(times=one.times)}"),
        (_("Period"), one.period),
        (_("Issued by"), operator),
        (_("Issued on"), one.issued_on),
    ]
    rows = [(day, title, lasts(minutes)) for day, title, minutes in one.lines]
    blocks: list[Block] = [
        Text(certified(one.name, one.times, one.minutes, one.first, one.last)),
        Facts(facts),
        Heading(_("Activities"), 2),
        Table((_("Date"), _("Activity"), _("Time spent")), rows, (2, 6, 2)),
    ]
    if one.times > len(one.lines):
        blocks.append(Text(_("The newest {count} are listed.").format(count=len(one.lines)), small=True))
    blocks.append(
        Code(scanned, _("Scan to check that it is genuine, or look up the number at {page}.").format(page=page))
    )
    blocks.append(Text(_("Issued free of charge by who recorded the hours."), small=True))
    return make_pdf(_("Certificate of volunteer service"), blocks, footer=f"{operator} · {one.code}")
