"""No word of ours breaks inside, on a large screen nor on a telephone, and no page is wider than its screen."""

from __future__ import annotations

import pytest

from privbot.records.models import Review, Ticket
from tests.a_days_mail import arrive

BROKEN_WORDS = """() => {
  const others = ".foreign, .mail-text, .mono, .quote, .badge, bdi, code, pre, textarea, option, a[data-row], dd, svg, .visually-hidden";
  const found = new Set();
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.parentElement.closest(others) || !node.parentElement.checkVisibility()) continue;
    for (const word of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1) found.add(word[0]);
    }
  }
  return [...found];
}"""


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_word_breaks_inside_and_no_page_scrolls_sideways(language, width, imap, person, page, sign_in, in_a_file):
    arrive(in_a_file, imap)
    person("viewer", name="Somebody" * 7)
    admin = person("admin")
    admin.language = language
    admin.save()
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(admin)
    ticket, review = Ticket.objects.order_by("id").first(), Review.objects.order_by("id").first()
    pages = (
        "/queue", f"/ticket/{ticket.reference}", f"/review/{review.id}", "/deadlines", "/letters", "/letters/lumen/en/acknowledgment", "/settings",
        "/settings/mailbox/privacy", "/settings/controller/lumen", "/settings/limits", "/team", "/me", "/audit", "/health", "/reports", "/reading",
    )  # fmt: skip
    found = []
    for address in pages:
        page.goto(address)
        found += [f"{address}: {word}" for word in page.evaluate(BROKEN_WORDS)]
        wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        if wide > 0:
            found.append(f"{address}: {wide} px wider than the screen")
    assert not found, "\n".join(found)
