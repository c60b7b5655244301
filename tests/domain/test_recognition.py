"""Who is who: the scenarios in which recognition goes wrong when it is done carelessly (ID-2, ID-6, ID-8, LINK-1)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Hold, World
from eszkola_core.domain.duplicates import Likeness
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.recognition import recognise
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.testing import strategies
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region


def are_one(region, first, second):
    """Return whether two places are bound to one account."""
    return region.account(first).id == region.account(second).id


def duplicates(region):
    """Return the reported pairs of possible duplicates, each with its reason, as `school/record role`."""

    def named(key):
        return f"{key.school}/{key.record.key} {key.role}"

    return {
        (named(each.place), named(each.other), *each.facts)
        for each in region.conflicts()
        if each.kind is ConflictKind.POSSIBLE_DUPLICATE
    }


# What is bound stays bound


@pytest.mark.rule("ID-6b")
@pytest.mark.parametrize("address", ["y", "-", "~"])
def test_a_guardian_outlives_a_change_of_address(address):
    """Another address, none, or no such column: the guardian who has nothing else keeps the account (F1)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x")
    before = region.account("A/1 g Jan")

    region.take(f"A/1: s Ala 1 -, g Jan - {address}")

    assert region.account("A/1 g Jan").id == before.id
    assert len(region.world().people) == 2


@pytest.mark.rule("ID-6e")
def test_whoever_owns_a_corrected_id_since_this_very_run_is_reported_by_it():
    """The corrected id opens an account elsewhere in the same run: the pair is told at once, and nothing new later."""
    region = Region()
    region.take("A/1: s Iga 1 -, g Jan 8 x")
    stated = ("A/1: s Iga 1 -, g Jan 9 x", "B/1: s Ola 2 -, g Jan 9 y")
    region.take(*stated)

    assert region.place("A/1 g Jan").hold is Hold.ID_CORRECTION
    assert duplicates(region) == {("A/1 guardian", "B/1 guardian", Likeness.SAME_ID)}
    seen = region.seen()
    assert region.take(*stated).run is None
    region.take(*stated, "C/1: s Ewa 3 -")
    assert set(seen[2]) == set(region.conflicts())


@pytest.mark.rule("ID-6e")
def test_another_id_under_one_name_in_one_place_is_held():
    """A corrected student id waits for a yes: no second student appears, and the old id stays (F2)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x")
    before = region.account("A/1 s")

    region.take("A/1: s Ala 2 -, g Jan - x")

    assert region.place("A/1 s").hold is Hold.ID_CORRECTION
    assert region.account("A/1 s").id == before.id
    assert region.account("A/1 s").ids == before.ids
    assert len(region.world().people) == 2


@pytest.mark.rule("ID-6b")
def test_a_respelled_guardian_is_a_new_place_and_takes_nothing_from_the_old():
    """Janusz is not Jan: he is a new human, and the address stays with whom it was given to (F2)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x")
    jan = region.account("A/1 g Jan")

    region.take("A/1: s Ala 1 -, g Janusz - x")

    assert region.account("A/1 g Janusz").id != jan.id
    assert region.central("A/1 g Janusz") is None
    assert region.world().people[jan.id].central == jan.central


@pytest.mark.rule("ID-6b")
def test_a_place_whose_name_turns_into_another_waits():
    """One record, no id, both names different: what was applied stands until somebody looks."""
    region = Region()
    region.take("A/1: s Ala - -")

    region.take("A/1: s Ewa_Kot - -")

    assert region.place("A/1 s").hold is Hold.RENAMED
    assert str(region.place("A/1 s").accepted.name) == "Ala Lis"
    assert str(region.account("A/1 s").name) == "Ala Lis"


@pytest.mark.rule("ID-6b")
def test_the_same_id_vouches_for_a_new_name():
    """Whoever keeps the id in the same place may change both names."""
    region = Region()
    region.take("A/1: s Ala 1 -")

    region.take("A/1: s Ewa_Kot 1 -")

    assert region.place("A/1 s").hold is None
    assert str(region.account("A/1 s").name) == "Ewa Kot"


@pytest.mark.rule("ID-6b")
def test_a_record_key_used_again_for_another_name_and_id_is_a_new_person():
    """Next year's pupil under last year's key inherits nothing; the former pupil's place has ended (pitfall 6)."""
    region = Region()
    region.take("A/1: s Ala 1 x")
    ala = region.account("A/1 s")

    region.take("A/1: s Ewa_Kot 2 y")

    ewa = region.account("A/1 s")
    (former,) = [each for each in region.world().places.values() if each.person == ala.id]
    assert ewa.id != ala.id
    assert [str(each.name) for each in (ala, ewa)] == ["Ala Lis", "Ewa Kot"]
    assert former.gone == region.clock.now().date()
    assert region.world().people[ala.id] == ala


@pytest.mark.rule("ID-6b")
def test_a_record_key_that_passes_back_finds_its_former_owner():
    """A key that goes from Ala to Ewa and back to Ala makes no third account."""
    region = Region()
    region.take("A/1: s Ala 1 x")
    ala = region.account("A/1 s")
    region.take("A/1: s Ewa_Kot 2 y")

    region.take("A/1: s Ala 1 x")

    assert region.account("A/1 s").id == ala.id
    assert len(region.world().people) == 2


@pytest.mark.rule("ID-6b")
def test_a_record_key_that_passes_on_takes_nothing_of_the_former_along():
    """Where the source has no column of addresses, the new pupil does not come by the former one's."""
    region = Region()
    region.take("A/1: s Ala 1 x")

    region.take("A/1: s Ewa_Kot 2 ~")

    assert region.place("A/1 s").accepted.email is None
    assert region.central("A/1 s") is None


@pytest.mark.rule("ID-6c")
def test_a_place_that_returns_beside_another_of_the_same_human_is_held():
    """A guardian's place comes back in a record whose student has become the same human since: one of them waits."""
    region = Region("uonet")
    region.take("C/2: t Ala 2 x", "C/3: s Ala - -, g Jan 2 -")
    region.take("C/3: s Ala 2 -")
    assert are_one(region, "C/2 t", "C/3 s")

    region.take("C/3: s Ala - -, g Jan - -")

    guardian = region.place("C/3 g Jan")
    assert (guardian.hold, guardian.accepted) == (Hold.TWICE_IN_RECORD, None)
    assert region.place("C/3 s").hold is None


@pytest.mark.rule("ID-8b")
def test_nobody_is_let_in_by_somebody_who_was_kept_out():
    """A pupil under the secretary's id is no relation of hers because the guardian beside, kept out, has her name."""
    region = Region()
    region.take("A/3: y Ala_Kot 2 -")

    region.take("A/2: s Jan 2+p1 -, g Ala 2 -", "B/1: s Ala p1 -")

    assert region.place("A/2 s").hold is Hold.NAME_MISMATCH
    assert region.place("A/2 g Ala").hold is Hold.TWICE_IN_RECORD
    assert region.place("B/1 s").hold is Hold.AMBIGUOUS, "the passport stands beside an id of hers"


@pytest.mark.rule("SYNC-4c")
def test_before_the_first_opening_nothing_is_remembered():
    """Guardians without id and address are one human once both records state the same address (F4)."""
    region = Region("uonet")
    region.take("A/1: s Ala 1 a, g Jan - -", "B/1: s Ola 2 b, g Jan - -")
    assert region.person("A/1 g Jan") is None

    region.take("A/1: s Ala 1 a, g Jan - x", "B/1: s Ola 2 b, g Jan - x")

    assert are_one(region, "A/1 g Jan", "B/1 g Jan")
    assert duplicates(region) == set()


@pytest.mark.rule("ID-6b")
def test_guardians_who_swap_columns_change_nothing():
    """A place is known by whom it names and not by the column they stand in (F11)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x, g Ewa - y")
    before = region.seen()

    done = region.take("A/1: s Ala 1 -, g Ewa - y, g Jan - x")

    assert region.seen() == before
    assert done.run is None
    assert done.plan.counts.unchanged == 3


# National ids


@pytest.mark.rule("ID-6a")
def test_one_id_is_one_person_in_every_school_and_role():
    """A teacher who is a mother elsewhere has one account, whatever her addresses."""
    region = Region()
    region.take("A/1: t Ewa 9 x", "B/1: s Ala 1 -, g Ewa 9 y", "C/1: s Ola 2 -, g Ewa 9 -")

    assert are_one(region, "A/1 t", "B/1 g Ewa")
    assert are_one(region, "A/1 t", "C/1 g Ewa")


@pytest.mark.rule("ID-1a")
@pytest.mark.rule("ID-2")
def test_a_late_id_that_is_anothers_makes_a_report_and_no_merge():
    """[A: Jan x][B: Jan 8 y][A: Jan 8 x]: both keep their accounts, and the pair is reported (F15)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x")
    region.take("B/1: s Ola 2 -, g Jan 8 y")

    region.take("A/1: s Ala 1 -, g Jan 8 x")

    assert not are_one(region, "A/1 g Jan", "B/1 g Jan")
    assert duplicates(region) == {("A/1 guardian", "B/1 guardian", Likeness.SAME_ID)}


@pytest.mark.rule("ID-2")
def test_the_same_records_in_the_other_order_make_one_account():
    """[B: Jan 8 y][A: Jan 8 x]: the id was there from the start, so it is one human (F15)."""
    region = Region()
    region.take("B/1: s Ola 2 -, g Jan 8 y")

    region.take("A/1: s Ala 1 -, g Jan 8 x")

    assert are_one(region, "A/1 g Jan", "B/1 g Jan")
    assert duplicates(region) == set()


@pytest.mark.rule("ID-2")
def test_a_person_takes_a_late_id_that_nobody_else_has():
    """An id-less guardian learns the id that the record comes to state, and later records find them by it."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x")
    before = region.account("A/1 g Jan")

    region.take("A/1: s Ala 1 -, g Jan 8 x")
    region.take("B/1: s Ola 2 -, g Jan 8 -")

    assert region.account("A/1 g Jan").id == before.id
    assert are_one(region, "A/1 g Jan", "B/1 g Jan")


@pytest.mark.rule("ID-2")
def test_a_second_id_in_one_record_joins_the_records_that_state_it_alone():
    """A record with PESEL and passport makes one of an account with the PESEL and a record with the passport."""
    region = Region()
    region.take("A/1: t Ewa 9 -")

    region.take("B/1: t Ewa 9+p5 -", "C/1: t Ewa p5 -")

    assert are_one(region, "A/1 t", "C/1 t")
    assert len(region.account("A/1 t").ids) == 2


@pytest.mark.rule("ID-2")
def test_a_second_id_that_two_people_state_is_nobodys():
    """One passport beside two PESELs says nothing: the two stay two, and whoever has it alone is held."""
    region = Region()
    region.take("A/1: t Ewa 9 -", "B/1: t Ewa 8 -")

    region.take("A/2: t Ewa 9+p5 -", "B/2: t Ewa 8+p5 -", "C/1: t Ewa p5 -")

    assert not are_one(region, "A/2 t", "B/2 t")
    assert region.place("C/1 t").hold is Hold.AMBIGUOUS


@pytest.mark.rule("ID-8b")
def test_a_new_place_under_an_id_with_a_strangers_name_brings_nothing():
    """A mistyped id that is somebody else's shows them no child: the place is held whole (F16)."""
    region = Region()
    region.take("A/1: t Ewa 9 x")
    ewa = region.account("A/1 t")

    region.take("B/1: s Ala 1 -, g Jan_Kot 9 y")

    place = region.place("B/1 g Jan_Kot")
    assert (place.hold, place.accepted, place.person) == (Hold.NAME_MISMATCH, None, None)
    assert region.account("A/1 t") == ewa


@pytest.mark.rule("ID-8b")
def test_a_place_already_bound_goes_on_under_a_name_that_changes():
    """The held newcomer takes nothing from the place that was bound before (F16)."""
    region = Region()
    region.take("A/1: t Ewa 9 x", "B/1: s Ala 1 -, g Jan_Kot 9 y")

    region.take("A/1: t Iga_Rys 9 x")

    assert region.place("A/1 t").hold is None
    assert region.place("B/1 g Jan_Kot").hold is Hold.NAME_MISMATCH


@pytest.mark.rule("ID-8c")
def test_one_name_that_differs_is_applied_and_reported():
    """A married name in one school reaches the account's roles; the difference is a finding there."""
    region = Region()
    region.take("A/1: t Ewa 9 x")

    region.take("B/1: t Ewa_Kot 9 x")

    assert are_one(region, "A/1 t", "B/1 t")
    assert str(region.place("B/1 t").accepted.name) == "Ewa Kot"
    assert str(region.account("B/1 t").name) == "Ewa Lis"
    assert [(each.kind, each.facts) for each in region.conflicts()] == [(ConflictKind.NAME_CONFLICT, ("Ewa Kot",))]


@pytest.mark.rule("ID-6c")
def test_one_id_twice_in_a_record_is_the_students():
    """Two places of one record are never one person: the student goes first, the other is held."""
    region = Region()
    region.take("A/1: s Jan 1 x, g Jan 1 x")

    assert region.place("A/1 s").hold is None
    assert region.place("A/1 g Jan").hold is Hold.TWICE_IN_RECORD


# Addresses


@pytest.mark.rule("ID-6c")
def test_a_place_that_fits_two_people_joins_neither():
    """Father and son of one name and address keep apart, and who fits both is held (F12)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x", "B/1: s Ola 2 -, g Jan 9 x", "C/1: s Iga 3 -, g Jan - x")

    assert not are_one(region, "A/1 g Jan", "B/1 g Jan")
    place = region.place("C/1 g Jan")
    assert (place.hold, place.person) == (Hold.AMBIGUOUS, None)


@pytest.mark.rule("ID-6c")
@pytest.mark.parametrize("together", [True, False])
def test_a_schoolboy_never_becomes_a_guardian_by_address(together):
    """By address a guardian is matched with guardians and staff only (F13)."""
    region = Region()
    lines = ("A/1: s Jan 2 y", "B/1: s Ala 1 -, g Jan - y")
    for run in [lines] if together else [[each] for each in lines]:
        region.take(*run)

    assert not are_one(region, "A/1 s", "B/1 g Jan")


@pytest.mark.rule("ID-6c")
def test_a_schoolboy_of_two_schools_without_id_is_reported_and_not_joined():
    """By address a student is matched with nobody, not even with a student."""
    region = Region()
    region.take("A/1: s Ala - x", "B/1: s Ala - x")

    assert not are_one(region, "A/1 s", "B/1 s")
    assert duplicates(region) == {("A/1 student", "B/1 student", Likeness.SAME_ADDRESS)}


@pytest.mark.rule("ID-6c")
def test_an_address_with_an_equal_name_key_recognises():
    """A teacher and a guardian of one name and address are one human, however the name is written."""
    region = Region()
    region.take("A/1: t Łucja_Żuk - x", "B/1: s Ala 1 -, g zuk_LUCJA - x")

    assert are_one(region, "A/1 t", "B/1 g")


@pytest.mark.rule("ID-8a")
def test_a_longer_surname_is_no_equal_key():
    """Tolerance is no equivalence: Kowalska and Kowalska-Nowak are not joined by an address (F9)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Ewa_Kowalska - x", "B/1: s Ola 2 -, g Ewa_Kowalska-Nowak - x")

    assert not are_one(region, "A/1 g", "B/1 g")


@pytest.mark.rule("LINK-1a")
def test_an_address_alone_never_links():
    """Two parents with the family's one address are two, each with the children whose records name them (F14)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x", "B/1: s Ola 2 -, g Ewa - x")

    assert not are_one(region, "A/1 g Jan", "B/1 g Ewa")


@pytest.mark.rule("ID-6c")
def test_a_central_address_that_no_claim_states_recognises_nobody():
    """Recognition reads what is claimed or chosen and nothing derived, or settling would change it (F8)."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x")
    region.take("A/1: s Ala 1 -, g Jan 8 -")
    assert region.central("A/1 g Jan") == "x"

    region.take("B/1: s Ola 2 -, g Jan - x")

    assert not are_one(region, "A/1 g Jan", "B/1 g Jan")


@pytest.mark.rule("ID-6c")
def test_a_chosen_address_recognises():
    """An address that its owner chose is as good as one that a record claims."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x")
    region.decide_address("A/1 g Jan", "z")

    region.take("B/1: s Ola 2 -, g Jan - z")

    assert are_one(region, "A/1 g Jan", "B/1 g Jan")


@pytest.mark.rule("ID-6c")
def test_a_birth_date_that_differs_speaks_against_an_address():
    """Grandfather and grandson of one name and address: who states another birth date is somebody else."""
    old, young = date(1950, 5, 5), date(1990, 5, 5)
    stated = reading("A/1: t Jan - x", "B/1: t Jan - x", "C/1: t Jan - x")
    born = dict(zip("AB", (old, young), strict=True))
    rosters = [
        evolve(
            roster,
            records=tuple(
                evolve(each, people=tuple(evolve(p, birth_date=born.get(roster.school)) for p in each.people))
                for each in roster.records
            ),
        )
        for roster in stated.rosters
    ]
    region = Region()
    region.take(evolve(stated, rosters=tuple(rosters)))

    assert not are_one(region, "A/1 t", "B/1 t")
    assert region.place("C/1 t").hold is Hold.AMBIGUOUS


# The source's own keys


@pytest.mark.rule("ID-6b")
def test_the_sources_own_key_makes_one_guardian_of_two_children():
    """Without id and address, the key of the source joins the guardian's places in one school."""
    region = Region()
    region.take("A/1: s Ala 1 -, g=k7 Jan - -", "A/2: s Ola 2 -, g=k7 Jan - -")

    assert are_one(region, "A/1 g Jan", "A/2 g Jan")


@pytest.mark.rule("ID-6b")
@pytest.mark.parametrize("shared", [True, False])
def test_an_own_key_counts_as_far_as_the_source_says(shared):
    """One key in two schools is one person only where the source's keys mean the same in all schools."""
    region = Region()
    region.take("A/1: s Ala 1 -, g=k7 Jan - -", "B/1: s Ola 2 -, g=k7 Jan - -", shared_keys=shared)

    assert are_one(region, "A/1 g Jan", "B/1 g Jan") == shared


@pytest.mark.rule("ID-6a")
def test_ids_outweigh_the_sources_own_key():
    """Where the key says one and the ids say two they are two; who has the key alone fits both and is held."""
    region = Region()
    region.take("A/1: s Ala 1 -, g=k7 Jan 8 -", "A/2: s Ola 2 -, g=k7 Jan 9 -", "A/3: s Iga 3 -, g=k7 Jan - -")

    assert not are_one(region, "A/1 g Jan", "A/2 g Jan")
    assert region.place("A/3 g Jan").hold is Hold.AMBIGUOUS


@pytest.mark.rule("ID-2")
def test_an_id_under_a_known_own_key_comes_to_the_same_person():
    """Another record of the same key states an id: the account learns it and is not doubled."""
    region = Region()
    region.take("A/1: s Ala 1 -, g=k7 Jan - -")
    before = region.account("A/1 g Jan")

    region.take("A/1: s Ala 1 -, g=k7 Jan - -", "A/2: s Ola 2 -, g=k7 Jan 8 -")

    assert region.account("A/2 g Jan").id == before.id
    assert len(region.account("A/1 g Jan").ids) == 1


@pytest.mark.rule("ID-6b")
def test_an_own_key_keeps_a_guardian_through_a_new_surname():
    """The place is the key's and not the name's, so a married name is the same place."""
    region = Region()
    region.take("A/1: s Ala 1 -, g=k7 Ewa - x")
    before = region.account("A/1 g")

    region.take("A/1: s Ala 1 -, g=k7 Ewa_Kot - x")

    assert region.account("A/1 g").id == before.id
    assert str(region.account("A/1 g").name) == "Ewa Kot"


@pytest.mark.rule("ID-6c")
def test_two_own_keys_in_one_record_are_two_people():
    """Jan the father and Jan the grandfather share name, address and record, and stay two."""
    region = Region()
    region.take("A/1: s Ala 1 -, g=k7 Jan - x, g=k8 Jan - x")

    guardians = [each for each in region.world().places.values() if each.role is Role.GUARDIAN]
    assert len({each.person for each in guardians}) == 2
    assert duplicates(region) == set()


# A name that fits late


@pytest.mark.rule("SYNC-4a")
def test_whoever_fits_late_is_seen_under_their_address_at_once():
    """A held Jan Lis whose human turns out to be an Ala Lis lets another record find him in the very same run."""
    region = Region("uonet")
    region.take("A/1: s Ala - -, g Ala_Kot 1 x")
    region.take("B/1: s Ala - -, g Jan 1 x")
    assert region.place("B/1 g Jan").hold is Hold.NAME_MISMATCH

    lines = ("A/1: s Ala - -, g Ala 1 -", "A/1: t=k1 Ala - -", "C/1: s Ala - -, g Jan - x")
    region.take(*lines)
    before = region.seen()

    assert are_one(region, "B/1 g Jan", "A/1 g Ala")
    assert are_one(region, "C/1 g Jan", "A/1 g Ala")
    assert region.take(*lines).run is None
    assert region.seen() == before


@pytest.mark.rule("SYNC-4a")
def test_whoever_fits_late_is_known_by_their_own_key_at_once():
    """So does the source's own key of a held place, once its name fits."""
    region = Region("uonet")
    region.take("A/1: s Ala - -, g Ala_Kot 1 x")
    region.take("B/1: s Ala - -, g=k7 Jan 1 -")
    assert region.place("B/1 g Jan").hold is Hold.NAME_MISMATCH

    region.take("A/1: s Ala - -, g Ala 1 x", "B/1: s Ala - -, g=k7 Jan 1 -", "B/2: s Ola - -, g=k7 Jan - -")

    assert are_one(region, "B/2 g Jan", "A/1 g Ala")


# Possible duplicates


@pytest.mark.rule("ID-6d")
def test_one_name_with_a_common_child_is_a_possible_duplicate():
    """Two Jans with other addresses, guardians of one child in two schools, are reported and not merged."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan - x", "B/1: s Ala 1 -, g Jan - y")

    assert not are_one(region, "A/1 g Jan", "B/1 g Jan")
    assert duplicates(region) == {("A/1 guardian", "B/1 guardian", Likeness.SAME_CHILD)}


@pytest.mark.rule("ID-6d")
@pytest.mark.parametrize("second", ["g Jan 9 x", "g Ewa - x", "g Jan_Kot - y"])
def test_whoever_is_proven_another_is_no_possible_duplicate(second):
    """Other ids prove two, and another name says nothing of one."""
    region = Region()
    region.take("A/1: s Ala 1 -, g Jan 8 x", f"B/1: s Ala 1 -, {second}")

    assert duplicates(region) == set()


@pytest.mark.rule("ID-6d")
def test_twins_are_not_suspected():
    """Two pupils of one family, one address and one birth year are two by their names."""
    region = Region()
    region.take("A/1: s Ala - x, g Jan - y", "A/2: s Ola - x, g Jan - y")

    assert not are_one(region, "A/1 s", "A/2 s")
    assert are_one(region, "A/1 g Jan", "A/2 g Jan")
    assert duplicates(region) == set()


# For every world


@pytest.mark.rule("SYNC-4b")
@settings(max_examples=40)
@given(world=strategies.worlds(), data=st.data())
def test_recognition_depends_on_no_order(world, data):
    """However the places of a world are handed over, the same people come out."""
    shuffled = World(dict(data.draw(st.permutations(list(world.places.items())))))

    assert recognise(world, strategies.TODAY) == recognise(shuffled, strategies.TODAY)


@pytest.mark.rule("ID-6c")
@settings(max_examples=40)
@given(world=strategies.worlds(size=10))
def test_everybody_is_exactly_one_or_held(world):
    """Each present place is grouped or held for the first time; no group has two ids of a kind, or a record twice."""
    recognised = recognise(world, strategies.TODAY)

    grouped = [place.key for group in recognised.groups for place in group.places]
    assert len(grouped) == len(set(grouped))
    for key, place in recognised.places.items():
        assert (key in grouped) == (place.is_present and place.hold is None)
    for group in recognised.groups:
        kinds = [each.kind for each in group.ids]
        records = [place.key.record for place in group.places]
        assert len(set(kinds)) == len(kinds)
        assert len(set(records)) == len(records)


@pytest.mark.rule("SYNC-4a")
@settings(max_examples=40)
@given(world=strategies.worlds())
def test_recognising_what_was_recognised_says_the_same(world):
    """What recognition leaves behind is recognised as it is."""
    once = recognise(world, strategies.TODAY)
    again = recognise(World(once.places), strategies.TODAY)

    assert once == again


# Place by place

EARLIER = date(2026, 1, 7)
OLA, JAN = PersonId(1), PersonId(2)
OLAS = a.claims(name=PersonName("Ola", "Lis"), ids=(a.national_id(1),))
PASSPORTS = (NationalId("ua/passport", "FA1"), NationalId("ua/passport", "FA2"))


def recognised(*places):
    """Return who is who in a world with these places, in which Ola has an id and Jan has none."""
    known = {OLA: a.person(OLA, name=OLAS.name, ids=OLAS.ids), JAN: a.person(JAN, name=PersonName("Jan", "Lis"))}
    return recognise(World(places={each.key: each for each in places}, people=known), a.TODAY)


def of_ola(record, **more):
    """Return a place that was Ola's before."""
    return a.place(key=a.record(record), **{"person": OLA, "accepted": OLAS, "since": EARLIER, **more})


@pytest.mark.rule("ID-6b")
def test_a_record_that_is_anothers_leaves_a_place_that_is_gone():
    """With what was applied of it, and nothing that waits; the newcomer's begins today, and is empty before."""
    kot = a.claims(name=PersonName("Iwo", "Kot"), ids=(a.national_id(2),), email=a.address("iwo@example.com"))
    place = of_ola("1", pending=kot, hold=Hold.RENAMED, email_since=EARLIER)
    former = evolve(place, key=evolve(place.key, who="former 1"), person=OLA, pending=None, hold=None, gone=a.TODAY)
    newcomer = evolve(place, person=None, accepted=kot, pending=None, hold=None, since=a.TODAY, email_since=a.TODAY)
    found = recognised(place)

    assert found.places == {former.key: former, newcomer.key: newcomer}
    assert {group.who: group.places for group in found.groups} == {
        OLA: (former,),
        JAN: (),
        newcomer.key: (newcomer,),
    }

    stranger = evolve(kot, ids=(a.national_id(2),))
    known = a.place("x", key=a.record("9"), person=JAN, accepted=a.claims(ids=stranger.ids))
    held = evolve(newcomer, accepted=None, pending=stranger, hold=Hold.NAME_MISMATCH, email_since=None)
    assert recognised(evolve(place, pending=stranger), known).places[place.key] == held


@pytest.mark.rule("ID-3c")
def test_two_late_ids_that_disagree_are_taken_back_wherever_somebody_stood_before():
    """Where they were applied to a place that was bound; who is new with one of them has it as a record's word."""
    late = [evolve(OLAS, ids=(*OLAS.ids, each)) for each in PASSPORTS]
    bound = [of_ola(f"{number}", pending=each) for number, each in enumerate(late)]
    sound = of_ola("sound", pending=evolve(OLAS, class_name="2b"))
    found = recognised(*bound, sound).places

    for each in bound:
        assert found[each.key] == evolve(each, hold=Hold.IDS_DISAGREE)
    assert found[sound.key] == evolve(sound, accepted=sound.pending, pending=None)

    new = [of_ola(f"new {number}", person=None, accepted=None, pending=each) for number, each in enumerate(late)]
    found = recognised(sound, *new)
    assert [found.places[each.key].hold for each in new] == [None, None]
    assert found.group_of(sound.key).ids == OLAS.ids


@pytest.mark.rule("ID-3c")
def test_late_ids_that_disagree_are_taken_back_beside_a_record_that_is_anothers():
    """The place that ended just now was given nothing."""
    late = [evolve(OLAS, ids=(*OLAS.ids, each)) for each in PASSPORTS]
    bound = [of_ola(f"{number}", pending=each) for number, each in enumerate(late)]
    passed_on = of_ola("passed on", pending=a.claims(name=PersonName("Iwo", "Kot"), ids=(a.national_id(2),)))
    found = recognised(*bound, passed_on).places

    assert [found[each.key].hold for each in bound] == [Hold.IDS_DISAGREE] * 2
    assert found[passed_on.key] == evolve(
        passed_on, person=None, accepted=passed_on.pending, pending=None, since=a.TODAY
    )


def keyed(who, record, *ids, **more):
    """Return a guardian's place under the source's own key of Jan."""
    stated = a.claims(name=PersonName("Jan", "Lis"), ids=ids)
    return a.place(who, key=a.record(record), own_key="k7", **{"accepted": None, "pending": stated, **more})


@pytest.mark.rule("ID-6a")
def test_an_own_key_brings_an_id_only_where_it_can_be_but_one_humans():
    """Not where two ids come under it at once, nor where its owner stands in the record already."""
    jan = keyed("jan", "1", person=JAN, accepted=a.claims(name=PersonName("Jan", "Lis")), pending=None)
    eighth, ninth = keyed("x", "2", a.national_id(8)), keyed("y", "3", a.national_id(9))
    beside = keyed("z", "1", a.national_id(8))

    assert recognised(jan, eighth).group_of(eighth.key).who == JAN
    both = recognised(jan, eighth, ninth)
    assert [both.group_of(each.key).who for each in (jan, eighth, ninth)] == [JAN, eighth.key, ninth.key]
    two = recognised(jan, beside)
    assert two.group_of(beside.key).who == beside.key
    assert two.places[beside.key].hold is None
