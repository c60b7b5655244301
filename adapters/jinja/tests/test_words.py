"""Counting and telling time in three languages."""

from __future__ import annotations

from textwrap import TextWrapper
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.errors import InvalidValue
from eszkola_jinja.words import WIDTH, Steady, counting, moment, one_line, wrapped


@pytest.mark.parametrize(
    ("locale_of", "forms", "numbers"),
    [
        ("pl", "one few many", {"one": [1], "few": [2, 3, 4, 22, 104], "many": [0, 5, 11, 12, 14, 21, 25, 112]}),
        (
            "sl",
            "one two few other",
            {"one": [1, 101], "two": [2, 102], "few": [3, 4, 104], "other": [0, 5, 11, 12, 21]},
        ),
        ("en", "one other", {"one": [1], "other": [0, 2, 11, 21, 101]}),
    ],
)
def test_a_number_takes_its_form_of_the_noun(locale_of, forms, numbers):
    """Each language chooses among its forms as its speakers do (CLDR plural rules)."""
    counted = counting(locale_of)

    for form, examples in numbers.items():
        assert [counted(str(number), *forms.split()) for number in examples] == [f"{each} {form}" for each in examples]


@pytest.mark.parametrize(("locale_of", "expected"), [("pl", 3), ("sl", 4), ("en", 2)])
def test_a_noun_without_all_its_forms_is_refused(locale_of, expected):
    """A translator who copies from a language with fewer forms is told how many there are."""
    with pytest.raises(InvalidValue, match=f"takes {expected} forms"):
        counting(locale_of)("1", *["x"] * (expected - 1))


@given(st.datetimes(timezones=st.just(ZoneInfo("UTC"))), st.sampled_from(["pl", "sl", "en"]))
def test_a_moment_tells_day_year_and_time(at, locale):
    """No language loses the day, the year, the hour or the minute."""
    told = moment(at.isoformat(), locale, ZoneInfo("UTC"))

    for part in (f"{at.day}", f"{at.year}", f"{at:%H}", f"{at:%M}"):
        assert part in told


@given(st.lists(st.text(max_size=90), max_size=40).map(" ".join), st.sampled_from(["", "- ", "  "]))
def test_wrapping_keeps_every_word(text, mark):
    """Only line ends are added, and no line is too long but for a single word."""
    paragraph = one_line(text)
    lines = wrapped(paragraph, mark).splitlines()

    standard = TextWrapper(WIDTH, mark, " " * len(mark), break_long_words=False, break_on_hyphens=False)
    assert wrapped(paragraph, mark) == standard.fill(paragraph) == wrapped(Steady(paragraph), mark)
    assert " ".join(lines).split() == ((mark + paragraph).split() if paragraph else [])
    assert [line for line in lines if len(line) > WIDTH and len(line[len(mark) :].split()) > 1] == []
    assert all(line.startswith(" " * len(mark)) for line in lines[1:])
