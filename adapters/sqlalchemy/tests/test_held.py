"""Whoever is held is listed from a real database, and each answer ends the waiting (ID-6e, ID-8b, LINK-3b)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases import see_held
from eszkola_core._usecases.admit_guardians import AdmitGuardians, Admitted
from eszkola_core._usecases.see_held import SeeHeld
from eszkola_core._usecases.settle_identity import IdentitySettled, SettleIdentity
from eszkola_core.domain.claims import Hold
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region

FAMILIES = ("A/1: s Ala 1 a, g Jan 8 j", "A/2: s Ola 2 o, g Ewa 9 e", "A/3: s Iga 3 i, g Iza 7 z")
NEWS = ("A/1: s Ala 1 a, g Jan 6 j", "A/2: s Maja_Kot - o, g Ewa 9 e", "A/3: s Iga 3 i, g Iza 7 z, g Adam - d")
STRANGER = "B/1: s Lea 5 l, g Ada_Kos 9 -"


@pytest.fixture
def region(storage):
    """Return a region on the database in which somebody waits for each answer that there is."""
    made = Region(storage=storage)
    made.take(*FAMILIES)
    made.restrict("A/3 g Iza", "A/3 s")
    made.take(*NEWS, STRANGER)
    return made


def held(region):
    """Return who is held, as the console sees it."""
    return SeeHeld(region.storage, region.tenant, region.clock).of(CONSOLE)


@pytest.mark.rule("ID-6e")
@pytest.mark.rule("ID-8b")
def test_whoever_is_held_is_listed_however_long_the_pages_are(region, monkeypatch):
    """In the order of the records, each found again by its reference."""
    listed = held(region)
    assert [(each.key.record.key, each.hold) for each in listed] == [
        ("1", Hold.ID_CORRECTION),
        ("2", Hold.RENAMED),
        ("3", Hold.RESTRICTION),
        ("1", Hold.NAME_MISMATCH),
    ]
    seeing = SeeHeld(region.storage, region.tenant, region.clock)
    assert [seeing.find(CONSOLE, each.reference) for each in listed] == list(listed)

    monkeypatch.setattr(see_held, "_PAGE", 1)

    assert held(region) == listed


@pytest.mark.rule("ID-6e")
@pytest.mark.rule("ID-8b")
@pytest.mark.rule("LINK-3b")
def test_each_answer_ends_the_waiting(region):
    """After a yes to each, and the same import once more, nobody is held and each child shows where it should."""
    settling = SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("settling"))
    admitting = AdmitGuardians(region.storage, region.tenant, region.clock, CountingSecrets("admitting"))

    for each in held(region):
        if each.hold is Hold.RESTRICTION:
            assert isinstance(admitting.admit(CONSOLE, each.key, reason="seen the passport"), Admitted)
        else:
            done = settling.answer(CONSOLE, each.key, is_same=True, reason="seen the passport")
            assert isinstance(done, IdentitySettled)
    region.take(*NEWS, STRANGER)

    assert held(region) == ()
    assert region.children("A/2 g Ewa") == ("Lea Lis", "Maja Kot")
    assert region.children("A/3 g Adam") == ("Iga Lis",)
    assert region.children("A/3 g Iza") == ()


@pytest.mark.rule("ID-8b")
def test_a_no_parts_them_for_good(region):
    """The renamed record is a new student's, and the stranger stays held until the gradebook has the right id."""
    former = region.account("A/2 s")
    settling = SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("settling"))

    for each in held(region):
        if each.hold in (Hold.RENAMED, Hold.NAME_MISMATCH):
            done = settling.answer(CONSOLE, each.key, is_same=False, reason="seen the passport")
            assert isinstance(done, IdentitySettled)
    region.take(*NEWS, STRANGER)

    assert region.account("A/2 s").id != former.id
    assert region.place("B/1 g").hold is Hold.ANOTHERS_ID
    region.take(*NEWS, STRANGER.replace(" 9 ", " 10 "))
    assert region.place("B/1 g").hold is None
    assert region.children("A/2 g Ewa") == ("Maja Kot",)
