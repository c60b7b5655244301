"""What the strategies yield is valid, and they yield what they are asked for."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from stdnum.pl import pesel
from stdnum.si import emso

from eszkola_core.domain.accounts import State
from eszkola_core.domain.applications import APPLICATION_LIFECYCLE, ApplicationState
from eszkola_core.domain.claims import EvidenceKind
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.devices import DeviceState
from eszkola_core.domain.national_ids import EMSO, PESEL, parse
from eszkola_core.domain.passwords import NIST_800_63B_4, OPOLSKA_2018, Owner, violations
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import CodeState, read_code, shown_code
from eszkola_core.domain.settings import PROFILES, SETTINGS, Settings
from eszkola_core.domain.stated import Sex
from eszkola_core.domain.tokens import Purpose
from eszkola_core.testing import strategies as s
from eszkola_core.testing.strategies.registration import domain_types

ONCE = settings(max_examples=300, phases=[Phase.generate], database=None, derandomize=True, deadline=None)
"""Find one, and do not make it smaller: that takes longer than all the rest."""

EVERY = [each for name in s.__all__ if callable(each := getattr(s, name))]

COMES_OUT = [
    "AccessRequest",
    "Aliases",
    "Apart",
    "ApplicationKept",
    "ApplicationMoved",
    "Attempts",
    "Blocked",
    "Broken",
    "Cause",
    "Changes",
    "Checkpoint",
    "Child",
    "Choice",
    "Counts",
    "Days",
    "Departure",
    "Dossier",
    "Duplicate",
    "Finding",
    "Flaw",
    "Followed",
    "ForeignRoster",
    "Group",
    "Head",
    "Image",
    "Kept",
    "KeyStep",
    "KeyUse",
    "Licensed",
    "Link",
    "Login",
    "Loss",
    "MergePlan",
    "NotPermitted",
    "NotPriced",
    "Observation",
    "OfPerson",
    "OfRecord",
    "OpenConflict",
    "Opening",
    "OwnersAddresses",
    "Permission",
    "Plan",
    "PlanLine",
    "Preview",
    "PreviewRow",
    "Priced",
    "Problem",
    "Quote",
    "QuotePair",
    "Rank",
    "ReadRecord",
    "Receipt",
    "Recognised",
    "Reconciled",
    "Reconciliation",
    "RecordState",
    "RenderedEmail",
    "RenderedSms",
    "Run",
    "Schooling",
    "Settled",
    "Settlement",
    "SmsReceipt",
    "SmsReport",
    "Route",
    "Sourced",
    "Spending",
    "Stamped",
    "Statement",
    "Stop",
    "Told",
    "Traces",
    "UndoCounts",
    "UndoPlan",
    "Undoing",
    "Undone",
    "Unopened",
    "Unread",
    "Verdict",
    "Verified",
    "Violation",
    "Written",
]
"""What functions of the domain make of values that have strategies: a test calls the function."""

GOES_IN = [
    "AddressBook",
    "Asker",
    "Evidence",
    "GatewayRow",
    "HandOver",
    "IdCorrection",
    "Identity",
    "Limits",
    "Mark",
    "NamedPlace",
    "Owner",
    "PasswordHistory",
    "Request",
    "Seeds",
    "SmsRequest",
    "StatedId",
    "StatedSchool",
]
"""Arguments whose every field is valid beside every other: `st.from_type` draws them as they are."""

STANDS_WRITTEN = ["Contacts", "Mending", "PolicyTimelines", "Requirement", "Row", "Setting"]
"""Rows of tables that stand in the code, and what an operator writes down."""


def test_they_may_be_the_first_thing_that_is_imported():
    """A script that names them before Hypothesis works: it is Hypothesis that asks for them, and finds all of them."""
    command = [sys.executable, "-c", "from eszkola_core.testing import strategies as s; s.people()"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("strategy", EVERY, ids=lambda each: each.__name__)
def test_every_strategy_yields_without_an_argument(strategy):
    """The widest domain is the default."""
    assert find(strategy(), lambda _: True, settings=ONCE) is not None


def test_every_type_has_a_strategy_or_a_reason_for_none():
    """No public type of the domain is forgotten; and no reason is given for one that has a strategy, or is gone."""
    drawn = {type(find(strategy(), lambda _: True, settings=ONCE)) for strategy in EVERY}
    without = sorted(each.__name__ for each in domain_types() if each not in drawn)

    assert without == sorted([*COMES_OUT, *GOES_IN, *STANDS_WRITTEN])


@given(st.data(), s.birth_dates(), s.sexes())
def test_a_pesel_is_whose_it_was_asked_for(data, born, sex):
    """python-stdnum finds it valid, and reads the same birth date and sex in it; so does the domain."""
    made = data.draw(s.pesels(born=st.just(born), sexes=st.just(sex)))

    assert pesel.validate(made.reveal()) == made.reveal()
    assert pesel.get_birth_date(made.reveal()) == born == made.birth_date
    assert {"M": Sex.MALE, "F": Sex.FEMALE}[pesel.get_gender(made.reveal())] is sex is made.sex
    assert parse(made.reveal(), schemes=(PESEL,), today=s.TODAY) == made


@given(st.data(), s.birth_dates(), s.sexes())
def test_an_emso_is_whose_it_was_asked_for(data, born, sex):
    """python-stdnum finds it valid, and reads the same birth date and sex in it; so does the domain."""
    made = data.draw(s.emsos(born=st.just(born), sexes=st.just(sex)))

    assert emso.validate(made.reveal()) == made.reveal()
    assert emso.get_birth_date(made.reveal()) == born == made.birth_date
    assert {"M": Sex.MALE, "F": Sex.FEMALE}[emso.get_gender(made.reveal())] is sex is made.sex
    assert parse(made.reveal(), schemes=(EMSO,), today=s.TODAY) == made


@given(s.birth_dates(today=date(1999, 1, 1)))
def test_nobody_is_born_after_today(born):
    """Up to the day that is given, and that day too."""
    assert date(1800, 1, 1) <= born <= date(1999, 1, 1)


@given(s.instants())
def test_instants_are_in_utc(instant):
    """With the offset zero."""
    assert instant.utcoffset() == timedelta(0)


@given(s.claims())
def test_claims_do_not_contradict_themselves(claims):
    """Ids are of different kinds, agree with each other and with what is stated beside them (ID-3)."""
    assert len({each.kind for each in claims.ids}) == len(claims.ids)
    for each in claims.ids:
        assert all(each.agrees_with(other) for other in claims.ids)
        assert claims.birth_date in {None, each.birth_date}
        assert claims.sex in {None, each.sex}
    assert claims.first_day is None or claims.last_day is None or claims.first_day <= claims.last_day


@given(s.places())
def test_places_have_content(place):
    """Something is applied or held; a student's place is the record's own."""
    assert place.newest is not None
    assert (place.role is Role.GUARDIAN) == bool(place.key.who)


@given(s.typed_codes())
def test_typed_codes_check_themselves(code):
    """What is printed is read again."""
    assert read_code(shown_code(code)) == code


@given(s.hand_overs())
def test_receipts_are_whole(handed):
    """Whatever their channel asks for is there."""
    assert handed.missing == ()


@given(s.security_codes(), s.own_contacts())
def test_codes_and_contacts_come_in_the_order_of_time(code, contacts):
    """Issued before they expire; owned before they are confirmed, and confirmed before they are asked for."""
    assert code.issued_at < code.expires_at
    assert (code.redeemed_at is not None) == (code.state is CodeState.REDEEMED)
    assert contacts.since <= contacts.confirmed_at < contacts.ask_at


@given(s.applications())
def test_applications_came_by_the_table(application):
    """From a draft, step by step, each later than the one before."""
    state = ApplicationState.DRAFT
    for taken in application.history:
        state = APPLICATION_LIFECYCLE[state][taken.step]
    moments = [application.begun_at, *(taken.at for taken in application.history)]

    assert application.state is state
    assert moments == sorted(set(moments))


@given(s.people())
def test_people_have_lived_as_their_table_allows(person):
    """A locked account says by whom; whoever uses an own password has set one; the number of changes is told."""
    assert (person.state is State.LOCKED) <= (person.lock is not None)
    assert person.state is not State.ACTIVE or person.is_activated
    assert person.is_opened


@given(s.credentials(), s.tokens(), s.sessions())
def test_what_opens_an_account_is_in_the_order_of_time(credential, token, session):
    """Made before it ends; only a given password is sealed, only a ticket has acts, only what ended has an end."""
    assert credential.expires_at is None or credential.set_at < credential.expires_at
    assert (credential.kind is CredentialKind.GIVEN) == (credential.sealed is not None)
    assert token.issued_at < token.expires_at
    assert bool(token.acts) == (token.purpose is Purpose.MUST_ACT)
    assert session.opened_at <= session.seen_at
    assert (session.ended_at is None) == (session.end is None)


@given(s.devices(), s.licences(), s.leases())
def test_what_an_account_has_is_in_the_order_of_time(device, licence, lease):
    """Begun before it ends; only a pairing has a PIN, and only what ended has an end."""
    assert (device.pin is not None) == (device.state is DeviceState.PAIRING)
    assert (device.ended_at is None) == (device.end is None)
    assert licence.grace_until is None or licence.since < licence.grace_until
    assert lease.since < lease.until


@given(s.decisions())
def test_decisions_say_whom_they_are_about(decision):
    """Two different people, or one; withdrawn after they were made, or not."""
    assert decision.object != decision.subject
    assert decision.withdrawn_at is None or decision.at < decision.withdrawn_at


@given(s.readings())
def test_a_reading_has_each_list_once(reading):
    """And names every school of its rosters."""
    lists = [(each.school, each.origin, each.list) for each in reading.rosters]

    assert len(lists) == len(set(lists))
    assert {each.school for each in reading.rosters} == {each.key for each in reading.schools}


@given(s.worlds())
def test_worlds_hold_each_place_under_its_key(world):
    """And nobody who has an account yet."""
    assert {key: place.key for key, place in world.places.items()} == {key: key for key in world.places}
    assert not world.people


def test_worlds_have_people_to_recognise():
    """Two places of one world often share an id or an address: strangers would prove nothing."""

    def shares(kind):
        def check(world):
            found = [each for place in world.places.values() for each in place.evidence() if each.kind is kind]
            return len(found) > len(set(found))

        return check

    for kind in (EvidenceKind.NATIONAL_ID, EvidenceKind.MAILBOX):
        assert find(s.worlds(), shares(kind), settings=ONCE)


@given(s.stated_rosters())
def test_a_roster_holds_its_own_kind_only(roster):
    """Students with guardians, or one kind of staff."""
    roles = {each.role for record in roster.records for each in record.people}

    assert roles <= ({Role.STUDENT, Role.GUARDIAN} if roster.list == "students" else {Role(roster.list)})


@given(st.data(), st.sampled_from([OPOLSKA_2018, NIST_800_63B_4]))
def test_passwords_keep_their_policy(data, policy):
    """Whoever owns them."""
    password = data.draw(s.passwords(policies=st.just(policy)))

    assert violations(password, policy, owner=Owner(), compromised=False, reused=False) == ()


@given(s.settings_(profiles=["easistent"]))
def test_settings_lie_between_floor_and_ceiling(chosen):
    """Choices are those of a profile that was asked for."""
    for name, row in SETTINGS.items():
        row.check(getattr(chosen, name))
    assert chosen.national_id_schemes == PROFILES["easistent"].national_id_schemes


@given(s.tenants(settings=st.just(Settings())))
def test_tenants_take_the_settings_that_are_given(tenant):
    """And are valid in every zone and language."""
    assert tenant.settings == Settings()
    assert tenant.zone.key == tenant.time_zone
