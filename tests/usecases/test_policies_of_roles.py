"""Password policies by role and day, where passwords are set, expire, and are warned of (CRED-9a, CRED-3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases.change_password import PasswordChanged
from eszkola_core._usecases.sign_in import MustAct, SignedIn
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.passwords import ViolationCode
from eszkola_core.domain.policy_timelines import IntroducedPolicy, own_policy
from eszkola_core.domain.roles import Role

PASSWORD, LONG = "Zielony-Dom-7", "zielony dom nad jeziorem"
STAFF = frozenset({Role.TEACHER})
ALA, EWA, JAN = "A/1: s Ala 1 ala", "A/t: t Ewa 2 ewa", "A/2: s Ola 3 -, g Jan 4 jan"


def introducing(a_region, *introduced, **settings):
    """Return a region with policies of its own."""
    region = a_region("open", **settings)
    region.tenant = evolve(region.tenant, introduced_policies=introduced)
    region.wire()
    return region


def refused(region, login, password):
    """Return what is wrong with a password that somebody would set by a link."""
    done = region.access.complete(region.token_for(f"{login.lower()}@example.com"), password)
    return {each.code for each in done.violations}


@pytest.mark.rule("CRED-9a")
def test_a_new_password_keeps_the_policy_of_its_owners_roles(a_region):
    """The teacher's is long, the student's as ever; who becomes a teacher needs a long one next time."""
    region = introducing(a_region, IntroducedPolicy(own_policy("NIST_800_63B_4", date(2026, 1, 1)), STAFF))
    region.take(ALA, EWA)

    assert ViolationCode.TOO_SHORT in refused(region, "Ewa", PASSWORD)
    key = region.enters("Ala", PASSWORD)

    region.take("B/t: t Ala 1 ala")
    found = region.passwords.change(key, PASSWORD, "Szary-Kamień-9").violations
    assert ViolationCode.TOO_SHORT in {each.code for each in found}
    assert region.passwords.change(key, PASSWORD, f"Za-{LONG}-8") == PasswordChanged()


@pytest.mark.rule("CRED-9a")
def test_a_password_expires_by_the_policy_of_its_owners_roles(a_region):
    """Of two who set theirs on one day the student must change it after sixty days, and the teacher never."""
    region = introducing(a_region, IntroducedPolicy(own_policy("NIST_800_63B_4", date(2026, 1, 1)), STAFF))
    region.take(ALA, EWA)
    region.enters("Ala", PASSWORD)
    region.enters("Ewa", f"Za-{LONG}-8")

    region.wait(days=60)

    assert isinstance(region.signing_in.attempt("ala.lis", PASSWORD), MustAct)
    assert isinstance(region.signing_in.attempt("ewa.lis", f"Za-{LONG}-8"), SignedIn)


@pytest.mark.rule("CRED-3c")
def test_a_policy_to_come_lets_passwords_live_out_its_grace(a_region):
    """Nobody must change anything before the policy's fourteenth day, whatever its lifetime says."""
    first_day = date(2027, 3, 1)
    region = introducing(
        a_region,
        IntroducedPolicy(own_policy("OPOLSKA_2018", first_day, lifetime=timedelta(days=30))),
        password_policy="NIST_800_63B_4",
    )
    region.take(ALA)
    region.enters("Ala", f"Za-{LONG}-8")

    region.clock.advance(timedelta(days=(first_day - region.clock.now().date()).days + 13))
    assert isinstance(region.signing_in.attempt("ala.lis", f"Za-{LONG}-8"), SignedIn)

    region.wait(days=16)
    assert isinstance(region.signing_in.attempt("ala.lis", f"Za-{LONG}-8"), MustAct)


@pytest.mark.rule("CRED-3b")
def test_everybody_is_warned_by_their_own_policy(a_region):
    """The guardian's password lives longer than the student's: each hears of it in time, and of nothing else."""
    region = introducing(
        a_region,
        IntroducedPolicy(
            own_policy("OPOLSKA_2018", date(2026, 1, 1), lifetime=timedelta(days=100), warn_days=(30,)),
            frozenset({Role.GUARDIAN}),
        ),
    )
    region.take(ALA, JAN)
    region.enters("Ala", PASSWORD)
    region.enters("Jan", PASSWORD)
    warned = []
    for day in range(101):
        region.reminding.run()
        warned += [(day, each.to.partition("@")[0]) for each in region.letters(MessageKind.PASSWORD_EXPIRES)]
        region.wait(days=1)

    assert warned == [(46, "ala"), (53, "ala"), (57, "ala"), (59, "ala"), (70, "jan")]


@pytest.mark.rule("CRED-9a")
def test_an_initial_credential_keeps_every_policy(a_region):
    """Whoever it is for and whatever they become: it can be used once all the same."""
    region = introducing(
        a_region, IntroducedPolicy(own_policy("NIST_800_63B_4", date(2026, 1, 1), min_length=30), STAFF)
    )
    region.take(ALA)

    assert len(region.gives("Ala").password.reveal()) >= 30
