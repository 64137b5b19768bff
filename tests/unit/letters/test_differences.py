"""What changed between two texts."""

from __future__ import annotations

import pytest

from privbot.letters.differences import differences

ROWS = [
    # old, new, lines
    ("", "", []),
    ("a\n", "a\n", []),
    ("", "a\nb\n", ["+a", "+b"]),
    ("a\n", "", ["-a"]),
    ("a\nb\nc\n", "a\nx\nc\n", [" a", "-b", "+x", " c"]),
    # far below the top, what is left out is marked
    ("\n".join("abcdefgh"), "\n".join("abcdefgx"), ["…", " f", " g", "-h", "+x"]),
    ("\n".join("abcdefghijklm"), "\n".join("xbcdefghijkly"), ["-a", "+x", " b", " c", "…", " k", " l", "-m", "+y"]),
    # lines that look like the marks of a patch
    ("-- a\n", "++ b\n@@ c\n", ["--- a", "+++ b", "+@@ c"]),
]


@pytest.mark.parametrize(("old", "new", "lines"), ROWS, ids=range(len(ROWS)))
def test_changed_lines_are_shown_with_a_few_around_them(old, new, lines):
    assert [one.sign + one.text for one in differences(old, new)] == lines
