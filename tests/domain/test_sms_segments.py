"""How texts travel as SMS: exactly at every boundary, and as other libraries and the standard's table say (SMS-2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.sms_segments import (
    ALONE,
    BASIC,
    EACH,
    ESCAPE,
    EXTENSION,
    Encoding,
    is_gsm,
    segmentation,
    segments,
    septets,
    utf_16,
)
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import sms_texts

CAPITAL_C_WITH_CEDILLA = 0x09
"""Where the mapping of unicode.org departs from the standard's own table."""

G, U = Encoding.GSM_7, Encoding.UCS_2
AT_BOUNDARIES = [
    ("a" * 160, G, 160, 1),
    ("a" * 161, G, 161, 2),
    ("a" * 306, G, 306, 2),
    ("a" * 307, G, 307, 3),
    ("€" * 80, G, 160, 1),
    ("€" * 80 + "a", G, 161, 2),
    ("a" * 152 + "€" * 5, G, 162, 2),
    ("€" * 152, G, 304, 2),
    ("€" * 153, G, 306, 3),
    ("a" + "€" * 152, G, 305, 2),
    ("ż" * 70, U, 70, 1),
    ("ż" * 71, U, 71, 2),
    ("ż" * 134, U, 134, 2),
    ("ż" * 135, U, 135, 3),
    ("😀" * 35, U, 70, 1),
    ("😀" * 66, U, 132, 2),
    ("😀" * 67, U, 134, 3),
    ("ż" + "😀" * 66, U, 133, 2),
    ("ż" * 66 + "😀" * 3, U, 72, 2),
]


@pytest.mark.rule("SMS-2")
@pytest.mark.parametrize("row", AT_BOUNDARIES, ids=lambda row: f"{row[0][:1]}{row[2]}")
def test_the_count_is_exact_at_every_boundary(row):
    """One unit more is one segment more, and so is a pair that does not fit."""
    text, *travels = row

    assert list(segmentation(text)) == travels
    assert len(segments(text)) == travels[-1]


def one_by_one(text):
    """Return the segments as somebody would cut them with a pencil: character after character, while they fit."""
    encoding = segmentation(text).encoding
    found, left = [""], EACH[encoding]
    sizes = [1 + (each in EXTENSION) if encoding is G else len(each.encode("utf-16-be")) // 2 for each in text]
    if sum(sizes) <= ALONE[encoding]:
        return (text,)
    for each, size in zip(text, sizes, strict=True):
        if size > left:
            found.append("")
            left = EACH[encoding]
        found[-1] += each
        left -= size
    return tuple(found)


@pytest.mark.rule("SMS-2")
@given(sms_texts())
def test_segments_are_filled_one_after_the_other(text):
    """As many as are counted, whole characters in each, and together the text."""
    found = segments(text)

    assert found == one_by_one(text)
    assert len(found) == segmentation(text).segments
    assert "".join(found) == text


@pytest.mark.rule("SMS-2")
@given(sms_texts())
def test_no_segment_is_longer_than_it_may_be(text):
    """In the units in which it travels, an escape or a surrogate never left alone at an end."""
    encoding, units, count = segmentation(text)
    sizes = [len(septets(each)) if encoding is G else len(utf_16(each)) // 2 for each in segments(text)]

    assert sum(sizes) == units
    assert max(sizes) <= (ALONE if count == 1 else EACH)[encoding]
    assert (count == 1) == (units <= ALONE[encoding])


@pytest.mark.rule("SMS-2")
@given(sms_texts(), st.characters(exclude_categories=["Cs"]))
def test_one_more_character_never_makes_it_shorter(text, more):
    """Neither in units of one alphabet nor in segments."""
    before, after = segmentation(text), segmentation(text + more)

    assert after.segments >= before.segments
    assert after.units > before.units or after.encoding is not before.encoding


@pytest.mark.rule("SMS-2")
def test_an_empty_text_is_refused():
    """There is nothing to send."""
    for count in (segmentation, segments, is_gsm):
        with pytest.raises(InvalidValue) as refused:
            count("")
        assert refused.value.code == "empty-text"


@pytest.mark.rule("SMS-2")
@pytest.mark.parametrize("text", ["\ud83d", "a\ude00", "ż\ud83da"])
def test_half_a_character_is_refused(text):
    """No gateway could take it."""
    with pytest.raises(InvalidValue) as refused:
        segmentation(text)

    assert refused.value.code == "unencodable-text"


@pytest.mark.rule("SMS-2")
@given(sms_texts(alphabets=["gsm"]))
def test_septets_are_read_back(text):
    """By the two tables, with an escape before what stands in the second."""
    second = {code: char for char, code in EXTENSION.items()}
    read, codes = "", iter(septets(text))
    for code in codes:
        read += second[next(codes)] if BASIC[code] == ESCAPE else BASIC[code]

    assert read == text
    assert max(septets(text)) < 128


@pytest.mark.rule("SMS-2")
def test_the_alphabet_is_the_one_of_the_standard(vectors):
    """Every character has the code that the mapping of unicode.org gives it, but for the cedilla."""
    rows = [each for each in vectors("sms/gsm0338_table.json")["mapping"] if each["gsm"] != "1B"]
    mapped = {each["char"]: bytes.fromhex(each["gsm"].replace(" ", "")) for each in rows}
    ours = {each: septets(each) for each in [*BASIC.replace(ESCAPE, ""), *EXTENSION]}

    assert set(mapped.values()) == set(ours.values())
    assert {char: code for char, code in ours.items() if mapped.get(char) != code} == {
        "Ç": bytes([CAPITAL_C_WITH_CEDILLA])
    }


@pytest.mark.rule("SMS-2")
@pytest.mark.parametrize("name", ["twilio_segments", "three_library_seed_texts", "smsutil_splits"])
def test_other_libraries_count_the_same(vectors, name):
    """In every row that states an alphabet, a number of units or of segments, and where the cuts are."""
    rows = vectors(f"sms/{name}.json")
    wrong = []
    for row in rows:
        encoding, units, count = segmentation(row["text"])
        ours = {"encoding": encoding, "units": units, "segments": count}
        wrong += [(row["text"], key) for key, told in ours.items() if row.get(key) not in (None, told)]
        cuts = [each["chars"] for each in row.get("parts", ())]
        if cuts and cuts != [len(each) for each in segments(row["text"])]:
            wrong.append((row["text"], "parts"))

    assert wrong == []
    assert len(rows) > 5
