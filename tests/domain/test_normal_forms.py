"""Unicode's normal forms, of texts that people write and of texts that nobody does."""

from __future__ import annotations

from itertools import groupby
from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.normal_forms import normalized

FORMS = ("NFC", "NFD", "NFKC", "NFKD")
MARKS = ["\u0301", "\u0323", "\u0327", "\uff9e", "\uff9f", "\u0344"]


def longest_run(text):
    """Return how many marks follow one another at most, once they stand alone."""
    apart = normalize("NFKD", text)
    return max((len([*run]) for is_mark, run in groupby(apart, lambda each: combining(each) > 0) if is_mark), default=0)


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(max_size=300))
def test_what_people_write_has_its_normal_form(form, text):
    """It is Unicode's own."""
    assert normalized(form, text) == normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
@given(
    parts=st.lists(st.tuples(st.sampled_from("aŻ가\u1100"), st.lists(st.sampled_from(MARKS), max_size=40)), max_size=3),
    rest=st.lists(st.sampled_from(MARKS), min_size=1, max_size=3),
)
def test_no_more_marks_are_put_in_order_than_a_language_sets(form, parts, rest):
    """Of a long text what stands behind thirty others is left out; the letters stay."""
    text = "".join(letter + "".join(marks) for letter, marks in parts) + "ą" + "".join(rest) * 300
    found = normalized(form, text)

    assert longest_run(found) <= 2 * 30 + 2  # U+0344 is two marks, and the letter before may bring its own
    letters = [each for each in normalize("NFKD", text) if not combining(each)]
    assert [each for each in normalize("NFKD", found) if not combining(each)] == letters
