"""What gradebooks stated survives as bytes, and what is no such thing is told without its values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core import wire
from eszkola_core.domain.stated import Reading
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel, reading
from eszkola_core.testing.strategies import stated_rosters

SECRET = pesel(77)
BYTES = wire.reading_to_bytes(reading(f"A/1: s Ala 77 ala, g Jan 8 {'jan'}", "B/k: t Ewa ~ ~"))


@pytest.mark.rule("SYNC-3c")
@given(rosters=st.lists(stated_rosters(), max_size=3))
def test_what_was_stated_comes_back_equal(rosters):
    """Every value of every field, in order."""
    stated = wire.kept(Reading(rosters=tuple(rosters)))

    assert wire.reading_from_bytes(wire.reading_to_bytes(stated)) == stated


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        (b'"student"', b'"pupil"', "role"),
        (b'"first_name": "Ala"', b'"first_name": "Ala", "shoe_size": 36', "people[0]"),
        (b'"line": 1', b'"line": "first"', "line"),
    ],
)
def test_what_cannot_be_read_says_where_and_not_what(before, after, path):
    """The path leads to the place; neither text nor cause of the error holds a national id."""
    assert before in BYTES

    with pytest.raises(InvalidValue, match="something else at") as refused:
        wire.reading_from_bytes(BYTES.replace(before, after))

    assert path in str(refused.value)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"version": 1',
        b"{}",
        b'{"version": 1}',
        b'{"version": 1, "reading": 7}',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused(data):
    """Bytes that were never written here end in a sentence."""
    with pytest.raises(InvalidValue):
        wire.reading_from_bytes(data)


def test_another_version_is_refused():
    """What a later house wrote is not guessed at."""
    later = json.dumps({**json.loads(BYTES), "version": wire.VERSION + 1}).encode()

    with pytest.raises(InvalidValue, match="version") as refused:
        wire.reading_from_bytes(later)

    assert refused.value.code == "other-version"
