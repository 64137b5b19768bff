"""Where links really lead."""

import pytest

from privbot.mail.links import host_of, is_disguised, target_in_words


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://lumen.example/a?b#c", "lumen.example"),
        ("HTTPS:\\\\Lumen.Example\\a", "lumen.example"),  # browsers read backslashes as slashes
        ("https:lumen.example", "lumen.example"),  # and need no slashes
        ("ht\ntps://lumen.example", "lumen.example"),  # and skip line breaks
        ("https://bank.example@evil.example/", "evil.example"),
        ("https://bank.example%40evil.example/", "evil.example"),  # stricter than browsers, which refuse it
        ("https://lumen.example:8443/", "lumen.example:8443"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("mailto:mel@ortega.example", ""),
        ("javascript:alert(1)", ""),
        ("/path", ""),
    ],
)
def test_the_host_of_a_link(href, host):
    assert host_of(href) == host


@pytest.mark.parametrize(
    ("text", "href", "disguised"),
    [
        ("https://bank.example/login", "https://evil.example/", True),
        ("Visit bank.example now", "https://evil.example/", True),
        ("bank.example", "https://www.bank.example/login", False),
        ("www.bank.example", "https://bank.example/", False),
        ("mail.bank.example", "https://bank.example/", False),
        ("bank.example", "https://bank.example.evil.example/", True),  # the end counts
        ("bank.example", "https://evilbank.example/", True),
        ("our terms.pdf", "https://lumen.example/t", False),  # a file, no host
        ("click here", "https://evil.example/", False),  # claims nothing
        ("click here", "https://bank.example@evil.example/", True),
        ("mel@ortega.example", "mailto:mel@ortega.example", False),
        ("mel@ortega.example", "mailto:eve@evil.example", True),
        ("bank.example", "javascript:alert(1)", True),
        ("bank.example", "#top", False),
    ],
)
def test_disguises_are_found(text, href, disguised):
    assert is_disguised(text, href) is disguised


@pytest.mark.parametrize(
    ("href", "told"),
    [
        ("https://lumen.example/a", "https://lumen.example/a"),
        ("https://user:secret@lumen.example/a", "https://lumen.example/a"),
        ("mailto:mel@ortega.example", "mailto:mel@ortega.example"),
        ("data:text/html,x", "a program"),
        (" java\tscript:x", "a program"),
        ("#top", "nowhere"),
        ("page.html", "nowhere"),
    ],
)
def test_targets_are_told_in_words(href, told):
    assert target_in_words(href, nowhere="nowhere", script="a program") == told
