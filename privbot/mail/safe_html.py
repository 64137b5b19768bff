"""HTML that a stranger wrote → HTML that may be shown in a frame: it runs nothing, fetches nothing, leads nowhere and says what it hides.

Three steps. What would keep a parser busy for ever is cut off. nh3 reads the rest as browsers do (WHATWG HTML, section 13.2) and keeps a few
elements that only lay out words. Its output, which is well-formed and plain, is then written anew: links and pictures become
words. nh3 has the last word on the result. The frame has a policy of its own that would stop what slipped through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from html.parser import HTMLParser

import nh3

from privbot.mail.links import is_disguised, target_in_words
from privbot.mail.safe_text import one_line, visible

MAX_HTML = 400_000
"""Characters that are shown, without embedded pictures; an honest mail has a tenth."""
MAX_OPEN = 1_000
"""Elements open at the same time. Parsers take quadratic time on more: 100,000 nested ones cost nh3 forty seconds."""
MAX_REFERENCES = 50_000
"""Ampersands: nh3 takes quadratic time on these as well."""
MAX_DEPTH = 100
"""Elements inside each other that are shown as such; what is deeper stands in the last of them."""
MAX_SPAN = 50
"""Columns or rows that a cell of a table may cover."""
MAX_ALT = 200

_LAYOUT = {
    "abbr", "address", "article", "aside", "b", "bdi", "blockquote", "br", "caption", "center", "cite", "code", "dd", "del", "div", "dl", "dt",
    "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "ins", "kbd", "li", "main", "mark", "ol",
    "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "tt", "u", "ul", "var",
}  # fmt: skip
_KEPT = {"*": {"dir"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_GONE = {
    "script", "style", "title", "head", "noscript", "noembed", "noframes", "template", "iframe", "object", "embed", "applet", "svg", "math", "select",
    "textarea", "button", "audio", "video", "canvas", "map", "xmp", "plaintext", "listing", "frameset", "portal", "datalist",
}  # fmt: skip
"""Elements that vanish with all that is in them; of every other unknown element the words stay."""
_VOID = {"br", "hr", "img"}
_OURS = {"leads-to", "careful", "picture"}
"""Classes that only this module writes."""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/><]*)")
_NEVER_NESTED = {
    "br", "hr", "img", "input", "meta", "link", "base", "col", "area", "wbr", "source", "track", "param", "embed",
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
}  # fmt: skip
"""Elements without an end, and those that the next of their kind ends: old programs leave thousands of them open."""
_EMBEDDED = re.compile(r"data:[^\s\"'<>]{500,}", re.I)


class Shortened(StrEnum):
    """Why the formatted text is not the whole of it."""

    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"


@dataclass(frozen=True, slots=True)
class Words:
    """What is written between the sender's words, in the reader's language."""

    leads_to: str = "leads to {target}"
    careful: str = "Careful, the link leads elsewhere than its text says: {target}"
    picture: str = "Picture"
    picture_from: str = "Picture from {host}, not fetched"
    nowhere: str = "nowhere"
    script: str = "a program, taken out"


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """A fragment for the body of a sandboxed document, and what an operator should be told about it."""

    html: str
    pictures: int = 0
    """Pictures that were not fetched."""
    disguised_links: int = 0
    """Links whose text names another host than they lead to."""
    shortened: tuple[Shortened, ...] = ()


def safe_html(html: str, words: Words | None = None) -> SafeHtml:
    """What may be shown of an HTML part. Never raises; the time grows with `MAX_HTML` at most, whatever the HTML."""
    bounded, shortened = _bounded(html)
    writer = _Writer(words or Words())
    writer.feed(_READER.clean(bounded))
    writer.close()
    if writer.too_deep:
        shortened = (*shortened, Shortened.TOO_DEEP)
    return SafeHtml(
        _LAST_WORD.clean("".join(writer.written)), writer.pictures, writer.disguised_links, tuple(dict.fromkeys(shortened))
    )


_READER = nh3.Cleaner(
    tags=_LAYOUT | {"a", "img"}, attributes={**_KEPT, "a": {"href"}, "img": {"alt", "src"}}, clean_content_tags=_GONE, link_rel=None,
    # Links are only told, never followed: the dangerous ones are worth telling too.
    url_schemes={"http", "https", "mailto", "tel", "ftp", "javascript", "vbscript", "data", "file", "cid", "blob", "about"},
)  # fmt: skip
_LAST_WORD = nh3.Cleaner(
    tags=_LAYOUT, attributes=_KEPT, allowed_classes={"span": _OURS}, clean_content_tags=_GONE, link_rel=None, url_schemes=set()
)


def _bounded(html: str) -> tuple[str, tuple[Shortened, ...]]:
    """As much of the HTML as every parser can take. It decides nothing about safety: nh3 reads what is left."""
    html = _EMBEDDED.sub("data:,", html.replace("\0", ""))
    shortened: tuple[Shortened, ...] = ()
    if len(html) > MAX_HTML:
        html, shortened = html[:MAX_HTML], (Shortened.TOO_LONG,)
    if html.count("&") > MAX_REFERENCES:
        html, shortened = "&".join(html.split("&", MAX_REFERENCES)[:MAX_REFERENCES]), (Shortened.TOO_LONG,)
    opened: dict[str, int] = {}
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag.group(2).lower()
        if name in _NEVER_NESTED:
            continue
        if not tag.group(1):
            opened[name] = opened.get(name, 0) + 1
            depth += 1
        elif opened.get(name):
            opened[name] -= 1
            depth -= 1
        if depth > MAX_OPEN:
            return html[: tag.start()], (*shortened, Shortened.TOO_DEEP)
    return html, shortened


@dataclass(slots=True)
class _Link:
    href: str
    text: list[str] = field(default_factory=list)


class _Writer(HTMLParser):
    """Writes nh3's output anew, with links and pictures in words. Everything written here is escaped here."""

    def __init__(self, words: Words) -> None:
        super().__init__(convert_charrefs=True)
        self._words = words
        self.written: list[str] = []
        self.pictures = 0
        self.disguised_links = 0
        self.too_deep = False
        self._open: list[bool] = []
        """For each open element, whether it was written."""
        self._link: _Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "img":
            self._picture(values)
        elif tag == "a":
            self._link = _Link(values.get("href", ""))
        elif tag in _VOID:
            self.written.append(f"<{tag}>")
        else:
            shown = len(self._open) < MAX_DEPTH
            self.too_deep = self.too_deep or not shown
            self._open.append(shown)
            if shown:
                self.written.append(f"<{tag}{_attributes(values)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_of_link()
        elif tag not in _VOID and self._open and self._open.pop():
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        text = visible(data)[0]
        self.written.append(escape(text))
        if self._link:
            self._link.text.append(text)

    def _end_of_link(self) -> None:
        link, self._link = self._link, None
        if link is None or not link.href:
            return
        text = "".join(link.text).strip()
        target = target_in_words(link.href, nowhere=self._words.nowhere, script=self._words.script)
        if is_disguised(text, link.href):
            self.disguised_links += 1
            self._note("careful", self._words.careful.format(target=target))
        elif text not in (target, target.removeprefix("mailto:")):
            self._note("leads-to", self._words.leads_to.format(target=target))

    def _picture(self, values: dict[str, str]) -> None:
        self.pictures += 1
        host = re.match(r"(?:https?|ftp):/*([^/?#\s]+)", values.get("src", ""), re.I)
        told = self._words.picture_from.format(host=one_line(host.group(1), MAX_ALT)) if host else self._words.picture
        alt = one_line(values.get("alt", ""), MAX_ALT)
        if self._link:
            self._link.text.append(alt)
        self._note("picture", f"{told}: {alt}" if alt else told)

    def _note(self, kind: str, text: str) -> None:
        self.written.append(f' <span class="{kind}">[{escape(text)}]</span> ')


def _attributes(values: dict[str, str]) -> str:
    kept = [f' dir="{values["dir"]}"'] if values.get("dir") in ("ltr", "rtl", "auto") else []
    kept += [
        f' {name}="{values[name]}"'
        for name in ("colspan", "rowspan")
        if re.fullmatch(r"[1-9][0-9]?", values.get(name, "")) and int(values[name]) <= MAX_SPAN
    ]
    return "".join(kept)
