"""A restriction cannot be walked round: not by respelling, by another id, another address, another record (LINK-3)."""

from __future__ import annotations

import re

import pytest

from eszkola_core._usecases.see_children import SeeChildren
from eszkola_core.testing.region import Region

ALA = "A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e"
OLA = "A/2: s Ola 2 o, g Jan 8 j"
# What may happen to the very record, to others, and to the whole gradebook.
EDITS = {
    "another address": ("A/1: s Ala 1 a, g Jan 8 k, g Ewa 9 e", OLA),
    "no address": ("A/1: s Ala 1 a, g Jan 8 -, g Ewa 9 e", OLA),
    "respelled": ("A/1: s Ala 1 a, g Janusz - k, g Ewa 9 e", OLA),
    "respelled with the same address": ("A/1: s Ala 1 a, g Janusz - j, g Ewa 9 e", OLA),
    "respelled with the id": ("A/1: s Ala 1 a, g Janusz 8 k, g Ewa 9 e", OLA),
    "wholly respelled": ("A/1: s Ala 1 a, g Adam_Kot - k, g Ewa 9 e", OLA),
    "without the id": ("A/1: s Ala 1 a, g Jan - j, g Ewa 9 e", OLA),
    "another id in the place": ("A/1: s Ala 1 a, g Jan 7 j, g Ewa 9 e", OLA),
    "the child without an id": ("A/1: s Ala - a, g Jan 8 j, g Ewa 9 e", OLA),
    "the child with another id": ("A/1: s Ala 3 a, g Jan 8 j, g Ewa 9 e", OLA),
    "the child respelled": ("A/1: s Alicja 1 a, g Jan 8 j, g Ewa 9 e", OLA),
    "the child as the sibling was known": ("A/1: s Ola 1 a, g Jan 8 j, g Ewa 9 e", OLA),
    "the sibling's record now the child's": (ALA, "A/2: s Ala - o, g Jan 8 j"),
    "the sibling's record now the child's by id": (ALA, "A/2: s Ala 1 o, g Jan 8 j"),
    "the sibling's record wholly the child's by id": (ALA, "A/2: s Ala_Kot 1 o, g Jan 8 j"),
    "another record": (OLA, "A/3: s Ala 1 a, g Jan 8 j, g Ewa 9 e"),
    "another record without ids": (OLA, "A/3: s Ala - -, g Jan 8 j, g Ewa 9 e"),
    "another record, respelled": (OLA, "A/3: s Ala 1 a, g Janusz - k, g Ewa 9 e"),
    "another record without her id, respelled": (OLA, "A/3: s Ala - -, g Janusz - k"),
    "another record, respelled with her mother": (OLA, "A/3: s Ala - -, g Janusz - k, g Ewa 9 e"),
    "another school": (ALA, OLA, "B/7: s Ala 1 a, g Jan 8 j"),
    "another school, respelled": (ALA, OLA, "B/7: s Ala 1 a, g Janusz - k"),
    "another school without ids": (ALA, OLA, "B/7: s Ala - -, g Jan 8 j"),
    "guardian of another child there": (ALA, OLA, "B/7: s Iga 4 i, g Janusz - k"),
    "nothing at all": (ALA, OLA),
}


def sightings(region):
    """Return who sees whom, by the first names of guardians and the full names of children."""
    seeing = SeeChildren(region.storage, region.tenant, region.clock)
    return {
        (person.name.first, str(child.name))
        for number, person in region.world().people.items()
        for child in seeing.of(number)
    }


@pytest.mark.rule("LINK-3b")
@pytest.mark.rule("LINK-3d")
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("again", [False, True], ids=["", "and back"])
@pytest.mark.parametrize("ids", [True, False], ids=["", "without any ids"])
def test_no_edit_of_records_walks_round(edit, again, ids):
    """Whatever a record says by now, Jan sees no Ala anywhere, and nobody new sees her who may be Jan."""
    family, edit = ((ALA, OLA), edit) if ids else (without_ids(ALA, OLA), without_ids(*edit))
    region = Region()
    region.take(*family)
    jan, ala = region.account("A/1 g Jan").id, region.account("A/1 s").id
    region.restrict("A/1 g Jan", "A/1 s")
    before = sightings(region)
    assert before == {("Ewa", "Ala Lis"), ("Jan", "Ola Lis")}

    region.take(*edit)
    region.later(1)
    if again:
        region.take(*family)

    seeing = SeeChildren(region.storage, region.tenant, region.clock)
    assert ala not in {child.person for child in seeing.of(jan)}
    assert {(who, child) for who, child in sightings(region) if child == "Ala Lis"} <= before
    assert {(who, child) for who, child in sightings(region) if who == "Jan"} <= before


def without_ids(*lines):
    """Return the lines of records in which nobody has an id."""
    return tuple(re.sub(r" \d+ ", " - ", line) for line in lines)
