"""What recognition leaves to people: whose a name is, and which of two ids is right (ID-6e, ID-8b)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases._acting import NotPermitted
from eszkola_core._usecases.settle_identity import IdentityKept, IdentityRefused, IdentitySettled, SettleIdentity
from eszkola_core.domain.claims import Hold
from eszkola_core.domain.permissions import Ground
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE, Region


def answer(region, at, *, is_same, actor=CONSOLE, reason="as the passport says"):
    """Let somebody answer whose the place is."""
    settling = SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("identity"))
    return settling.answer(actor, region.place(at).key, is_same=is_same, reason=reason)


@pytest.mark.rule("ID-6e")
def test_a_yes_corrects_the_id_and_nothing_else():
    """The person keeps the account; the former id opens nothing, the new one finds them."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j")
    before = region.account("A/1 g Jan")
    region.take("A/1: s Ala 1 a, g Jan 9 j")
    assert region.place("A/1 g").hold is Hold.ID_CORRECTION

    done = answer(region, "A/1 g", is_same=True)

    assert isinstance(done, IdentitySettled)
    after = region.account("A/1 g Jan")
    assert (after.id, after.login, after.central) == (before.id, before.login, before.central)
    assert [each.reveal() for each in after.ids] == [pesel(9)]
    assert [each.reveal() for each in after.former_ids] == [pesel(8)]
    assert region.place("A/1 g").hold is None
    assert pesel(9) not in repr(done)
    with region.storage.snapshot() as unit:
        assert unit.people.by_national_id(before.ids[0]) is None
        assert unit.people.by_national_id(after.ids[0]) == after


@pytest.mark.rule("ID-6e")
def test_an_id_of_somebody_else_is_no_correction():
    """It stays held: the two are possibly one, which a merge answers; a no is mended in the record."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ola 2 o, g Jan 9 k")
    region.take("A/1: s Ala 1 a, g Jan 9 j")

    assert answer(region, "A/1 g", is_same=True) == IdentityKept(IdentityRefused.ANOTHERS_ID)
    assert answer(region, "A/1 g", is_same=False) == IdentityKept(IdentityRefused.CORRECT_THE_RECORD)


@pytest.mark.rule("ID-8b")
@pytest.mark.parametrize("is_same", [True, False])
def test_a_name_in_a_place_is_whose_somebody_says(is_same):
    """With a yes the child shows, with a no the place is somebody else's; either way nobody is asked again."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j")
    region.take("B/1: s Ola 2 o, g Adam_Kot 8 -")
    assert region.place("B/1 g").hold is Hold.NAME_MISMATCH

    assert isinstance(answer(region, "B/1 g", is_same=is_same), IdentitySettled)

    assert region.children("A/1 g Jan") == (("Ala Lis", "Ola Lis") if is_same else ("Ala Lis",))
    if is_same:
        assert region.place("B/1 g").hold is None


@pytest.mark.rule("ID-8b")
def test_a_no_that_was_a_mistake_is_taken_back_by_a_yes():
    """Another no changes nothing: the national id is wrong then, which the gradebook mends."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j", "B/1: s Ola 2 o, g Adam_Kot 8 -")
    answer(region, "B/1 g", is_same=False)
    assert region.place("B/1 g").hold is Hold.ANOTHERS_ID

    assert answer(region, "B/1 g", is_same=False) == IdentityKept(IdentityRefused.CORRECT_THE_RECORD)
    assert isinstance(answer(region, "B/1 g", is_same=True), IdentitySettled)

    assert region.children("A/1 g Jan") == ("Ala Lis", "Ola Lis")


@pytest.mark.rule("ID-6e")
def test_who_answers_and_what_there_is_to_answer():
    """Staff of the school, with a reason, where something is held; nobody about themselves or nobody."""
    region = Region()
    region.take("A/1: s Ala 1 a, g Jan 8 j", "A/y: y Zofia 11 z", "B/y: y Maria 12 m")
    assert answer(region, "A/1 g", is_same=True) == IdentityKept(IdentityRefused.NO_QUESTION)
    region.take("A/1: s Ala 1 a, g Jan 9 j")
    assert answer(region, "A/1 g", is_same=True, reason=" ") == IdentityKept(IdentityRefused.NO_REASON)
    for at in ("B/y y", "A/1 s"):
        assert isinstance(answer(region, "A/1 g", is_same=True, actor=region.actor(at)), NotPermitted)
    key = region.place("A/1 g").key
    with pytest.raises(InvalidValue) as refused:
        SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("x")).answer(
            CONSOLE, type(key)(key.record, key.role, "nobody"), is_same=True, reason="x"
        )
    assert (str(refused.value), refused.value.code) == ("nobody stands in this place", "unknown-place")
    reason = " as the passport says "
    assert isinstance(
        answer(region, "A/1 g", is_same=True, actor=region.actor("A/y y"), reason=reason), IdentitySettled
    )
    jan = region.account("A/1 g Jan").id
    with region.storage.snapshot() as unit:
        *_, entry = unit.audit.entries()
        (decision,) = unit.people.decisions(jan)
    assert (entry.by, entry.on, entry.why) == (region.account("A/y y").id, (jan,), "as the passport says")
    assert decision.reason == "as the passport says"


@pytest.mark.rule("ROLE-6b")
def test_nobody_answers_about_a_record_that_names_themselves():
    """Zofia is another guardian of the same child: whose Jan's place is, an office says that has no part in it."""
    region = Region()
    office = ("A/y: y Zofia 11 z", "A/x: y Iza 12 i")
    region.take(*office, "A/2: s Ola 2 o, g Zofia 11 z, g Jan 8 j")
    region.take(*office, "A/2: s Ola 2 o, g Zofia 11 z, g Jan 6 j")

    refused = answer(region, "A/2 g Jan", is_same=True, actor=region.actor("A/y y"))

    assert isinstance(refused, NotPermitted)
    assert refused.permission.ground is Ground.CONCERNS_ACTOR
    assert isinstance(answer(region, "A/2 g Jan", is_same=True, actor=region.actor("A/x y")), IdentitySettled)


@pytest.mark.rule("ROLE-6b")
def test_who_stands_beside_somebody_elsewhere_answers_about_this_record():
    """Zofia has a child together with Jan, in another record: this one is about a schoolmate and himself alone."""
    region = Region()
    others = ("A/y: y Zofia 11 z", "A/3: s Iga 3 i, g Zofia 11 z, g Jan 8 j")
    region.take(*others, "A/2: s Ola 2 o, g Jan 8 j")
    region.take(*others, "A/2: s Ola 2 o, g Jan 6 j")

    done = answer(region, "A/2 g Jan", is_same=True, actor=region.actor("A/y y"))

    assert isinstance(done, IdentitySettled)
