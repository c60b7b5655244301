"""Security codes, from the school's printer to the guardian at the keyboard (LINK-6, LINK-7, LINK-8a, LINK-8d)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from attrs import evolve

from eszkola_core._usecases import confirm_contacts
from eszkola_core._usecases.confirm_contacts import (
    ConfirmationRefused,
    ConfirmContacts,
    ContactsConfirmed,
    ContactsUnconfirmed,
)
from eszkola_core._usecases.grant_roles import Granted
from eszkola_core._usecases.issue_codes import CodeIssued, CodeNotIssued, CodeRefused, HandOverKept, IssueCodes
from eszkola_core._usecases.recover_access import Completed
from eszkola_core._usecases.redeem_code import Covered, NotRedeemed, RedeemCode, Redeemed, RedemptionRefused
from eszkola_core._usecases.restrict_links import Restricted, RestrictLinks
from eszkola_core._usecases.see_contacts import ClassContacts, ContactRow, ContactStanding, SeeContacts
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import DecisionKind
from eszkola_core.domain.communication import Level
from eszkola_core.domain.contacts import OwnContacts
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.permissions import Ground, NotPermitted
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import CodeChannel, CodeHandOver, CodeState
from eszkola_core.errors import InvalidValue
from eszkola_core.testing.notation import pesel, reading

STAFF = ("A/y1: y Zofia 90 zofia", "B/y3: y Obca 92 obca", "A/t: t Ewa 93 ewa")
CONSOLE = Actor.console("console:test")


def born(number):
    """Return the birth date in the id that notation calls *number*."""
    text = pesel(number)
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))


class Office:
    """A region with a school's office in it, and with guardians who redeem what it gives them."""

    def __init__(self, a_region, *lines, profile="easistent", **settings):
        self.region = region = a_region(profile, **settings)
        world = {"storage": region.storage, "tenant": region.tenant, "clock": region.clock}
        self.issuing = IssueCodes(**world, secrets=region.secrets)
        self.redeeming = RedeemCode(**world, secrets=region.secrets)
        self.restricting = RestrictLinks(**world, secrets=region.secrets)
        self.contacts = SeeContacts(**world)
        self.confirming = ConfirmContacts(**world)
        self.lines = (*STAFF, *lines)
        region.take(*self.lines)
        region.letters()

    def actor(self, login):
        """Return somebody acting with the rights of their roles."""
        person = self.region.person(login)
        return Actor(name=person.login, person=person.id)

    def issues(self, record="1", guardian="", *, school="A", by=CONSOLE):
        """Issue a code and return it."""
        issued = self.issuing.issue(by, school, record, guardian)
        assert isinstance(issued, CodeIssued), issued
        return issued.code.reveal()

    def redeems(self, code, day, own=Level.MINIMAL, **how):
        """Redeem a code and return what came of it."""
        return self.redeeming.redeem(code, day, own=own, **how)

    def state(self, guardian="Jan"):
        """Return what became of a guardian's codes, the oldest first."""
        with self.region.storage.snapshot() as unit:
            return [each.state_at(self.region.clock.now()) for each in unit.codes.of([self.region.person(guardian).id])]

    def journal(self):
        """Return the entries about codes."""
        with self.region.storage.snapshot() as unit:
            return [each for each in unit.audit.entries() if each.deed.startswith("code")]

    def standings(self, class_name=None, by=CONSOLE):
        """Return the rows of the class, by guardian and child."""
        seen = self.contacts.of(by, "A", class_name)
        return {(row.guardian, row.child): (row.standing, row.how) for row in seen.rows}


@pytest.fixture
def office(a_region):
    """Return the maker of offices."""
    return lambda *lines, **how: Office(a_region, *lines, **how)


NOT_RIGHT = NotRedeemed(RedemptionRefused.NOT_RIGHT)
SLIP = NotRedeemed(RedemptionRefused.SLIP)


@pytest.mark.rule("LINK-7c")
@pytest.mark.rule("LINK-8a")
def test_a_code_with_a_childs_birth_date_lets_the_guardian_in(office):
    """Who has neither id nor address sets a password right there, signs in, and sees the child."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    done = here.redeems(here.issues(), born(1))

    assert isinstance(done, Redeemed)
    assert (done.login, done.children) == ("jan.lis", ("Ala Lis",))
    completed = here.region.access.complete(done.token.reveal(), "Zielony-Dom-7")
    assert isinstance(completed, Completed)
    here.region.signs_in(completed.login)
    assert [each.name.first for each in here.region.children.of(done.person)] == ["Ala"]


@pytest.mark.rule("LINK-7c")
@pytest.mark.parametrize("child", [1, 2])
def test_any_one_child_that_the_code_covers_will_do(office, child):
    """The birth date of another school's child, or of a stranger, is none."""
    lines = (
        "A/1: s Ala 1 ala, g Jan 8 -",
        "A/2: s Ola 2 ola, g Jan 8 -",
        "B/3: s Iga 3 iga, g Jan 8 -",
        "A/4: s X 4 x",
    )
    here = office(*lines)
    code = here.issues()

    assert here.redeems(code, born(3)) == NOT_RIGHT
    assert here.redeems(code, born(4)) == NOT_RIGHT
    assert here.redeeming.look(code, born(child)) == Covered(("Ala Lis", "Ola Lis"))
    assert isinstance(here.redeems(code, born(child)), Redeemed)


@pytest.mark.rule("LINK-7a")
@pytest.mark.rule("LINK-7c")
def test_a_slip_costs_no_try_and_three_wrong_dates_kill(office):
    """However many slips; a wrong code and a wrong date are told alike, and after the third date nothing helps."""
    here = office("A/1: s Ala 1 ala, g Jan - -", wrong_codes_here=100)
    code = here.issues()
    slip = code[:-1] + str((int(code[-1]) + 1) % 10)
    for _ in range(200):
        assert here.redeems(slip, born(1)) == SLIP
    assert [here.redeems(code, born(2)) for _ in range(2)] == [NOT_RIGHT] * 2
    assert here.state() == [CodeState.LIVE]

    assert here.redeems(code, born(2)) == NOT_RIGHT
    assert here.state() == [CodeState.KILLED]
    assert here.redeems(code, born(1)) == NOT_RIGHT
    assert isinstance(here.redeems(here.issues(), born(1)), Redeemed)


@pytest.mark.rule("LINK-7c")
def test_looking_is_trying(office):
    """A look leaves a right code as it is, and counts a wrong date like a redemption."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    code = here.issues()
    assert [here.redeeming.look(code, born(1)) for _ in range(4)] == [Covered(("Ala Lis",))] * 4
    assert [here.redeeming.look(code, born(2)) for _ in range(3)] == [NOT_RIGHT] * 3
    assert here.state() == [CodeState.KILLED]


@pytest.mark.rule("LINK-7c")
def test_wrong_codes_are_slowed_down_by_source_and_in_the_whole_tenant(office):
    """From one place after a few, from everywhere after many; in silence, and it passes by itself."""
    here = office("A/1: s Ala 1 ala, g Jan - -", wrong_codes_here=3, wrong_codes_anywhere=20)
    code, other = here.issues(), "000000000003"
    for _ in range(3):
        assert here.redeems(other, born(1), source="10.0.0.1") == NOT_RIGHT
    assert here.redeems(code, born(1), source="10.0.0.1") == NOT_RIGHT
    assert here.state() == [CodeState.LIVE]
    for number in range(30):
        here.redeems(other, born(1), source=f"10.0.1.{number}")
    assert here.redeems(code, born(1), source="10.0.0.2") == NOT_RIGHT

    here.region.wait(hours=24)
    assert isinstance(here.redeems(code, born(1), source="10.0.0.2"), Redeemed)


@pytest.mark.rule("LINK-7b")
def test_a_reprint_is_a_new_code(office):
    """The former one stops at once; another school's code is another one."""
    here = office("A/1: s Ala 1 ala, g Jan 8 -", "B/1: s Ala 1 ala, g Jan 8 -")
    first, elsewhere, second = here.issues(), here.issues(school="B"), here.issues()

    assert len({first, elsewhere, second}) == 3
    assert here.redeems(first, born(1)) == NOT_RIGHT
    assert isinstance(here.redeems(second, born(1)), Redeemed)
    assert isinstance(here.redeems(elsewhere, born(1)), Redeemed)
    assert here.redeems(second, born(1)) == NOT_RIGHT
    assert Counter(here.state()) == {CodeState.REPLACED: 1, CodeState.REDEEMED: 2}


@pytest.mark.rule("LINK-7b")
@pytest.mark.parametrize(("days", "works"), [(29, True), (30, False)])
def test_a_code_holds_thirty_days(office, days, works):
    """To the instant."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    code = here.issues()
    here.region.wait(days=days)

    assert isinstance(here.redeems(code, born(1)), Redeemed) == works


@pytest.mark.rule("LINK-7b")
@pytest.mark.rule("ID-10b")
def test_no_code_is_kept_or_shown(office):
    """Nowhere in the state, the journal, or what is returned; it is found by a keyed digest."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    issued = here.issuing.issue(CONSOLE, "A", "1")
    digits = issued.code.reveal()
    here.redeems(digits, born(2))

    assert digits not in repr(issued)
    assert digits not in repr(here.journal())
    with here.region.storage.snapshot() as unit:
        (kept,) = unit.codes.of([issued.guardian])
        assert digits not in repr(kept)
        assert kept.digest == here.region.storage.fingerprint(digits.encode(), context="security code")


@pytest.mark.rule("LINK-7d")
def test_an_erasure_request_kills_the_code(office):
    """Whatever else becomes of the request."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    code = here.issues()
    with here.region.storage.unit() as unit:
        assert unit.codes.cancel(here.region.person("Jan").id) == 1

    assert here.redeems(code, born(1)) == NOT_RIGHT


@pytest.mark.rule("LINK-7b")
def test_a_code_goes_with_its_guardian_through_every_change_of_the_record(office):
    """Whoever gets one lasts from then on: an address, an id, a new record key change nothing of whose it is."""
    here = office("A/1: s Ala 1 ala, g Jan - -", profile="uonet")
    code = here.issues()
    with here.region.storage.snapshot() as unit:
        before = next(each for each in unit.rosters.places("A") if each.role == "guardian").person
    here.region.take(*STAFF, "A/1: s Ala 1 ala, g Jan - nowy")
    here.region.take(*STAFF, "A/1: s Ala 1 ala, g Jan 8 nowy")

    done = here.redeems(code, born(1))

    assert done.person == before == here.region.person("Jan").id


@pytest.mark.rule("LINK-5a")
def test_a_code_opens_no_account_that_needs_an_application(office):
    """It verifies the guardian, and gives no first access."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan", profile="opolska")
    done = here.redeems(here.issues(), born(1))

    assert isinstance(done, Redeemed)
    assert (done.token, done.told) == (None, False)
    assert here.region.person("Jan").state is State.UNOPENED


@pytest.mark.rule("ROLE-6b")
@pytest.mark.rule("ACCESS-8")
@pytest.mark.parametrize(
    ("lines", "direct"),
    [
        (("A/1: s Ala 1 ala, g Jan 8 jan",), True),
        (("A/1: s Ala 1 ala, g Jan 8 jan", "B/2: s Ola 2 ola, g Jan 8 jan"), False),
        (("A/1: s Ala 1 ala, g Jan 8 jan", "A/7: t Jan 8 jan"), False),
    ],
    ids=["guardian here only", "guardian elsewhere too", "on the staff too"],
)
def test_a_code_is_worth_what_its_school_could_give(office, lines, direct):
    """Where more hangs on the account, first access goes to its own address and not to whoever holds the code."""
    here = office(*lines)
    done = here.redeems(here.issues(), born(1))
    letters = here.region.letters(MessageKind.FIRST_ACCESS, "jan")

    assert (done.token is not None, done.told, len(letters)) == (direct, not direct, 0 if direct else 1)


@pytest.mark.rule("LINK-8a")
@pytest.mark.parametrize(
    ("own", "child", "activates"),
    [
        (Level.NONE, Level.NONE, False),
        (Level.MINIMAL, Level.NONE, True),
        (Level.NONE, Level.FULL, True),
        (Level.FULL, Level.FULL, True),
    ],
)
def test_minimal_or_full_turns_the_service_on(office, own, child, activates):
    """For the guardian or a child; with none for everybody there is no first access."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    done = here.redeems(here.issues(), born(1), own, children={1: child})

    assert (done.token is not None) == activates


@pytest.mark.rule("LINK-8a")
def test_a_child_that_is_not_there_cannot_be_chosen_for(office):
    """The guardian is told how many there are, and nothing was redeemed or counted."""
    here = office("A/1: s Ala 1 ala, g Jan - -", wrong_codes_here=3)
    code = here.issues()
    for _ in range(9):
        with pytest.raises(InvalidValue) as caught:
            here.redeems(code, born(1), children={2: Level.FULL})
        assert (caught.value.code, str(caught.value)) == ("no-such-child", "there is no child 2; the code covers 1")
    assert isinstance(here.redeems(code, born(1)), Redeemed)


@pytest.mark.rule("LINK-7b")
@pytest.mark.parametrize(("school", "name"), [("A", "School A"), ("B", "School B")])
def test_what_stands_on_the_sheet_with_the_code(office, school, name):
    """The guardian's name, the school's, the children whom the code covers there, until when, and where to go."""
    lines = ("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola, g Jan 8 jan", "B/1: s Iga 3 iga, g Jan 8 jan")
    here = office(*lines)

    issued = here.issuing.issue(CONSOLE, school, "1")

    assert evolve(issued, code=Secret("")) == CodeIssued(
        code=Secret(""),
        guardian=here.region.person("Jan").id,
        name=PersonName("Jan", "Lis"),
        school=name,
        children=("Ala Lis", "Ola Lis") if school == "A" else ("Iga Lis",),
        expires_at=here.region.clock.now() + timedelta(days=30),
        link="https://konto.example.org/eszkola/codes",
    )


@pytest.mark.rule("LINK-7b")
def test_a_school_without_a_name_goes_by_its_key(office):
    """On the sheet there is something to call it by in any case."""
    here = office()
    stated = reading("C/1: s Ala 1 ala, g Jan 8 jan")
    here.region.take(evolve(stated, schools=tuple(evolve(each, name="") for each in stated.schools)))

    assert here.issuing.issue(CONSOLE, "C", "1").school == "C"


@pytest.mark.rule("LINK-7e")
def test_only_a_live_code_of_the_school_itself_is_handed_over(office):
    """Neither another school's, nor one that has run out."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan", "B/1: s Iga 3 iga, g Jan 8 jan")
    printed = CodeHandOver(channel=CodeChannel.PRINT, at=here.region.clock.now())
    here.issues()

    assert here.issuing.hand_over(CONSOLE, "B", "1", "", printed) == CodeNotIssued(CodeRefused.NO_CODE)
    here.region.wait(days=30)
    assert here.issuing.hand_over(CONSOLE, "A", "1", "", printed) == CodeNotIssued(CodeRefused.NO_CODE)


@pytest.mark.rule("LINK-7c")
def test_a_code_opens_no_account_that_is_open(office):
    """Whoever has a password redeems the next code with it: there is no link, and no message."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    here.region.enters("Jan")

    done = here.redeems(here.issues(), born(1))

    assert (done.token, done.told) == (None, False)
    assert here.region.letters(MessageKind.FIRST_ACCESS) == []


@pytest.mark.rule("LINK-7c")
def test_a_code_opens_no_account_that_is_locked(office):
    """It is redeemed, and the account stays as it was."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    code = here.issues()
    here.region.become("Jan", state=State.LOCKED)

    done = here.redeems(code, born(1))

    assert isinstance(done, Redeemed)
    assert (done.token, done.told) == (None, False)
    assert here.region.letters(MessageKind.FIRST_ACCESS) == []


@pytest.mark.rule("LINK-7c")
def test_a_birth_date_that_was_known_once_is_known(office):
    """The child's account has it: that the record has lost it does no harm."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    here.region.take(*STAFF, "A/1: s Ala - ala, g Jan 8 jan")

    assert isinstance(here.redeems(here.issues(), born(1)), Redeemed)


@pytest.mark.rule("LINK-7a")
def test_a_record_without_a_child_gives_no_code(office):
    """A gradebook that names a guardian alone: there is nobody whom a code could be about."""
    here = office("A/1: g Jan 8 jan")

    assert here.issuing.issue(CONSOLE, "A", "1") == CodeNotIssued(CodeRefused.NO_CHILD)


@pytest.mark.rule("LINK-7c")
def test_a_birth_date_that_another_school_states_is_known(office):
    """The child is known by a passport, which tells no birth date; the record with the guardian has none either."""
    here = office("A/1: s Ala p1 ala, g Jan 8 jan")
    assert here.issuing.issue(CONSOLE, "A", "1") == CodeNotIssued(CodeRefused.NO_BIRTH_DATE)
    day = date(2012, 3, 1)
    elsewhere = reading("B/1: s Ala p1 ala")
    (roster,) = elsewhere.rosters
    (record,) = roster.records
    dated = evolve(record, people=(evolve(record.people[0], birth_date=day),))
    here.region.take(evolve(elsewhere, rosters=(evolve(roster, records=(dated,)),)))

    assert isinstance(here.redeems(here.issues(), day), Redeemed)


@pytest.mark.rule("ROLE-6b")
def test_a_namesake_who_is_proved_another_gets_a_code(office):
    """The secretary may give one to a guardian of her own name, where the ids are different."""
    here = office("A/1: s Ala 1 ala, g Zofia 5 -")

    assert isinstance(here.issuing.issue(here.actor("Zofia"), "A", "1"), CodeIssued)


@pytest.mark.rule("ROLE-4a")
@pytest.mark.parametrize(("class_name", "may"), [("1a", True), ("1b", False), ("", False)])
def test_a_homeroom_teacher_issues_codes_of_their_own_class(office, class_name, may):
    """To the guardians of the students who are in it, and of no other."""
    here = office()
    stated = reading(*STAFF, "A/1: s Ala 1 ala, g Jan 8 jan")

    def in_class(record):
        first, *others = record.people
        named = class_name if first.role is Role.STUDENT else ""
        return evolve(record, people=(evolve(first, class_name=named), *others))

    lists = tuple(evolve(each, records=tuple(map(in_class, each.records))) for each in stated.rosters)
    here.region.take(evolve(stated, rosters=lists))
    assert isinstance(here.region.grants("Ewa", Role.HOMEROOM_TEACHER, class_name="1a"), Granted)

    assert isinstance(here.issuing.issue(here.actor("Ewa"), "A", "1"), CodeIssued if may else NotPermitted)


@pytest.mark.rule("LINK-7a")
@pytest.mark.parametrize("looking", [False, True])
def test_tries_of_no_said_place_come_from_one(office, looking):
    """Whether it is left out or empty, wrong codes stand in the way of the right one."""
    here = office("A/1: s Ala 1 ala, g Jan - -", wrong_codes_here=3)
    code, tries = here.issues(), here.redeeming.look if looking else here.redeems
    for _ in range(3):
        tries("000000000003", born(1))

    assert tries(code, born(1), source="") == NOT_RIGHT
    assert isinstance(tries(code, born(1), source="10.0.0.9"), Covered if looking else Redeemed)


@pytest.mark.rule("LINK-8d")
def test_everybody_is_asked_whatever_the_size_of_a_page(office, monkeypatch):
    """A page that is full is not the last one."""
    monkeypatch.setattr(confirm_contacts, "_PAGE", 1)
    here = office("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola, g Iza 9 iza")
    here.redeems(here.issues("1"), born(1))
    here.redeems(here.issues("2"), born(2))
    here.region.wait(days=365)

    assert here.confirming.remind() == 2


@pytest.mark.rule("LINK-3a")
def test_a_code_covers_no_child_from_whom_its_guardian_is_kept(office):
    """Whether it was issued before the restriction or is asked for after it."""
    here = office("A/1: s Ala 1 ala, g Jan 8 -", "A/2: s Ola 2 ola, g Jan 8 -", profile="open")
    code = here.issues()
    jan, ala = here.region.person("Jan").id, here.region.person("Ala").id
    assert isinstance(here.restricting.restrict(CONSOLE, jan, ala, reason="sąd"), Restricted)

    assert here.redeems(code, born(1)) == NOT_RIGHT
    assert here.redeems(code, born(2)).children == ("Ola Lis",)
    ola = here.region.person("Ola").id
    here.restricting.restrict(CONSOLE, jan, ola, reason="sąd")
    assert here.issuing.issue(CONSOLE, "A", "1") == CodeNotIssued(CodeRefused.NO_CHILD)


def test_no_code_is_issued_that_could_not_be_redeemed(office):
    """A child without a birth date, a guardian who is held, and one who is not there; and nothing has happened."""
    here = office("A/1: s Ala - ala, g Jan - -", "A/2: s Ola 2 ola, g Iza - -, g Jan 8 -", profile="uonet")
    for record, guardian, reason in (
        ("1", "", CodeRefused.NO_BIRTH_DATE),
        ("2", "", CodeRefused.NO_SUCH_GUARDIAN),
        ("2", "Ewa Lis", CodeRefused.NO_SUCH_GUARDIAN),
        ("9", "", CodeRefused.NO_SUCH_GUARDIAN),
    ):
        assert here.issuing.issue(CONSOLE, "A", record, guardian) == CodeNotIssued(reason)
    assert here.journal() == []
    assert "jan.lis" not in here.region.people()
    assert isinstance(here.issuing.issue(CONSOLE, "A", "2", "Lis Iza"), CodeIssued)


@pytest.mark.rule("LINK-7e")
def test_printing_reading_out_and_handing_over_are_written_down(office):
    """In the journal by numbers and channel, with the code the whole receipt; one that lacks something is none."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    zofia = here.actor("Zofia")
    now = here.region.clock.now()
    hand = CodeHandOver(
        channel=CodeChannel.HAND, at=now, collected_by="Iza Kot", document="dowód ABC", authority="pełnomocnictwo"
    )
    assert here.issuing.hand_over(zofia, "A", "1", "", hand) == CodeNotIssued(CodeRefused.NO_CODE)
    here.issues(by=zofia)
    lacking = evolve(hand, document=" ")
    assert here.issuing.hand_over(zofia, "A", "1", "", lacking) == CodeNotIssued(
        CodeRefused.RECEIPT_INCOMPLETE, ("document",)
    )

    here.region.wait(hours=1)
    kept = here.issuing.hand_over(zofia, "A", "1", "", hand)

    assert kept == HandOverKept(evolve(hand, at=now + timedelta(hours=1), by=zofia.person, name="zofia.lis"))
    issued, handed = here.journal()
    jan = here.region.person("Jan").id
    assert (issued.deed, issued.by, issued.on) == ("code-issued", zofia.person, (jan,))
    assert issued.detail == {"school": "A"}
    assert (handed.deed, handed.by, handed.on) == ("code-handed-over", zofia.person, (jan,))
    assert handed.detail == {"school": "A", "channel": "hand"}
    assert "Kot" not in repr(handed)
    with here.region.storage.snapshot() as unit:
        (code,) = unit.codes.of([jan])
    assert [(each.collected_by, each.document, each.by) for each in code.hand_overs] == [
        ("Iza Kot", "dowód ABC", zofia.person)
    ]


@pytest.mark.rule("LINK-7e")
def test_redeeming_is_in_the_journal_too(office):
    """By the guardian, about the children, from where it came."""
    here = office("A/1: s Ala 1 ala, g Jan - -")
    done = here.redeems(here.issues(), born(1), source="10.0.0.7")

    entry = here.journal()[-1]

    assert (entry.deed, entry.by, entry.where) == ("code-redeemed", done.person, "10.0.0.7")
    assert entry.on == (done.person, here.region.person("Ala").id)
    assert entry.detail == {"school": "A", "level": "minimal"}


@pytest.mark.rule("ROLE-6b")
@pytest.mark.parametrize(
    "line",
    [
        "A/1: s Ala 1 ala, g Zofia 90 zofia",
        "A/1: s Ala - -, g Zofia 90 zofia, g Jan - -",
        "A/1: s Ala 1 ala, g Zofia - inny, g Jan - -",
        "A/1: s Ala 1 ala, g Zofia - -",
    ],
    ids=["own", "own child's other guardian", "own name", "own name alone"],
)
def test_nobody_issues_codes_for_themselves_or_their_children(office, line):
    """However the record names them."""
    here = office(line, profile="uonet")
    guardian = "Jan Lis" if "Jan" in line else ""
    refused = here.issuing.issue(here.actor("Zofia"), "A", "1", guardian)

    assert isinstance(refused, NotPermitted)
    assert refused.permission.ground is Ground.CONCERNS_ACTOR


@pytest.mark.rule("LINK-7e")
def test_only_the_schools_own_staff_issue_its_codes(office):
    """A homeroom teacher in the own class, the office in the school; no teacher, no other school, no guardian."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    for login in ("Obca", "Ewa", "Jan"):
        assert isinstance(here.issuing.issue(here.actor(login), "A", "1"), NotPermitted)
    assert isinstance(here.issuing.issue(here.actor("Zofia"), "A", "1"), CodeIssued)


@pytest.mark.rule("LINK-6")
def test_the_class_shows_how_far_each_guardian_has_come(office):
    """Missing, entered, code issued, verified: with since when and how; a child without a guardian is there too."""
    here = office(
        "A/1: s Ala 1 ala, g Jan - -",
        "A/2: s Ola 2 ola, g Iza - iza",
        "A/3: s Iga 3 iga, g Ewa - ewka",
        "A/4: s Ela 4 ela, g Kim - kim",
        "A/5: s Ula 5 ula",
    )
    here.issues("3")
    here.issuing.hand_over(
        CONSOLE, "A", "3", "", CodeHandOver(channel=CodeChannel.PHONE, at=here.region.clock.now(), known_by="po głosie")
    )
    here.redeems(here.issues("4"), born(4))

    assert here.standings() == {
        ("Jan Lis", "Ala Lis"): (ContactStanding.MISSING, ""),
        ("Iza Lis", "Ola Lis"): (ContactStanding.ENTERED, "notation"),
        ("Ewa Lis", "Iga Lis"): (ContactStanding.CODE_ISSUED, "phone"),
        ("Kim Lis", "Ela Lis"): (ContactStanding.VERIFIED, "code"),
        ("", "Ula Lis"): (ContactStanding.MISSING, ""),
    }
    seen = here.contacts.of(CONSOLE, "A")
    assert seen.counts == Counter(row.standing for row in seen.rows)
    assert {row.since for row in seen.rows if row.standing is ContactStanding.VERIFIED} == {"2026-11-23T10:00:00+00:00"}
    assert isinstance(here.contacts.of(here.actor("Ewa"), "A"), NotPermitted)
    assert isinstance(here.contacts.of(here.actor("Obca"), "A"), NotPermitted)
    here.region.wait(days=30)
    assert here.standings()["Ewa Lis", "Iga Lis"] == (ContactStanding.ENTERED, "notation")


@pytest.mark.rule("LINK-8d")
@pytest.mark.rule("MAIL-4b")
def test_from_the_code_on_the_guardian_owns_the_contact_data(office):
    """What a record states later only asks the new mailbox; the address stays until somebody confirms there."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    here.redeems(here.issues(), born(1))
    here.region.letters()

    here.region.take(*STAFF, "A/1: s Ala 1 ala, g Jan 8 nowy")

    assert here.region.person("Jan").central.spelling == "jan@example.com"
    (letter,) = here.region.letters(MessageKind.CONFIRM_ADDRESS, "nowy")
    here.region.addresses.confirm(letter.token)
    assert here.region.person("Jan").central.spelling == "nowy@example.com"


@pytest.mark.rule("LINK-8d")
def test_owners_are_asked_once_a_year(office):
    """Not before, once, and again a year later; whoever confirms in between is asked a year after that."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan", "A/2: s Ola 2 ola, g Iza 9 iza")
    here.redeems(here.issues("1"), born(1))
    here.redeems(here.issues("2"), born(2), Level.NONE)
    here.region.letters()
    here.region.wait(days=364)
    assert here.confirming.remind() == 0
    here.region.wait(days=1)

    assert [here.confirming.remind(), here.confirming.remind()] == [1, 0]

    (letter,) = here.region.letters(MessageKind.CONFIRM_CONTACTS)
    assert letter.to == "jan@example.com"
    assert dict(letter.data) == {
        "name": "Jan Lis",
        "login": "jan.lis",
        "address": here.region.person("Jan").central.masked,
        "link": "https://konto.example.org/eszkola/contacts",
    }
    assert "jan@" not in letter.data["address"]
    key = here.region.enters("Jan")
    here.region.wait(days=10)
    key = here.region.signs_in("jan.lis") if not here.region.is_open(key) else key
    confirmed = here.confirming.confirm(key)
    assert confirmed == ContactsConfirmed(here.region.clock.now() + timedelta(days=365))
    (entry,) = here.region.journal("contacts-confirmed")
    jan = here.region.person("Jan").id
    assert (entry.by, entry.on, entry.where, entry.why, entry.detail) == (jan, (jan,), "session", "", {})
    here.region.wait(days=360)
    assert here.confirming.remind() == 0
    here.region.wait(days=5)
    assert here.confirming.remind() == 1


@pytest.mark.rule("LINK-8b")
def test_the_level_of_the_moment_counts_when_a_message_leaves(office):
    """A question that waits while its reader chooses no communication at all never leaves."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    here.redeems(here.issues(), born(1))
    here.region.wait(days=365)
    here.region.letters()
    assert here.confirming.remind() == 1
    here.redeems(here.issues(), born(1), Level.NONE)

    assert here.region.letters(MessageKind.CONFIRM_CONTACTS) == []
    here.region.wait(days=1)
    assert here.region.delivering.next_batch().total == 0


@pytest.mark.rule("LINK-8d")
def test_whoever_owns_no_contact_data_has_nothing_to_confirm(office):
    """Nor has somebody without a session."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    key = here.region.enters("Jan")

    assert here.confirming.confirm(key) == ContactsUnconfirmed(ConfirmationRefused.NOT_OWNED)
    assert here.confirming.confirm("x") == ContactsUnconfirmed(ConfirmationRefused.NO_SESSION)


@pytest.mark.rule("SYNC-8")
def test_imports_leave_codes_and_choices_alone(office):
    """The same roster again has nothing to do."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan")
    here.redeems(here.issues(), born(1))
    here.region.take(*here.lines)

    assert here.state() == [CodeState.REDEEMED]
    assert here.standings()["Jan Lis", "Ala Lis"] == (ContactStanding.VERIFIED, "code")


@pytest.mark.rule("LINK-8d")
def test_contact_data_become_the_owners_once(office):
    """The first code verifies address and telephone; the next ones find them owned, and only put the question off."""
    here = office("A/1: s Ala 1 ala, g Jan 8 jan +48601234567")
    first, jan = here.region.clock.now(), here.region.person("Jan")
    here.redeems(here.issues(), born(1))
    here.region.wait(days=9)
    here.redeems(here.issues(), born(1))

    with here.region.storage.snapshot() as unit:
        decisions, contacts = unit.people.decisions(jan.id), unit.contacts.get(jan.id)
    address, phone = (
        [each for each in decisions if each.kind is kind]
        for kind in (DecisionKind.ADDRESS_VERIFIED, DecisionKind.PHONE_VERIFIED)
    )
    assert [(each.address, each.value, each.reason, each.at) for each in address] == [
        (jan.central, None, "security code", first)
    ]
    assert [(each.address, each.value, each.reason, each.at) for each in phone] == [
        (None, Secret("+48601234567"), "security code", first)
    ]
    every = here.region.tenant.settings.confirm_contacts_every
    now = here.region.clock.now()
    assert contacts == OwnContacts(person=jan.id, since=first, confirmed_at=now, ask_at=now + every)

    with here.region.storage.unit() as unit:
        unit.people.withdraw(address[0].id, now, by="test")
    here.redeems(here.issues(), born(1))
    with here.region.storage.snapshot() as unit:
        kinds = [each.kind for each in unit.people.decisions(jan.id) if each.stands]
    assert kinds.count(DecisionKind.ADDRESS_VERIFIED) == kinds.count(DecisionKind.PHONE_VERIFIED) == 1


@pytest.mark.rule("LINK-8d")
def test_who_has_no_address_owns_none(office):
    """Nothing is verified that is not there."""
    here = office("A/1: s Ala 1 ala, g Jan 8 -")
    here.redeems(here.issues(), born(1))

    with here.region.storage.snapshot() as unit:
        kinds = {each.kind for each in unit.people.decisions(here.region.person("Jan").id)}
    assert not kinds & {DecisionKind.ADDRESS_VERIFIED, DecisionKind.PHONE_VERIFIED}


@pytest.mark.rule("LINK-6")
def test_a_class_has_its_rows_and_its_teacher_sees_no_other(office):
    """Each row has class, child, guardian, record, standing, instant to the second, and how."""
    here = office()
    here.region.wait(microseconds=7)
    stated = reading(
        "A/1: s Ala 1 ala, g Jan - jan, g Ewa - ewka",
        "A/2: s Ola 2 ola, g Iza - iza",
        "A/3: s Ula 3 ula",
        "A/h: h Ida 95 ida",
    )
    (students, staff) = stated.rosters
    records = tuple(
        evolve(each, people=(evolve(each.people[0], class_name=name), *each.people[1:]))
        for each, name in zip(students.records, ("1a", "1b", "1b"), strict=True)
    )
    teachers = tuple(evolve(each, people=(evolve(each.people[0], class_name="1a"),)) for each in staff.records)
    here.region.take(evolve(stated, rosters=(evolve(students, records=records), evolve(staff, records=teachers))))
    here.issues("1", "Ewa Lis")
    here.redeems(here.issues("2"), born(2))
    teacher = here.actor("Ida")

    ewa = ContactRow("1a", "Ala Lis", "Ewa Lis", "1", ContactStanding.CODE_ISSUED, "2026-11-23T10:00:00+00:00")
    jan = ContactRow("1a", "Ala Lis", "Jan Lis", "1", ContactStanding.ENTERED, "2026-11-23", "notation")
    iza = ContactRow("1b", "Ola Lis", "Iza Lis", "2", ContactStanding.VERIFIED, "2026-11-23T10:00:00+00:00", "code")
    ula = ContactRow("1b", "Ula Lis", "", "3", ContactStanding.MISSING)
    assert here.contacts.of(CONSOLE, "A").rows == (ewa, jan, iza, ula)
    assert here.contacts.of(CONSOLE, "A", "1b").rows == (iza, ula)
    seen = here.contacts.of(teacher, "A", "1a")
    assert seen == ClassContacts((ewa, jan), {ContactStanding.CODE_ISSUED: 1, ContactStanding.ENTERED: 1})
    for beyond in ("1b", None):
        assert isinstance(here.contacts.of(teacher, "A", beyond), NotPermitted)
