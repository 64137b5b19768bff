"""HTML → text, with quotes marked and hidden text set aside.

inscriptis lays the text out; before that the tree is searched for what no reader sees and for what is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_HTML = 1_000_000
"""Characters of HTML that are laid out; an honest letter has a hundredth."""

_TAG = re.compile(r"<[^<>]{0,2000}>")
_LONG_TAG = re.compile(r"(<[a-zA-Z][^\s<>/]{0,100})[^<>]{20000,}")
"""No honest tag is so long, but for a picture inside it; libxml2 takes quadratic time on attributes."""
_SPACES = re.compile(r" +")
_LETTERS = re.compile(r"\w+")
_QUOTE_STARTS, _QUOTE_ENDS = "\ue0f0", "\ue0f1"
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|mso-hide:all|opacity:0(?:\.0+)?(?=;|$|!)"
    r"|font-size:(?:0|1px|1pt|0?\.\d+)(?:px|pt|em|rem|%)?(?=;|$|!))"
)
_NO_ROOM = re.compile(r"(?:^|;)(?:max-)?(?:height|width):0(?:px)?(?=;|$|!)")
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_WHITE = {"#fff", "#ffffff", "white", "rgb(255,255,255)", "#fefefe"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The visible text, quoted lines led by `> `; whether text was hidden; whether the HTML was too long to be read whole."""

    text: str
    hidden: bool
    cut: bool


def visible_words(html: str) -> int:
    """About how many words a reader sees, for a comparison; cheap."""
    return sum(1 for _ in _LETTERS.finditer(_without_tags(_without(html[:MAX_HTML], "<!--", "-->"))))


def render(html: str) -> Rendered:
    """The text of an HTML part. Never raises."""
    # Imported here: half of all mails need no HTML, and these take longer to load than a mail to parse.
    from inscriptis.html_engine import Inscriptis
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    cut = len(html) > MAX_HTML
    source = html[:MAX_HTML].replace("\0", "").replace(_QUOTE_STARTS, "").replace(_QUOTE_ENDS, "")
    # Comments that do not end keep the parser busy for minutes.
    source = _LONG_TAG.sub(r"\1", _without(source, "<!--", "-->").replace("<!--", ""))
    if not source.strip():
        return Rendered("", hidden=False, cut=cut)
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
        tree = document_fromstring(source.encode("utf-8", "replace"), parser=parser)
        if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            raise ValueError("nested deeper than libxml2 keeps: what stands inside is missing from the tree")
        hidden = _set_hidden_aside(tree)
        _mark_quotes(tree)
        text = Inscriptis(tree).get_text()
    except (LxmlError, RecursionError, ValueError, AssertionError, IndexError):
        # lxml calls a document without any element empty; whatever it is, its letters are still there.
        return Rendered(_SPACES.sub(" ", _without_tags(source)).strip(), hidden=False, cut=cut)
    return Rendered(_tidy(text), hidden, cut)


def _without_tags(html: str) -> str:
    for name in ("head", "style", "script"):
        html = _without(html, f"<{name}", f"</{name}>")
    return _TAG.sub(" ", html)


def _without(html: str, starts: str, ends: str) -> str:
    """The HTML without what stands between two marks; one search forward, where a pattern would start again at every mark."""
    if starts not in html:
        return html
    kept: list[str] = []
    position = 0
    while (start := html.find(starts, position)) >= 0 and (end := html.find(ends, start)) >= 0:
        kept.append(html[position:start])
        position = end + len(ends)
    kept.append(html[position:])
    return "".join(kept)


def _set_hidden_aside(tree: HtmlElement) -> bool:
    """Takes out of the tree what is not shown; True if there were words in it."""
    coloured = any("background" in (style.text or "") for style in tree.iter("style"))
    hidden = list(_hidden_elements(tree, coloured))
    had_words = False
    for element in hidden:
        had_words = had_words or bool(_LETTERS.search("".join(str(text) for text in element.itertext())))
        element.drop_tree()
    return had_words


def _hidden_elements(tree: HtmlElement, coloured: bool) -> Iterator[HtmlElement]:
    """The outermost hidden elements. `coloured`: a style sheet sets backgrounds, so that white letters prove nothing."""
    stack: list[tuple[HtmlElement, str]] = [(tree, "white")]
    while stack:
        element, background = stack.pop()
        if not isinstance(element.tag, str) or element.tag in ("head", "style", "script", "title"):
            continue
        style = re.sub(r"\s+", "", element.get("style", "")).lower()
        background = (element.get("bgcolor") or "").lower() or background
        if "background" in style and (found := _BACKGROUND.search(style)):
            background = found.group(1)
        if element.get("background"):
            background = "image"
        if element.getparent() is not None and _is_hidden(element, style, background, coloured):
            yield element
            continue
        stack.extend((child, background) for child in element)


def _is_hidden(element: HtmlElement, style: str, background: str, coloured: bool) -> bool:
    if element.tag in ("html", "body"):
        return False
    if element.get("hidden") is not None:
        return True
    if style and (_HIDDEN_STYLE.search(style) or ("overflow:hidden" in style and _NO_ROOM.search(style))):
        # Layout tables set font-size:0 against gaps between cells and set it again inside: that is no hiding.
        return not (
            "font-size:0" in style
            and any(
                "font-size" in (child.get("style") or "")
                for child in element.iter()
                if child is not element and isinstance(child.tag, str)
            )
        )
    colour = found.group(1) if style and (found := _COLOUR.search(style)) else (element.get("color") or "").lower()
    return not coloured and colour in _WHITE and background in _WHITE


def _mark_quotes(tree: HtmlElement) -> None:
    from lxml.html import Element

    for quote in list(tree.iter("blockquote")):
        if quote.get("type") != "cite" and "quote" not in (quote.get("class") or "") and "cite" not in (quote.get("class") or ""):
            continue  # people also use blockquote to indent
        starts, ends = Element("div"), Element("div")
        starts.text, ends.text = _QUOTE_STARTS, _QUOTE_ENDS
        starts.tail, quote.text = quote.text, None
        quote.insert(0, starts)
        quote.append(ends)


def _tidy(text: str) -> str:
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        bare = line.strip()
        if bare == _QUOTE_STARTS:
            depth += 1
        elif bare == _QUOTE_ENDS:
            depth = max(0, depth - 1)
        elif bare:
            shown = line.rstrip().replace(_QUOTE_STARTS, "").replace(_QUOTE_ENDS, "")
            lines.append("> " * min(depth, 20) + (shown.lstrip() if depth else shown))
        elif lines and lines[-1].strip("> "):
            lines.append("> " * min(depth, 20))
    return "\n".join(line.rstrip() for line in lines).strip("\n")
