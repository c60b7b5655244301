"""A cell may be as long as it likes: what it costs to read grows with its length and no faster."""

from __future__ import annotations

import pytest

from eszkola_core.domain.stated import Field, Problem
from eszkola_gradebook.cells import read_date
from eszkola_gradebook.words import folded

MANY = 1 << 17
"""As many characters as the longest cell of a delimited text has."""


@pytest.mark.parametrize("text", ["1" + " " * MANY + "x", "T1" * MANY, "2012-03-01" + " " * MANY])
def test_a_date_as_long_as_a_book_is_none(text):
    """Nobody writes one, and nobody waits for the pattern to give up at each blank anew."""
    found = read_date(text, ("DD.MM.YYYY",), Field.BIRTH_DATE)

    assert isinstance(found, Problem)
    assert (found.code, len(found.value)) == ("bad-date", 40)


def test_brackets_that_never_close_are_signs_like_others():
    """And those within others are left out with what is in them."""
    assert folded("[" * MANY) == ""
    assert folded("First [a] Name [Required]") == "firstname"
    assert folded("a[b[c]d") == "abd"


def test_marks_without_end_are_no_letters():
    """However many stand on one letter, and whichever two of them take turns."""
    assert folded("ż" + "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * MANY) == "z"
