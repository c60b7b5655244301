"""National ids: the short code agrees with python-stdnum, and keeps what a register of children needs beside it."""

from __future__ import annotations

import traceback
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum.exceptions import ValidationError
from stdnum.pl import pesel
from stdnum.si import emso

from eszkola_core.domain.national_ids import (
    EMSO,
    PESEL,
    NationalId,
    check_scheme,
    document,
    looks_like_one,
    lost_zeros,
    may_be_one,
    parse,
    restored,
)
from eszkola_core.domain.stated import Sex
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import TODAY, documents, emsos, national_ids, pesels

LIBRARY = {PESEL: pesel, EMSO: emso}
LAST_DAY = date(9999, 12, 31)
WIDE = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))

numbers = st.one_of(pesels(), emsos())
mutations = st.lists(st.tuples(st.integers(0, 14), st.sampled_from("0123456789 -x０\n")), max_size=3)


def mutated(text, changes):
    """Return *text* with letters put in the place of others."""
    letters = list(text)
    for at, letter in changes:
        letters[at % len(letters)] = letter
    return "".join(letters)


def expected(scheme, text):
    """Return what python-stdnum makes of *text*, or None."""
    try:
        return LIBRARY[scheme].validate(text)
    except ValidationError:
        return None


def parsed(scheme, text, today=LAST_DAY):
    """Return what the domain makes of *text*, or None."""
    try:
        return parse(text, schemes=(scheme,), today=today).reveal()
    except InvalidValue:
        return None


@pytest.mark.rule("ID-1b")
@given(numbers, mutations)
def test_mutated_numbers_are_judged_as_python_stdnum_judges_them(made, changes):
    """One letter wrong or several, digits or not: valid and invalid are the same, and so is the canonical form."""
    text = mutated(made.reveal(), changes)

    assert parsed(made.scheme, text) == expected(made.scheme, text)


@pytest.mark.rule("ID-1b")
@given(st.sampled_from([PESEL, EMSO]), st.text("0123456789", min_size=9, max_size=14) | st.text(max_size=15))
@example(PESEL, "00000000000")
@example(EMSO, "0000000000000")
@example(EMSO, "2902999500004")
def test_random_texts_are_judged_as_python_stdnum_judges_them(scheme, text):
    """Whatever is typed."""
    assert parsed(scheme, text) == expected(scheme, text)


@pytest.mark.rule("ID-1b")
@given(st.integers(0, 99), st.integers(0, 92), st.integers(1, 31), st.integers(0, 9999))
@example(0, 61, 1, 0)
@example(99, 52, 31, 0)
@example(0, 81, 1, 0)
@example(1, 22, 29, 0)
@example(4, 22, 29, 0)
def test_every_date_of_a_pesel_is_judged_as_python_stdnum_judges_it(year, month, day, rest):
    """Impossible months and days, and every century: with the right check digit only the date decides."""
    body = f"{year:02}{month:02}{day:02}{rest:04}"
    text = body + pesel.calc_check_digit(body)

    for digit in "0123456789":
        assert parsed(PESEL, body + digit) == expected(PESEL, body + digit)
    if expected(PESEL, text) is not None:
        assert NationalId(PESEL, text).birth_date == pesel.get_birth_date(text)


@pytest.mark.rule("ID-1b")
@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 999), st.integers(0, 99999))
@example(1, 1, 800, 50000)
@example(1, 1, 799, 50000)
def test_every_date_of_an_emso_is_judged_as_python_stdnum_judges_it(day, month, year, rest):
    """The same for EMŠO, remainder ten included."""
    body = f"{day:02}{month:02}{year:03}{rest:05}"
    for digit in "0123456789":
        assert parsed(EMSO, body + digit) == expected(EMSO, body + digit)
        if expected(EMSO, body + digit) is not None:
            assert NationalId(EMSO, body + digit).birth_date == emso.get_birth_date(body + digit)


@pytest.mark.rule("ID-1b")
@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        (PESEL, "80010200120"),
        (PESEL, "80010300240"),
        (EMSO, "0101006500006"),
        pytest.param(EMSO, "0101006500090", id="remainder ten"),
    ],
)
def test_a_clear_id_never_waits_for_the_library(monkeypatch, scheme, text):
    """A roster of a country is millions of them: python-stdnum is asked only about what is not clear."""
    assert expected(scheme, text) == text
    monkeypatch.setattr(LIBRARY[scheme], "validate", None)

    assert parsed(scheme, text) == text


@pytest.mark.rule("ID-1b")
@given(numbers)
def test_a_birth_date_to_come_is_refused(made):
    """Born today is born; the day before, the number is none yet."""
    born = made.birth_date

    assert parse(made.reveal(), schemes=(made.scheme,), today=born) == made
    assume(born > date(1, 1, 1))
    with pytest.raises(InvalidValue) as refused:
        parse(made.reveal(), schemes=(made.scheme,), today=born - timedelta(days=1))
    assert refused.value.code == "future-birth-date"


@pytest.mark.rule("ID-1b")
@given(numbers)
def test_full_width_digits_come_back_in_ascii(made):
    """Only the canonical form is kept, however the number was typed."""
    for typed in (made.reveal().translate(WIDE), f" {made.reveal()} "):
        found = parsed(made.scheme, typed)

        assert found == expected(made.scheme, typed) == made.reveal()
        assert found.isascii()


@pytest.mark.rule("ID-1c")
def test_any_scheme_of_python_stdnum_is_enabled_by_its_name():
    """A country code and a module's name; what python-stdnum does not know is refused with an example."""
    check_scheme("cz.rc")
    check_scheme("lt.asmens")
    for unknown in ("", "pl", "pl.", "pl.nonsense", "xx.pesel", "pl.pesel.x", "..os", "pl.__init__"):
        with pytest.raises(InvalidValue) as refused:
            check_scheme(unknown)
        assert "pl.pesel" in str(refused.value)


@pytest.mark.rule("ID-1c")
@pytest.mark.parametrize(
    ("scheme", "text", "born", "sex"),
    [
        ("ee.ik", "38001020016", date(1980, 1, 2), Sex.MALE),
        ("ee.ik", "48001020017", date(1980, 1, 2), Sex.FEMALE),
        ("cz.rc", "8001021237", date(1980, 1, 2), None),
        ("pk.cnic", "3420100000012", None, Sex.FEMALE),
        ("pl.nip", "1234563218", None, None),
    ],
)
def test_birth_date_and_sex_come_out_of_whatever_register_writes_them_in(scheme, text, born, sex):
    """As python-stdnum reads them; what a register does not encode is not known."""
    made = parse(text, schemes=(scheme,), today=TODAY)

    assert (made.birth_date, made.sex) == (born, sex)


@pytest.mark.rule("ID-1c")
def test_no_scheme_at_all_is_told():
    """A tenant that knows none is not the fault of the number."""
    with pytest.raises(InvalidValue) as refused:
        parse("1", schemes=(), today=TODAY)
    assert refused.value.code == "no-scheme"


@pytest.mark.rule("ID-3c")
@given(st.data(), st.dates(date(1900, 1, 1), TODAY), st.sampled_from(Sex))
def test_ids_of_one_person_agree(data, born, sex):
    """Of two kinds with one birth date and sex they do; with another sex or of one kind but unequal they do not."""
    one = data.draw(pesels(born=st.just(born), sexes=st.just(sex)))
    same = data.draw(emsos(born=st.just(born), sexes=st.just(sex)))
    other_sex = data.draw(emsos(born=st.just(born), sexes=st.sampled_from([each for each in Sex if each is not sex])))
    other = data.draw(pesels().filter(lambda each: each != one))

    assert one.agrees_with(same)
    assert same.agrees_with(one)
    assert one.agrees_with(one)
    assert not one.agrees_with(other_sex)
    assert not one.agrees_with(other)


@pytest.mark.rule("ID-5")
@given(documents(), national_ids())
def test_a_document_agrees_with_any_other_kind(passport, other):
    """It encodes neither birth date nor sex, and stands in for a national id without being one."""
    assert passport.is_document
    assert (passport.birth_date, passport.sex) == (None, None)
    assert passport.agrees_with(other) == (passport.kind != other.kind or passport == other)


@pytest.mark.rule("ID-5")
def test_a_document_typed_twice_is_one():
    """Case, blanks and hyphens do not matter; country and number are checked."""
    assert document("ua", " Passport ", "fa 123-456") == document("UA", "passport", "FA123456")
    assert document("ua", " Passport ", "fa 123-456").reveal() == "FA123456"
    assert document("UA", "", "1").scheme == "ua/document"
    for country, number in (("UKR", "1"), ("U1", "1"), ("", "1"), ("ŁĄ", "1"), ("UA", ""), ("UA", " - "), ("UA", "Ж1")):
        with pytest.raises(InvalidValue):
            document(country, "passport", number)


@pytest.mark.rule("SYNC-7c")
@given(st.data(), st.integers(1, 9), st.sampled_from([PESEL, EMSO]))
def test_eaten_zeros_come_back_only_with_the_birth_date(data, day, scheme):
    """A spreadsheet's number is restored when the date agrees; without a date, or with another one, nothing is."""
    born = data.draw(st.dates(date(2000, 1, 1), date(2009, 12, 31)).map(lambda each: each.replace(day=day)))
    made = data.draw({PESEL: pesels, EMSO: emsos}[scheme](born=st.just(born)))
    eaten = made.reveal().lstrip("0")
    assume(len(eaten) < len(made.reveal()) <= len(eaten) + 2)

    assert lost_zeros(eaten, schemes=(PESEL, EMSO))
    for schemes in ((scheme,), (PESEL, EMSO), (EMSO, PESEL), ("pl.nip", scheme)):
        assert restored(eaten, schemes=schemes, born=born, today=TODAY) == made
    assert restored(eaten, schemes=(scheme,), born=None, today=TODAY) is None
    assert restored(eaten, schemes=(scheme,), born=born + timedelta(days=1), today=TODAY) is None
    assert restored(made.reveal(), schemes=(scheme,), born=born, today=TODAY) is None
    assert restored(eaten.translate(WIDE), schemes=(scheme,), born=born, today=TODAY) is None, "no spreadsheet's number"


@pytest.mark.rule("SYNC-7c")
@given(pesels(born=st.dates(date(1900, 1, 1), date(1900, 9, 30))))
def test_more_than_two_zeros_are_never_put_back(made):
    """Who was born in 1900 may have lost three: that is somebody to ask about, not to guess."""
    eaten = made.reveal().lstrip("0")

    assert len(eaten) <= 8
    assert restored(eaten, schemes=(PESEL,), born=made.birth_date, today=TODAY) is None


@pytest.mark.rule("SYNC-7c")
@given(st.text(st.sampled_from("0123456789"), max_size=14))
def test_zeros_are_lost_where_one_or_two_digits_are_missing(digits):
    """Of the eleven of a PESEL or the thirteen of an EMŠO; letters have lost none."""
    assert lost_zeros(digits, schemes=(PESEL,)) == (len(digits) in {9, 10})
    assert lost_zeros(digits, schemes=(PESEL, EMSO)) == (len(digits) in {9, 10, 11, 12})
    assert not lost_zeros(digits, schemes=("pl.nip",))
    assert not lost_zeros(digits[:-1] + "x", schemes=(PESEL, EMSO))
    assert not lost_zeros(digits.translate(WIDE), schemes=(PESEL, EMSO))


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("length", range(16))
def test_digits_look_like_an_id_up_to_two_short_of_one(length):
    """Whatever is wrong with the digits: a key with a mistyped id in it is told from a number that counts records."""
    digits = "123456789012345"[:length]

    assert looks_like_one(digits, schemes=(PESEL,)) == (length in {9, 10, 11})
    assert looks_like_one(digits, schemes=("pl.nip", PESEL, EMSO)) == (length in {9, 10, 11, 12, 13})
    assert not looks_like_one(digits, schemes=("pl.nip",))
    assert not looks_like_one(digits[:-1] + "x", schemes=(PESEL, EMSO))
    assert not looks_like_one(digits.translate(WIDE), schemes=(PESEL, EMSO))


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("length", range(16))
def test_as_many_digits_as_an_id_has_may_be_one(length):
    """Whatever stands between them; of a register whose length is not known anything may be."""
    text = f"{'1234567890'[:length]}-x {'12345'[: max(length - 10, 0)]}"

    assert may_be_one(text, schemes=(PESEL,)) == (length == 11)
    assert may_be_one(text, schemes=(PESEL, EMSO)) == (length in {11, 13})
    assert may_be_one(text, schemes=(PESEL, "pl.nip"))
    assert not may_be_one(text, schemes=())


@pytest.mark.rule("ID-10a")
@given(national_ids())
def test_a_national_id_shows_at_most_a_third(made):
    """In repr, str and format; whole it comes out by `reveal` alone."""
    for shown in (repr(made), str(made), f"{made}", repr([made])):
        assert made.reveal() not in shown or len(made.reveal()) < 3
        assert sum(letter != "•" for letter in made.masked) <= min(4, len(made.reveal()) // 3)


@pytest.mark.rule("ID-10a")
@given(numbers, mutations)
def test_a_refused_number_stands_in_no_error(made, changes):
    """Neither in the text nor behind it."""
    text = mutated(made.reveal(), changes)
    with pytest.raises(InvalidValue) as refused:
        parse(text, schemes=(made.scheme,), today=date(1799, 12, 31))
    error = refused.value
    shown = [str(error), repr(error), *map(str, error.args), *traceback.format_exception_only(error)]

    assert all(text not in each for each in shown)
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.rule("ID-1b")
@pytest.mark.parametrize("scheme", [PESEL, EMSO])
def test_known_numbers_are_judged_as_python_stdnum_judges_them(vectors, scheme):
    """Numbers of public test suites: the same are valid, and the birth dates are those that their sources state."""
    rows = vectors({PESEL: "ids/pesel.json", EMSO: "ids/emso.json"}[scheme])
    for row in rows:
        text = row["value"]
        if isinstance(text, str):
            canonical = parsed(scheme, text)
            assert canonical == expected(scheme, text)
            if row.get("valid") and canonical is not None and row.get("birth_date"):
                assert NationalId(scheme, canonical).birth_date == date.fromisoformat(row["birth_date"])
    assert len(rows) > 10


@given(national_ids())
def test_ids_are_ordered_and_equal_by_their_text(made):
    """Two ids with one scheme and text are one id."""
    assert NationalId(made.scheme, made.reveal()) == made
    assert hash(NationalId(made.scheme, made.reveal())) == hash(made)
