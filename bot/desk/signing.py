"""Signing in and out: a link is opened, a button pressed, and the link has served; then a code, for who has that on.

The link's page asks for a press, because chat programs open links by themselves to show a preview.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.desk import forms, links, sessions, totp, view
from bot.desk.me import LONGEST, refuse
from bot.desk.pace import Tries
from bot.desk.refusal import Refused
from bot.desk.totp import Verdict
from bot.headers import Headed
from bot.i18n import _, speaking
from bot.store import audit
from bot.store.unit import Unit

if TYPE_CHECKING:
    from bot.desk.desk import Desk


class Signing:
    """The pages for who is not signed in."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tries = Tries()

    def routes(self) -> list[Route]:
        """/desk/sign-in, the link's page, and /desk/sign-out."""
        pages = (
            ("/desk/sign-in", self._how, "GET"),
            ("/desk/sign-in", self._sign_in, "POST"),
            ("/desk/sign-in/code", self._ask_code, "GET"),
            ("/desk/sign-in/code", self._sign_in_code, "POST"),
            ("/desk/sign-in/{token}", self._link, "GET"),
            ("/desk/sign-out", self._sign_out, "POST"),
        )
        headed = [Middleware(Headed, headers=view.HEADERS)]
        return [Route(path, page, methods=[method], middleware=headed) for path, page, method in pages]

    def ask(self, request: Request) -> Response:
        """Who is not signed in is shown how; what they sent is not done."""
        if request.method in {"GET", "HEAD"}:
            return RedirectResponse("/desk/sign-in", 303)
        raise Refused(401, _("You are signed out. Please sign in; nothing was changed."))

    async def _how(self, request: Request) -> Response:
        with speaking(view.language_of(request)):
            return self.desk.chosen_language(request) or HTMLResponse(self.desk.html("desk/sign_in.html", request))

    async def _link(self, request: Request) -> Response:
        with speaking(view.language_of(request)):
            token = request.path_params["token"]
            chosen = self.desk.chosen_language(request)
            return chosen or HTMLResponse(self.desk.html("desk/link.html", request, token=token))

    async def _sign_in(self, request: Request) -> Response:
        with speaking(view.language_of(request)):
            try:
                self.desk.check_origin(request)
                return await self._redeem(request)
            except Refused as refusal:
                return self.desk.refused(request, refusal)

    async def _redeem(self, request: Request) -> Response:
        who = request.client.host if request.client else ""
        form = await forms.read(request)
        token = form.get("token", "")
        session = None
        if links.TOKEN.fullmatch(token):
            async with self.desk.service.store.write() as unit:
                session = await self._session(unit, token)
        if session is None:
            if self.tries.exhausted(who):  # a good link serves all the same: behind a proxy strangers have our address
                raise Refused(429, _("Too many wrong links. Please wait ten minutes."))
            self.tries.failed(who)
            raise Refused(403, _("This link no longer works: used, or too old. Ask for a new one in the chat."))
        session_token, whole = session
        return self._in("/desk" if whole else "/desk/sign-in/code", session_token)

    def _in(self, path: str, token: str) -> Response:
        response = RedirectResponse(path, 303)
        self.desk.set_cookie(response, sessions.COOKIE, token, int(sessions.LONGEST.total_seconds()))
        return response

    async def _session(self, unit: Unit, token: str) -> tuple[str, bool] | None:
        """A new session for the holder of a good link, noted in the audit log; and whether it is whole, or a second
        factor is awaited."""
        redeemed = await links.redeem(unit, token)
        if redeemed is None:
            return None
        accounts = self.desk.accounts
        person_id = redeemed.person_id if redeemed.person_id is not None else await accounts.first_admin(unit)
        member = await accounts.member(unit, person_id) if person_id is not None else None
        if member is None:
            return None
        whole = not await totp.is_on(unit, member.person_id)
        action = "desk.sign_in" if whole else "desk.link"
        await audit.write(unit, member.actor, action, f"person:{member.person_id}")
        return await sessions.start(unit, member.person_id, whole=whole), whole

    async def _ask_code(self, request: Request) -> Response:
        with speaking(view.language_of(request)):
            return self.desk.chosen_language(request) or await self._code_page(request)

    async def _code_page(self, request: Request, sentence: str = "", status: int = 200) -> Response:
        """The page for the code; who has no begun sign-in is shown how to begin."""
        token = request.cookies.get(sessions.COOKIE, "")
        async with self.desk.service.store.read() as unit:
            session = await sessions.find(unit, token, whole=False)
        if session is None:
            return RedirectResponse("/desk/sign-in", 303)
        csrf = sessions.csrf_of(self.desk.service.store.vault, token)
        return HTMLResponse(self.desk.html("desk/code.html", request, csrf=csrf, sentence=sentence), status)

    async def _sign_in_code(self, request: Request) -> Response:
        with speaking(view.language_of(request)):
            try:
                self.desk.check_origin(request)
                return await self._with_code(request)
            except Refused as refusal:
                return self.desk.refused(request, refusal)

    async def _with_code(self, request: Request) -> Response:
        """Look at a code; a good one makes a new, whole session out of the begun one."""
        token = request.cookies.get(sessions.COOKIE, "")
        form = await forms.read(request)
        fresh = ""
        async with self.desk.service.store.write() as unit:
            session = await sessions.find(unit, token, whole=False)
            member = await self.desk.accounts.member(unit, session.person_id) if session else None
            if session is None or member is None:
                raise Refused(401, _("This sign-in took too long. Please ask for a new link in the chat."))
            if not sessions.is_csrf(unit.vault, token, form.get("csrf", "")):
                raise Refused(403, _("This form is from another sign-in. Please open the page again."))
            verdict = await totp.check(unit, member.person_id, forms.limited(form.get("code", ""), LONGEST))
            if verdict in {Verdict.GOOD, Verdict.RECOVERY}:
                await sessions.end(unit, session)
                fresh = await sessions.start(unit, member.person_id)
            action = "desk.sign_in" if fresh else "desk.code_wrong"
            await audit.write(unit, member.actor, action, f"person:{member.person_id}", verdict.value)
        if fresh:
            return self._in("/desk", fresh)
        try:
            refuse(verdict)
        except Refused as refusal:
            return await self._code_page(request, refusal.sentence, refusal.status)
        raise AssertionError(verdict)

    async def _sign_out(self, request: Request) -> Response:
        with speaking(view.language_of(request)):
            try:
                self.desk.check_origin(request)
                await self._end(request)
            except Refused as refusal:
                return self.desk.refused(request, refusal)
        response = RedirectResponse("/desk/sign-in", 303)
        response.delete_cookie(sessions.COOKIE, path="/desk")
        return response

    async def _end(self, request: Request) -> None:
        """End the session of the cookie; there is none: nothing to do."""
        found = await self.desk.signed_in(request)
        if found is None:
            return
        session, member = found
        form = await forms.read(request)
        if not sessions.is_csrf(self.desk.service.store.vault, session.token, form.get("csrf", "")):
            raise Refused(403, _("This form is from another sign-in. Please open the page again."))
        async with self.desk.service.store.write() as unit:
            await sessions.end(unit, session)
            await audit.write(unit, member.actor, "desk.sign_out", f"person:{member.person_id}")
