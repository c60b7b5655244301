"""What the strategies yield is valid, and they yield what they are asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from stdnum.pl import pesel
from stdnum.si import emso

from eszkola_core.domain.applications import APPLICATION_LIFECYCLE, ApplicationState
from eszkola_core.domain.claims import EvidenceKind
from eszkola_core.domain.national_ids import EMSO, PESEL, parse
from eszkola_core.domain.passwords import NIST_800_63B_4, OPOLSKA_2018, Owner, violations
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import CodeState, read_code, shown_code
from eszkola_core.domain.settings import PROFILES, SETTINGS, Settings
from eszkola_core.domain.stated import Sex
from eszkola_core.testing import strategies as s

ONCE = settings(max_examples=300, phases=[Phase.generate], database=None, derandomize=True, deadline=None)
"""Find one, and do not make it smaller: that takes longer than all the rest."""

EVERY = [
    s.hand_overs,
    s.own_contacts,
    s.security_codes,
    s.typed_codes,
    s.actors,
    s.audit_entries,
    s.acknowledgements,
    s.applications,
    s.birth_dates,
    s.claims,
    s.corrections,
    s.days,
    s.documents,
    s.email_addresses,
    s.emsos,
    s.held_roles,
    s.instants,
    s.introduced_policies,
    s.mailboxes,
    s.maintenances,
    s.national_ids,
    s.notices,
    s.events,
    s.messages,
    s.password_policies,
    s.people_numbers,
    s.password_policies,
    s.passwords,
    s.person_names,
    s.pesels,
    s.phone_numbers,
    s.place_keys,
    s.places,
    s.record_keys,
    s.roster_keys,
    s.settings_,
    s.sexes,
    s.stated_people,
    s.stated_records,
    s.stated_rosters,
    s.targets,
    s.tallies,
    s.steps_taken,
    s.tenants,
    s.worlds,
]


@pytest.mark.parametrize("strategy", EVERY, ids=lambda each: each.__name__)
def test_every_strategy_yields_without_an_argument(strategy):
    """The widest domain is the default."""
    assert find(strategy(), lambda _: True, settings=ONCE) is not None


def test_every_public_strategy_is_tried():
    """None that is offered was forgotten above."""
    offered = {name for name in s.__all__ if callable(getattr(s, name))} - {"chosen"}

    assert offered == {each.__name__ for each in EVERY}


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
