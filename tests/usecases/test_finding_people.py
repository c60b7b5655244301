"""Who is meant by what somebody typed: told to those who may see them, and to nobody else (ROLE-4, ACCESS-2)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.find_people import FindPeople
from eszkola_core._usecases.merge_people import MergePeople
from eszkola_core.domain.settings import Sharing
from eszkola_core.testing.doubles import CountingSecrets
from eszkola_core.testing.region import CONSOLE, Region


@pytest.fixture
def region():
    """Return a region with two schools, a secretary in one of them, and a mother with an id."""
    made = Region("open")
    made.take("A/1: s Ala 1 ala, g Jan 8 jan", "A/y: y Maria 12 m", "B/2: s Ida 2 ida, g Ewa 9 ewa")
    return made


def found(region, actor, identifier):
    """Return the logins that are found."""
    finding = FindPeople(region.storage, region.tenant, region.clock)
    return [each.login for each in finding.by(actor, identifier)]


@pytest.mark.parametrize("way", ["login", "address", "id"])
def test_an_account_is_found_by_login_address_and_national_id(region, way):
    """As somebody types it, with blanks around it."""
    jan = region.account_named("Jan")
    typed = {"login": jan.login, "address": jan.central.spelling.upper(), "id": next(iter(jan.ids)).reveal()}[way]

    assert found(region, CONSOLE, f" {typed}\n") == [jan.login]


def test_who_is_found_says_who_it_is(region):
    """The number by which use cases know the owner, the login, and the name."""
    jan = region.account_named("Jan")
    (told,) = FindPeople(region.storage, region.tenant, region.clock).by(CONSOLE, jan.login)

    assert (told.person, told.login, told.name) == (jan.id, jan.login, jan.name)


@pytest.mark.rule("ROLE-4a")
def test_whom_one_may_not_see_is_answered_like_nobody(region):
    """A secretary finds the families of her school; of another school's she learns not even that they are there."""
    secretary, ewa = region.actor("A/y y"), region.account_named("Ewa")

    assert found(region, secretary, "jan@example.com") == [region.account_named("Jan").login]
    for typed in (ewa.login, "ewa@example.com", next(iter(ewa.ids)).reveal(), "nobody", "nobody@example.com", "@", ""):
        assert found(region, secretary, typed) == []
    assert found(region, CONSOLE, ewa.login) == [ewa.login]


def test_all_who_share_an_address_are_found(region):
    """Where a family has one mailbox, whoever looks sees whom it may belong to."""
    region.choose(sharing=Sharing.FAMILY)
    region.take("C/3: s Ola 3 dom, g Piotr 7 dom")

    assert len(found(region, CONSOLE, "dom@example.com")) == 2


def test_a_merged_account_is_found_as_the_one_that_lasts(region):
    """By either login (ID-7c)."""
    region.take("C/3: s Ola 3 ola, g Jan - other")
    mine, other = region.account("A/1 g Jan"), region.account("C/3 g Jan")
    merging = MergePeople(region.storage, region.tenant, region.clock, CountingSecrets("merging"))
    plan = merging.plan(CONSOLE, mine.id, other.id)
    merging.merge(CONSOLE, mine.id, other.id, plan_id=plan.id, reason="one father")

    assert found(region, CONSOLE, mine.login) == found(region, CONSOLE, other.login) == [mine.login]
