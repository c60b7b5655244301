"""What decisions of who somebody is hold, and what follows from them (ID-6e, ID-8b)."""

from __future__ import annotations

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.identity_decisions import IdCorrection, NamedPlace, corrected
from eszkola_core.domain.national_ids import NationalId
from eszkola_core.domain.newcomers import admission
from eszkola_core.testing.contracts.storage import samples as a

OLA = PersonId(1)
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
