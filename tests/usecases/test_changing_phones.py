"""How a telephone number follows the gradebook, becomes its owner's, and how a change is told (PHONE-1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.change_phone import PhoneChanged, PhoneKept, PhoneRefused
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.duplicates import Likeness
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.testing.region import Region

PASSWORD = "Zielony-Dom-7"
ONE, TWO, THREE = "601234501", "601234502", "601234503"


def phone(region, name):
    """Return somebody's number as people write it."""
    found = region.person(name).phone
    return found.e164.removeprefix("+48") if found is not None else None


def with_ala(a_region):
    """Return a region in which Ala can sign in and has a number, and the key of her session."""
    region = a_region("open")
    region.take(f"A/1: s Ala 1 ala {ONE}")
    return region, region.enters("Ala")


@pytest.mark.rule("PHONE-1b")
def test_a_number_moves_when_every_record_states_the_new_one():
    """One school alone moves nothing; when both agree it moves; a record without a number does not count."""
    region = Region()
    region.take(f"A/1: t Ewa 9 x {ONE}", f"B/1: t Ewa 9 x {ONE}", "C/1: t Ewa 9 x")

    region.take(f"A/1: t Ewa 9 x {TWO}")
    assert region.account("A/1 t").phone.e164 == f"+48{ONE}"

    region.take(f"B/1: t Ewa 9 x {TWO}")
    assert region.account("A/1 t").phone.e164 == f"+48{TWO}"

    region.take("A/1: t Ewa 9 x", "B/1: t Ewa 9 x")
    assert region.account("A/1 t").phone.e164 == f"+48{TWO}"


@pytest.mark.rule("PHONE-1b")
def test_a_family_may_have_one_number():
    """Mother, father and child state one: it is everybody's."""
    region = Region()
    region.take(f"A/1: s Ala 1 a {ONE}, g Jan 8 b {ONE}, g Ewa 9 c {ONE}")

    assert [region.account(at).phone.e164 for at in ("A/1 s", "A/1 g Jan", "A/1 g Ewa")] == [f"+48{ONE}"] * 3
    assert region.conflicts() == ()


@pytest.mark.rule("PHONE-1b")
@given(stated=st.lists(st.sampled_from([ONE, TWO, THREE, "-"]), min_size=1, max_size=3))
def test_no_import_moves_a_number_that_its_owner_stated(a_region, stated):
    """Whatever the gradebooks come to say, the owner's own number stands (SYNC-8)."""
    region, key = with_ala(a_region)
    assert region.phones.change(key, PASSWORD, THREE) == PhoneChanged()

    for number in stated:
        region.take(f"A/1: s Ala 1 ala {number}", f"B/1: s Ala 1 ala {number}")

    assert phone(region, "Ala") == THREE


@pytest.mark.rule("PHONE-1b")
def test_of_several_choices_the_latest_stands_alone(a_region):
    """Each takes the former one's stead, sealed with the number, and says who made it."""
    region, key = with_ala(a_region)
    region.phones.change(key, PASSWORD, TWO)
    region.wait(days=1)
    key = region.signs_in("ala.lis")
    region.phones.change(key, PASSWORD, THREE)

    with region.storage.snapshot() as unit:
        decisions = unit.people.decisions(region.person("Ala").id)

    assert [each.kind for each in decisions] == [DecisionKind.PHONE_CHOSEN] * 2
    assert [each.withdrawn_at for each in decisions] == [region.clock.now(), None]
    assert {each.author for each in decisions} == {"ala.lis"}
    assert TWO not in repr(decisions)
    assert phone(region, "Ala") == THREE


@pytest.mark.rule("PHONE-1b")
def test_above_homeroom_teacher_only_the_owner_changes_the_number(a_region):
    """As with the address, no gradebook moves a secretary's number; the first one it may state."""
    region = a_region("open")
    region.take("A/k: y Ewa 9 ewa")
    region.take(f"A/k: y Ewa 9 ewa {ONE}")
    assert phone(region, "Ewa") == ONE
    region.take(f"A/k: y Ewa 9 ewa {TWO}")
    assert phone(region, "Ewa") == ONE

    assert region.phones.change(region.enters("Ewa"), PASSWORD, TWO) == PhoneChanged()
    assert phone(region, "Ewa") == TWO


@pytest.mark.rule("PHONE-1b")
@pytest.mark.parametrize(
    ("key", "password", "number", "reason"),
    [
        ("no such session", PASSWORD, TWO, PhoneRefused.NO_SESSION),
        (None, "wrong", TWO, PhoneRefused.WRONG_PASSWORD),
        (None, "\ud800", TWO, PhoneRefused.WRONG_PASSWORD),
        (None, PASSWORD, "112", PhoneRefused.NOT_A_NUMBER),
        (None, PASSWORD, f"{TWO} w. 7", PhoneRefused.NOT_A_NUMBER),
    ],
)
def test_who_lacks_session_or_password_changes_nothing(a_region, key, password, number, reason):
    """Nor does whoever states what is no number."""
    region, session = with_ala(a_region)

    assert region.phones.change(session if key is None else key, password, number) == PhoneKept(reason)
    assert phone(region, "Ala") == ONE
    assert region.letters(MessageKind.PHONE_CHANGED) == []


@pytest.mark.rule("PHONE-1c")
@pytest.mark.parametrize("by", ["owner", "gradebook"])
def test_a_change_is_told_with_both_numbers_masked(a_region, by):
    """One letter, to the address that was there before, so that the former owner hears of it."""
    region, key = with_ala(a_region)
    if by == "owner":
        region.phones.change(key, PASSWORD, TWO)
    else:
        region.take(f"A/1: s Ala 1 new {TWO}")

    (letter,) = region.letters(MessageKind.PHONE_CHANGED)

    assert letter.to == "ala@example.com"
    assert (letter.data["old"], letter.data["new"]) == ("•••501", "•••502")
    region.take(f"A/1: s Ala 1 ala {TWO}")
    assert region.letters(MessageKind.PHONE_CHANGED) == []


@pytest.mark.rule("PHONE-1c")
def test_a_first_number_and_the_same_number_are_told_to_nobody(a_region):
    """There was none that anybody could miss, and none that changed."""
    region, key = with_ala(a_region)
    region.phones.change(key, PASSWORD, ONE)
    region.take(f"A/1: s Ala 1 ala {ONE}", "A/2: s Ola 2 ola")
    region.take(f"A/2: s Ola 2 ola {TWO}")

    assert region.letters(MessageKind.PHONE_CHANGED) == []


@pytest.mark.rule("ID-6d")
def test_the_same_name_and_phone_is_a_possible_duplicate():
    """Two guardians of one name with one number are reported, and never joined by it."""
    region = Region()
    region.take(
        f"A/1: s Ala 1 -, g Jan - - {ONE}", f"B/1: s Ola 2 -, g Jan - - {ONE}", f"B/2: s Iga 3 -, g Ewa - - {ONE}"
    )

    assert region.account("A/1 g Jan").id != region.account("B/1 g Jan").id
    (conflict,) = region.conflicts()
    assert (conflict.kind, conflict.facts) == (ConflictKind.POSSIBLE_DUPLICATE, (Likeness.SAME_PHONE,))
