"""Whoever is held is listed with the reason, for those who look after the school (ID-6e, ID-8b, LINK-3b)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from eszkola_core._usecases import see_held
from eszkola_core._usecases._acting import NotPermitted
from eszkola_core._usecases.see_held import Answer, SeeHeld
from eszkola_core._usecases.settle_identity import IdentityKept, IdentityRefused, IdentitySettled, SettleIdentity
from eszkola_core.domain.causes import Mender
from eszkola_core.domain.claims import Hold
from eszkola_core.domain.national_ids import PESEL
from eszkola_core.domain.permissions import Ground
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.crowds import runs
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.notation import pesel
from eszkola_core.testing.region import CONSOLE, Region

OFFICES = ("A/y: y Zofia 11 z", "A/d: h Hela 14 h", "B/y: y Maria 12 m")
FAMILY = "A/1: s Ala 1 a, g Jan 8 j"


def held(region, actor=CONSOLE, school=None):
    """Return who is held, as somebody sees it."""
    return SeeHeld(region.storage, region.tenant, region.clock).of(actor, school)


def find(region, reference, actor=CONSOLE):
    """Return what a reference names."""
    return SeeHeld(region.storage, region.tenant, region.clock).find(actor, reference)


def answer(region, key, *, is_same=True, actor=CONSOLE):
    """Answer whose a place is."""
    settling = SettleIdentity(region.storage, region.tenant, region.clock, CountingSecrets("held"))
    return settling.answer(actor, key, is_same=is_same, reason="as the passport says")


@pytest.mark.rule("ID-6e")
@pytest.mark.rule("ID-8b")
@settings(max_examples=60)
@given(rosters=runs())
def test_exactly_whoever_is_held_is_listed(rosters):
    """After any imports the list has each held place once, with its reason, and each by a name of its own."""
    region = Region()
    for stated in rosters:
        region.take(stated)

    listed = held(region)

    kept = region.world().places.values()
    assert [(each.key, each.hold) for each in listed] == [
        (each.key, each.hold)
        for each in sorted(kept, key=lambda place: place.key.order)
        if each.hold is not None and each.is_present
    ]
    assert len({each.reference for each in listed}) == len(listed)
    assert [find(region, each.reference) for each in listed] == list(listed)


@pytest.mark.rule("ID-8b")
@settings(max_examples=60)
@given(rosters=runs())
def test_an_answer_that_is_offered_is_taken(rosters):
    """What the list says can be answered is answered, and whatever it says cannot be is refused."""
    region = Region()
    for stated in rosters:
        region.take(stated)
    listed = held(region)

    for each in listed[:3]:
        if Answer.ADMIT in each.answers or each not in held(region):
            continue
        done = answer(region, each.key, is_same=False)
        if Answer.ANOTHER in each.answers:
            assert isinstance(done, IdentitySettled)
            assert each.reference not in {other.reference for other in held(region)}
        elif each.answers:
            assert done == IdentityKept(IdentityRefused.CORRECT_THE_RECORD)
        else:
            assert done == IdentityKept(IdentityRefused.NO_QUESTION)


@pytest.mark.rule("ID-6e")
@pytest.mark.rule("ID-8b")
@pytest.mark.rule("LINK-3b")
def test_each_reason_says_who_is_meant_and_what_can_be_said():
    """Another id, another name, a stranger's name under an id, and whoever is new because of a restriction."""
    region = Region()
    families = ("A/1: s Ala 1 a, g Jan 8 j", "A/2: s Ola 2 o", "A/3: s Iga 3 i, g Iza 7 z", "A/5: s Lea 5 l")
    region.take(*families)
    region.restrict("A/3 g Iza", "A/3 s")
    region.take(
        "A/1: s Ala 1 a, g Jan 6 j",
        "A/2: s Maja_Kot - o, g Emil - e",
        "A/3: s Iga 3 i, g Iza 7 z, g Adam - d",
        "A/4: s Ida_Sowa 5 -",
        "A/5: s Lea 5 l",
    )

    told = {
        str(each.name): (each.hold, each.meant.login if each.meant is not None else "", each.mender, each.answers)
        for each in held(region)
    }

    office, head = Mender.SECRETARY, Mender.ADMINISTRATOR
    assert told == {
        "Jan Lis": (Hold.ID_CORRECTION, "jan.lis", office, (Answer.SAME,)),
        "Maja Kot": (Hold.RENAMED, "ola.lis", office, (Answer.SAME, Answer.ANOTHER)),
        "Emil Lis": (Hold.RENAMED, "", office, ()),  # he waits until it is known whose record it is
        "Adam Lis": (Hold.RESTRICTION, "", head, (Answer.ADMIT,)),
        "Ida Sowa": (Hold.NAME_MISMATCH, "lea.lis", office, (Answer.SAME, Answer.ANOTHER)),
    }
    assert answer(region, region.place("A/2 g").key) == IdentityKept(IdentityRefused.NO_QUESTION)
    assert pesel(6) not in repr(held(region))


@pytest.mark.rule("ROLE-4a")
def test_each_office_sees_its_own_school():
    """A guardian sees no list, a school that is not there has none, and it may be long."""
    region = Region()
    region.take(*OFFICES, FAMILY, "B/1: s Ola 2 o, g Ewa 9 e")
    region.take(*OFFICES, "A/1: s Ala 1 a, g Jan 6 j", "B/1: s Ola 2 o, g Ewa 7 e")
    here, there = held(region)

    assert held(region, region.actor("A/y y")) == held(region, school="A") == (here,)
    assert held(region, region.actor("B/y y")) == (there,)
    assert held(region, region.actor("B/y y"), "A") == ()
    assert find(region, here.reference, region.actor("A/y y")) == here
    assert find(region, here.reference, region.actor("B/y y")) is None
    for done in (held(region, region.actor("A/1 g Jan")), find(region, here.reference, region.actor("A/1 g Jan"))):
        assert isinstance(done, NotPermitted)
    for where, there in ((region, "A, B"), (Region(), "none yet")):
        with pytest.raises(InvalidValue) as refused:
            held(where, school="C")
        assert str(refused.value) == f"there is no school 'C'; there are: {there}"
        assert refused.value.code == "unknown-school"


def test_many_records_are_looked_at_page_by_page(monkeypatch):
    """The list is the same however many records are looked at together."""
    region = Region()
    families = [f"A/{number}: s Ala {number} -, g Jan {number + 50} -" for number in range(1, 6)]
    region.take(*families)
    region.take(*(each.replace(f" {number + 50} ", f" {number + 70} ") for number, each in enumerate(families, 1)))
    whole = held(region)

    monkeypatch.setattr(see_held, "_PAGE", 2)

    assert len(whole) == 5
    assert held(region) == whole


@pytest.mark.rule("ID-8b")
def test_a_reference_names_one_question():
    """Once the record states another name or id it is another question, and once it is answered it is none."""
    region = Region()
    region.take(FAMILY)
    seen = []
    for stated in ("s Ala 6 a", "s Ala 7 a", "s Maja_Kot - a", "s Maja_Sowa - a"):
        region.take(f"A/1: {stated}, g Jan 8 j")
        seen.extend(held(region))

    assert len({each.reference for each in seen}) == len(seen) == 4
    assert [find(region, each.reference) for each in seen] == [None, None, None, seen[-1]]
    assert isinstance(answer(region, seen[-1].key), IdentitySettled)
    assert find(region, seen[-1].reference) is None


@pytest.mark.rule("ROLE-6b")
def test_nobody_sees_or_answers_what_is_about_their_own_child():
    """A secretary does not say who else is a guardian of her child, nor what she is called herself."""
    region = Region()
    region.take(*OFFICES, FAMILY, "A/2: s Ola 2 o, g Zofia 11 z, g Adam_Kot 8 -", "A/3: s Iga 3 i, g Ewa_Sowa 11 -")
    stranger, herself = region.place("A/2 g Adam_Kot"), region.place("A/3 g")
    assert [each.key for each in held(region)] == [stranger.key, herself.key]

    secretary = region.actor("A/y y")

    assert held(region, secretary) == ()
    for place in (stranger, herself):
        done = answer(region, place.key, actor=secretary)
        assert isinstance(done, NotPermitted)
        assert done.permission.ground is Ground.CONCERNS_ACTOR


@pytest.mark.rule("ROLE-4a")
@pytest.mark.rule("ID-8b")
def test_whose_a_place_is_the_office_of_its_school_says():
    """Not the other school's, though the account be known there only; and an id tells nobody whose account that is."""
    region = Region()
    region.take(*OFFICES, FAMILY, "B/1: s Ola 2 o, g Adam_Kot 8 -")
    here, there = region.actor("A/y y"), region.actor("B/y y")
    (seen,) = held(region, there)
    assert (seen.meant, held(region)[0].meant) == (None, see_held.Meant(region.account("A/1 g Jan").name, "jan.lis"))

    assert isinstance(answer(region, seen.key, actor=here), NotPermitted)
    assert isinstance(answer(region, seen.key, actor=there), IdentitySettled)

    assert region.children("A/1 g Jan") == ("Ala Lis", "Ola Lis")


@pytest.mark.rule("ROLE-4a")
@pytest.mark.rule("ID-6e")
def test_an_accounts_national_id_is_corrected_by_whoever_reaches_the_account_too():
    """A record of another school, which knows somebody by a passport, corrects nothing by that school's word alone."""
    region = Region()
    region.take(*OFFICES, "A/1: s Ala 1 a, g Jan 8+p8 j")
    region.take("B/1: s Ola 2 o, g Jan 9+p8 -", OFFICES[2])
    place = region.place("B/1 g")
    assert place.hold is Hold.ID_CORRECTION

    for office in ("A/y y", "B/y y"):
        assert isinstance(answer(region, place.key, actor=region.actor(office)), NotPermitted)
    assert isinstance(answer(region, place.key), IdentitySettled)

    assert [each.reveal() for each in region.account("A/1 g").ids if each.scheme == PESEL] == [pesel(9)]
