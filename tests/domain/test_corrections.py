"""Corrections laid over what records state: a pure step that can be done again and again (ROLE-3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from eszkola_core.domain.accounts import PersonId, State
from eszkola_core.domain.claims import (
    Claims,
    Decision,
    DecisionKind,
    Hold,
    Place,
    PlaceKey,
    RecordKey,
    RosterKey,
    World,
)
from eszkola_core.domain.corrections import (
    Correction,
    agreed,
    canonical,
    contradiction,
    corrected,
    corrections,
    name_in,
    states,
)
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.roles import Role
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue
from eszkola_core.testing import strategies as s
from eszkola_core.testing.contracts.storage import samples as a

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PHONE = PhoneNumber("+48601234567")
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
def test_a_correction_is_kept_as_one_compact_list():
    """Place, field, text and what the source said, as they are: what was kept once is read for ever."""
    at = PlaceKey(RecordKey(RosterKey("sp1", "uonet", "students"), "Ł-1"), Role.GUARDIAN, "jan")
    correction = Correction(at, Field.FIRST_NAME, "Łucja", "Lucja")

    assert correction.written().reveal() == (
        '["sp1","uonet","students","Ł-1","guardian","jan","first_name","Łucja","Lucja"]'
    )
    assert Correction.of(decided(correction)) == correction


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
    # Where both names were corrected what the source states then is another human, as far as anybody can tell.
    known = {each for made in corrections(world.overlaid(after.values())).values() for each, _ in made}
    assert told == {each for each in known if after[Correction.of(each).place].is_present}
    assert agreed(world, after, dict.fromkeys(after, silent)) == {
        each for each in told if Correction.of(each).field not in silent
    }
    for each in known - agreed(world, world.places, {}):
        correction = Correction.of(each)
        place = world.places[correction.place]
        assert not place.is_present or correction.applied_to(place.newest) != place.newest


def stands(number="1", person=1, **more):
    """Return a place of somebody called Ola Lis."""
    at = PlaceKey(RecordKey(RosterKey("sp1", "uonet", "students"), number), Role.STUDENT)
    claims = Claims(name=PersonName("Ola", "Lis"), phone=PHONE)
    return Place(**{"key": at, "accepted": claims, "since": NOW.date(), "person": PersonId(person), **more})


@pytest.mark.rule("ROLE-3b")
def test_of_one_place_the_corrections_are_in_the_order_in_which_they_were_made():
    """The later one wins where two are of one field; the numbers of decisions say which that is."""
    place = stands()
    made = [Correction(place.key, Field.FIRST_NAME, each) for each in ("Ala", "Iga", "Ewa", "Ola", "Ida", "Ada")]
    decisions = [decided(each, number) for number, each in enumerate(made, 3)]
    world = World(places={place.key: place}, decisions=frozenset(decisions))

    assert corrections(world) == {place.key: tuple(zip(decisions, made, strict=True))}
    assert corrected(world).places[place.key].stated.name.first == "Ada"


@pytest.mark.rule("ROLE-3b")
def test_a_source_agrees_at_the_places_that_it_states_and_still_names():
    """Not at one that it does not state in this run, that is gone, or where it is silent."""
    here, gone, elsewhere, differing, silent = (stands(each) for each in "12345")
    world = World(
        places={each.key: each for each in (here, gone, elsewhere, differing, silent)},
        decisions=frozenset(
            decided(Correction(each.key, Field.PHONE, PHONE.e164), number)
            for number, each in enumerate((here, gone, elsewhere, differing, silent), 1)
        ),
    )
    other = evolve(differing, pending=evolve(differing.accepted, phone=None))
    stated = {each.key: each for each in (here, evolve(gone, gone=NOW.date()), other, silent)}

    told = agreed(world, stated, {silent.key: frozenset({Field.PHONE}), here.key: frozenset({Field.EMAIL})})
    assert {Correction.of(each).place for each in told} == {here.key}


@pytest.mark.rule("ROLE-3b")
@pytest.mark.parametrize(
    ("bound_to", "state", "counts"),
    [
        (1, State.ACTIVE, True),
        (2, State.MERGED, True),
        (2, State.ACTIVE, False),
        (2, None, False),
        (None, State.MERGED, False),
    ],
)
def test_a_correction_counts_for_whom_it_was_made_or_whomever_that_one_was_merged_into(bound_to, state, counts):
    """Not at a place that is somebody else's or nobody's by now, and not of somebody who is known no more."""
    place = evolve(stands(), person=None if bound_to is None else PersonId(bound_to))
    people = {} if state is None else {PersonId(1): a.person(1, state=state)}
    correction = decided(Correction(place.key, Field.FIRST_NAME, "Ala"))

    world = World(places={place.key: place}, people=people, decisions=frozenset({correction}))
    assert bool(corrections(world)) == counts


@pytest.mark.rule("ROLE-3b")
def test_what_was_held_and_is_as_applied_once_corrected_waits_no_more():
    """Neither is there newer content then, nor a reason to hold it."""
    place = stands()
    place = evolve(place, pending=evolve(place.accepted, phone=None), hold=Hold.NAME_MISMATCH)
    correction = decided(Correction(place.key, Field.PHONE, PHONE.e164))

    laid = corrected(World(places={place.key: place}, decisions=frozenset({correction})))
    assert laid.places[place.key] == stands()


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


REFUSED = [
    (Field.CLASS, "3a", "not-corrected-here", "class: it is corrected in the gradebook only"),
    (Field.FIRST_NAME, " ", "empty", "first_name: it cannot be empty"),
    (Field.BIRTH_DATE, "1.3.2012", "invalid-date", "birth_date: write it as 2012-03-01"),
    (
        Field.BIRTH_DATE,
        (s.TODAY + timedelta(days=1)).isoformat(),
        "future-birth-date",
        "birth_date: it is still to come",
    ),
    (Field.SEX, "f", "invalid-sex", "sex: female or male"),
    (
        Field.EMAIL,
        "ola@eszkola.example.org",
        "platform-address",
        "email: a private address lies outside the platform",
    ),
]


@pytest.mark.rule("ROLE-3a")
@pytest.mark.parametrize(("field", "text", "code", "told"), REFUSED)
def test_what_cannot_be_right_is_refused_with_a_remedy(field, text, code, told):
    """The refusal names the field and what to write, and not what was written."""
    with pytest.raises(InvalidValue) as caught:
        canonical(field, text, TENANT, s.TODAY)
    assert (caught.value.code, str(caught.value)) == (code, told)


def test_somebody_may_be_born_today_and_an_address_may_be_taken_away():
    """The last day that can be right is today."""
    assert canonical(Field.BIRTH_DATE, s.TODAY.isoformat(), TENANT, s.TODAY) == s.TODAY.isoformat()
    assert canonical(Field.EMAIL, " ", TENANT, s.TODAY) == ""


@pytest.mark.rule("ID-3a")
@given(s.claims())
def test_claims_that_contradict_an_id_say_in_which_field(stated):
    """In the birth date or the sex, as far as both say one; what is drawn agrees."""
    assert contradiction(stated) is None
    for each in stated.ids:
        assert each.birth_date is not None
        assert each.sex is not None
        other_sex = next(sex for sex in Sex if sex is not each.sex)
        other_day = each.birth_date + timedelta(days=1)
        assert contradiction(evolve(stated, birth_date=None, sex=other_sex)) is Field.SEX
        assert contradiction(evolve(stated, birth_date=other_day, sex=None)) is Field.BIRTH_DATE
        assert contradiction(evolve(stated, birth_date=None, sex=each.sex)) is None


def test_only_a_name_was_something_else():
    """What the source said before is remembered of names alone: by them another human is told."""
    claims = Claims(name=PersonName("Ola", "Lis"), class_name="3a")

    assert [name_in(claims, each) for each in (Field.FIRST_NAME, Field.LAST_NAME)] == ["Ola", "Lis"]
    assert {name_in(claims, each) for each in Field if each not in {Field.FIRST_NAME, Field.LAST_NAME}} == {""}
