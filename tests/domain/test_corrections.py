"""Corrections laid over what records state: a pure step that can be done again and again (ROLE-3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, PlaceKey, RecordKey, RosterKey, World
from eszkola_core.domain.corrections import Correction, agreed, canonical, corrected, corrections, states
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing import strategies as s

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TENANT = Tenant(key="t", name="Test", base_url="https://konto.example.org", platform_domain="eszkola.example.org")


def decided(correction, number=1, **more):
    """Return the decision that a correction is."""
    known = {"kind": DecisionKind.CORRECTED, "subject": PersonId(1), "author": "anna.lis", "at": NOW}
    return Decision(id=number, value=correction.written(), **{**known, **more})


@st.composite
def corrected_worlds(draw):
    """Yield worlds with corrections of some of their places, one a field."""
    world = draw(s.worlds(size=4))
    assume(world.places)
    keys = st.sampled_from(sorted(world.places))
    made = draw(st.lists(s.corrections(places=keys), max_size=5, unique_by=lambda each: (each.place, each.field)))
    decisions = frozenset(decided(each, number) for number, each in enumerate(made, 1))
    theirs = {key: evolve(place, person=PersonId(1)) for key, place in world.places.items()}
    return evolve(world, places=theirs, decisions=decisions)


@pytest.mark.rule("ROLE-3b")
@given(s.corrections())
def test_a_correction_comes_back_from_its_decision(correction):
    """Field, place and text are in the sealed value, and show nowhere else."""
    assert Correction.of(decided(correction)) == correction
    hidden = evolve(correction, place=PlaceKey(RecordKey(RosterKey("sp1", "uonet", "students"), "1"), Role.STUDENT))
    if len(correction.text) > 8:
        assert correction.text not in repr((decided(hidden), hidden))


@pytest.mark.rule("ROLE-3b")
@given(corrected_worlds())
def test_laid_over_once_or_twice_is_the_same(world):
    """Every present place says what was corrected, and nothing else of it changed; whoever is gone is left alone."""
    once = corrected(world)
    made = corrections(world)

    assert corrected(once) == once
    assert set(once.places) == set(world.places)
    for key, place in once.places.items():
        if key not in made or not place.is_present:
            assert place == world.places[key]
            continue
        wanted = world.places[key].newest
        for _, correction in made[key]:
            wanted = correction.applied_to(wanted)
        assert place.newest == wanted
        assert place.accepted == world.places[key].accepted
        assert all(correction.agrees_with(wanted) for _, correction in made[key])


@pytest.mark.rule("ROLE-3b")
@given(corrected_worlds(), st.frozensets(st.sampled_from(Field)))
def test_whoever_says_the_same_agrees_unless_silent(world, silent):
    """Before they are laid over some differ; afterwards all agree, but for fields in which nothing is said."""
    after = corrected(world).places
    told = agreed(world, after, {})
    known = {decision for made in corrections(world).values() for decision, _ in made}
    assert told == {each for each in known if after[Correction.of(each).place].is_present}
    assert agreed(world, after, dict.fromkeys(after, silent)) == {
        each for each in told if Correction.of(each).field not in silent
    }
    for each in known - agreed(world, world.places, {}):
        correction = Correction.of(each)
        place = world.places[correction.place]
        assert not place.is_present or correction.applied_to(place.newest) != place.newest


@given(corrected_worlds())
def test_what_was_withdrawn_is_laid_over_nothing(world):
    """Nor is a decision of another kind taken for a correction."""
    ended = frozenset(evolve(each, withdrawn_at=NOW) for each in world.decisions)
    chosen = frozenset(evolve(each, kind=DecisionKind.ADDRESS_CHOSEN) for each in world.decisions)

    assert corrected(evolve(world, decisions=ended)).places == world.places
    assert corrections(evolve(world, decisions=chosen)) == {}


@given(corrected_worlds())
def test_a_place_that_is_anothers_is_not_corrected(world):
    """Neither where nobody is bound yet, nor where somebody else is; unless the account was merged into that one."""
    for person in (None, PersonId(2)):
        other = evolve(world, places={key: evolve(place, person=person) for key, place in world.places.items()})
        assert corrected(other).places == other.places


@given(s.corrections(), s.claims())
def test_what_is_kept_of_a_text_is_its_one_form(correction, claims):
    """Read again it is the same; what it gives is stated afterwards, unless it takes something away."""
    if correction.field is Field.NATIONAL_ID:
        scheme, _, number = correction.text.partition(":")
        assume(scheme in TENANT.settings.national_id_schemes)
        assert canonical(correction.field, number, TENANT, s.TODAY) == correction.text
    else:
        bare = " ".join(correction.text.split())
        assert canonical(correction.field, bare, TENANT, s.TODAY) == bare
    assert states(correction.applied_to(claims), correction.field) == bool(correction.text)
    assert correction.applied_to(correction.applied_to(claims)) == correction.applied_to(claims)


@given(world=s.worlds())
def test_without_corrections_a_world_is_as_it_is(world):
    """Nobody pays for what nobody corrected."""
    assert corrected(world).places == world.places
    assert World() == corrected(World())
