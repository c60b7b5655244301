"""Roles that are given on the platform: by whom, to whom, how long, and beside which others (ROLE-2, ROLE-6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core._usecases.appoint import Appointed, NotAppointed
from eszkola_core._usecases.grant_roles import GivenRole, Granted, NotGranted, Withdrawn
from eszkola_core._usecases.import_rosters import Applied
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import PLATFORM
from eszkola_core.domain.granting import GrantRefused
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.permissions import Ground, NotPermitted
from eszkola_core.domain.role_powers import GRANTS
from eszkola_core.domain.roles import STAFF, Role
from eszkola_core.domain.settlement import Lack
from eszkola_core.domain.stated import StatedPerson
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel, reading

STAFF_OF_A = ("A/e: t Ewa 1 ewa", "A/z: y Zofia 2 zofia", "A/i: t Iga 3 iga", "B/o: t Ola 4 ola")
CONSOLE = Actor.console("console:root")
ADMINISTRATOR = HeldRole("A", Role.SCHOOL_ADMINISTRATOR)


@pytest.fixture
def region(a_region):
    """Return a region with two schools and their staff."""
    region = a_region()
    region.take(*STAFF_OF_A)
    return region


@pytest.mark.rule("ROLE-2d")
def test_the_first_are_named_at_the_console_and_name_the_others(a_region):
    """From an empty platform to a school's secretary: each gives what the table lets them, and the journal says so."""
    region = a_region("opolska")
    region.take(*STAFF_OF_A)
    first = region.appoints("Rena")
    assert isinstance(first, Appointed)
    (letter,) = region.letters(to="rena")
    assert letter.kind is MessageKind.ACCOUNT_OPENED
    region.enters("rena")

    assert isinstance(region.grants("ewa", Role.DELEGATE, by="rena"), Granted)
    assert isinstance(region.grants("zofia", Role.SCHOOL_ADMINISTRATOR, by="ewa"), Granted)
    assert isinstance(region.grants("iga", Role.SECRETARY, by="zofia"), Granted)
    assert region.held("rena") == (HeldRole("", Role.REGIONAL_ADMINISTRATOR),)
    assert region.held("iga") == (HeldRole("A", Role.SECRETARY), HeldRole("A", Role.TEACHER))

    (appointed,) = region.journal("person-appointed")
    assert (appointed.by, appointed.console, appointed.on) == (None, "console:root", (region.person("rena").id,))
    assert [(each.by, each.on) for each in region.journal("role-granted")] == [
        (region.person(by).id, (region.person(to).id,))
        for by, to in (("rena", "ewa"), ("ewa", "zofia"), ("zofia", "iga"))
    ]
    assert {each.where for each in region.journal("role-granted")} == {"2001:db8::7"}
    assert region.journal("role-granted")[-1].detail == {
        "role": "secretary",
        "school": "A",
        "until": (region.today + timedelta(days=100)).isoformat(),
    }


@pytest.mark.rule("ROLE-6a")
@given(giver=st.sampled_from(sorted(STAFF)), role=st.sampled_from(Role), school=st.sampled_from("AB"))
def test_nobody_gives_what_they_may_not(a_region, giver, role, school):
    """Whatever role somebody holds in A, they give in A what the table says, and nothing elsewhere or to themselves."""
    region = a_region()
    region.take(*STAFF_OF_A)
    if giver is Role.REGIONAL_ADMINISTRATOR:
        region.appoints("Rena")
        by = "rena"
    else:
        assert isinstance(
            region.grants("ewa", giver, class_name="1a" if giver is Role.HOMEROOM_TEACHER else ""), Granted
        )
        by = "ewa"
    to = "iga" if school == "A" else "ola"
    before = region.held(to)
    done = region.grants(to, role, school, by=by, class_name="1a" if role is Role.HOMEROOM_TEACHER else "")

    may = role in GRANTS.get(giver, ()) and (school == "A" or by == "rena")
    assert isinstance(done, Granted) == may
    if not may:
        assert region.held(to) == before
    own = region.grants(by, role, by=by)
    assert isinstance(own, NotPermitted)
    assert own.permission.ground in (Ground.CONCERNS_ACTOR, Ground.NO_ROLE)


@pytest.mark.rule("ROLE-2c")
def test_a_given_role_holds_only_while_its_holder_works_there(region):
    """It goes with the gradebook's role on that day, and comes back with it, as long as it lasts."""
    assert isinstance(region.grants("ewa", Role.SCHOOL_ADMINISTRATOR), Granted)
    assert ADMINISTRATOR in region.held("ewa")

    region.take("A/z: y Zofia 2 zofia", "A/i: t Iga 3 iga")
    assert region.held("ewa") == ()
    assert region.signing_in.person_of(region.enters("zofia")) is not None

    region.take(*STAFF_OF_A)
    assert ADMINISTRATOR in region.held("ewa")
    region.wait(days=101)
    assert region.held("ewa") == (HeldRole("A", Role.TEACHER),)


@pytest.mark.rule("ROLE-2c")
def test_a_given_role_alone_opens_nothing(region):
    """When the gradebook's role has ended the account rests, whatever was given here beside it (ROLE-5)."""
    region.grants("ewa", Role.SCHOOL_ADMINISTRATOR)
    key = region.enters("ewa")
    region.take("A/z: y Zofia 2 zofia", "A/i: t Iga 3 iga")

    assert not region.is_open(key)


@pytest.mark.rule("ROLE-2c")
def test_who_does_not_work_there_is_given_nothing_there(region):
    """A teacher of B becomes no administrator of A; the delegate's role stands alone."""
    assert region.grants("ola", Role.SCHOOL_ADMINISTRATOR) == NotGranted(GrantRefused.NOT_EMPLOYED_THERE)
    assert isinstance(region.grants("ola", Role.DELEGATE), Granted)
    region.take("B/x: t Ida 9 ida")
    assert region.held("ola") == (HeldRole("A", Role.DELEGATE),)


@pytest.mark.rule("ROLE-2c")
def test_a_given_role_lasts_at_most_as_long_as_the_setting_says(region):
    """Its last day is inside; a day more is refused, and so is one that is past."""
    most = region.tenant.settings.given_role_lifetime.days

    assert region.grants("ewa", Role.SECRETARY, days=most + 1) == NotGranted(GrantRefused.LAST_DAY_TOO_FAR)
    assert region.grants("ewa", Role.SECRETARY, days=-1) == NotGranted(GrantRefused.LAST_DAY_PAST)
    assert isinstance(region.grants("ewa", Role.SECRETARY, days=most), Granted)
    assert isinstance(region.grants("iga", Role.SECRETARY, days=0), Granted)
    assert HeldRole("A", Role.SECRETARY) in region.held("iga")
    region.wait(days=1)
    assert HeldRole("A", Role.SECRETARY) not in region.held("iga")


@pytest.mark.rule("ROLE-2c")
def test_giving_a_role_again_moves_its_last_day(region):
    """It is one role with one end, sooner or later; there is never a second one of it."""
    region.grants("ewa", Role.SECRETARY, days=5)
    (first,) = region.granting.given(CONSOLE, "A")
    region.wait(days=2)
    region.grants("ewa", Role.SECRETARY, days=50)
    (again,) = region.granting.given(CONSOLE, "A")

    assert again == evolve(first, last_day=region.today + timedelta(days=50))
    region.grants("ewa", Role.SECRETARY, days=1)
    region.wait(days=2)
    assert region.granting.given(CONSOLE) == ()
    assert isinstance(region.grants("ewa", Role.SECRETARY, days=3), Granted)
    assert [each.first_day for each in region.granting.given(CONSOLE)] == [region.today]


@pytest.mark.rule("ROLE-2c")
def test_a_role_that_is_taken_back_allows_nothing_from_then_on(region):
    """Its giver's peers take it back too; whoever may not give it may not take it, and nobody takes their own."""
    region.appoints("Rena")
    for name, role in (("ewa", Role.DELEGATE), ("zofia", Role.SCHOOL_ADMINISTRATOR)):
        region.grants(name, role)
    person = region.person("zofia").id

    assert isinstance(region.granting.withdraw(region.actor("iga"), person, ADMINISTRATOR), NotPermitted)
    assert isinstance(region.granting.withdraw(region.actor("zofia"), person, ADMINISTRATOR), NotPermitted)
    assert region.granting.withdraw(region.actor("ewa"), person, HeldRole("A", Role.SECRETARY)) == NotGranted(
        GrantRefused.NOT_HELD
    )
    assert isinstance(region.granting.withdraw(region.actor("ewa"), person, ADMINISTRATOR, reason="koniec"), Withdrawn)
    assert region.held("zofia") == (HeldRole("A", Role.SECRETARY),)
    assert [(each.by, each.why) for each in region.journal("role-withdrawn")] == [(region.person("ewa").id, "koniec")]
    assert [each.role for each in region.granting.given(CONSOLE)] == [
        HeldRole("", Role.REGIONAL_ADMINISTRATOR),
        HeldRole("A", Role.DELEGATE),
    ]
    rena = region.person("rena").id
    assert isinstance(region.granting.withdraw(CONSOLE, rena, HeldRole("", Role.REGIONAL_ADMINISTRATOR)), Withdrawn)
    assert region.held("rena") == ()


@pytest.mark.rule("SYNC-8")
@pytest.mark.parametrize("lines", [STAFF_OF_A, (), ("A/e: t Ewa_Kot 1 ewa", *STAFF_OF_A[1:])])
def test_no_import_touches_a_given_role(region, lines):
    """Neither the same roster, nor an empty one, nor another name; it has no vote, and the guard does not count it."""
    region.grants("ewa", Role.SCHOOL_ADMINISTRATOR)
    region.grants("ewa", Role.SECRETARY)
    before = region.granting.given(CONSOLE)
    done = region.take(reading(*lines, empty=("A",)))
    again = region.take(reading(*lines, empty=("A",)))

    assert [(each.person, each.role, each.last_day) for each in region.granting.given(CONSOLE)] == [
        (each.person, each.role, each.last_day) for each in before
    ]
    assert again.plan.is_empty
    assert done.plan.counts.conflicts == 0
    wanted = "Kot" if any("Kot" in line for line in lines) else "Lis"
    (ewa,) = [each for each in region.people().values() if each.login == "ewa.lis"]
    assert ewa.name.last == wanted
    with region.storage.snapshot() as unit:
        assert unit.rosters.census(["A"], region.today)["A", "teacher"] == 2
        assert ("A", "school-administrator") not in unit.rosters.census(["A"], region.today)


@pytest.mark.rule("ROLE-2b")
def test_no_source_can_call_itself_the_platform(region):
    """Else whoever imports could forge what was given here, or end it by absence."""
    before = region.held("ewa")
    for listed in ("roles", "people", "teacher"):
        stated = reading("A/e: t Ewa 1 ewa", origin=PLATFORM)
        stated = evolve(stated, rosters=(evolve(stated.rosters[0], list=listed),))
        with pytest.raises(InvalidValue, match="no gradebook is called"):
            region.take(stated)
    assert region.held("ewa") == before


@pytest.mark.rule("ROLE-2b")
@given(role=st.sampled_from(Role), trusted=st.sampled_from([(), ("A/notation",), ("B/notation",), ("A/other",)]))
def test_a_gradebook_gives_more_only_where_the_data_controller_trusts_it(a_region, role, trusted):
    """For its own school and from that very source; what is for the whole region no gradebook gives."""
    region = a_region(trusted_sources=frozenset(trusted))
    stated = reading("A/1: t Ewa 1 ewa")
    (roster,) = stated.rosters
    person = StatedPerson(role=role, first_name="Ewa", last_name="Lis", email="ewa@example.com", class_name="1a")
    record = evolve(roster.records[0], people=(person,))
    done = region.take(evolve(stated, rosters=(evolve(roster, list="staff", records=(record,)),)))

    highest = {Role.SCHOOL_ADMINISTRATOR, Role.DELEGATE}
    may = role not in {*highest, Role.REGIONAL_ADMINISTRATOR} or (role in highest and trusted == ("A/notation",))
    assert ("ewa.lis" in region.people()) == may
    assert ("role-not-importable" in {each.code for each in done.plan.findings}) == (not may)


@pytest.mark.rule("ROLE-2d")
def test_who_cannot_be_appointed_leaves_nothing_behind(a_region):
    """A wrong id, another's address, somebody who is known, a role that needs a gradebook: all is as before."""
    region = a_region("opolska")
    region.take(*STAFF_OF_A)
    before = region.people()
    last = region.today
    delegate = HeldRole("A", Role.DELEGATE)

    def appoint(role=delegate, **of):
        stated = {"first_name": "Rena", "last_name": "Lis", "national_id": pesel(90), "email": "rena@example.com"}
        return region.appointing.appoint(CONSOLE, role, **{**stated, **of}, last_day=last)

    refusals: dict[GrantRefused, dict[str, Any]] = {
        GrantRefused.DATA_REFUSED: {"national_id": "44051401358"},
        GrantRefused.PERSON_KNOWN: {"first_name": "Ewa", "national_id": pesel(1)},
        GrantRefused.ACCOUNT_STAYS_SHUT: {"national_id": ""},
        GrantRefused.NOT_EMPLOYED_THERE: {"role": HeldRole("A", Role.SECRETARY)},
        GrantRefused.NO_SUCH_SCHOOL: {"role": HeldRole("C", Role.DELEGATE)},
    }
    for reason, of in refusals.items():
        done = appoint(**of)
        assert isinstance(done, NotAppointed)
        assert done.reason is reason
    assert appoint(national_id="", email="").lacks == (Lack.NATIONAL_ID, Lack.EMAIL)
    assert appoint(national_id="").lacks == (Lack.NATIONAL_ID,)
    assert appoint(email="") == NotAppointed(GrantRefused.ACCOUNT_STAYS_SHUT, lacks=(Lack.EMAIL,))
    assert appoint(email="ewa@example.com") == NotAppointed(GrantRefused.ADDRESS_TAKEN)
    both = appoint(national_id="", email="ewa@example.com")
    assert both == NotAppointed(GrantRefused.ACCOUNT_STAYS_SHUT, lacks=(Lack.NATIONAL_ID,))
    assert appoint(email="rena@eszkola.example.org").findings[0].code == "platform-address"
    assert isinstance(region.appoints("Rena", Role.DELEGATE, "A", by="zofia"), NotPermitted)
    assert region.people() == before
    assert region.granting.given(CONSOLE) == ()
    assert [each.deed for each in region.journal()] == ["roster-imported"]


@pytest.mark.rule("ROLE-6a")
def test_nobody_appoints_themselves_by_another_door(region):
    """A new record with their own id is known to be theirs, and refused."""
    region.appoints("Rena")
    done = region.appoints("Rena", Role.DELEGATE, "A", by="rena")

    assert isinstance(done, NotAppointed)
    assert done.reason is GrantRefused.PERSON_KNOWN
    assert region.held("rena") == (HeldRole("", Role.REGIONAL_ADMINISTRATOR),)


def test_a_shut_account_is_given_nothing(region):
    """Nor is somebody whom the platform does not know."""
    region.become("ewa", state=State.CLOSED)

    assert region.grants("ewa", Role.SECRETARY) == NotGranted(GrantRefused.ACCOUNT_SHUT)
    stranger = region.granting.grant(CONSOLE, 99, ADMINISTRATOR, last_day=region.today)
    assert stranger == NotGranted(GrantRefused.NO_SUCH_PERSON)


@pytest.mark.parametrize(
    ("role", "class_name", "reason"),
    [
        (Role.STUDENT, "", GrantRefused.NOT_GIVEN_HERE),
        (Role.GUARDIAN, "", GrantRefused.NOT_GIVEN_HERE),
        (Role.HOMEROOM_TEACHER, "", GrantRefused.WRONG_CLASS),
        (Role.SECRETARY, "1a", GrantRefused.WRONG_CLASS),
    ],
)
def test_what_cannot_be_given_here_is_refused(region, role, class_name, reason):
    """Students and guardians come from records; a class goes with a homeroom teacher, and with nobody else."""
    assert region.grants("ewa", role, class_name=class_name) == NotGranted(reason)
    assert isinstance(region.grants("ewa", Role.HOMEROOM_TEACHER, class_name="1a"), Granted)
    assert HeldRole("A", Role.HOMEROOM_TEACHER, "1a") in region.held("ewa")


@pytest.mark.rule("ROLE-6a")
@pytest.mark.parametrize(
    ("role", "school", "may"),
    [
        (Role.TEACHER, "A", False),
        (Role.SECRETARY, "A", True),
        (Role.SECRETARY, "B", False),
        (Role.SCHOOL_ADMINISTRATOR, "A", True),
        (Role.DELEGATE, "B", False),
    ],
)
def test_a_list_is_taken_in_by_whoever_has_the_right_in_its_school(a_region, role, school, may):
    """Else nothing of it is written, whatever it says; and the journal names who took it in."""
    region = a_region()
    region.take(*STAFF_OF_A, "B/9: t Jan 77 jan")
    by = region.actor("ewa") if role is Role.TEACHER else region.appoint("ewa", role)
    done = region.importing.apply(reading(f"{school}/5: s Bolek 5 bolek"), actor=by)

    assert isinstance(done, Applied) == may
    assert isinstance(done, NotPermitted) == (not may)
    assert ("bolek.lis" in region.people()) == may
    assert (region.journal("roster-imported")[-1].by == by.person) == may


@pytest.mark.rule("ROLE-6a")
def test_a_list_of_two_schools_takes_the_right_in_both(a_region):
    """One school's secretary does not bring another school's list along."""
    region = a_region()
    region.take(*STAFF_OF_A, "B/9: t Jan 77 jan")
    by = region.appoint("ewa", Role.SECRETARY)
    both = reading("A/5: s Bolek 5 bolek", "B/6: s Lolek 6 lolek")

    assert isinstance(region.importing.apply(both, actor=by), NotPermitted)


@pytest.mark.rule("ROLE-2c")
@pytest.mark.rule("LAW-3a")
def test_what_was_given_here_is_listed_and_noted(region):
    """Of one school or of all, whether it is in force today, with class and last day; the journal has the reasons."""
    class_teacher, ewa = HeldRole("A", Role.HOMEROOM_TEACHER, "1a"), region.person("ewa")
    today, last = region.today, region.today + timedelta(days=100)
    region.granting.grant(CONSOLE, ewa.id, class_teacher, last_day=last, reason="zastępstwo")
    region.grants("ola", Role.SECRETARY, "B")
    region.take("B/x: t Ida 9 ida")
    ola = region.person("ola")

    of_a = GivenRole(ewa.id, "Ewa Lis", "ewa.lis", class_teacher, today, last, is_in_force=True)
    of_b = GivenRole(ola.id, "Ola Lis", "ola.lis", HeldRole("B", Role.SECRETARY), today, last, is_in_force=False)
    assert region.granting.given(CONSOLE, "A") == (of_a,)
    assert region.granting.given(CONSOLE, "B") == (of_b,)
    assert region.granting.given(CONSOLE) == (of_a, of_b)

    assert isinstance(region.granting.withdraw(CONSOLE, ewa.id, class_teacher), Withdrawn)
    region.grants("ewa", Role.SECRETARY)
    region.granting.withdraw(CONSOLE, ewa.id, HeldRole("A", Role.SECRETARY), reason="pomyłka")
    told = [(each.deed, each.on, each.why, each.detail) for each in region.journal() if each.deed.startswith("role-")]
    in_class = {"role": "homeroom-teacher", "school": "A", "class": "1a"}
    as_secretary = {"role": "secretary", "school": "A"}
    assert told == [
        ("role-granted", (ewa.id,), "zastępstwo", {**in_class, "until": last.isoformat()}),
        ("role-granted", (ola.id,), "", {"role": "secretary", "school": "B", "until": last.isoformat()}),
        ("role-withdrawn", (ewa.id,), "", in_class),
        ("role-granted", (ewa.id,), "", {**as_secretary, "until": last.isoformat()}),
        ("role-withdrawn", (ewa.id,), "pomyłka", as_secretary),
    ]


@pytest.mark.rule("ROLE-6a")
def test_nobody_takes_a_role_back_from_themselves(region):
    """Somebody else does."""
    region.grants("ewa", Role.DELEGATE)
    region.grants("ewa", Role.SECRETARY)
    ewa, own = region.actor("ewa"), HeldRole("A", Role.SECRETARY)

    refused = region.granting.withdraw(ewa, ewa.person, own)

    assert isinstance(refused, NotPermitted)
    assert refused.permission.ground is Ground.CONCERNS_ACTOR
    assert own in region.held("ewa")


@pytest.mark.rule("ROLE-2d")
@pytest.mark.rule("LAW-3a")
def test_a_name_is_enough_to_appoint_somebody(a_region):
    """Where accounts need no more: neither id nor address, nor a reason, is invented."""
    region = a_region()
    region.take(*STAFF_OF_A)
    last = region.today + timedelta(days=9)
    named: dict[str, Any] = {"last_name": "Lis", "last_day": last}
    delegate = HeldRole("A", Role.DELEGATE)

    done = region.appointing.appoint(CONSOLE, delegate, first_name="Rena", **named)
    region.appointing.appoint(CONSOLE, delegate, first_name="Hela", reason="nowa szkoła", **named)

    assert isinstance(done, Appointed)
    assert (str(done.person.name), done.person.ids, done.person.central) == ("Rena Lis", (), None)
    detail = {"role": "data-controllers-delegate", "school": "A", "until": last.isoformat()}
    assert [(each.on, each.why, each.detail) for each in region.journal("person-appointed")] == [
        ((done.person.id,), "", detail),
        ((region.person("hela").id,), "nowa szkoła", detail),
    ]


@pytest.mark.rule("ROLE-2d")
def test_data_that_cannot_be_taken_are_told_as_of_the_platforms_own_record(region):
    """Each finding names the field and its code; no file is to blame."""
    delegate, last = HeldRole("A", Role.DELEGATE), region.today + timedelta(days=9)

    refused = region.appointing.appoint(
        CONSOLE, delegate, first_name="Rena", last_name="Lis", email="nothing", last_day=last
    )

    assert isinstance(refused, NotAppointed)
    assert refused.reason is GrantRefused.DATA_REFUSED
    assert [(each.field, each.code, each.source) for each in refused.findings] == [("email", "invalid-email", PLATFORM)]


@pytest.mark.rule("ROLE-2a")
def test_given_roles_are_shown_to_whoever_may_give_some_there(region):
    """An administrator sees those of the school, the region all; an office, and whoever is of elsewhere, none."""
    region.appoints("Rena")
    region.grants("zofia", Role.SCHOOL_ADMINISTRATOR)
    region.grants("ola", Role.SECRETARY, "B")
    everything = region.granting.given(CONSOLE)

    of_a = tuple(each for each in everything if each.role.school == "A")
    assert of_a
    assert region.granting.given(region.actor("zofia")) == region.granting.given(region.actor("zofia"), "A") == of_a
    assert region.granting.given(region.actor("rena")) == everything
    for login, school in (("zofia", "B"), ("zofia", ""), ("iga", "A"), ("iga", None)):
        assert isinstance(region.granting.given(region.actor(login), school), NotPermitted)
