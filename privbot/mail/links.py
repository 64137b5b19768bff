"""Where a link in a mail really leads, told in words; nothing here is ever fetched."""

from __future__ import annotations

import re
from urllib.parse import unquote

import idna

from privbot.mail.safe_text import one_line

MAX_TARGET = 300

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_WEB = re.compile(r"(?:https?|ftp):[/\\]*([^/\\?#]*)", re.I)
_IGNORED = re.compile("[\x00-\x20\x7f]")
"""Characters at the edges or inside a scheme that browsers skip (WHATWG URL, section 4.4)."""
_HOST_IN_TEXT = re.compile(
    r"(?<![\w.@-])(?:[a-z]{2,8}://)?(?:[^\s/@<>]{1,100}@)?((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?![\w-])", re.I
)
_FILE_ENDINGS = {
    "pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "htm", "html", "php", "asp", "png", "jpg", "jpeg", "gif", "zip", "eml", "odt", "rtf", "ppt",
}  # fmt: skip
_PROGRAMS = {"javascript", "vbscript", "data", "blob", "file", "about"}


def target_in_words(href: str, *, nowhere: str, script: str) -> str:
    """The address of a link as an operator can judge it: the host as the network spells it (IDNA: a Cyrillic look-alike shows), no
    password part, one line. `nowhere` for a place within the mail, `script` for what is no address but a program."""
    bare = _IGNORED.sub("", href)
    scheme = _SCHEME.match(bare)
    if scheme and scheme.group(1).lower() in _PROGRAMS:
        return script
    if not scheme or bare.startswith("#"):
        return nowhere
    host = host_of(bare)
    if not host:
        return one_line(unquote(bare), MAX_TARGET)
    return one_line(f"{scheme.group(1).lower()}://{host}{_WEB.sub('', bare, count=1)}", MAX_TARGET)


def host_of(href: str) -> str:
    """The host that a web link leads to, lower-case and in ASCII, with its port; empty for any other link."""
    found = _WEB.match(_IGNORED.sub("", href))
    if not found:
        return ""
    host, colon, port = _unquoted(found.group(1)).rpartition("@")[2].lower().partition(":")
    return _in_ascii(host) + colon + port


def is_disguised(text: str, href: str) -> bool:
    """Whether the text of a link names a host, and the link leads to another; or a password part makes the address look like another."""
    bare = _IGNORED.sub("", href)
    web = _WEB.match(bare)
    if web and "@" in _unquoted(web.group(1)):
        return True
    if not _SCHEME.match(bare):
        return False
    mail = re.match(r"mailto:[^?]*@([^?]*)", bare, re.I)
    target = _in_ascii(mail.group(1).lower()) if mail else host_of(bare).partition(":")[0]
    return any(not target or not _same(named, target) for named in _hosts(text))


def _hosts(text: str) -> list[str]:
    found = (_in_ascii(host.lower()) for host in _HOST_IN_TEXT.findall(text[:2_000]))
    return [host for host in found if host.rpartition(".")[2] not in _FILE_ENDINGS]


def _same(named: str, target: str) -> bool:
    """The same host, or one below the other."""
    named, target = named.removeprefix("www."), target.removeprefix("www.")
    return named == target or target.endswith("." + named) or named.endswith("." + target)


def _in_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host.encode("punycode", "replace").decode("ascii")


def _unquoted(host: str) -> str:
    return unquote(host) if "%" in host else host
