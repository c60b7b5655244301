"""Access applications, from the school's desk to the child on the list (LINK-5, ROLE-6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases._acting import Acting, NotPermitted
from eszkola_core._usecases._applicants import Desk
from eszkola_core._usecases.apply_for_access import ApplyForAccess
from eszkola_core._usecases.approve_application import ApproveApplication
from eszkola_core._usecases.check_readiness import Standing
from eszkola_core._usecases.decide_applications import DecideApplications
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Target
from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.applications import ApplicationKept, ApplicationMoved, ApplicationRefused, ApplicationState
from eszkola_core.domain.claims import Claims
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import PESEL, NationalId
from eszkola_core.domain.permissions import Actor, Ground
from eszkola_core.domain.phones import PhoneNumber
from eszkola_core.domain.platform_records import is_of_application
from eszkola_core.domain.roles import Role
from eszkola_core.testing.notation import pesel, reading

CONSOLE = Actor.console("console:test")
STAFF = ("A/y1: y Zofia 90 zofia", "A/y2: y Teresa 91 teresa", "B/y3: y Obca 92 obca")


class Office:
    """A region of the Opolska profile with a school's office in it: who does what with applications there."""

    def __init__(self, a_region, *lines, profile="opolska", **settings):
        self.region = a_region(profile, **settings)
        region = self.region
        world = {"storage": region.storage, "tenant": region.tenant, "clock": region.clock}
        self.applying = ApplyForAccess(**world)
        self.deciding = DecideApplications(**world)
        self.approving = ApproveApplication(**world, secrets=region.secrets)
        region.take(*STAFF, *lines)
        region.letters()

    def actor(self, login):
        """Return somebody acting with the rights of their roles."""
        person = self.region.person(login)
        return Actor(name=person.login, person=person.id)

    def hands_in(self, record, applicant, *, by="Zofia", school="A"):
        """Take an application in and return its number."""
        moved = self.applying.hand_in(self.actor(by), school, record, applicant)
        assert isinstance(moved, ApplicationMoved), moved
        return moved.application.id

    def confirms(self, number, *, by="Zofia"):
        """Confirm the applicant's identity, and return the number again."""
        moved = self.deciding.confirm(self.actor(by), number, how="dowód osobisty")
        assert isinstance(moved, ApplicationMoved), moved
        return number

    def approved(self, record, applicant):
        """Return the guardian of an application that went all the way."""
        moved = self.approving.approve(self.actor("Teresa"), self.confirms(self.hands_in(record, applicant)))
        assert isinstance(moved, ApplicationMoved), moved
        return moved.application.guardian

    def state(self, number):
        """Return what is kept of an application's state."""
        with self.region.storage.snapshot() as unit:
            return unit.applications.get(number).state

    def journal(self):
        """Return the deeds in the journal that are about applications."""
        with self.region.storage.snapshot() as unit:
            return [each for each in unit.audit.entries() if each.deed.startswith("application")]

    def children(self, login):
        """Return the first names of somebody's children."""
        return [each.name.first for each in self.region.children.of(self.region.person(login).id)]


def jan(number=None, mail="jan", name="Jan", **more):
    """Return what an applicant states."""
    first, _, last = name.partition("_")
    return Claims(
        name=PersonName(first, last or "Lis"),
        ids=(NationalId(PESEL, pesel(number)),) if number is not None else (),
        email=EmailAddress.parse(f"{mail}@example.com") if mail else None,
        **more,
    )


@pytest.fixture
def office(a_region):
    """Return the maker of offices."""
    return lambda *lines, **how: Office(a_region, *lines, **how)


@pytest.mark.rule("LINK-5a")
@pytest.mark.rule("LINK-5d")
def test_an_approval_opens_account_and_link_together(office):
    """Before it there is neither, however complete the gradebook is; after it both are there."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    assert "jan.lis" not in here.region.people()
    number = here.confirms(here.hands_in("1", jan()))
    assert "jan.lis" not in here.region.people()

    moved = here.approving.approve(here.actor("Teresa"), number)

    assert moved.application.state is ApplicationState.APPROVED
    assert moved.application.guardian == here.region.person("Jan").id
    assert moved.application.child == here.region.person("Ala").id
    assert here.children("Jan") == ["Ala"]
    assert len(here.region.letters(MessageKind.ACCOUNT_OPENED, "jan")) == 1
    here.region.enters("Jan")


@pytest.mark.rule("LINK-5d")
def test_a_guardian_whom_no_gradebook_names_is_let_in_by_the_application(office):
    """The platform's own record is the claim; one who asks for a second child keeps the one account."""
    here = office("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")

    first = here.approved("1", jan(8))
    second = here.approved("2", jan(8))

    assert first == second == here.region.person("Jan").id
    assert here.children("Jan") == ["Ala", "Ola"]


@pytest.mark.rule("LINK-5d")
@pytest.mark.parametrize("child", ["1 ala", "- -"])
@pytest.mark.parametrize("guardian", ["8 jan", "- jan", "8 -", "- -"])
@pytest.mark.parametrize("stated", [jan(8), jan()])
def test_the_guardian_of_the_gradebook_and_of_the_application_are_one(office, child, guardian, stated):
    """Whatever each of them states, and whether or not the child has an account: one account, one child, no doubt."""
    here = office(f"A/1: s Ala {child}, g Jan {guardian}")

    here.approved("1", stated)

    assert here.children("Jan") == ["Ala"]
    jans = [each for each in here.region.people().values() if each.name.first == "Jan"]
    assert len(jans) == 1
    with here.region.storage.snapshot() as unit:
        assert [each.kind for each in unit.rosters.conflicts() if each.kind == "possible-duplicate"] == []
    rows = [row for row in here.region.readiness.of(CONSOLE, "A").rows if row.name == "Jan Lis"]
    assert {row.standing for row in rows} == {Standing.AWAITING}


@pytest.mark.rule("LINK-5d")
def test_the_link_ends_with_the_students_role_and_comes_back_with_it(office):
    """Within the grace; a student who left for longer needs another application."""
    here = office("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    here.approved("1", jan(8))

    here.region.take("A/2: s Ola 2 ola")
    assert here.children("Jan") == []
    here.region.wait(days=29)
    here.region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    assert here.children("Jan") == ["Ala"]

    here.region.take("A/2: s Ola 2 ola")
    here.region.wait(days=30)
    here.region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    assert here.children("Jan") == []


@pytest.mark.rule("LINK-5d")
def test_the_link_has_the_last_day_of_the_students_role(office):
    """Also when the record says it later; another school's record of the child keeps nothing alive here."""
    here = office("A/1: s Ala 1 ala", "B/1: s Ala 1 ala")
    here.approved("1", jan(8))
    stated = reading("A/1: s Ala 1 ala")
    (roster,) = stated.rosters
    (record,) = roster.records
    last = here.region.clock.now().date() + timedelta(days=3)
    people = tuple(evolve(each, last_day=last) for each in record.people)

    here.region.take(evolve(stated, rosters=(evolve(roster, records=(evolve(record, people=people),)),)))

    here.region.wait(days=3)
    assert here.children("Jan") == ["Ala"]
    here.region.wait(days=1)
    assert here.children("Jan") == []


@pytest.mark.rule("LINK-5d")
@pytest.mark.rule("MAIL-4a")
def test_the_gradebook_speaks_for_the_address_once_it_states_one(office):
    """What was stated in an application does not vote against the school for ever."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    here.approved("1", jan(8))
    assert here.region.person("Jan").central.spelling == "jan@example.com"

    here.region.take(*STAFF, "A/1: s Ala 1 ala, g Jan - nowy")

    assert here.region.person("Jan").central.spelling == "nowy@example.com"


@pytest.mark.rule("LINK-5d")
def test_what_keeps_the_account_shut_refuses_the_approval(office):
    """The approver is told what is missing, and nothing has happened: no account, no link, no step, no entry."""
    here = office("A/1: s Ala 1 ala, g Jan - -", guardian_national_id_schools=frozenset({"A"}))
    number = here.confirms(here.hands_in("1", jan(mail="")))
    entries, logins = len(here.journal()), set(here.region.people())

    kept = here.approving.approve(here.actor("Teresa"), number)

    assert kept == ApplicationKept(ApplicationRefused.ACCOUNT_LACKS, ("national-id", "e-mail"))
    assert here.state(number) is ApplicationState.CONFIRMED
    assert (len(here.journal()), set(here.region.people())) == (entries, logins)

    here.deciding.hand_back(here.actor("Zofia"), number, reason="brak adresu i PESEL")
    here.applying.submit(here.actor("Zofia"), number, jan(8))
    here.confirms(number)
    assert isinstance(here.approving.approve(here.actor("Teresa"), number), ApplicationMoved)
    assert here.children("Jan") == ["Ala"]


@pytest.mark.rule("ID-8b")
def test_an_id_of_somebody_with_a_wholly_different_name_refuses_the_approval(office):
    """A mistyped PESEL that is somebody else's shows them no stranger's child."""
    here = office("A/1: s Ala 1 ala", "A/9: s Ewa 9 ewa")
    number = here.confirms(here.hands_in("1", jan(9, name="Jan_Kot")))

    kept = here.approving.approve(here.actor("Teresa"), number)

    assert kept == ApplicationKept(ApplicationRefused.HELD, ("name-mismatch",))
    assert here.children("Ewa") == []


def test_nobody_becomes_their_own_guardian(office):
    """A student who applies for themselves, from their account or by id, is told so."""
    here = office("A/1: s Ala 1 ala")
    by_account = here.applying.apply(here.actor("Ala"), "A", "1").application.id
    by_id = here.hands_in("1", jan(1, name="Ala", mail="inny"))
    for number in (by_account, by_id):
        kept = here.approving.approve(here.actor("Teresa"), here.confirms(number))
        assert isinstance(kept, ApplicationKept), kept
    assert here.children("Ala") == []


@pytest.mark.rule("LINK-5c")
@pytest.mark.parametrize("four_eyes", [True, False])
def test_whoever_confirmed_does_not_approve_where_four_eyes_are_set(office, four_eyes):
    """Neither a member of staff nor the same user at the console; somebody else does."""
    here = office("A/1: s Ala 1 ala", "A/2: s Ola 2 ola", applications_four_eyes=four_eyes)
    mine = here.confirms(here.hands_in("1", jan(8)))
    consoles = here.hands_in("2", jan(8))
    here.deciding.confirm(CONSOLE, consoles, how="paszport")

    outcomes = [here.approving.approve(here.actor("Zofia"), mine), here.approving.approve(CONSOLE, consoles)]

    if not four_eyes:
        assert all(isinstance(each, ApplicationMoved) for each in outcomes)
        return
    assert outcomes == [ApplicationKept(ApplicationRefused.FOUR_EYES)] * 2
    assert isinstance(here.approving.approve(here.actor("Teresa"), mine), ApplicationMoved)
    assert isinstance(here.approving.approve(evolve(CONSOLE, name="console:ewa"), consoles), ApplicationMoved)


@pytest.mark.rule("LINK-5c")
@pytest.mark.rule("ROLE-6b")
@pytest.mark.parametrize(
    ("lines", "applicant"),
    [
        (("A/1: s Ala 1 ala",), jan(91, name="Teresa", mail="t2")),
        (("A/1: s Ala 1 ala",), jan(mail="teresa", name="Jan")),
        (("A/1: s Ala 1 ala",), jan(name="Teresa")),
        (("A/1: s Ala 1 ala, g Teresa 91 teresa",), jan(8)),
        (("A/1: s Ala - -, g Teresa 91 teresa",), jan(8)),
        (("A/1: s Ala 1 ala", "B/5: s Ala 1 ala, g Teresa 91 teresa"), jan(8)),
    ],
    ids=["own id", "own address", "own name", "own child", "own child without an account", "own child elsewhere"],
)
def test_staff_handle_nothing_that_concerns_themselves(office, lines, applicant):
    """Not their own application, however it can be told to be theirs, and no other's for a child of their own."""
    here = office(*lines)
    number = here.hands_in("1", applicant)
    teresa = here.actor("Teresa")

    outcomes = [
        here.applying.hand_in(teresa, "A", "1", applicant),
        here.deciding.confirm(teresa, number, how="znam siebie"),
        here.deciding.reject(teresa, number, reason="nie"),
        here.deciding.hand_back(teresa, number, reason="nie"),
        here.approving.approve(teresa, here.confirms(number)),
        here.applying.withdraw(teresa, number, reason="nie"),
    ]

    assert [type(each) for each in outcomes] == [NotPermitted] * len(outcomes)
    assert {each.permission.ground for each in outcomes} == {Ground.CONCERNS_ACTOR}
    assert here.deciding.listed(teresa, "A") == []
    assert isinstance(here.approving.approve(here.actor("Zofia"), number), (ApplicationMoved, ApplicationKept))


@pytest.mark.rule("LINK-5b")
def test_only_staff_of_the_students_school_handle_its_applications(office):
    """Another school's secretary, a teacher and the guardian themselves may do nothing."""
    here = office("A/1: s Ala 1 ala", "A/t: t Ewa 93 ewa")
    number = here.confirms(here.hands_in("1", jan(8)))
    for login in ("Obca", "Ewa", "Ala"):
        actor = here.actor(login)
        assert isinstance(here.applying.hand_in(actor, "A", "1", jan(8)), NotPermitted)
        assert isinstance(here.deciding.confirm(actor, number, how="znam"), NotPermitted)
        assert isinstance(here.approving.approve(actor, number), NotPermitted)
        assert isinstance(here.deciding.reject(actor, number, reason="nie"), NotPermitted)
        assert isinstance(here.applying.withdraw(actor, number, reason="nie"), NotPermitted)
        assert here.deciding.listed(actor, "A") == []
    assert [each.id for each in here.deciding.listed(here.actor("Teresa"), "A")] == [number]


@pytest.mark.rule("LINK-5b")
def test_somebody_with_an_account_applies_from_it_and_takes_it_back(office):
    """With what the account says of them; no reason is asked of an applicant, and nobody else's is theirs."""
    here = office("A/1: s Ala 1 ala", "A/2: s Ola 2 ola", "A/t: t Jan 8 jan")
    applied = here.applying.apply(here.actor("Jan"), "A", "1").application
    assert applied.applicant.email.spelling == "jan@example.com"
    assert applied.applied_by == here.region.person("Jan").id
    other = here.hands_in("2", jan(9, name="Iza", mail="iza"))

    assert isinstance(here.applying.withdraw(here.actor("Jan"), other), NotPermitted)
    withdrawn = here.applying.withdraw(here.actor("Jan"), applied.id)
    assert withdrawn.application.state is ApplicationState.WITHDRAWN
    for staff in (here.actor("Zofia"), CONSOLE):
        assert here.applying.withdraw(staff, other) == ApplicationKept(ApplicationRefused.NO_REASON)
    assert isinstance(here.applying.withdraw(here.actor("Zofia"), other, reason="na prośbę"), ApplicationMoved)

    again = here.applying.apply(here.actor("Jan"), "A", "1").application.id
    here.approving.approve(here.actor("Teresa"), here.confirms(again))
    assert here.children("Jan") == ["Ala"]
    assert here.applying.apply(CONSOLE, "A", "1") == ApplicationKept(ApplicationRefused.NO_ACCOUNT)


@pytest.mark.rule("LINK-5b")
def test_a_draft_is_handed_in_when_it_is_ready(office):
    """It is nobody's business before, and may be amended."""
    here = office("A/1: s Ala 1 ala")
    draft = here.applying.hand_in(here.actor("Zofia"), "A", "1", jan(), as_draft=True).application
    assert draft.state is ApplicationState.DRAFT
    refused = here.deciding.confirm(here.actor("Zofia"), draft.id, how="dowód")
    assert refused == ApplicationKept(ApplicationRefused.NOT_NOW, ("draft",))

    submitted = here.applying.submit(here.actor("Zofia"), draft.id, jan(8)).application

    assert (submitted.state, submitted.applicant) == (ApplicationState.SUBMITTED, jan(8))


@pytest.mark.rule("LINK-5b")
def test_an_application_lapses_by_itself(office):
    """From its instant nothing can be done with it, whether or not anybody has written that down."""
    here = office("A/1: s Ala 1 ala")
    number = here.confirms(here.hands_in("1", jan(8)))
    here.region.wait(days=29)
    assert here.deciding.lapse() == 0
    assert here.state(number) is ApplicationState.CONFIRMED
    here.region.wait(days=1)

    refused = here.approving.approve(here.actor("Teresa"), number)
    assert refused == ApplicationKept(ApplicationRefused.NOT_NOW, ("lapsed",))
    assert here.deciding.listed(here.actor("Teresa"), "A") == []
    assert [here.deciding.lapse(), here.deciding.lapse()] == [1, 0]
    assert here.state(number) is ApplicationState.LAPSED
    assert here.journal()[-1].deed == "application-lapse"
    assert (here.journal()[-1].by, here.journal()[-1].console) == (None, "")


@pytest.mark.rule("LINK-5c")
def test_every_step_is_in_the_journal(office):
    """Who, what, for which application, why; people by their numbers, and nothing that the applicant stated."""
    here = office("A/1: s Ala 1 ala")
    here.approved("1", jan(8))
    zofia, teresa = here.region.person("Zofia").id, here.region.person("Teresa").id

    entries = here.journal()

    assert [(each.deed, each.by) for each in entries] == [
        ("application-draft", zofia),
        ("application-submit", zofia),
        ("application-confirm", zofia),
        ("application-approve", teresa),
    ]
    assert entries[2].why == "dowód osobisty"
    assert entries[3].on == (here.region.person("Ala").id, here.region.person("Jan").id)
    assert {each.detail["application"] for each in entries} == {"1"}
    assert "Lis" not in repr(entries)


def test_a_student_who_is_not_there_cannot_be_applied_for(office):
    """Nor one who has left since; and no application has a number that was never given."""
    here = office("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    zofia = here.actor("Zofia")
    no_student = ApplicationKept(ApplicationRefused.NO_SUCH_STUDENT)
    assert here.applying.hand_in(zofia, "A", "7", jan(8)) == no_student
    assert here.applying.hand_in(zofia, "B", "1", jan(8)) == no_student
    number = here.confirms(here.hands_in("1", jan(8)))
    here.region.take("A/2: s Ola 2 ola")

    assert here.approving.approve(here.actor("Teresa"), number) == ApplicationKept(ApplicationRefused.STUDENT_GONE)
    no_application = ApplicationKept(ApplicationRefused.NO_SUCH_APPLICATION)
    assert here.applying.submit(zofia, 99) == no_application
    assert here.applying.withdraw(zofia, 99) == no_application
    assert here.deciding.confirm(zofia, 99, how="x") == no_application
    assert here.approving.approve(zofia, 99) == no_application


def test_the_record_of_an_approval_is_no_students(office):
    """Its number may be the key of a record in the gradebook: what is asked for is always the gradebook's student."""
    here = office("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    here.approved("2", jan(8))
    here.region.take("A/2: s Ola 2 ola")

    kept = here.applying.hand_in(here.actor("Zofia"), "A", "1", jan(8))

    assert kept == ApplicationKept(ApplicationRefused.NO_SUCH_STUDENT)
    students = [row.name for row in here.region.readiness.of(CONSOLE, "A").rows if row.role == "student"]
    assert students == ["Ola Lis"]


@pytest.mark.rule("SYNC-4a")
def test_imports_leave_an_approval_alone(office):
    """The same roster again has nothing to do, in whatever order and however often."""
    lines = ("A/1: s Ala 1 ala, g Jan - jan", "A/2: s Ola 2 ola")
    here = office(*lines)
    here.approved("1", jan(8))
    here.region.take(*STAFF, *lines)
    assert here.region.importing.plan(reading(*STAFF, *lines)).is_empty
    assert here.region.person("Jan").state is State.AWAITING
    assert here.children("Jan") == ["Ala"]


def test_what_an_applicant_states_is_read_as_a_gradebook_is(office):
    """Checked by the same rules: a name is enough; whatever is wrong is told by field and code, and nothing is kept."""
    here = office()
    name = {"first_name": " Jan", "last_name": "Lis"}

    full = here.applying.read(
        **name, national_id=pesel(8), email="jan@example.com", phone="601 234 567", birth_date=date(1980, 1, 9)
    )

    assert here.applying.read(**name) == jan(mail="")
    assert full == jan(8, phone=PhoneNumber("+48601234567"), birth_date=date(1980, 1, 9))
    wrong = ("national_id zeros-lost", "email invalid-email")
    kept = here.applying.read(**name, national_id=pesel(8)[:-1], email="nothing")
    assert kept == ApplicationKept(ApplicationRefused.DATA_REFUSED, wrong)
    nameless = here.applying.read(first_name="Jan", last_name=" ")
    assert nameless == ApplicationKept(ApplicationRefused.DATA_REFUSED, ("last_name name-missing",))


@pytest.mark.rule("LINK-5d")
@pytest.mark.parametrize(
    ("imports", "applicant", "found"),
    [
        ((("A/1: s Ala 1 ala, g Ewa 9 ewa, g Jan 8 -",),), jan(8), "Jan"),
        ((("A/1: s Ala 1 ala, g Janek 8 jan",),), jan(8), "Janek"),
        ((("A/1: s Jan - -, g Jan - jan",),), jan(), "Jan"),
        ((("A/1: s Ala 1 ala, g Ewa - jan",),), jan(8), None),
        ((("A/1: s Ala 1 ala, g Jan 9 jan",),), jan(8), None),
        ((("A/1: s Ala 1 ala, g Jan - jan", "A/2: s Ala 1 ala, g Jan - inny"),), jan(8), None),
        ((("A/1: s Ala 1 ala", "B/5: s Ala 1 ala, g Jan 8 jan"),), jan(8), None),
        ((("A/1: s Ala 1 ala, g Jan 8 jan",), ("A/1: s Ala 1 ala",)), jan(8), None),
        ((("A/1: s Ala 1 ala, g Jan 8 jan",), ("A/1: s Ala 1 ala, g Jan 18 jan",)), jan(8), None),
    ],
    ids=[
        "by id",
        "by id under another name",
        "the student has the name too",
        "another name",
        "another id",
        "two of one name",
        "another school",
        "gone",
        "held",
    ],
)
def test_the_applicant_is_whom_the_schools_gradebook_names(office, imports, applicant, found):
    """One guardian, present and not held, by an id or by the name with nothing against it; else nobody."""
    here = office(guardians_open_by="gradebook")
    for lines in imports:
        here.region.take(*STAFF, *lines)
    student = here.region.place("A/1").key
    named = {None: None}
    if found:
        with here.region.storage.snapshot() as unit:
            places = [each for each in unit.rosters.places("A") if each.key.record == student.record and each.key.who]
        named |= {each.newest.name.first: each.key for each in places}

    with here.region.storage.snapshot() as unit:
        desk = Desk(Acting(unit, here.region.storage, here.region.tenant, here.region.clock.now()))
        assert desk.family(student).own_place(applicant) == named[found]


@pytest.mark.rule("ROLE-6b")
def test_an_application_is_about_the_student_in_the_class_and_all_around(office):
    """Whoever stands in the records of the child, and whoever the applicant can be told to be."""
    here = office("A/t: t Jan 8 jan")
    stated = reading(*STAFF, "A/1: s Ala 1 ala, g Ewa 9 ewa", "A/t: t Jan 8 jan")
    rosters = tuple(
        evolve(each, records=tuple(_in_class(record) for record in each.records)) if each.list == "students" else each
        for each in stated.rosters
    )
    here.region.take(evolve(stated, rosters=rosters))
    ala, him = here.region.person("Ala").id, here.region.person("Jan").id
    around = {each.person for each in _places_of(here, "1") if each.person is not None}

    with here.region.storage.snapshot() as unit:
        desk = Desk(Acting(unit, here.region.storage, here.region.tenant, here.region.clock.now()))
        target = desk.target(here.region.place("A/1").key, jan(8, mail=""))

    role = HeldRole("A", Role.STUDENT, "1a")
    assert target == Target(person=ala, roles=(role,), concerns=frozenset({*around, him}))


def _in_class(record):
    first, *others = record.people
    return evolve(record, people=(evolve(first, class_name="1a"), *others))


def _places_of(here, record):
    with here.region.storage.snapshot() as unit:
        return [each for each in unit.rosters.places("A") if each.key.record.key == record]


@pytest.mark.rule("LINK-5c")
def test_the_journal_has_school_number_and_reason_of_each_step(office):
    """Amending is a deed of its own; the reason of a withdrawal stands in the application too."""
    here = office("A/1: s Ala 1 ala")
    zofia, ala = here.actor("Zofia"), here.region.person("Ala").id
    number = here.applying.hand_in(zofia, "A", "1", jan(), as_draft=True).application.id
    here.applying.submit(zofia, number, jan(8))

    withdrawn = here.applying.withdraw(zofia, number, reason=" na prośbę ").application

    detail = {"application": "1", "school": "A"}
    assert [(each.deed, each.on, each.why, each.detail) for each in here.journal()] == [
        ("application-draft", (ala,), "", detail),
        ("application-amend", (ala,), "", detail),
        ("application-submit", (ala,), "", detail),
        ("application-withdraw", (ala,), "na prośbę", detail),
    ]
    assert [each.reason for each in withdrawn.history] == ["", "na prośbę"]


@pytest.mark.rule("LINK-5b")
def test_an_account_applies_with_all_that_it_says_of_its_owner(office):
    """Name, ids and address; the approval joins that account, whatever its owner has changed since."""
    here = office("A/1: s Ala 1 ala, g Jan - inny", "A/t: t Jan 8 jan")
    him = here.region.person("Jan")
    applied = here.applying.apply(here.actor("Jan"), "A", "1").application
    assert applied.applicant == jan(8)

    moved = here.approving.approve(here.actor("Teresa"), here.confirms(applied.id))

    assert (moved.application.guardian, here.children("Jan")) == (him.id, ["Ala"])


@pytest.mark.rule("LINK-5b")
def test_an_account_without_an_id_stays_the_applicant_under_another_address(office):
    """Nothing that was stated would find the account again: it is known by its number."""
    here = office("A/1: s Ala 1 ala", "A/t: t Jan - jan", profile="open")
    him = here.region.person("Jan")
    number = here.confirms(here.applying.apply(here.actor("Jan"), "A", "1").application.id)
    here.region.enters("Jan")
    here.region.moves(here.region.signs_in("jan.lis"), "nowy")
    here.region.take(*STAFF, "A/1: s Ala 1 ala", "A/t: t Jan - nowy")

    moved = here.approving.approve(here.actor("Teresa"), number)

    assert (moved.application.guardian, here.children("Jan")) == (him.id, ["Ala"])


@pytest.mark.rule("LINK-5d")
def test_an_id_that_is_known_says_who_applies_whatever_the_record_says(office):
    """The record's guardian of the same name, without an id, may be another human."""
    here = office("A/1: s Ala 1 ala, g Jan - inny", "A/t: t Jan 8 jan")
    him = here.region.person("Jan")

    assert here.approved("1", jan(8)) == him.id


@pytest.mark.rule("LINK-5d")
def test_the_platforms_record_names_the_student_in_the_class(office):
    """By name and class alone, and the guardian as the applicant stated it."""
    here = office()
    stated = reading(*STAFF, "A/1: s Ala 1 ala")
    rosters = tuple(
        evolve(each, records=tuple(_in_class(record) for record in each.records)) if each.list == "students" else each
        for each in stated.rosters
    )
    here.region.take(evolve(stated, rosters=rosters))
    here.approved("1", jan(8))

    with here.region.storage.snapshot() as unit:
        made = [each for each in unit.rosters.places("A") if is_of_application(each)]
    assert {each.role: each.accepted for each in made} == {
        Role.STUDENT: Claims(name=PersonName("Ala", "Lis"), class_name="1a"),
        Role.GUARDIAN: jan(8),
    }
    assert {each.key.who for each in made} == {"", f"name {PersonName('Jan', 'Lis').key}"}


@pytest.mark.rule("LINK-3a")
@pytest.mark.rule("LINK-5d")
def test_no_approval_gets_round_a_restriction(office):
    """Whoever is kept from the child is refused, and nothing has happened."""
    here = office("A/1: s Ala 1 ala", "A/t: t Jan 8 jan")
    region = here.region
    restricting = RestrictLinks(region.storage, region.tenant, region.clock, region.secrets)
    number = here.confirms(here.hands_in("1", jan(8)))
    restricting.restrict(CONSOLE, region.person("Jan").id, region.person("Ala").id, reason="court order")

    kept = here.approving.approve(here.actor("Teresa"), number)

    assert kept == ApplicationKept(ApplicationRefused.HELD, ("restricted",))
    assert (here.state(number), here.children("Jan")) == (ApplicationState.CONFIRMED, [])
