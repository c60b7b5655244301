"""What decisions of who somebody is hold, and what follows from them (ID-6e, ID-8b)."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.aliases import Aliases
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.identity_decisions import IdCorrection, NamedPlace, answers, corrected
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.newcomers import admission
from eszkola_core.testing.contracts.storage import samples as a

OLA, EWA = PersonId(1), PersonId(2)
CORRECTION = IdCorrection(a.national_id(1), a.national_id(2))


def decided(kind, value):
    """Return a decision about Ola."""
    return a.decision(OLA, kind=kind, address=None, value=value)


def test_what_a_decision_holds_has_the_form_in_which_it_was_kept_before():
    """Stores hold such texts for years; one that admits somebody is even found by being the same."""
    named = NamedPlace.stating(a.place("żona").key, a.claims())

    assert named.text == Secret('["sp1","uonet","students","Ł-1","guardian","żona","cwiek dorde ziga"]')
    assert CORRECTION.text == Secret('[["pl.pesel","15230100017"],["pl.pesel","15230100024"]]')
    assert admission(a.place("żona").key, a.claims().name) == Secret(
        '["sp1", "uonet", "students", "Ł-1", "guardian", "żona", "cwiek dorde ziga"]'
    )
    assert NamedPlace.of(decided(DecisionKind.NAME_CONFIRMED, named.text)) == named
    assert IdCorrection.of(decided(DecisionKind.ID_CORRECTED, CORRECTION.text)) == CORRECTION


def test_a_decision_without_what_was_decided_is_a_broken_promise():
    """It is told by its kind."""
    with pytest.raises(AssertionError) as caught:
        IdCorrection.of(decided(DecisionKind.ID_CORRECTED, None))
    assert str(caught.value) == "a decision id-corrected holds what was decided"


@pytest.mark.rule("ID-6e")
def test_only_the_corrected_id_is_another():
    """The old one is a former one, unless it is again the person's; every other id stays."""
    passport = NationalId("ua/passport", "FA123456")
    former = (a.national_id(2), a.national_id(3))
    ola = a.person(OLA, ids=(a.national_id(1), passport), former_ids=former)
    after = corrected({OLA: ola}, [decided(DecisionKind.ID_CORRECTED, CORRECTION.text)])[OLA]

    assert set(after.ids) == {a.national_id(2), passport}
    assert set(after.former_ids) == {a.national_id(1), a.national_id(3)}


@pytest.mark.rule("ID-8b")
@pytest.mark.parametrize("is_same", [True, False])
def test_of_several_answers_the_last_one_counts(is_same):
    """In whatever order they come out of the store; of one instant the later number; a withdrawn one not at all."""
    named = NamedPlace.stating(a.place("jan").key, a.claims())
    last = DecisionKind.NAME_CONFIRMED if is_same else DecisionKind.NAME_REFUSED
    first = DecisionKind.NAME_REFUSED if is_same else DecisionKind.NAME_CONFIRMED
    told = [
        evolve(decided(last, named.text), id=3, at=a.NOW + a.HOUR),
        evolve(decided(first, named.text), id=2, at=a.NOW + a.HOUR),
        evolve(decided(first, named.text), id=4, at=a.NOW),
    ]
    withdrawn = evolve(decided(first, named.text), id=5, at=a.NOW + 2 * a.HOUR, withdrawn_at=a.NOW + 3 * a.HOUR)

    for decisions in (told, told[::-1], [*told, withdrawn]):
        assert answers(decisions, Aliases.of(())) == {(OLA, named): is_same}
    assert answers(told[:1], Aliases.of(())) == {(OLA, named): is_same}


@pytest.mark.rule("ID-6e")
def test_corrections_follow_each_other_in_the_order_in_which_they_were_made():
    """However they come out of the store: the last id is the person's, the others are former ones."""
    further = IdCorrection(a.national_id(2), a.national_id(3))
    first = evolve(decided(DecisionKind.ID_CORRECTED, CORRECTION.text), id=1)
    second = evolve(decided(DecisionKind.ID_CORRECTED, further.text), id=2)
    ola = a.person(OLA, ids=(a.national_id(1),))

    for decisions in ([first, second], [second, first]):
        after = corrected({OLA: ola}, decisions)[OLA]
        assert after.ids == (a.national_id(3),)
        assert set(after.former_ids) == {a.national_id(1), a.national_id(2)}


@pytest.mark.rule("ID-6e")
def test_an_id_that_is_somebody_elses_by_now_is_not_taken():
    """Both keep what they have."""
    people = {OLA: a.person(OLA, ids=(a.national_id(1),)), EWA: a.person(EWA, ids=(a.national_id(2),))}

    assert corrected(people, [decided(DecisionKind.ID_CORRECTED, CORRECTION.text)]) == people
