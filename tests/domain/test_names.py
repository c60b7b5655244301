"""Names: the key that recognition compares, and the ASCII that logins are made of."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.names import PersonName, fold, parts, to_ascii
from eszkola_core.testing.strategies import person_names

words = st.text(st.sampled_from("aąbcćeęlłnńoósśzźżčšžđ"), min_size=1, max_size=8)


@pytest.mark.rule("ID-8a")
@given(st.lists(words, min_size=2, max_size=4), st.randoms(use_true_random=False), st.data())
def test_order_case_marks_and_hyphens_do_not_matter(names, random, data):
    """The same parts in any order, in capitals, composed or not, without marks and joined anyhow have one key."""
    key = PersonName(names[0], " ".join(names[1:])).key
    shuffled = list(names)
    random.shuffle(shuffled)
    cut = data.draw(st.integers(1, len(names) - 1))
    first, last = " ".join(shuffled[:cut]), data.draw(st.sampled_from(["-", " ", " - "])).join(shuffled[cut:])

    assert PersonName(first, last).key == key
    assert PersonName(first.upper(), last.title()).key == key
    assert PersonName(unicodedata.normalize("NFD", first), unicodedata.normalize("NFKC", last)).key == key
    assert PersonName(fold(first), fold(last)).key == key


@pytest.mark.rule("ID-8a")
def test_letters_lose_their_marks():
    """Those that Unicode takes apart, and those that it does not: ł and đ."""
    assert fold("ĄĆĘŁŃÓŚŹŻ čšžĐđ İı") == "acelnoszz cszdd ii"
    assert PersonName("Łucja", "Đorđe").key == PersonName("lucja", "dorde").key


@pytest.mark.rule("ID-8a")
def test_tolerance_is_no_equality():
    """A part more is another key, though it resembles."""
    short, long = PersonName("Anna", "Lis"), PersonName("Anna Maria", "Lis")

    assert short.key != long.key
    assert short.resembles(long)
    assert long.resembles(short)
    assert not PersonName("", "").resembles(short)


@pytest.mark.rule("ID-8a")
@given(person_names())
def test_folding_is_done_once(name):
    """What is folded stays as it is, without marks and capitals."""
    for text in (name.first, name.last):
        assert fold(fold(text)) == fold(text)
        assert fold(text) == fold(text.casefold())
        assert not any(map(unicodedata.combining, fold(text)))
    assert PersonName(name.key, "").key == name.key


@pytest.mark.rule("ID-8b")
@given(person_names(), person_names())
def test_names_differ_wholly_or_not_alike_from_both_sides(one, other):
    """Who differs from whom does not depend on who asks; nobody differs from themselves, nor from the swapped."""
    assert one.differs_wholly_from(other) == other.differs_wholly_from(one)
    assert not one.differs_wholly_from(one)
    assert not one.differs_wholly_from(PersonName(one.last, one.first))
    assert not one.differs_wholly_from(PersonName(other.first, one.last))


@pytest.mark.rule("ID-8b")
@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (("Ola", "Lis"), ("Ewa", "Lis"), False),
        (("Ola", "Lis"), ("Ola", "Kot"), False),
        (("Ola Maria", "Lis"), ("Maria", "Kot"), False),
        (("Ola", "Lis-Kot"), ("Ewa", "Kot"), False),
        (("Ola", "Lis"), ("Lis", "Ola"), False),
        (("Ola", "Lis"), ("Ewa", "Kot"), True),
        (("Ola", "Lis"), ("Ewa", "Ola"), True),
    ],
)
def test_a_name_differs_where_neither_first_nor_last_name_meets_its_counterpart(one, other, differs):
    """One part in common is enough: a second given name left out, one half of a double surname, columns swapped."""
    assert PersonName(*one).differs_wholly_from(PersonName(*other)) == differs


@pytest.mark.rule("MAIL-10a")
@given(st.text(max_size=30))
def test_ascii_is_lower_case_letters_and_digits(text):
    """Whatever script the text is in; what has no transliteration vanishes."""
    found = to_ascii(text)

    assert found.isascii()
    assert found == "" or found.isalnum()
    assert found == found.lower()
    assert to_ascii(found) == found


@pytest.mark.rule("MAIL-10a")
@pytest.mark.parametrize("name", ["pl", "sl", "uk"])
def test_every_known_name_becomes_ascii(vectors, name):
    """Polish, Slovene and Ukrainian names by the thousand: each leaves letters, and has parts of its own."""
    lists = vectors(f"names/{name}.json")
    texts = [text for each in lists.values() if isinstance(each, list) for text in each if isinstance(text, str)]
    for text in texts:
        assert to_ascii(text), text
        assert to_ascii(text) == to_ascii(text.upper())
        assert parts(text), text
    assert len(texts) >= 300


def test_a_name_is_whole_with_both_parts():
    """Punctuation is no name; it is shown first name first."""
    assert PersonName("Ola", "Lis").is_whole
    assert not PersonName("Ola", "-").is_whole
    assert not PersonName("", "Lis").is_whole
    assert str(PersonName("Ola", "Lis")) == "Ola Lis"
    assert parts("O’Neill-D'Arc") == ("oneill", "darc")
