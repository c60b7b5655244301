"""Issued logins: unique, typeable, nobody else's and never an authority's (MAIL-10)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.logins import RESERVED, Login, issue, stem_of
from eszkola_core.domain.names import PersonName
from eszkola_core.testing.strategies import person_names

few_names = st.sampled_from(
    [
        PersonName("Jan", "Kot"),
        PersonName("JAN", "Köt"),
        PersonName("Jan", "Kot 2"),
        PersonName("Admin", ""),
        PersonName("", "root"),
        PersonName("王", "小明"),
        PersonName("7", "8"),
        PersonName("Ж" * 90, "Щ" * 90),
    ],
)
names = few_names | person_names() | st.builds(PersonName, st.text(max_size=80), st.text(max_size=80))
asked = st.lists(names, max_size=12).map(lambda each: list(enumerate(each)))
highest = st.dictionaries(st.sampled_from(["jan.kot", "user", "admin", "root"]), st.integers(1, 10**6))


@pytest.mark.rule("MAIL-10a")
@given(asked, highest)
def test_issued_logins_keep_all_that_is_asked_of_them(asked, highest):
    """Unique, ASCII, at most 64 characters, never only digits, never reserved, never one that was issued before."""
    issued = issue(asked, highest)
    texts = [str(each) for each in issued.values()]

    assert list(issued) == [who for who, _ in asked]
    assert len(set(texts)) == len(texts)
    for login in issued.values():
        text = str(login)
        assert text.isascii()
        assert text == text.lower()
        assert 0 < len(text) <= 64
        assert not text.isdigit()
        assert text not in RESERVED
        assert login.number > highest.get(login.stem, 0)
        assert all(letter.isalnum() or letter == "." for letter in text)
        assert not text.startswith(".")
        assert ".." not in text


@pytest.mark.rule("MAIL-10b")
@given(asked)
def test_two_runs_issue_what_one_would(asked):
    """Whoever comes in a later run gets the numbers that follow; nothing is handed on."""
    half = len(asked) // 2
    first = issue(asked[:half], {})
    reached: dict[str, int] = {}
    for login in first.values():
        reached[login.stem] = max(reached.get(login.stem, 0), login.number)

    assert {**first, **issue(asked[half:], reached)} == issue(asked, {})


@pytest.mark.rule("MAIL-10a")
@given(person_names())
def test_a_stem_has_no_digits(name):
    """So that no stem with a number spells another stem."""
    assert not any(map(str.isdigit, stem_of(name)))
    assert len(stem_of(name)) <= 54


@pytest.mark.rule("MAIL-10a")
@pytest.mark.parametrize(
    ("first", "last", "stem"),
    [
        ("", "Żuk", "zuk"),
        ("Łucja", "", "lucja"),
        ("a" * 52, "bc", "a" * 52 + ".b"),
        ("a" * 53, "bc", "a" * 53),
        ("a" * 54, "bc", "a" * 54),
    ],
)
def test_no_dot_stands_at_an_end_of_a_stem(first, last, stem):
    """Where a part of the name is missing, or a long one leaves no room for the other: mail systems refuse such."""
    assert stem_of(PersonName(first, last)) == stem


@pytest.mark.rule("MAIL-10a")
def test_logins_read_like_names():
    """The first given name and the whole last name; collisions take the next number."""
    twice = issue(enumerate([PersonName("Łucja Maria", "Żuk-Nowak")] * 3), {})

    assert [str(each) for each in twice.values()] == ["lucja.zuknowak", "lucja.zuknowak2", "lucja.zuknowak3"]
    assert stem_of(PersonName("Олена", "Шевченко")) == "olena.shevchenko"
    assert str(issue([("x", PersonName("王", "小明"))], {})["x"]) == "user2"
    assert str(Login("jan.kot", 12)) == "jan.kot12"
