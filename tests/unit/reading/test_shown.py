"""The words that a reading goes by, marked in the mail as operators see it."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privbot.mail.model import Address, Attachment, Authentication, Forwarded, Mail, Origin, OriginKind
from privbot.mail.parse import ParseSettings, parse
from privbot.reading.contract import as_json
from privbot.reading.parts import CUT, HEAD, TAIL, capped, uncapped
from privbot.reading.reader import Reader
from privbot.reading.shown import Mark, Passage, Piece, label_of, marks, passages
from privbot.testing import golden

PAIRS = golden.load()
MAIL = Mail(
    sha256="0" * 64, message_id=None, sender=Address("Mel Ortega", "mel@ortega.example"), senders=(), reply_to=(), to=(), cc=(),
    delivered_to=(), subject="my data", date=None, received=None, in_reply_to=(), references=(), text="Please delete it all. Thank you.",
    quoted="", signature="", forwarded=(), attachments=(), origin=Origin(OriginKind.HUMAN, True, Authentication.PASS),
)  # fmt: skip
LONG = "".join(f"{number:05}" for number in range(4_000))


def marked(shown: tuple[Passage, ...], label: str) -> str:
    return "".join(piece.text for passage in shown for piece in passage.pieces if label in piece.labels)


def a_letter(text: str) -> Attachment:
    return Attachment("letter.pdf", "application/pdf", "application/pdf", 9, 1, text)


# -- over the golden mails -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_in_each_golden_mail_the_marked_words_are_the_evidence(pair, reader):
    mail = parse(pair.raw, settings=ParseSettings())
    reading = reader.read(mail)
    told = as_json(reading, "1")
    shown = passages(mail, marks(told))
    for one in told["evidence"]:
        # Between the subject line and the text there is nothing to mark.
        expected = one["text"].rstrip("\n") if one["start"] < len(mail.subject) else one["text"]
        assert marked(shown, one["label"]) == expected
    for one in told["requester"]["sources"]:
        if one["start"] >= 0:
            assert marked(shown, label_of(one)) == reading.text[one["start"] : one["end"]]
        else:
            assert label_of(one) == ""


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_nothing_of_the_text_is_lost_between_the_marks(pair, reader):
    mail = parse(pair.raw, settings=ParseSettings())
    shown = passages(mail, marks(as_json(reader.read(mail), "1")))
    text = "".join(passage.text for passage in shown if passage.kind in ("text", "attachment"))
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", mail.letter_text)


def test_the_golden_mails_have_evidence_and_details_to_be_marked(reader):
    told = [as_json(reader.read(parse(pair.raw, settings=ParseSettings())), "1") for pair in PAIRS]
    assert sum(len(one["evidence"]) for one in told) > 100
    assert sum(source["start"] >= 0 for one in told for source in one["requester"]["sources"]) > 100


# -- one by one ------------------------------------------------------------------------------------------------------------


def test_a_span_counts_from_the_subject_line():
    shown = passages(MAIL, [Mark("erasure", 8, 29, "Please delete it all.")])
    assert shown == (
        Passage("subject", "", (Piece("my data"),)),
        Passage("text", "", (Piece("Please delete it all.", ("erasure",)), Piece(" Thank you."))),
    )


def test_spans_that_overlap_share_their_words():
    shown = passages(MAIL, [Mark("erasure", 8, 21), Mark("access", 15, 29), Mark("erasure", 10, 17)])
    assert shown[1].pieces == (
        Piece("Pl", ("erasure",)),
        Piece("ease ", ("erasure",)),
        Piece("de", ("access", "erasure")),
        Piece("lete", ("access", "erasure")),
        Piece(" it all.", ("access",)),
        Piece(" Thank you."),
    )


def test_a_mark_in_the_subject_stays_in_the_subject():
    shown = passages(replace(MAIL, subject="order  4711\n again"), [Mark("requester-ids-6-10", 6, 10)])
    assert shown[0].pieces == (Piece("order "), Piece("4711", ("requester-ids-6-10",)), Piece(" again"))


def test_words_of_an_attached_letter_are_marked_in_the_attachment():
    mail = replace(MAIL, text="See attached.", attachments=(a_letter("I object."),))
    reading = Reader(None).read(mail)
    at = reading.text.index("I object.")
    shown = passages(mail, [Mark("objection", at, at + 9, "I object.")])
    assert shown[2] == Passage("attachment", "letter.pdf", (Piece("I object.", ("objection",)),))


def test_a_mail_without_words_of_its_own_shows_what_it_forwards():
    mail = replace(
        MAIL, text=" ", forwarded=(Forwarded(None, "the first", "Delete me."), Forwarded(None, "the second", "Me too."))
    )
    shown = passages(mail, [Mark("erasure", 20, 27, "Me too.")])
    assert [(one.kind, one.name) for one in shown] == [("subject", ""), ("forwarded", "the first"), ("forwarded", "the second")]
    assert shown[2].pieces == (Piece("Me too.", ("erasure",)),)


def test_words_behind_the_cut_of_a_long_mail_are_found():
    text = "x" * (HEAD + 5_000) + "Delete me." + "y" * (TAIL - 10)
    mail = replace(MAIL, text=text)
    read = f"my data\n{capped(text)[0]}"
    at = read.index("Delete me.")
    shown = passages(mail, [Mark("erasure", at, at + 10, "Delete me.")])
    assert marked(shown, "erasure") == "Delete me."
    assert shown[1].text == text


def test_a_mail_that_is_parsed_otherwise_than_when_it_was_read_is_not_marked():
    shown = passages(MAIL, [Mark("erasure", 8, 20, "other words"), Mark("requester-name-0", 8, 14)])
    assert all(not piece.labels for passage in shown for piece in passage.pieces)


def test_a_span_beyond_the_text_is_not_marked():
    assert passages(MAIL, [Mark("requester-name-0", 8, 4000)])[1].pieces == (Piece(MAIL.text),)


@given(st.integers(0, HEAD + TAIL + len(CUT)), st.integers(0, HEAD + TAIL + len(CUT)))
def test_a_span_of_a_cut_text_stands_for_the_same_words_in_the_whole(one, other):
    start, end = sorted((one, other))
    read, _ = capped(LONG)
    words = "".join(LONG[first:last] for first, last in uncapped(start, end, len(LONG)))
    assert words == "".join(character for character in read[start:end] if character not in CUT)
