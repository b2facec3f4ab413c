"""What people saw and what platforms were told, against what is stored."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.channels.telegram import render as in_telegram
from bot.channels.wechat import render as in_wechat
from bot.messages import Reply
from bot.store.conversations import state_aad
from bot.store.media import Blobs, content_aad
from bot.store.outbox import payload_aad
from bot.store.people import identity_aad
from bot.store.receipts import key_mac, receipt_aad
from bot.store.store import Store
from bot.store.tables import conversations, identities, media, outbox, parked, receipts
from handlers.complaints.tables import case_aad, cases
from handlers.policy.tables import question_aad, questions
from tests.crash.crowd import CODE, Form, Person
from tests.crash.ledger import Ledger
from tests.crash.phones import Heard
from tests.fakes.telegram import FakeTelegram
from tests.fakes.wechat import FakeWechat

LISTED = 8  # complaints in one list
HELD = "with the next contact"  # the result of a row that went into a passive reply
Rows = Sequence[sa.RowMapping]
Said = tuple[str, str]  # address, text


@dataclass
class Report:
    """Figures, and every violation in words."""

    table: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Evidence:
    """All that the audit looks at."""

    store: Store
    ledger: Ledger
    people: list[Person]
    wx: FakeWechat
    tg: FakeTelegram
    in_hand: list[int]  # outbox rows that were claimed by a process when it was killed
    folder: Path
    log: Path
    listed: dict[str, Heard]  # person -> what "my complaints" said at the end


async def audit(evidence: Evidence) -> Report:
    """Look at everything."""
    return await Audit(evidence).whole()


class Audit:
    """One audit of a drained store whose service has stopped."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.ledger, self.store = evidence, evidence.ledger, evidence.store
        self.vault = evidence.store.vault
        self.report = Report()
        self.table, self.wrong = self.report.table, self.report.wrong

    async def whole(self) -> Report:
        """Every check."""
        await self._read()
        self._messages()
        self._answers()
        self._cases()
        self._codes()
        self._conversations()
        self._questions()
        self._pictures()
        self._outbox()
        await self._house()
        return self.report

    async def _read(self) -> None:
        async with self.store.read() as unit:

            async def rows(table: sa.Table) -> Rows:
                return await unit.rows(sa.select(table).order_by(*table.primary_key))

            self.receipts, self.cases, self.outbox = await rows(receipts), await rows(cases), await rows(outbox)
            self.questions, self.media, self.parked = await rows(questions), await rows(media), await rows(parked)
            self.identities, self.conversations = await rows(identities), await rows(conversations)
        self.who = {row["person_id"]: self._open(row["address"], identity_aad(row["id"])) for row in self.identities}
        self.through = {row["id"]: self.who[row["person_id"]] for row in self.identities}
        self.by_key = {bytes(row["key_mac"]): row for row in self.receipts}
        times = Counter(self.evidence.in_hand)  # a row may be in flight at several kills, one after the other
        self.in_hand = Counter({})
        for row in self.outbox:
            if times[row["id"]]:
                for one in self._said(row):
                    self.in_hand[one] += times[row["id"]]
        self.handled = {key for key in self.ledger.letters if key_mac(self.store, key) in self.by_key}

    def _open(self, sealed: bytes, aad: bytes) -> str:
        return self.vault.open(sealed, aad).decode()

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)

    # -- messages

    def _messages(self) -> None:
        letters, counts = self.ledger.letters, self.ledger.counts
        acknowledged = {key for key, letter in letters.items() if letter.acknowledged}
        lost = acknowledged - self.handled
        unknown = len(self.by_key) - len(self.handled)
        self.table |= {
            "people": len(self.evidence.people),
            "messages": len(letters),
            "delivered again by the platforms": counts["retries"],
            "copies sent beside or later": counts["copies"],
            "given up by WeChat": counts["given up by WeChat"],
            "acknowledged": len(acknowledged),
            "acknowledged and lost": len(lost),
            "handled, the answer lost": len(self.handled - acknowledged),
            "handled before a kill, answered after it": sum(map(self._over_a_kill, acknowledged)),
            "longest wait for an answer, seconds": round(max(self.ledger.waits, default=0)),
            "receipts in the store": len(self.by_key),
        }
        self._expect(not lost, f"acknowledged and lost: {sorted(lost)[:5]}")
        self._expect(not unknown, f"{unknown} receipts of messages nobody sent")
        self._expect(len(self.receipts) == len(self.by_key), "a key has two receipts")
        self.table["never answered"] = len(self.ledger.unanswered)
        for who in self.ledger.unanswered:
            self.wrong.append(f"never answered: {self._trace(who)}")
        self.table["forms given up, all of them blurred"] = counts["forms given up"]
        self._expect(not counts["plain forms given up"], f"{counts['plain forms given up']} forms had no end")
        self._expect(not self.ledger.refused, f"refused: {dict(self.ledger.refused)}")

    def _trace(self, who: str) -> str:
        """What is known of a person's last messages."""
        last = [letter for letter in self.ledger.letters.values() if letter.who == who][-3:]
        rows = [row for row in self.outbox if row["identity_id"] and self.through[row["identity_id"]] == who]
        gone = [(row["kind"], row["state"], row["result"]) for row in rows[-3:]]
        return f"{who}: {[(one, one.key in self.handled) for one in last]}; outbox {gone}"

    def _answers(self) -> None:
        """Every copy of a message got the one stored answer; "received" only when the answer came another way."""
        late = differing = 0
        open_ones: Counter[str] = Counter()  # person -> answers that never stood in a response
        told: Counter[Said] = Counter()
        for key in self.handled:
            letter, mac = self.ledger.letters[key], key_mac(self.store, key)
            sealed = self.by_key[mac]["replies"]
            opened = self.vault.open_json(sealed, receipt_aad(mac, "replies")) if sealed else []
            texts = {Reply.from_json(one).text for one in opened} | set(letter.answers) - {""}
            late += letter.answers.count("")
            differing += len(texts) > 1
            told.update((letter.who, text.strip()) for text in texts)
            open_ones[letter.who] += not texts
        heard = sum(len(letter.answers) for letter in self.ledger.letters.values())
        self.table["WeChat answers, of them “received, later”"] = f"{heard}, {late}"
        self._expect(not differing, f"{differing} answers to a copy differ from the stored one")
        self._late_ones(told, open_ones)

    def _late_ones(self, told: Counter[Said], open_ones: Counter[str]) -> None:
        """An answer that is late goes out as one customer-service message, however many requests were late with it."""
        followers = self.evidence.wx.world.followers.items()
        sent = Counter(
            (who, seen.text.strip()) for who, one in followers for seen in one.screen if seen.via == "custom"
        )
        unasked = Counter(one for row in self.outbox if row["kind"] == "notice" for one in self._said(row))
        more: dict[str, list[str]] = {who: [] for who, _one in followers}
        for who, text in (sent - told - unasked - self.in_hand).elements():
            more[who].append(text)
        many = {who: texts for who, texts in more.items() if len(texts) > open_ones[who]}
        self.table["customer-service messages"] = sent.total()
        self._expect(not many, f"more customer-service messages than late answers: {many}")

    def _over_a_kill(self, key: str) -> bool:
        letter, row = self.ledger.letters[key], self.by_key.get(key_mac(self.store, key))
        return bool(row) and any(row["received_at"] < kill < letter.acknowledged for kill in self.ledger.kills)

    # -- what came of them

    def _cases(self) -> None:
        own: dict[str, list[sa.RowMapping]] = defaultdict(list)
        for row in self.cases:
            own[self.who[row["person_id"]]].append(row)
        forms = sum(len(person.forms) for person in self.evidence.people)
        blurred = sum(form.blurred for person in self.evidence.people for form in person.forms)
        self.table |= {"forms handed in": forms, "of them blurred by a repeat": blurred, "cases": len(self.cases)}
        for person in self.evidence.people:
            filed = own[person.phone.who]
            self._expect(
                len(filed) == len(person.forms),
                f"{person.phone.who}: {len(person.forms)} forms handed in, {len(filed)} cases",
            )
            for form, row in zip(person.forms, filed, strict=False):
                self._case(person, form, row)
            self._listed(person, filed)

    def _case(self, person: Person, form: Form, row: sa.RowMapping) -> None:
        story = self._open(row["story"], case_aad(row["id"], "story"))
        if form.blurred:
            self._expect(set(story.split("\n")) <= set(form.said), f"{person.phone.who}: a story nobody told")
            return
        answers = form.answers
        kept = {"category": row["category"], "company": row["company"], "story": story}
        kept |= {"amount": f"{row['amount']:.2f}"} if "amount" in answers else {}
        kept |= {"happened": row["happened_on"].isoformat(), "photos": row["attachments"]}
        told = {key: answers.get(key) for key in kept} | {"photos": form.photos}
        self._expect(kept == told, f"{person.phone.who}: told {told}, kept {kept}")

    def _listed(self, person: Person, filed: Rows) -> None:
        heard = self.evidence.listed[person.phone.who]
        if len(filed) == 1:
            right = filed[0]["code"] in heard.text
        else:
            right = not filed or len(heard.labels) >= min(len(filed), LISTED)
        self._expect(right, f"{person.phone.who}: {len(filed)} cases, told {heard.text[:60]!r}")

    def _codes(self) -> None:
        stored = {row["code"]: self.who[row["person_id"]] for row in self.cases}
        seen: set[str] = set()
        for person in self.evidence.people:
            codes = {code for text in person.phone.texts() for code in CODE.findall(text)}
            foreign = {code for code in codes if stored.get(code) != person.phone.who}
            self._expect(not foreign, f"{person.phone.who} saw {foreign}, not in the store as theirs")
            seen |= codes
        self.table |= {"receipt codes seen": len(seen), "cases whose code was never seen": len(stored.keys() - seen)}
        self._expect(stored.keys() <= seen, f"codes never seen: {sorted(stored.keys() - seen)[:5]}")

    def _conversations(self) -> None:
        """The form a person left in the middle holds just what they answered; nobody else has one open. (Words that
        were written again after a form was handed in may have begun another.)"""
        left = 0
        unsure = {
            person.phone.who
            for person in self.evidence.people
            if any(form.blurred for form in (*person.forms, *person.given_up))
        }
        expected = {person.phone.who: person.open for person in self.evidence.people}
        for row in self.conversations:
            who = self.who[row["person_id"]]
            state = self.vault.open_json(row["state"], state_aad(row["person_id"])) if row["state"] else {}
            drafts = [draft for draft in state.get("stack", []) if draft["name"] == "complaint"]
            form = expected[who]
            left += form is not None
            if who in unsure:
                continue
            self._expect(len(drafts) == (form is not None), f"{who}: {len(drafts)} forms open")
            if form is None or not drafts or form.blurred:
                continue
            told = {key: value for key, value in form.answers.items() if key not in {"photos", "consent"}}
            kept = {key: value for key, value in drafts[0]["answers"].items() if key in told}
            photos = len(drafts[0]["partial"].get("photos", []))
            self._expect(
                (kept, photos) == (told, form.photos),
                f"{who}: told {told} and {form.photos} photos, kept {kept} and {photos}",
            )
        self.table["forms left in the middle"] = left

    def _questions(self) -> None:
        odd = {text for person in self.evidence.people for text in person.odd}
        kept = Counter(self._open(row["words"], question_aad(row)) for row in self.questions)
        asked = Counter(self.ledger.letters[key].words for key in self.handled)
        wrong = [text for text in odd if kept[text] != asked[text]]
        self.table["questions kept for the staff"] = sum(kept[text] for text in odd)
        self._expect(not wrong, f"kept {[(t, kept[t], asked[t]) for t in wrong[:5]]} (question, kept, asked)")

    def _pictures(self) -> None:
        refs = Counter(self._open(row["ref"], content_aad(row["id"])) for row in self.media)
        twice = [ref for ref, count in refs.items() if count > 1]
        self._expect(not twice, f"taken twice: {twice[:5]}")
        states = Counter(row["status"] for row in self.media)
        self._expect(set(states) <= {"kept"}, f"pictures: {dict(states)}")
        blobs = Blobs(self.store.settings.data_dir)
        for row in self.media:
            self._expect(bool(blobs.read(self.vault, row["id"])), f"picture {row['id']} is empty")
        self.table["pictures kept"] = len(self.media)

    # -- what left the house

    def _outbox(self) -> None:
        states = Counter(row["state"] for row in self.outbox)
        self._expect(set(states) <= {"sent"}, f"outbox not drained: {dict(states)}")
        told = [row for row in self.outbox if row["kind"] != "fetch"]
        gone = [row for row in told if row["state"] == "sent" and row["result"] != HELD]
        promised = Counter(one for row in gone for one in self._said(row))
        arrived = Counter(self._arrived())
        missing = promised - arrived
        repeats = arrived - promised
        blind = repeats - self.in_hand
        self.table |= {
            "outbox rows": len(self.outbox),
            "in hand at the kills": len(self.evidence.in_hand),
            "messages sent by the outbox": arrived.total(),
            "of them sent twice": repeats.total(),
            "outbox": dict(states),
        }
        self._expect(not missing, f"marked as sent, never arrived: {missing.total()}")
        self._expect(not blind, f"sent twice without a kill: {list(blind)[:5]}")

    def _said(self, row: sa.RowMapping) -> Iterator[Said]:
        """What a row was on the person's screen: a notice, as its channel shows it, perhaps in several messages."""
        payload = self.vault.open_json(row["payload"], payload_aad(row["id"]))
        parts = _shown(row["channel"], Reply.from_json(payload["reply"])) if "reply" in payload else [payload["text"]]
        for text in parts:
            yield self.through[row["identity_id"]], str(text).strip()

    def _arrived(self) -> Iterable[Said]:
        for sent in self.evidence.tg.outbox():
            yield str(sent.chat_id), sent.text
        for openid, follower in self.evidence.wx.world.followers.items():
            yield from ((openid, seen.text.strip()) for seen in follower.screen if seen.via == "custom")

    # -- the house itself

    async def _house(self) -> None:
        self._expect(not self.parked, f"{len(self.parked)} messages parked")
        failures = self._failures()
        self.table["failures in the log"] = dict(failures) or 0
        self._expect(not failures, f"failures: {dict(failures)}")
        late = len(list(self.evidence.folder.glob("data/late/*")))
        self._expect(not late, f"{late} files of late messages left")
        if self.store.sqlite:
            async with self.store.read() as unit:
                said = await unit.value(sa.text("PRAGMA integrity_check"))
            self.table["PRAGMA integrity_check"] = said
            self._expect(said == "ok", f"integrity_check: {said}")

    def _failures(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for line in self.evidence.log.read_text().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                found[f"not JSON: {line[:80]}"] += 1
                continue
            name = " ".join(str(entry.get(part, "")) for part in ("event", "kind", "error", "where", "reason"))
            found[f"{entry['level']}: {name}"] += 1
        return found


def _shown(channel: str, reply: Reply) -> list[str]:
    if channel == "wechat":
        return list(in_wechat.texts([reply]))
    return [str(one["text"]) for one in in_telegram.messages([reply])]
