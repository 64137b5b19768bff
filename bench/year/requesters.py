"""The requesters at their own desks: they write, get our letters, and do with them what their stories say."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256

from eth_account.messages import encode_defunct

from bench.year import post, texts
from bench.year.people import Person
from privbot.casework.challenge import ALPHABET

CODE = re.compile(rf"(?<![-{ALPHABET}])[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}(?![-{ALPHABET}])")
TO_SIGN = re.compile(r"\S+ asks for proof that you control.*?Valid until: \S+", re.DOTALL)
ADDRESSES = {"lumen": "customer-lumen@harbour.example", "tidal": "customer-tidal@harbour.example"}
NOBODYS_CODE = "2222-2222"
LATE = 16
"""Days after which a code is too old."""
NOISE_DAYS = 9
"""Between two mails that ask for nothing."""


@dataclass(slots=True)
class Written:
    """A mail of the script, and what an operator would see in it."""

    purpose: str
    """request, code, wrong-code, details, declaration, permission, guardian, answer, withdrawal, thanks, signature, machine, noise, forged."""
    person: Person | None
    at: datetime


@dataclass
class Requesters:
    """All of them, with what they still have to send."""

    people: list[Person]
    first_day: date
    seed: int
    written: dict[str, Written] = field(default_factory=dict)
    """By SHA-256 of the mail."""
    machines: set[str] = field(default_factory=set)
    """Addresses that only machines write from."""

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 – a script, no secret
        self._to_send: list[tuple[int, Callable[[datetime], tuple[bytes, Written]]]] = []
        self._number = 0
        self.of_address = {one.address: one for one in self.people}
        self.consumers = {address: one for one in self.people for _, address in one.consumers}
        for one in self.people:
            self._request(one, one.first_day)
            for later in one.story.again:
                self._request(one, one.first_day + later)
        for day in range(0, 365, NOISE_DAYS):
            self._noise(day)

    @property
    def nothing_left(self) -> bool:
        return not self._to_send

    def mails_of(self, day: int, now: datetime) -> Iterator[tuple[bytes, datetime]]:
        """What arrives in the 24 hours before `now`, with the moment our server received it."""
        due = [make for when, make in self._to_send if when <= day]
        self._to_send = [(when, make) for when, make in self._to_send if when > day]
        for make in due:
            raw, written = make(now - timedelta(minutes=self._chance.randrange(1, 24 * 60)))
            self.written[sha256(raw).hexdigest()] = written
            yield raw, written.at

    def got(self, address: str, message: EmailMessage, name: str, day: int) -> None:
        """A letter arrived: what its reader does about it. `name` is the letter's, which a human reader sees at a glance."""
        body = message.get_body(("plain",))
        text, answers = body.get_content() if body else "", str(message["Message-ID"])
        if consumer := self.consumers.get(address):
            self._return_code(consumer, text, answers, day, address)
            return
        person = self.of_address.get(address)
        if person is None:
            return
        self._machine_answers(person, answers, day)
        if codes := self._codes(text, message["Subject"]):
            self._answer_code(person, codes[0], name, answers, day)
        match name:
            case "challenge-details" if person.story.details != "never":
                wrong = person.story.details == "wrong"
                told = texts.DETAILS.format(
                    phone="+1 213 555 9999" if wrong else person.phone,
                    customer="CU-00001" if wrong else person.customer,
                    name=person.name,
                )
                self._reply(person, "details", told, answers, day + person.patience)
            case "challenge-declaration":
                self._reply(person, "declaration", texts.DECLARATION, answers, day + person.patience, files=("declaration.txt",))
            case "challenge-wallet":
                self._sign(person, text, answers, day + person.patience)
            case "agent-paperwork":
                self._reply(
                    person, "permission", "The signed permissions are attached.", answers, day + 1, files=("permission.txt",)
                )
            case "minor":
                self._reply(person, "guardian", texts.GUARDIAN, answers, day + person.patience, files=("authority.txt",))
            case "clarification":
                self._reply(person, "answer", texts.ANSWER, answers, day + 3)
            case "acknowledgment" if person.story.withdraws:
                self._once(person, "withdrawal", texts.WITHDRAWAL, answers, day + 4)
            case "access-answer" if person.number % 5 == 0:
                self._once(person, "thanks", texts.THANKS, answers, day + 1)

    # -- writing -------------------------------------------------------------------------------------------------------

    def _request(self, person: Person, day: int) -> None:
        text = person.text
        if person.story.agent:
            rows = "\n".join(f"{n:03}-01   {name:<20} {address}" for n, (name, address) in enumerate(person.consumers))
            text = texts.AGENT.format(rows=rows)
        if person.story.minor:
            text = f"{texts.CHILD} {text}"
        self._send(
            day, person, "request", f"{text}\n\n{person.name}", subject="my data" if person.number % 2 else "privacy request"
        )

    def _reply(self, person: Person, purpose: str, text: str, answers: str, day: int, *, files: tuple[str, ...] = ()) -> None:
        text = text.replace("{name}", person.name)
        self._send(day, person, purpose, text, subject="Re: my data", answers=answers, files=files)

    def _once(self, person: Person, purpose: str, text: str, answers: str, day: int) -> None:
        if purpose not in person.reactions:
            person.reactions.add(purpose)
            self._reply(person, purpose, text, answers, day)

    def _send(
        self, day: int, person: Person, purpose: str, text: str, *, subject: str, answers: str = "", files: tuple[str, ...] = (), sender: str = "",
    ) -> None:  # fmt: skip
        self._number += 1
        identifier = f"{purpose}.{self._number}"

        def make(at: datetime) -> tuple[bytes, Written]:
            raw = post.mail(
                sender or person.address, person.name, ADDRESSES[person.controller], subject, text, at=at, identifier=identifier,
                result="pass" if person.story.authenticated else "none", answers=answers, files=files,
            )  # fmt: skip
            if purpose in ("code", "signature"):
                person.proved.add(at.date())
            return raw, Written(purpose, person, at)

        self._to_send.append((day, make))

    # -- codes ---------------------------------------------------------------------------------------------------------

    def _codes(self, text: str, subject: str) -> list[str]:
        return [one for one in CODE.findall(text) if one not in subject]

    def _answer_code(self, person: Person, code: str, letter: str, answers: str, day: int) -> None:
        if f"code {code}" in person.reactions:
            return
        match person.story.code:
            case "never":
                return
            case "reminded" if letter != "reminder":
                return
            case "wrong first" if "wrong" not in person.reactions:
                person.reactions.add("wrong")
                self._reply(person, "wrong-code", f"The code is {NOBODYS_CODE}.", answers, day + 1)
                self._reply(person, "code", f"Sorry, it is {code}.", answers, day + 3)
            case "too late" if "late" not in person.reactions:
                person.reactions.add("late")
                self._reply(person, "late-code", f"Here is the code: {code}", answers, day + LATE)
            case _:
                self._reply(person, "code", f"Here is the code: {code}", answers, day + person.patience)
        person.reactions.add(f"code {code}")

    def _return_code(self, agent: Person, text: str, answers: str, day: int, address: str) -> None:
        for code in CODE.findall(text)[-1:]:
            self._send(
                day + 1,
                agent,
                "consumer-code",
                f"Yes, they may. {code}",
                subject="Re: your data",
                answers=answers,
                sender=address,
            )

    def _sign(self, person: Person, text: str, answers: str, day: int) -> None:
        found = TO_SIGN.search(text.replace("\r\n", "\n"))
        assert found, "the letter shows the text to be signed"
        signature = person.wallet.sign_message(encode_defunct(text=found[0])).signature.hex()
        self._reply(person, "signature", f"Here is the signature:\n0x{signature.removeprefix('0x')}", answers, day)

    # -- machines and strangers ------------------------------------------------------------------------------------------

    def _machine_answers(self, person: Person, answers: str, day: int) -> None:
        kind = person.story.machine
        self._number += 1
        identifier, to = f"machine.{self._number}", ADDRESSES[person.controller]
        if kind == "absence":
            headers = {"Auto-Submitted": "auto-replied"}

            def make(at: datetime) -> tuple[bytes, Written]:
                raw = post.mail(
                    person.address,
                    person.name,
                    to,
                    "Out of office",
                    texts.ABSENCE,
                    at=at,
                    identifier=identifier,
                    answers=answers,
                    headers=headers,
                )
                return raw, Written("machine", person, at)

            self._to_send.append((day + 1, make))
        elif kind == "bounce":
            self.machines.add(f"MAILER-DAEMON@{person.address.rpartition('@')[2]}".lower())
            self._to_send.append(
                (
                    day + 1,
                    lambda at: (
                        post.bounce(person.address, to, answers, at=at, identifier=identifier),
                        Written("machine", person, at),
                    ),
                )
            )

    def _noise(self, day: int) -> None:
        subject, text = texts.NOISE[day // NOISE_DAYS % len(texts.NOISE)]
        newsletter = f"news@shop{day}.example"
        self.machines.add(newsletter)
        to = ADDRESSES["lumen"]

        def stranger(at: datetime) -> tuple[bytes, Written]:
            raw = post.mail(
                f"someone{day}@office.example", "Kim Stranger", to, subject, text, at=at, identifier=f"noise.{day}", result="pass"
            )
            return raw, Written("noise", None, at)

        def machine(at: datetime) -> tuple[bytes, Written]:
            headers = {"List-Id": "<news.shop.example>", "Precedence": "bulk", "List-Unsubscribe": "<mailto:off@shop.example>"}
            words = "Our summer sale begins. Read our privacy policy for your right to access and delete your personal data."
            raw = post.mail(newsletter, "News", to, "Summer sale", words, at=at, identifier=f"news.{day}", headers=headers)
            return raw, Written("machine", None, at)

        def forger(at: datetime) -> tuple[bytes, Written]:
            victim = self.people[day % len(self.people)]
            text = f"Please send me a copy of all my personal data under Article 15 GDPR.\n\n{victim.name}"
            raw = post.mail(
                victim.address,
                victim.name,
                ADDRESSES[victim.controller],
                "urgent",
                text,
                at=at,
                identifier=f"forged.{day}",
                result="fail",
            )
            return raw, Written("forged", None, at)

        self._to_send += [(day, stranger), (day, machine), (day + 1, forger)]
