"""Hostile mails come in by the real way and are opened in a real Chromium with its network watched: 0 scripts run, 0 requests leave, 0 layout
escapes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from privbot.console.views import mail as view
from privbot.mail.body import html_of
from privbot.mail.safe_html import SafeHtml
from privbot.mail.structure import take_apart
from privbot.records.models import IncomingMail, Review, Ticket
from privbot.worker import mail_view
from privbot.worker.once import poll_once
from tests.hostile import Hostile, mails

PARTS = 16
"""The first is looked at by default, the others with the long tests."""
STATE = """() => {
  const box = one => { const r = one.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].map(Math.round).join(' '); };
  const ours = [...document.querySelectorAll('header.top, header.top a, header.top button')];
  const reached = one => {
    const r = one.getBoundingClientRect();
    const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
    return one === top || one.contains(top);
  };
  const strange = 'main script, main style, main img, main svg:not(.clock-line), main object, main embed, main link, main meta, main base, '
    + 'iframe:not(.mail-frame)';
  const out = [...document.querySelectorAll('.foreign, .foreign *')].filter(one => getComputedStyle(one).position !== 'static');
  return {
    ran: window.ran ?? 0, name: window.name, title: document.title.endsWith('– privbot'), boxes: ours.map(box).join('|'),
    covered: ours.filter(one => !reached(one)).length, strange: document.querySelectorAll(strange).length, positioned: out.length,
    too_wide: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
  };
}"""


@dataclass
class Canary:
    """A server that nobody should ask for anything."""

    address: str
    hits: list[str] = field(default_factory=list)


@pytest.fixture
def canary() -> Iterator[Canary]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.hits.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    found = Canary(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Harm:
    """What the browser did that it should not have."""

    scripts: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    escapes: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    """What the browser refused by policy: no harm yet, but one wall less."""


class Watcher:
    """Opens pages, and writes down each harm with the mail that did it."""

    def __init__(self, page: Any, served: str, harm: Harm) -> None:
        self.page, self.served, self.harm = page, served, harm
        self.at = self.boxes = ""
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda fault: harm.scripts.append(f"{self.at}: {fault}"))
        page.on("console", lambda said: harm.blocked.append(f"{self.at}: {said.text}") if said.type == "error" else None)
        page.on("popup", lambda popup: harm.requests.append(f"{self.at}: popup"))
        page.on("download", lambda download: harm.requests.append(f"{self.at}: download"))
        page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.harm.scripts.append(f"{self.at}: dialog")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.served, "data:", "about:")):
            self.harm.requests.append(f"{self.at}: {request.url[:80]}")

    def open(self, path: str, name: str) -> None:
        self.at = f"{name} at {path}"
        self.page.goto(path)
        state = self.page.evaluate(STATE)
        self.boxes = self.boxes or state["boxes"]
        if state["ran"] or state["name"]:
            self.harm.scripts.append(f"{self.at}: left a trace")
        if self.page.url != self.served + path:
            self.harm.requests.append(f"{self.at}: led to {self.page.url}")
        escaped = [key for key in ("covered", "strange", "positioned", "too_wide") if state[key]]
        if escaped or state["boxes"] != self.boxes or not state["title"]:
            self.harm.escapes.append(f"{self.at}: {state}")

    def open_formatted(self, mail: int, name: str) -> None:
        self.open(f"/mail/{mail}?show=formatted", name)
        for frame in self.page.frames[1:]:
            if frame.url != f"{self.served}/mail/{mail}/formatted":
                self.harm.requests.append(f"{self.at}: frame led to {frame.url}")


def look_at(hostile: list[Hostile], imap: Any, office: Any, watcher: Watcher) -> None:
    """Each mail as text and formatted, then the queue, each ticket, and each review with the panel that decides it."""
    for one in hostile:
        imap.deliver(one.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    poll_once(office)
    kept = list(IncomingMail.objects.order_by("id"))
    assert len(kept) == len(hostile)
    assert {one.state for one in kept} == {IncomingMail.State.HANDLED}
    for row, one in zip(kept, hostile, strict=True):
        watcher.open(f"/mail/{row.id}", one.name)
        watcher.open_formatted(row.id, one.name)
    watcher.open("/queue", "queue")
    for reference in Ticket.objects.values_list("reference", flat=True):
        watcher.open(f"/ticket/{reference}", "ticket")
    for review in Review.objects.values_list("id", flat=True):
        watcher.open(f"/review/{review}", "review")
        watcher.open(f"/queue/review/{review}/other", "panel")


@pytest.fixture
def watcher(page, served, person, sign_in) -> Watcher:
    sign_in(person("lead"))
    page.set_default_navigation_timeout(60_000)  # the first mail waits for its opener to start
    return Watcher(page, served, Harm())


def test_one_in_sixteen_hostile_mails_does_no_harm(imap, console_office, canary, watcher):
    look_at(mails(canary.address)[::PARTS], imap, console_office, watcher)
    assert (watcher.harm, canary.hits) == (Harm(), [])


@pytest.mark.long
@pytest.mark.parametrize("part", range(1, PARTS))
def test_no_hostile_mail_does_harm(imap, console_office, canary, watcher, part):
    look_at(mails(canary.address)[part::PARTS], imap, console_office, watcher)
    assert (watcher.harm, canary.hits) == (Harm(), [])


def _unsanitised(real: Any) -> Any:
    """What a mail says in HTML, as it came."""

    def open_mail(office: Any, kept: Any, words: Any = None) -> Any:
        shown = real(office, kept, words)
        html = html_of(take_apart(mail_view.raw(office, kept), max_parts=100, max_depth=10).root, max_text=100_000)
        return replace(shown, formatted=SafeHtml(html))

    return open_mail


def _without_sandbox(route: Any) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('sandbox=""', ""))


def some(canary: Canary) -> list[Hostile]:
    """One of each kind of harm."""
    chosen = {"img onerror", "svg onload", "picture", "style import", "meta refresh"}
    return [one for one in mails(canary.address) if one.name in chosen]


def test_were_the_sanitiser_broken_policy_and_sandbox_would_still_hold(imap, console_office, canary, watcher, monkeypatch):
    monkeypatch.setattr(mail_view, "open_mail", _unsanitised(mail_view.open_mail))
    look_at(some(canary), imap, console_office, watcher)
    assert (watcher.harm.scripts, watcher.harm.escapes) == ([], [])
    assert watcher.harm.blocked


def test_without_all_three_the_same_watch_sees_the_harm(imap, console_office, canary, watcher, monkeypatch):
    """The watch is no rubber stamp."""
    monkeypatch.setattr(mail_view, "open_mail", _unsanitised(mail_view.open_mail))
    monkeypatch.setattr(view, "FRAME_POLICY", "default-src * 'unsafe-inline' data:")
    watcher.page.route("**/mail/*show=formatted", _without_sandbox)
    look_at(some(canary), imap, console_office, watcher)
    assert len(watcher.harm.scripts) >= 2
    assert len(watcher.harm.requests) >= 3
    assert canary.hits
