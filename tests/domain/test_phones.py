"""Telephone numbers: what is one, in whatever way it is written, and what is none (PHONE-1a)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain import phones
from eszkola_core.domain.phones import PhoneNumber, check_country
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import phone_numbers

ROWS = json.loads((Path(__file__).parents[1] / "data/phones/polish_numbers.json").read_text(encoding="utf-8"))["rows"]
WIDER = {
    "+48  67 621 5461": "two spaces are a slip of the pen, and mean nothing",
    "+6019-5830837": "a number abroad is a number",
    "+48 44 621 5461": "Polish fixed lines begin with 44 by now",
}
"""What the source of the rows calls wrong, and is right here."""

FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def parsed(text, country="PL"):
    """Return the number that *text* spells, or the code of what is wrong with it."""
    try:
        return PhoneNumber.parse(text, country=country)
    except InvalidValue as refused:
        return refused.code


@pytest.mark.rule("PHONE-1a")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["value"] or "empty")
def test_polish_numbers_are_told_from_others_as_elsewhere(row):
    """What another library's tests take for a Polish number is one, and what they refuse is none, but for three."""
    assert isinstance(parsed(row["value"]), PhoneNumber) == (row["valid"] or row["value"] in WIDER)


@st.composite
def written(draw, phone):
    """Draw a way in which people write a number."""
    text = phone.e164
    if draw(st.booleans()):
        text = "00" + text[1:]
    marks = st.sampled_from(["", "", "", " ", "\u00a0", "-", "\u2013", "/", "."])
    text = text[:3] + "".join(digit + draw(marks) for digit in text[3:-1]) + text[-1]
    return draw(st.sampled_from(["", " ", "\t"])) + text.translate(draw(st.sampled_from([{}, FULL_WIDTH, ARABIC])))


@pytest.mark.rule("PHONE-1a")
@given(data=st.data(), phone=phone_numbers())
def test_a_number_has_one_form_however_it_is_written(data, phone):
    """Spaces, dashes, points, 00 for +, full-width and Arabic digits: all come to the same plain digits."""
    text = data.draw(written(phone))

    assert parsed(text) == phone
    assert phone.e164.isascii()


@pytest.mark.rule("PHONE-1a")
@given(phone=phone_numbers(countries=st.sampled_from(["PL", "SI"])))
def test_without_a_countrys_code_a_number_is_one_of_the_tenants_country(phone):
    """The national part alone means the number there, and the same in no other country."""
    country, code = ("PL", "+48") if phone.e164.startswith("+48") else ("SI", "+386")
    national = phone.e164.removeprefix(code)

    assert parsed(national if country == "PL" else "0" + national, country) == phone
    assert parsed(national, "DE") != phone


@pytest.mark.rule("PHONE-1a")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("601234567 ext. 4", "phone-with-more"),
        ("601234567 wew. 4", "phone-with-more"),
        ("601234567#4", "phone-with-more"),
        ("601234567 (mama)", "phone-with-more"),
        ("601234567, 602345678", "phone-with-more"),
        ("1-800-FLOWERS", "phone-with-more"),
        ("tel:+48601234567", "phone-with-more"),
        ("601234567/602345678", "invalid-phone"),
        ("112", "invalid-phone"),
        ("000000000", "invalid-phone"),
        ("+", "invalid-phone"),
        ("---", "invalid-phone"),
        ("", "invalid-phone"),
        ("9" * 300, "invalid-phone"),
    ],
)
def test_extensions_letters_and_second_numbers_are_refused(text, code):
    """One number, and nothing beside it; an emergency call or a filler is nobody's."""
    assert parsed(text) == code


@pytest.mark.rule("PHONE-1a")
@given(text=st.text())
def test_whatever_is_read_is_a_number_or_refused_without_quoting_it(text):
    """No text breaks the reading, and no error repeats one."""
    try:
        phone = PhoneNumber.parse(text, country="PL")
    except InvalidValue as refused:
        assert refused.__context__ is None or refused.__suppress_context__  # noqa: PT017
        assert str(refused) == "this is not a telephone number"  # noqa: PT017
    else:
        assert PhoneNumber.parse(phone.e164, country="DE") == phone


@given(phone=phone_numbers())
def test_a_masked_number_shows_three_digits(phone):
    """Enough for its owner to know it by, and for nobody else to call."""
    assert phone.masked == f"•••{phone.e164[-3:]}"


@pytest.mark.parametrize("country", ["", "pl", "POL", "ZZ", "Polska", "P1"])
def test_a_country_is_one_that_has_numbers(country):
    """Two capital letters that some numbers belong to."""
    with pytest.raises(InvalidValue):
        check_country(country)
    check_country("UA")


def test_the_maps_of_places_are_never_loaded():
    """Reading a number loads neither the library's maps nor its names of places, which take seconds."""
    code = (
        "import sys; from eszkola_core.domain.phones import PhoneNumber; early = 'phonenumbers' in sys.modules;"
        "PhoneNumber.parse('601234567', country='PL');"
        "print(early, sorted(set(sys.modules) & {'phonenumbers.geocoder', 'phonenumbers.carrier',"
        " 'phonenumbers.timezone'}))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - this very Python

    assert told.stdout.strip() == "False []"


LANDS = ["PL", "SI", "UA", "DE", "LT", "HU", "ES", "IT", "GB", "US", "BR", "AR", "RU", "XX"]


@pytest.mark.rule("PHONE-1a")
@pytest.mark.parametrize("country", LANDS)
@given(data=st.data())
def test_the_short_way_says_what_the_long_one_says(country, data):
    """Plain digits are decided without the library only where it would say the same, in every country."""
    near = st.sampled_from(["", "0", "00", "48", "386", "8", "1"])
    body = st.text("0123456789", min_size=5, max_size=11)
    example = phonenumbers.example_number(country)
    if example is not None:
        # Nearly an example: a digit or two are others.
        national = str(example.national_number)
        body |= st.integers(0, len(national) - 1).flatmap(
            lambda at: st.text("0123456789", min_size=0, max_size=2).map(
                lambda digits: national[:at] + digits + national[at + len(digits) :]
            )
        )
    text = data.draw(near) + data.draw(body)
    clear = phones._clear(text, country)  # noqa: SLF001 - what nobody else sees
    if clear is not None:
        found = phonenumbers.parse(text, country)
        assert phonenumbers.is_valid_number(found)
        assert clear == phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.rule("PHONE-1a")
@pytest.mark.parametrize(("country", "text"), [("PL", "601 234 567"), ("PL", "77-400-30-20"), ("SI", "31 234 567")])
def test_plain_numbers_take_the_short_way(country, text):
    """Else it would be there for nothing."""
    assert phones._clear(text, country) is not None  # noqa: SLF001 - what nobody else sees
