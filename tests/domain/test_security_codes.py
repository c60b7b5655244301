"""Security codes: twelve digits, of which the last checks the others (LINK-7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from stdnum import verhoeff

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.security_codes import (
    CODE_LIFECYCLE,
    CodeChannel,
    CodeHandOver,
    CodeState,
    SecurityCode,
    invent_code,
    read_code,
    shown_code,
)
from eszkola_core.errors import InvalidValue

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
CODE = SecurityCode(
    digest=b"d" * 16, guardian=PersonId(1), school="sp1", issued_at=NOW, expires_at=NOW + timedelta(days=30)
)


def codes():
    """Yield codes as they are invented, those with leading zeros among them."""
    digits = st.lists(st.integers(0, 9), min_size=11, max_size=11) | st.just([0] * 11)
    return digits.map(_invented)


def _invented(digits):
    """Return the code that is invented when these digits are drawn."""
    drawn = iter(digits)
    return invent_code(lambda _below: next(drawn))


@pytest.mark.rule("LINK-7a")
@given(codes())
def test_a_code_has_twelve_digits_and_its_own_check(code):
    """Leading zeros are kept; what is printed is read again, whatever stands between the groups."""
    digits = code.reveal()
    assert len(digits) == 12
    assert digits.isascii()
    assert digits.isdigit()
    assert verhoeff.is_valid(digits)
    assert read_code(digits) == read_code(shown_code(code)) == read_code(f" {digits[:5]}-{digits[5:]}\n") == code
    assert digits not in repr(code)


@pytest.mark.rule("LINK-7a")
@given(codes(), st.integers(0, 11), st.integers(1, 9))
def test_every_single_wrong_digit_is_a_slip(code, at, by):
    """Whichever of the twelve it is, the check digit included."""
    digits = code.reveal()
    wrong = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]

    assert read_code(wrong) is None


@pytest.mark.rule("LINK-7a")
@given(codes(), st.integers(0, 10))
def test_every_pair_of_neighbours_in_the_wrong_order_is_a_slip(code, at):
    """What fingers do most often after a wrong digit."""
    digits = code.reveal()
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]

    assert (read_code(swapped) is None) == (swapped != digits)


@pytest.mark.rule("LINK-7a")
@given(codes(), st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"]))
def test_digits_of_other_scripts_are_digits(code, script):
    """A telephone's keyboard may give them."""
    typed = code.reveal().translate(str.maketrans("0123456789", script))

    assert read_code(typed) == code


@pytest.mark.rule("LINK-7a")
@given(st.text(st.sampled_from("0123456789"), max_size=20).filter(lambda digits: len(digits) != 11))
def test_a_number_of_another_length_is_a_slip_whatever_its_check_digit(digits):
    """A school's other numbers may check out too."""
    assert read_code(digits + verhoeff.calc_check_digit(digits)) is None


@pytest.mark.rule("LINK-7a")
@given(codes(), st.integers(0, 11), st.sampled_from("xO½²?"))
def test_a_letter_among_the_digits_is_a_slip(code, at, letter):
    """Nothing is guessed."""
    digits = code.reveal()

    assert read_code(digits[:at] + letter + digits[at + 1 :]) is None
    assert read_code(digits[:at] + letter + digits[at:]) is None


@pytest.mark.rule("LINK-7a")
@given(st.text(max_size=20))
def test_whatever_else_is_typed_is_a_slip(text):
    """Nothing breaks, and what is read is a whole code."""
    read = read_code(text)

    assert read is None or (len(read.reveal()) == 12 and verhoeff.is_valid(read.reveal()))


@pytest.mark.rule("LINK-7b")
@pytest.mark.parametrize("state", CodeState)
@pytest.mark.parametrize("following", CodeState)
def test_a_code_ends_once(state, following):
    """By the table: from live to whatever ends it, and from there nowhere."""
    assert set(CODE_LIFECYCLE) == set(CodeState)
    code = evolve(CODE, state=state)
    if state is CodeState.LIVE and following is not CodeState.LIVE:
        assert code.ended(following) == evolve(code, state=following)
        assert code.ended(following, at=NOW) == evolve(code, state=following, redeemed_at=NOW)
        return
    with pytest.raises(InvalidValue) as refused:
        code.ended(following)
    assert refused.value.code == "no-such-transition"


@pytest.mark.rule("LINK-7b")
@given(st.timedeltas(timedelta(0), timedelta(days=60)) | st.just(timedelta(days=30)))
def test_a_code_expires_at_its_instant(waited):
    """Thirty days: then it is no longer live, whatever is written down."""
    assert CODE.is_live(NOW + waited) == (waited < timedelta(days=30))
    assert (CODE.state_at(NOW + waited) is CodeState.EXPIRED) == (waited >= timedelta(days=30))


@pytest.mark.rule("LINK-7c")
@given(st.integers(1, 5))
def test_wrong_dates_kill_at_the_limit_and_not_before(limit):
    """Each is counted."""
    code = CODE
    for count in range(1, limit + 1):
        assert code.state is CodeState.LIVE
        code = code.after_wrong_date(limit)
        assert code.wrong_dates == count
    assert code.state is CodeState.KILLED


@pytest.mark.rule("LINK-7e")
@given(
    channel=st.sampled_from(CodeChannel),
    said=st.fixed_dictionaries(
        dict.fromkeys(["collected_by", "document", "authority", "known_by"], st.sampled_from(["", "  ", "Žiga"]))
    ),
)
def test_a_receipt_says_all_that_its_channel_asks(channel, said):
    """Who took it, with which document, on whose authority; by telephone, how they were known."""
    asked = {
        CodeChannel.PRINT: set(),
        CodeChannel.PHONE: {"known_by"},
        CodeChannel.HAND: {"collected_by", "document", "authority"},
    }
    handed = CodeHandOver(channel=channel, at=NOW, **said)

    assert set(handed.missing) == {name for name in asked[channel] if not said[name].strip()}
    assert "Žiga" not in repr(handed)
