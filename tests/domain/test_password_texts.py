"""What violations say in three languages (CRED-7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.password_texts import describe
from eszkola_core.domain.passwords import Violation, ViolationCode
from eszkola_core.errors import InvalidValue

LOCALES = ["pl", "sl", "en"]
NUMBERS = {ViolationCode.TOO_SHORT: "min", ViolationCode.TOO_LONG: "max", ViolationCode.REUSED: "history"}


def violation(code, number):
    """Return the violation with the number that its code carries."""
    return Violation(code, ((NUMBERS[code], number),) if code in NUMBERS else ())


@pytest.mark.rule("CRED-7")
@given(st.sampled_from(ViolationCode), st.integers(0, 200))
def test_every_violation_has_a_sentence_in_every_language(code, number):
    """No sentence is empty, unfinished or shared by two languages, and no place for a number stays open."""
    texts = [describe(violation(code, number), locale) for locale in LOCALES]

    assert len(set(texts)) == 3
    assert all(text.endswith(".") and "{" not in text for text in texts)


@pytest.mark.rule("CRED-7")
def test_no_two_violations_say_the_same():
    """Who reads a sentence knows what to change."""
    for locale in LOCALES:
        assert len({describe(violation(code, 4), locale) for code in ViolationCode}) == len(ViolationCode)


@pytest.mark.rule("CRED-7")
@pytest.mark.parametrize(
    ("locale", "forms"),
    [
        (
            "pl",
            {1: "1 znak", 2: "2 znaki", 3: "3 znaki", 4: "4 znaki", 5: "5 znaków", 12: "12 znaków", 14: "14 znaków"},
        ),
        ("pl", {13: "13 znaków", 23: "23 znaki", 113: "113 znaków"}),
        ("pl", {21: "21 znaków", 22: "22 znaki", 25: "25 znaków", 112: "112 znaków", 122: "122 znaki"}),
        ("sl", {1: "1 znak", 2: "2 znaka", 3: "3 znaki", 4: "4 znaki", 5: "5 znakov", 11: "11 znakov"}),
        ("sl", {12: "12 znakov", 21: "21 znakov", 101: "101 znak", 102: "102 znaka", 104: "104 znaki"}),
        ("en", {1: "1 character", 2: "2 characters", 15: "15 characters"}),
    ],
)
def test_numbers_take_the_plural_of_their_language(locale, forms):
    """Polish counts 2-4 apart from 12-14, Slovene has a dual and looks at the last two digits."""
    for number, expected in forms.items():
        assert describe(violation(ViolationCode.TOO_SHORT, number), locale).endswith(f": {expected}.")


@pytest.mark.rule("CRED-7")
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, ("inne niż ostatnie i", "od zadnjega in", "your last one and")),
        (4, ("inne niż 4 ostatnie i", "od zadnjih 4 in", "your last 4 and")),
        (5, ("inne niż 5 ostatnich i", "od zadnjih 5 in", "your last 5 and")),
    ],
)
def test_a_reused_password_tells_how_many_count(number, expected):
    """The sentence bends with the number of passwords that are remembered."""
    for locale, part in zip(LOCALES, expected, strict=True):
        assert part in describe(violation(ViolationCode.REUSED, number), locale)


@pytest.mark.rule("CRED-7")
@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pl", "To hasło otrzymano od kogoś innego. Wybierz własne."),
        ("sl", "To geslo vam je dal nekdo drug. Izberite svoje."),
        ("en", "This password was given to you by somebody else. Choose your own."),
    ],
)
def test_where_no_password_is_remembered_only_a_given_one_can_come_back(locale, text):
    """Nobody is told of the last zero passwords."""
    assert describe(violation(ViolationCode.REUSED, 0), locale) == text


def test_an_unknown_language_is_refused_with_those_that_are_there():
    """The error names the three languages."""
    with pytest.raises(InvalidValue, match="en, pl, sl"):
        describe(Violation(ViolationCode.EMPTY), "de")
