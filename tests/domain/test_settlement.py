"""What follows from claims: addresses, names, logins, and who opens (ID-4, ID-5, ID-8, MAIL-3 to MAIL-5, MAIL-10)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from eszkola_core.domain.claims import Claims, Place, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settlement import ConflictKind, agreed
from eszkola_core.testing.notation import reading
from eszkola_core.testing.region import Region

FAMILY = "A/1: s Ala 1 a, g Jan 8 x"


def kinds(region):
    """Return the kinds of the open conflicts."""
    return [each.kind for each in region.conflicts()]


def confirmations(region):
    """Return how many messages ask for a new address to be confirmed."""
    with region.storage.unit() as unit:
        now = region.clock.now()
        return [m.kind for m in unit.outbox.lease(100, now=now, until=now)].count(MessageKind.CONFIRM_ADDRESS)


@pytest.mark.rule("MAIL-4a")
@given(before=st.none() | st.integers(0, 2), stated=st.lists(st.integers(0, 2), max_size=4))
def test_a_value_moves_only_where_all_who_state_one_agree(before, stated):
    """Unanimous: that; else what stood before; else the first."""
    outcome = agreed(before, stated)

    if len(set(stated)) == 1:
        assert outcome == stated[0]
    elif before is not None:
        assert outcome == before
    else:
        assert outcome == (stated[0] if stated else None)


# One central address


@pytest.mark.rule("MAIL-3b")
def test_schools_that_state_other_addresses_are_an_address_conflict():
    """One address is central; the report names each other one, masked, with the school that holds it."""
    region = Region()
    region.take(FAMILY, "B/1: s Ola 2 b, g Jan 8 y", "C/1: s Iga 3 c, g Jan 8 z")

    assert region.central("A/1 g Jan") == "x"
    (conflict,) = region.conflicts()
    assert conflict.kind is ConflictKind.ADDRESS_CONFLICT
    assert conflict.facts == ("x•••@example.com", "y•••@example.com · B", "z•••@example.com · C")


@pytest.mark.rule("MAIL-3b")
def test_a_central_address_that_no_record_states_still_works_and_is_found():
    """Where the address is taken out of the record it stays central, and is reported."""
    region = Region()
    region.take(FAMILY)

    region.take("A/1: s Ala 1 a, g Jan 8 -")

    assert region.central("A/1 g Jan") == "x"
    assert kinds(region) == [ConflictKind.ADDRESS_UNSTATED]


@pytest.mark.rule("MAIL-4a")
def test_the_address_moves_when_every_record_states_the_new_one():
    """One school alone moves nothing; the second makes it unanimous; a record that states none does not count."""
    region = Region()
    region.take(FAMILY, "B/1: s Ola 2 b, g Jan 8 x", "C/1: s Iga 3 c, g Jan 8 -")

    region.take("A/1: s Ala 1 a, g Jan 8 y")
    assert region.central("A/1 g Jan") == "x"
    assert kinds(region) == [ConflictKind.ADDRESS_CONFLICT]

    region.take("B/1: s Ola 2 b, g Jan 8 y")
    assert region.central("A/1 g Jan") == "y"
    assert kinds(region) == []


@pytest.mark.rule("MAIL-4a")
@pytest.mark.parametrize("order", ["ABC", "CAB", "BCA"])
def test_all_claims_of_a_run_are_in_before_anything_is_settled(order):
    """A and B bring a new address while C brings the old one: in any order the old one stays (F5)."""
    region = Region()
    region.take(FAMILY, "B/1: s Ola 2 b, g Jan 8 x")
    lines = {"A": "A/1: s Ala 1 a, g Jan 8 y", "B": "B/1: s Ola 2 b, g Jan 8 y", "C": "C/1: s Iga 3 c, g Jan 8 x"}

    region.take(*(lines[school] for school in order))

    assert region.central("A/1 g Jan") == "x"


@pytest.mark.rule("MAIL-4a")
def test_a_removed_record_votes_as_long_as_it_may_return():
    """A file cut short leaves only the other school's address: nothing moves during the grace (F19)."""
    region = Region()
    region.take(FAMILY, "B/1: s Ola 2 b, g Jan 8 x")
    region.take(empty=("B",))

    region.take("A/1: s Ala 1 a, g Jan 8 y")

    assert region.central("A/1 g Jan") == "x"


@pytest.mark.rule("MAIL-4a")
def test_a_records_ending_alone_never_moves_the_address():
    """After the grace the other school's older claim is the only one, and moves nothing; a new statement does."""
    region = Region()
    region.take(FAMILY, "B/1: s Ola 2 b, g Jan 8 y")
    region.later(1)
    region.take(empty=("A",))
    region.later(40)

    region.take("B/1: s Ola 2 b2, g Jan 8 y")
    assert region.central("B/1 g Jan") == "x"

    region.take("B/1: s Ola 2 b2, g Jan 8 z")
    assert region.central("B/1 g Jan") == "z"


@pytest.mark.rule("MAIL-4d")
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["A/1: s Ala 1 -, g Jan 8 x", "B/1: s Ola 2 -, g Jan 8 y", "C/1: s Iga 3 -, g Jan 8 y"], "y"),
        (["A/1: s Ala 1 -, g Jan 8 x", "B/1: t Jan 8 y"], "y"),
        (["A/1: s Jan 8 x", "B/1: s Ola 2 -, g Jan 8 y"], "y"),
        (["A/1: s Ala 1 -, g Jan 8 x", "A/2: s Ola 2 -, g Jan 8 y"], "x"),
    ],
)
def test_a_new_person_gets_the_address_with_most_claims_then_precedence_then_the_least_key(lines, expected):
    """Most claims; then staff over guardian over student; then the least key of a claim."""
    region = Region()
    region.take(*lines)

    assert region.central(f"{lines[0][:3]} {'g Jan' if ', g' in lines[0] else 's'}") == expected


@pytest.mark.rule("MAIL-4e")
@pytest.mark.parametrize(("role", "expected"), [("y", "x"), ("h", "z"), ("t", "z")])
def test_above_homeroom_teacher_only_the_owner_changes_the_address(role, expected):
    """A gradebook moves a teacher's address, and never a secretary's."""
    region = Region()
    region.take(f"A/1: {role} Ewa 9 x")

    region.take(f"A/1: {role} Ewa 9 z")

    assert region.central(f"A/1 {role}") == expected
    assert (kinds(region) == []) == (expected == "z")


@pytest.mark.rule("SYNC-8")
def test_no_import_undoes_a_chosen_address():
    """The owner chose z; all records say x and then y: z stays (F17)."""
    region = Region()
    region.take(FAMILY)
    region.decide_address("A/1 g Jan", "z")

    region.take(FAMILY)
    assert region.central("A/1 g Jan") == "z"

    region.take("A/1: s Ala 1 a, g Jan 8 y")
    assert region.central("A/1 g Jan") == "z"


@pytest.mark.rule("MAIL-4b")
def test_a_differing_unanimous_claim_asks_its_mailbox_once():
    """Where the owner chose another address the new one is asked once, and the same roster asks no second time."""
    region = Region()
    region.take(FAMILY)
    region.decide_address("A/1 g Jan", "z")
    assert confirmations(region) == 0

    region.take("A/1: s Ala 1 a, g Jan 8 y")
    region.take("A/1: s Ala 1 a, g Jan 8 y")
    region.take("A/1: s Ala 1 a2, g Jan 8 y")

    assert confirmations(region) == 1


# Contested addresses


@pytest.mark.rule("MAIL-5a")
def test_a_guardians_address_is_not_the_students_too():
    """In *forbid* the guardian gets it and the student waits for one; role and link are there all the same."""
    region = Region("uonet")
    done = region.take("A/1: s Ala 1 x, g Jan - x")

    assert region.central("A/1 g Jan") == "x"
    assert region.person("A/1 s") is None
    assert region.place("A/1 s").accepted is not None
    assert {f.code for f in done.plan.findings} == {"address-taken", "missing-e-mail"}


@pytest.mark.rule("MAIL-5c")
def test_only_the_address_is_refused_and_to_the_loser_alone():
    """All of Jan's records move to an address that Ewa has: Jan keeps his, and both keep roles and accounts (F18)."""
    region = Region()
    region.take(FAMILY, "B/1: t Ewa 9 y")

    done = region.take("A/1: s Ala 1 a, g Jan 8 y")

    assert (region.central("A/1 g Jan"), region.central("B/1 t")) == ("x", "y")
    assert region.place("A/1 g Jan").hold is None
    assert kinds(region) == [ConflictKind.ADDRESS_TAKEN]
    assert {(f.source, f.line, f.field) for f in done.plan.findings if f.code == "address-taken"} == {
        ("A.csv", 1, "email")
    }


@pytest.mark.rule("MAIL-5c")
def test_an_activated_account_comes_before_a_lesser_claim():
    """Ewa, who signs in already, gets the address that a new guardian of an earlier school states too."""
    region = Region()
    region.take("B/1: t Ewa 9 -")
    region.activate("B/1 t")

    region.take("A/1: s Ala 1 a, g Jan 8 x", "B/1: t Ewa 9 x")

    assert (region.central("B/1 t"), region.central("A/1 g Jan")) == ("x", None)


@pytest.mark.rule("MAIL-5c")
@pytest.mark.parametrize("ewa", ["z", "x"])
def test_chains_and_swaps_happen_in_one_run_and_stay(ewa):
    """Jan moves to what Ewa leaves; the same roster again moves nobody (F6)."""
    region = Region()
    region.take(FAMILY, "B/1: t Ewa 9 y")

    moved = ("A/1: s Ala 1 a, g Jan 8 y", f"B/1: t Ewa 9 {ewa}")
    region.take(*moved)

    assert (region.central("A/1 g Jan"), region.central("B/1 t")) == ("y", ewa)
    assert region.take(*moved).run is None


@pytest.mark.rule("MAIL-5d")
def test_a_freed_address_waits_for_its_owner_and_then_goes_by_itself():
    """For a week after an activated account left it nobody else gets it; then the claim takes it in any run."""
    region = Region()
    region.take(FAMILY, "B/1: t Ewa 9 -")
    region.activate("A/1 g Jan")
    region.take("A/1: s Ala 1 a, g Jan 8 y", "B/1: t Ewa 9 x")
    assert region.central("B/1 t") is None
    assert kinds(region) == [ConflictKind.ADDRESS_TAKEN]

    region.later(6)
    region.take("C/1: s Iga 3 -")
    assert region.central("B/1 t") is None

    region.later(1)
    region.take("C/1: s Iga 3 -")
    assert region.central("B/1 t") == "x"
    assert kinds(region) == []


@pytest.mark.rule("MAIL-5d")
def test_whoever_left_an_address_may_return_to_it_at_once():
    """The reservation is for the owner, whose records may come back to it before anybody else gets it."""
    region = Region()
    region.take(FAMILY, "B/1: t Ewa 9 -")
    region.activate("A/1 g Jan")
    region.take("A/1: s Ala 1 a, g Jan 8 y", "B/1: t Ewa 9 x")

    region.take(FAMILY)

    assert (region.central("A/1 g Jan"), region.central("B/1 t")) == ("x", None)


@pytest.mark.rule("MAIL-5c")
def test_a_holder_gone_for_longer_than_the_grace_yields_to_the_living():
    """The address of an account whose last record ended two months ago goes to whom a record names with it."""
    region = Region()
    region.take(FAMILY, "B/1: t Ewa 9 -")
    jan = region.account("A/1 g Jan")
    region.take(empty=("A",))

    region.later(20)
    region.take("B/1: t Ewa 9 x")
    assert region.central("B/1 t") is None

    region.later(20)
    region.take("B/1: t Ewa 9 x")
    assert region.central("B/1 t") == "x"
    assert region.world().people[jan.id].central is None


# Names and logins


@pytest.mark.rule("ID-8c")
def test_the_name_stays_until_the_schools_agree():
    """One school's new surname is reported; the second's makes it the account's."""
    region = Region()
    region.take("A/1: t Ewa 9 x", "B/1: t Ewa 9 x")

    region.take("A/1: t Ewa_Kot 9 x")
    assert str(region.account("A/1 t").name) == "Ewa Lis"
    assert kinds(region) == [ConflictKind.NAME_CONFLICT]

    region.take("B/1: t Ewa_Kot 9 x")
    assert str(region.account("A/1 t").name) == "Ewa Kot"
    assert kinds(region) == []


@pytest.mark.rule("MAIL-10b")
def test_what_was_issued_is_stable_for_life():
    """Login and platform address outlive a new name."""
    region = Region()
    region.take("A/1: t Ewa 9 x")

    region.take("A/1: t Ewa_Kot 9 x")

    ewa = region.account("A/1 t")
    assert (ewa.login, ewa.platform_address) == ("ewa.lis", "ewa.lis@eszkola.example.org")


@pytest.mark.rule("MAIL-10b")
def test_collisions_take_the_next_number_by_the_least_claim_key():
    """In one run the least place is first; later runs count on, and a number is never handed on."""
    region = Region()
    region.take("B/1: s Ala 2 -", "A/2: s Ala 3 -", "A/1: s Ala 1 -")
    assert [region.account(f"{at} s").login for at in ("A/1", "A/2", "B/1")] == ["ala.lis", "ala.lis2", "ala.lis3"]

    region.take(empty=("A", "B"))
    region.later(100)
    region.take("A/9: s Ala 4 -")

    assert region.account("A/9 s").login == "ala.lis4"


# Who opens


@pytest.mark.rule("ID-4b")
@pytest.mark.parametrize(
    ("profile", "line", "missing"),
    [
        ("uonet", "A/1: s Ala 1 x", set()),
        ("uonet", "A/1: s Ala - x", {"missing-national-id"}),
        ("uonet", "A/1: s Ala 1 -", {"missing-e-mail"}),
        ("uonet", "A/1: t Ala - -", {"missing-national-id", "missing-e-mail"}),
        ("uonet", "A/1: g Ala - x", set()),
        ("uonet", "A/1: g Ala 1 -", {"missing-e-mail"}),
        ("opolska", "A/1: s Ala 1 x", set()),
        ("opolska", "A/1: y Ala 1 -", {"missing-e-mail"}),
        ("opolska", "A/1: g Ala 1 x", {"missing-application"}),
        ("easistent", "A/1: s Ala - -", set()),
        ("easistent", "A/1: g Ala - -", set()),
        ("easistent", "A/1: t Ala - -", set()),
        ("open", "A/1: t Ala - -", set()),
    ],
)
def test_each_profile_says_what_an_account_of_each_role_needs(profile, line, missing):
    """What is there opens; what is missing is listed at the record, field by field, with a remedy (SYNC-1)."""
    region = Region(profile)
    done = region.take(line)

    assert (region.person(line[:6].replace(":", "")) is not None) == (not missing)
    assert {each.code for each in done.plan.findings} == missing
    assert all((each.source, each.line, bool(each.hint)) == ("A.csv", 1, True) for each in done.plan.findings)


@pytest.mark.rule("ID-4a")
def test_a_school_may_ask_for_more_and_only_for_itself():
    """School A wants its guardians' ids; the same guardian opens in school B without one."""
    region = Region("uonet", guardian_national_id_schools=frozenset({"A"}))

    done = region.take(FAMILY.replace(" 8 ", " - "), "B/1: s Ola 2 b, g Ewa - y")
    assert region.person("A/1 g Jan") is None
    assert {(f.source, f.code) for f in done.plan.findings} == {("A.csv", "missing-national-id")}
    assert region.person("B/1 g Ewa") is not None

    region.take("B/1: s Ola 2 b, g Ewa - y, g Jan - x")
    assert region.account("A/1 g Jan").id == region.account("B/1 g Jan").id


@pytest.mark.rule("ID-4c")
def test_an_open_account_outlives_what_it_needed():
    """The need gates the opening: who loses the id and the address in the gradebook keeps account and both (F22)."""
    region = Region("uonet")
    region.take("A/1: s Ala 1 x")
    before = region.account("A/1 s")

    region.take("A/1: s Ala - -")

    assert region.account("A/1 s") == before


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize(("line", "opens"), [("A/1: s Ala p5 x", True), ("A/1: t Ala p5 x", False)])
def test_another_document_stands_in_for_an_id_where_the_role_may_have_one(line, opens):
    """A foreign student's passport opens the account; a teacher's is a finding."""
    region = Region("uonet")
    done = region.take(line)

    assert (region.person(line[:6].replace(":", "")) is not None) == opens
    assert ("document-not-accepted" in {each.code for each in done.plan.findings}) == (not opens)


@pytest.mark.rule("SYNC-1")
def test_a_new_owner_is_told_once():
    """The account opens by the import alone, and one message says so, however often the roster comes."""
    region = Region("uonet")
    for line in ("A/1: s Ala 1 x", "A/1: s Ala 1 x", "A/1: s Ala 1 y"):
        region.take(line)

    with region.storage.unit() as unit:
        now = region.clock.now()
        sent = [each.kind for each in unit.outbox.lease(100, now=now, until=now)]
    assert sent.count(MessageKind.ACCOUNT_OPENED) == 1


# Days


@pytest.mark.rule("ROLE-1")
@settings(max_examples=60)
@given(
    first=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 6)),
    last=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 6)),
    gone=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 6)),
    day=st.dates(date(2026, 1, 1), date(2026, 1, 8)),
)
def test_a_role_holds_from_its_first_to_its_last_day(first, last, gone, day):
    """Both are inside; without a first day it begins with the import; it ends on the day its record is gone."""
    since = date(2026, 1, 3)
    place = Place(
        key=PlaceKey(RecordKey(RosterKey("A", "o", "teacher"), "1"), Role.TEACHER),
        accepted=Claims(name=PersonName("Ewa", "Lis"), first_day=first, last_day=last),
        since=since,
        gone=gone,
    )

    begun = day >= (first or since)
    lasting = last is None or day < last + timedelta(days=1)
    present = gone is None or day < gone
    assert place.is_in_force(day) == (begun and lasting and present)
    assert not evolve(place, accepted=None).is_in_force(day)


@pytest.mark.rule("SYNC-9a")
def test_a_removed_role_ends_at_once_and_wakes_when_the_record_returns():
    """Rights end on the day of the import; within the grace the same account is back."""
    region = Region()
    region.take(FAMILY)
    before = region.account("A/1 g Jan")
    today = region.clock.now().date()

    region.take(empty=("A",))
    gone = [each for each in region.world().places.values() if each.person == before.id]
    assert [each.is_in_force(today) for each in gone] == [False]

    region.later(3)
    region.take(reading(FAMILY))
    assert region.account("A/1 g Jan") == before
    assert region.place("A/1 g Jan").is_in_force(region.clock.now().date())
