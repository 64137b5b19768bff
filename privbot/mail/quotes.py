"""What the writer wrote here ↔ what only stands below it: quotes, signatures and mails forwarded inline are set apart, never
lost.

There is no standard for any of this but `-- ` (RFC 3676 section 4.3); the wordings are those of the usual mail programs in the
languages that privbot reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from privbot.mail.model import Address, Forwarded

MAX_SIGNATURE_LINES = 25
MAX_SIGNATURES = 10

_WROTE = (
    r"wrote|writes|said|schrieb(?:en)?|a écrit|écrit|escribió|escribio|ha scritto|scritto|scrive|schreef|schreven|"
    r"geschreven|escreveu|"
    r"napisał(?:\(a\)|a)?|pisze|skrev|skriver|kirjoitti|napsal(?:\(a\)|a)?|(?:さん|様)?(?:は|が)?(?:書きました|書かれました|wrote)|のメール"
)
_ATTRIBUTION_END = re.compile(
    rf"(?:\b(?:{_WROTE})\b|(?:書きました|書かれました|のメール|napisał\(a\)|napsal\(a\)))[^.!?。]{{0,120}}[:：]\s*$", re.I
)
_DATED_SENDER = re.compile(r"\d{4}.{0,60}<[^<>\s]+@[^<>\s]+>\s*[:：]\s*$")
"""2026年11月20日(金) 10:41 Mel Ortega <mel@ortega.example>:"""

_DASHES = r"[-‐–—_=*＝－]{2,}"
_ORIGINAL = re.compile(
    rf"^\s*{_DASHES}\s*(?:original message|reply message|original appointment|ursprüngliche nachricht|original ?-?nachricht|"
    rf"message d['’]origine|"
    r"message original|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|oryginalna wiadomość|"
    r"wiadomość oryginalna|"
    r"ursprungligt meddelande|originalmeddelande|oprindelig meddelelse|original meddelelse|alkuperäinen viesti|"
    r"původní zpráva|původní e-mail|"
    rf"元のメッセージ|オリジナル ?メッセージ|original mail)\s*{_DASHES}\s*$",
    re.I,
)
_FORWARDED = re.compile(
    rf"^\s*(?:{_DASHES}\s*(?:forwarded message|forwarded by .{{1,80}}|weitergeleitete nachricht|message transféré|"
    rf"message transmis|mensaje reenviado|"
    r"messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|mensagem reencaminhada|treść przekazanej wiadomości|"
    r"wiadomość przekazana dalej|"
    r"przekazana wiadomość|vidarebefordrat (?:meddelande|mejl|brev)|videresendt (?:meddelelse|besked|mail)|välitetty viesti|"
    r"edelleenlähetetty viesti|"
    rf"přeposlaná zpráva|転送(?:された)?メッセージ|転送メール|forwarded mail)\s*(?:{_DASHES})?"
    r"|begin forwarded message\s*:|anfang der weitergeleiteten nachricht\s*:|début du message (?:transféré|réexpédié)\s*:|"
    r"inicio del mensaje reenviado\s*:|"
    r"inizio messaggio inoltrato\s*:|begin doorgestuurd bericht\s*:|início da mensagem (?:reencaminhada|encaminhada)\s*:|"
    r"początek (?:przekazywanej|przekazanej) wiadomości\s*:|vidarebefordrat brev\s*:|start på videresendt (?:besked|"
    r"meddelelse)\s*:|"
    r"välitetty viesti alkaa\s*:|začátek přeposílané zprávy\s*:|以下は?、?転送されたメッセージ(?:です)?\s*[:：。]?)\s*$",
    re.I,
)
_FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|wg|tr|rv|enc|doorst|vs|vb|pd|i|předáno|転送)\s*[:：]", re.I)

_REPLY_SUBJECT = re.compile(r"^\s*(?:re|aw|antw|sv|vs|odp|r|ynt|返信|回复)\s*(?:\[\d+\])?\s*[:：]", re.I)
_CLOCK_TIME = re.compile(r"\d{1,2}\s?[:.h時]\s?\d{2}")

_FROM = "from|von|de|da|van|från|fra|lähettäjä|od|差出人|送信者|送信元|发件人"
_SENT = (
    "sent|date|gesendet|datum|envoyé|envoyé le|enviado|enviado el|fecha|data|inviato|verzonden|enviada em|enviado em|enviada|"
    "wysłano|wysłane|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|odesláno|送信日時|日時|日付|送信日"
)
_OTHERS = (
    "to|an|à|para|a|aan|do|till|til|vastaanottaja|komu|宛先|cc|kopie|copie|copia|kopia|kopi|kopio|dw|subject|betreff|objet|asunto|oggetto|onderwerp|"
    "assunto|temat|ämne|emne|aihe|předmět|件名|reply-to|antwort an|importance|priority|attachments"
)
_SUBJECTS = "subject|betreff|objet|asunto|oggetto|onderwerp|assunto|temat|ämne|emne|aihe|předmět|件名"


def _label(names: str) -> re.Pattern[str]:
    return re.compile(rf"^[\s>*]{{0,8}}(?:{names})\s?\*?\s?[:：]\s?\*?\s*(.*)$", re.I)


_FROM_LINE, _SENT_LINE, _HEADER_LINE = _label(_FROM), _label(_SENT), _label(f"{_FROM}|{_SENT}|{_OTHERS}")
_SUBJECT_LINE = _label(_SUBJECTS)
_ADDRESS = re.compile(r"([^<>\[\]\"()]*?)\s*[\"']?\s*[<\[(]?(?:mailto:)?([^\s<>\[\]\"(),;:]+@[^\s<>\[\]\"(),;:]+)")
_RULE = re.compile(r"^\s*(?:[-_=*~+#‐–—─━═＿＊＝－☆★◇◆○●□■・･+:]\s?){8,}\s*$")
_SENT_FROM_PHONE = re.compile(
    r"^\s*(?:sent (?:from|via|with) |get outlook for |von meinem .{1,30} gesendet|gesendet (?:von|mit) |"
    r"diese nachricht wurde von meinem |envoyé (?:de|depuis) (?:mon )?|"
    r"enviado (?:desde|do|a partir do) |inviato d(?:a|al mio) |verzonden (?:vanaf|van|met) |verstuurd vanaf |wysłan[eo] z |"
    r"skickat från |sendt fra |lähetetty (?:ip|sam|puh)|"
    r"odesláno z |(?:iphone|ipad|android|スマートフォン|私のiphone|my iphone)から送信).{0,60}$",
    re.I,
)


@dataclass(slots=True)
class Separated:
    """The same text in its parts; every line of the mail is in one of them."""

    text: str = ""
    quoted: str = ""
    signature: str = ""
    forwarded: list[Forwarded] = field(default_factory=list)


def separate(text: str, *, subject: str = "") -> Separated:
    """Sets quotes, signature and inline forwards apart. `subject` tells a reply from a forward where the block itself looks the
    same."""
    lines = text.split("\n")
    cut = _first_foreign_line(lines)
    own, quoted = _unquoted(lines[:cut])
    found = Separated()
    below = lines[cut:]
    if below and not own and not _is_passed_on(below, subject):
        own = below  # the head of a letter as one writes it on paper
    elif below:
        if _is_forward(below, subject):
            found.forwarded.append(_forward(below))
        else:
            quoted += below  # nothing tells a reply under an Outlook block from the quote
    own, signature = _without_signature(own)
    found.text, found.quoted, found.signature = _joined(own), _joined(quoted), _joined(signature)
    return found


def _first_foreign_line(lines: Sequence[str]) -> int:
    """Where another mail begins that is not marked line by line; the number of lines if nowhere."""
    for number, line in enumerate(lines):
        if not line or line.isspace() or line.lstrip().startswith(">"):
            continue
        if _FORWARDED.match(line) or _ORIGINAL.match(line) or _is_header_block(lines, number):
            start = number
            while start and (not lines[start - 1].strip() or _RULE.match(lines[start - 1])):
                start -= 1
            return start if start or not lines[0].strip() or _RULE.match(lines[0]) else number
        length = _attribution(lines, number)
        if length and not _quote_follows(lines, number + length):
            return number
    return len(lines)


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """From, then a date and one more of the usual lines within six: how Outlook and Apple Mail begin the mail below."""
    if not _FROM_LINE.match(lines[number]):
        return False
    head = [line for line in lines[number + 1 : number + 9] if line.strip()][:5]
    labelled = 0
    dated = False
    for line in head:
        if not _HEADER_LINE.match(line):
            break
        labelled += 1
        dated = dated or bool(_SENT_LINE.match(line) and (_CLOCK_TIME.search(line) or "@" in lines[number]))
    return dated and labelled >= 2


def _attribution(lines: Sequence[str], number: int) -> int:
    """How many lines "On …, … wrote:" takes at this place (programs wrap it); 0 if it is none."""
    joined = ""
    for length in range(1, 4):
        if number + length > len(lines) or not (line := lines[number + length - 1].strip()) or len(joined) + len(line) > 300:
            return 0
        joined = f"{joined} {line}".strip()
        if line[-1] in ":：":
            # "Last May your support wrote:" is the writer's own sentence: programs give a day or an address.
            telling = any(character.isdigit() for character in joined) and (
                "@" in joined or ":" in joined[:-1] or re.search(r"\d{4}", joined)
            )
            return length if (telling and _ATTRIBUTION_END.search(joined)) or _DATED_SENDER.search(joined) else 0
    return 0


def _quote_follows(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


def _unquoted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Own lines and lines marked with `>`; an attribution line goes with the quote below it."""
    own: list[str] = []
    quoted: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        length = 0 if not line.strip() else _attribution(lines, number)
        if length and _quote_follows(lines, number + length):
            quoted.extend(lines[number : number + length])
            number += length
            continue
        (quoted if line.lstrip().startswith((">", "＞")) else own).append(line)
        number += 1
    return own, quoted


def _is_forward(below: Sequence[str], subject: str) -> bool:
    first = next((line for line in below if line.strip() and not _RULE.match(line)), "")
    if _FORWARDED.match(first):
        return True
    return bool(_FORWARD_SUBJECT.match(subject)) and (bool(_ORIGINAL.match(first)) or bool(_FROM_LINE.match(first)))


def _is_passed_on(below: Sequence[str], subject: str) -> bool:
    """A mail that begins with the head of a mail: a reply or forward without a word, unless nothing in it says so."""
    if _REPLY_SUBJECT.match(subject) or _is_forward(below, subject):
        return True
    return not any(_FROM_LINE.match(line) for line in below[:1])


def _forward(below: Sequence[str]) -> Forwarded:
    """The head lines of the forwarded mail, then its text."""
    start = len(below)
    sender: Address | None = None
    subject = ""
    in_head = False
    for number, line in enumerate(below):
        bare = line.strip("> \t")
        if _FORWARDED.match(line) or _ORIGINAL.match(line) or _RULE.match(line) or (not bare and not in_head):
            continue
        label = _HEADER_LINE.match(line)
        if label is None:
            if bare and in_head and line[:1] in " \t":  # a wrapped header line
                continue
            start = number
            break
        in_head = True
        if _FROM_LINE.match(line) and sender is None:
            sender = _address(label.group(1))
        elif found := _SUBJECT_LINE.match(line):
            subject = found.group(1).strip(" *")
    return Forwarded(sender, subject, _joined(_unmarked(below[start:])))


def _unmarked(lines: Sequence[str]) -> list[str]:
    """Without `> ` where every line has it, as Apple Mail forwards."""
    if all(line.startswith(">") for line in lines if line.strip()):
        return [line.removeprefix(">").removeprefix(" ") for line in lines]
    return list(lines)


def _address(value: str) -> Address | None:
    found = _ADDRESS.search(value[:500])
    return Address(found.group(1).strip(" \"'*"), found.group(2).rstrip(".>*").lower()) if found else None


def _without_signature(own: list[str]) -> tuple[list[str], list[str]]:
    """Own text and signature; a mail that is all signature keeps it as text. Relays may have added more of their own below."""
    signature: list[str] = []
    for _ in range(MAX_SIGNATURES):
        if (start := _signature_start(own)) is None:
            break
        own, signature = own[:start], own[start:] + signature
    return own, signature


def _signature_start(own: Sequence[str]) -> int | None:
    end = len(own)
    while end and not own[end - 1].strip():
        end -= 1
    for start in (_dashed(own, end), _ruled(own, end), _from_phone(own, end)):
        if start is not None and any(line.strip() for line in own[:start]):
            return start
    return None


def _dashed(own: Sequence[str], end: int) -> int | None:
    """`-- ` (RFC 3676 section 4.3), also without its space, as relays strip it; the last one that is short enough."""
    for start in range(end - 1, max(-1, end - MAX_SIGNATURE_LINES - 2), -1):
        if own[start] in ("-- ", "--", "--\u00a0", "― "):
            return start
    return None


def _ruled(own: Sequence[str], end: int) -> int | None:
    """A short last block between rules of dashes or stars, as is the custom in Japan."""
    if end == 0 or not _RULE.match(own[end - 1]):
        return None
    for start in range(end - 2, max(-1, end - 16), -1):
        if _RULE.match(own[start]):
            # A rule may be doubled above the block.
            return start
    return None


def _from_phone(own: Sequence[str], end: int) -> int | None:
    return end - 1 if end and _SENT_FROM_PHONE.match(own[end - 1]) else None


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
