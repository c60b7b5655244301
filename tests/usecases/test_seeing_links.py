"""The links that whoever asks may know of, from either side (LINK-1, LINK-3)."""

from __future__ import annotations

import pytest

from eszkola_core._usecases.see_links import SeeLinks, SeenLink
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.links import Link, LinkState
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.region import CONSOLE, Region

FAMILY = ("A/1: s Ala 1 a, g Jan 8 j, g Ewa 9 e", "A/y: y Maria 12 m", "B/2: s Ola 2 o, g Jan 8 j", "B/t: t Iga 13 i")
ALA, OLA, JAN, EWA = (PersonName(each, "Lis") for each in ("Ala", "Ola", "Jan", "Ewa"))


@pytest.fixture
def region():
    """Return a region in which Jan has a child at either school, and is kept from the one at A."""
    made = Region()
    made.take(*FAMILY)
    made.restrict("A/1 g Jan", "A/1 s")
    return made


def seen(region, at, *, by=CONSOLE):
    """Return the links of whoever stands at a place."""
    return SeeLinks(region.storage, region.tenant, region.clock).of(by, region.account(at).id)


@pytest.mark.rule("LINK-1a")
@pytest.mark.rule("LINK-3a")
def test_a_guardians_links_are_listed_with_what_stands_between(region):
    """To each child, by name, with the places of the child and the restriction."""
    jan, ala, ola = (region.account(each).id for each in ("A/1 g Jan", "A/1 s", "B/2 s"))
    with region.storage.snapshot() as unit:
        (restriction,) = unit.people.decisions(ala)

    assert seen(region, "A/1 g Jan") == (
        SeenLink(Link(jan, ala, LinkState.RESTRICTED, (region.place("A/1 s").key,)), JAN, ALA, (restriction,)),
        SeenLink(Link(jan, ola, LinkState.CLAIMED, (region.place("B/2 s").key,)), JAN, OLA, ()),
    )
    assert [(each.guardian, each.child, each.restrictions) for each in seen(region, "A/1 s")] == [
        (EWA, ALA, ()),
        (JAN, ALA, (restriction,)),
    ]


@pytest.mark.rule("LINK-3a")
def test_a_restriction_is_seen_where_no_record_names_both(region):
    """From either side, beside the links that records make, and by nobody else's."""
    region.restrict("A/1 g Ewa", "B/2 s")
    ewa, ola = region.account("A/1 g Ewa").id, region.account("B/2 s").id

    for at, states in (
        ("A/1 g Ewa", {(EWA, ALA): LinkState.CLAIMED, (EWA, OLA): LinkState.RESTRICTED}),
        ("B/2 s", {(JAN, OLA): LinkState.CLAIMED, (EWA, OLA): LinkState.RESTRICTED}),
        ("A/1 s", {(JAN, ALA): LinkState.RESTRICTED, (EWA, ALA): LinkState.CLAIMED}),
    ):
        assert {(each.guardian, each.child): each.link.state for each in seen(region, at)} == states
    assert Link(ewa, ola, LinkState.RESTRICTED, ()) in [each.link for each in seen(region, "B/2 s")]


@pytest.mark.rule("ROLE-4a")
def test_links_are_seen_by_whoever_may_view_both(region):
    """Each school's office knows of its own children alone; a teacher of another school, and nobody, of none."""
    maria, iga = region.actor("A/y y"), region.actor("B/t t")

    assert [each.child for each in seen(region, "A/1 g Jan", by=maria)] == [ALA]
    assert isinstance(seen(region, "A/1 s", by=iga), NotPermitted)
    with pytest.raises(InvalidValue) as nobody:
        SeeLinks(region.storage, region.tenant, region.clock).of(CONSOLE, PersonId(99))
    assert (str(nobody.value), nobody.value.code) == ("nobody has this number", "unknown-person")


@pytest.mark.rule("LINK-1a")
def test_a_child_without_an_account_is_called_as_the_record_calls_it():
    """The link is there before the child has a number of its own."""
    region = Region("uonet")
    region.take("A/1: s Ala - -, g Jan 8 j")
    place = region.place("A/1 s")
    jan = region.account("A/1 g Jan").id

    assert place.person is None
    assert seen(region, "A/1 g Jan") == (SeenLink(Link(jan, place.key, LinkState.CLAIMED, (place.key,)), JAN, ALA, ()),)
