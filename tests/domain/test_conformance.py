"""Where policies depart from the standards (CRED-9b)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.conformance import ASVS, NIST, REQUIREMENTS, Departure, Fault, conformance, describe
from eszkola_core.domain.passwords import NIST_800_63B_4, OPOLSKA_2018
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.strategies import password_policies


def numbers(policy, standard):
    """Return the requirements of a standard that a policy does not meet, and how strongly each is meant."""
    return [
        (each.requirement.number, each.requirement.level)
        for each in conformance(policy)
        if each.requirement.standard == standard
    ]


@pytest.mark.rule("CRED-9b")
def test_the_regional_policy_departs_in_composition_and_rotation():
    """OWASP's 6.2.5 and 6.2.10, and those two and the length of NIST."""
    assert numbers(OPOLSKA_2018, ASVS) == [("6.2.5", "L1"), ("6.2.10", "L2")]
    assert [each.requirement.fault for each in conformance(OPOLSKA_2018) if each.requirement.standard == NIST] == [
        Fault.TOO_SHORT,
        Fault.COMPOSITION,
        Fault.ROTATION,
    ]


@pytest.mark.rule("CRED-9b")
def test_the_policy_of_nist_departs_in_nothing():
    """Neither from the standard that it is named for nor from the other."""
    assert conformance(NIST_800_63B_4) == ()


@pytest.mark.rule("CRED-9b")
@given(password_policies())
def test_a_departure_is_told_exactly_where_the_policy_has_it(policy):
    """Whatever a policy chooses: each requirement stands there if and only if its number or choice is broken."""
    found = {(each.requirement.standard, each.requirement.fault): each.has for each in conformance(policy)}
    composed = policy.need_upper or policy.need_lower or policy.need_digit_or_special
    least, beside = policy.min_length, policy.shortest(second_factor=True)
    expected = {
        (ASVS, Fault.TOO_SHORT): least if least < 8 else None,
        (NIST, Fault.TOO_SHORT): least if least < 15 else None,
        (NIST, Fault.TOO_SHORT_BESIDE_SECOND_FACTOR): beside if beside < 8 else None,
        (ASVS, Fault.ROTATION): policy.lifetime and policy.lifetime.days,
        (NIST, Fault.ROTATION): policy.lifetime and policy.lifetime.days,
    }
    for standard in (ASVS, NIST):
        assert ((standard, Fault.COMPOSITION) in found) == composed
        assert ((standard, Fault.NO_BLOCKLIST) in found) == (not policy.blocklist)
        assert (standard, Fault.TOO_LITTLE_ROOM) not in found
    assert {key: has for key, has in found.items() if has is not None} == {
        key: has for key, has in expected.items() if has is not None
    }


@pytest.mark.rule("CRED-9b")
@given(password_policies())
def test_following_the_remedies_ends_the_departures(policy):
    """Each remedy names what to set; once all are set nothing is left to tell."""
    faults = {each.requirement.fault for each in conformance(policy)}
    mended = evolve(
        policy,
        min_length=15 if Fault.TOO_SHORT in faults else policy.min_length,
        min_length_beside_second_factor=(
            8 if Fault.TOO_SHORT_BESIDE_SECOND_FACTOR in faults else policy.min_length_beside_second_factor
        ),
        need_upper=policy.need_upper and Fault.COMPOSITION not in faults,
        need_lower=policy.need_lower and Fault.COMPOSITION not in faults,
        need_digit_or_special=policy.need_digit_or_special and Fault.COMPOSITION not in faults,
        lifetime=None if Fault.ROTATION in faults else policy.lifetime,
        blocklist=policy.blocklist or Fault.NO_BLOCKLIST in faults,
    )

    assert conformance(mended) == ()


@pytest.mark.rule("CRED-9b")
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda each: f"{each.standard} {each.fault}")
def test_every_departure_has_words_in_every_language(requirement, locale):
    """What is asked with the standard's number, what the policy does with its own, and a remedy."""
    told = describe(Departure(requirement, 7), locale)

    assert all((told.asks, told.does, told.remedy))
    assert str(requirement.least) in told.asks + told.remedy or not requirement.least
    assert "{" not in told.asks + told.does + told.remedy


@given(st.text().filter(lambda text: text not in LOCALES))
def test_there_are_no_words_in_another_language(locale):
    """It is refused, and the languages are named."""
    with pytest.raises(InvalidValue):
        describe(Departure(REQUIREMENTS[0], 7), locale)


def test_rotation_is_told_in_days():
    """The number in the sentence is the policy's own."""
    (departure, *_) = conformance(evolve(NIST_800_63B_4, lifetime=timedelta(days=90)))

    assert "90" in describe(departure, "en").does
