"""The ten questions of the help page, each answered; and nothing blocks exactly when signing in works."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve
from hypothesis import settings as looked_for
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eszkola_core._usecases.announce_maintenance import AnnounceMaintenance
from eszkola_core._usecases.lock_account import LockAccount
from eszkola_core._usecases.sign_in import MustAct, SignedIn
from eszkola_core.domain.accounts import State
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.causes import CauseCode, Mender, Where
from eszkola_core.domain.notices import NoticeKind
from eszkola_core.domain.permissions import NotPermitted
from eszkola_core.testing.notation import pesel

CONSOLE = Actor.console("console:test")
PASSWORD = "Zielony-Dom-7"
OTHER = "Niebieski-Las-9"


def codes(region, identifier, **how):
    """Return the codes of what stands in somebody's way."""
    return [each.code for each in region.diagnosing.of(CONSOLE, identifier, **how).causes]


def blocking(region, identifier, **how):
    """Return the codes of what keeps the right password from opening a session."""
    return [each.code for each in region.diagnosing.of(CONSOLE, identifier, **how).causes if each.blocks]


def facts(region, identifier, code):
    """Return the facts of the first cause with a code."""
    return dict(next(each for each in region.diagnosing.of(CONSOLE, identifier).causes if each.code is code).facts)


# The ten questions


@pytest.mark.rule("WHY-1a")
@pytest.mark.rule("WHY-1b")
def test_1_when_can_a_student_sign_in(a_region):
    """Once name, national id and address are there, and a password is set: each missing thing is named, then gone."""
    region = a_region("uonet")
    region.take("A/1: s Ala - -")
    assert blocking(region, "A/1") == [CauseCode.MISSING_NATIONAL_ID, CauseCode.MISSING_EMAIL]
    assert facts(region, "A/1", CauseCode.MISSING_EMAIL) == {"school": "A", "record": "1"}
    region.take("A/1: s Ala 1 -")
    assert blocking(region, "A/1") == [CauseCode.MISSING_EMAIL]
    region.take("A/1: s Ala 1 ala")
    assert blocking(region, "A/1") == [CauseCode.FIRST_ACCESS_DUE]
    assert region.diagnosing.of(CONSOLE, "A/1").causes[0].row.where is Where.ACCESS_PAGE

    region.enters("ala")

    assert blocking(region, "A/1") == []


@pytest.mark.rule("WHY-1a")
@pytest.mark.rule("WHY-1b")
def test_2_when_can_a_guardian_sign_in(a_region):
    """Each of the two with an address of their own: of guardian and child with one address the child's is missing."""
    region = a_region("uonet")
    region.take("A/1: s Ala 1 ala, g Jan 8 ala")
    assert blocking(region, pesel(8)) == [CauseCode.FIRST_ACCESS_DUE]
    assert blocking(region, pesel(1)) == [CauseCode.MISSING_EMAIL]
    assert CauseCode.ADDRESS_TAKEN in codes(region, pesel(1))
    region.take("A/1: s Ala 1 nowa, g Jan 8 ala")
    assert blocking(region, pesel(1)) == [CauseCode.FIRST_ACCESS_DUE]
    assert CauseCode.ADDRESS_TAKEN not in codes(region, pesel(1))
    region.take("A/2: s Ola 2 ola, g Ewa 9 -", "A/1: s Ala 1 nowa, g Jan 8 ala")
    assert blocking(region, pesel(9)) == [CauseCode.MISSING_EMAIL]


@pytest.mark.rule("WHY-1b")
def test_2_a_guardian_who_needs_an_application_is_told_so(a_region):
    """In the Opolska eSzkoła the record alone opens no guardian's account."""
    region = a_region("opolska")
    region.take("A/1: s Ala 1 ala, g Jan 8 jan")

    assert blocking(region, "jan@example.com") == [CauseCode.MISSING_APPLICATION]
    assert facts(region, "jan@example.com", CauseCode.MISSING_APPLICATION)["school"] == "A"


@pytest.mark.rule("WHY-1b")
def test_3_a_forgotten_password_is_recovered_where_first_access_is(a_region):
    """A password that expired, or whose disclosure was reported, is told with the page that mends it."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    region.wait(days=60)
    assert blocking(region, "ala.lis") == [CauseCode.PASSWORD_EXPIRED]
    must = region.signing_in.attempt("ala.lis", PASSWORD)
    assert isinstance(must, MustAct)
    assert isinstance(region.signing_in.change_password(must.ticket.reveal(), OTHER), SignedIn)
    assert blocking(region, "ala.lis") == []

    region.become("ala", state=State.RECOVERY_REQUIRED)
    assert blocking(region, "ala.lis") == [CauseCode.RECOVERY_REQUIRED]
    region.access.complete(region.token_for("ala@example.com"), "Zupelnie-Inne-11")
    assert blocking(region, "ala.lis") == []


@pytest.mark.rule("WHY-1b")
def test_4_and_7_a_second_child_is_not_seen_under_another_address(a_region):
    """With another address in one record she is another person; the diagnosis names that record, and it is mended."""
    region = a_region()
    mended = ("B/1: s Ala 1 ala, g Ewa - ewa", "B/2: s Ola 2 ola, g Ewa - ewa")
    region.take("A/1: s Ala 1 ala, g Ewa - ewa")
    region.take("B/1: s Ala 1 ala, g Ewa - inna", "B/2: s Ola 2 ola, g Ewa - inna")
    ewa = facts(region, "ewa@example.com", CauseCode.POSSIBLE_DUPLICATE)
    assert ewa == {"school": "B", "record": "1", "likeness": "same-name-and-child"}

    other = a_region()
    other.take("A/1: s Ala 1 ala, g Ewa - ewa", *mended)

    assert CauseCode.POSSIBLE_DUPLICATE not in codes(other, "ewa@example.com")
    assert [each.name.first for each in other.children.of(other.person("ewa").id)] == ["Ala", "Ola"]


@pytest.mark.rule("WHY-1b")
def test_4_a_guardian_in_nobodys_record_sees_no_child(a_region):
    """Until the record names the child's guardian again."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "B/t: t Jan 8 jan")
    region.enters("jan")
    assert CauseCode.NO_CHILDREN not in codes(region, "jan.lis")
    region.take_until("A/1: s Ala 1 ala, g Jan 8 jan", region.clock.now().date() + timedelta(days=3))
    region.wait(days=5)

    assert CauseCode.NO_CHILDREN in codes(region, "jan.lis")


@pytest.mark.rule("LINK-1b")
@pytest.mark.rule("WHY-1a")
def test_5_a_child_at_a_school_of_another_address_is_seen_there(a_region):
    """The schools of this address in whose records the guardian stands are listed; others are not searched."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "B/1: s Ola 2 ola, g Jan 8 jan", "C/1: s Iga 3 iga")

    assert facts(region, "jan.lis", CauseCode.CHILD_ELSEWHERE) == {"schools": "A, B"}
    assert CauseCode.CHILD_ELSEWHERE not in codes(region, "ala.lis")


@pytest.mark.rule("WHY-1b")
def test_6_no_device_is_paired(a_region):
    """Until one is."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan")
    key = region.enters("jan")
    assert CauseCode.NO_DEVICE in codes(region, "jan.lis")
    begun = region.pairing.begin(key)
    region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon")

    assert CauseCode.NO_DEVICE not in codes(region, "jan.lis")


@pytest.mark.rule("WHY-1a")
@pytest.mark.rule("WHY-1b")
def test_8_and_9_a_changed_address_is_told_with_the_schools_and_the_devices_that_it_cost(a_region):
    """One school states a new address, the other the old one; then both do, and the telephone must be paired again."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 jan", "B/1: s Ola 2 ola, g Jan 8 jan")
    key = region.enters("jan")
    begun = region.pairing.begin(key)
    region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon")
    region.take("A/1: s Ala 1 ala, g Jan 8 nowy")
    conflict = facts(region, "jan.lis", CauseCode.ADDRESS_CONFLICT)
    assert conflict["central"] == "j•••@example.com"
    assert conflict["stated"] == "n•••@example.com · A"
    assert CauseCode.DEVICE_ENDED not in codes(region, "jan.lis")

    region.take("B/1: s Ola 2 ola, g Jan 8 nowy")

    assert CauseCode.ADDRESS_CONFLICT not in codes(region, "jan.lis")
    assert facts(region, "jan.lis", CauseCode.DEVICE_ENDED)["reason"] == "address-changed"
    begun = region.pairing.begin(region.signs_in("jan.lis"))
    region.pairing.complete(begun.qr.reveal(), begun.pin.reveal(), "Telefon")
    assert CauseCode.DEVICE_ENDED not in codes(region, "jan.lis")


# Other situations


@pytest.mark.rule("WHY-1a")
def test_nobody_is_told_as_nobody(a_region):
    """Whatever is asked for: a login, an address, a number, a record."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")

    for unknown in ("nikt.taki", "nikt@example.com", pesel(77), "A/9", "Z/1", "", "@", "/"):
        assert blocking(region, unknown) == [CauseCode.UNKNOWN]


@pytest.mark.rule("WHY-1a")
@pytest.mark.rule("WHY-1b")
def test_a_held_record_is_told_with_its_reason(a_region):
    """Somebody else's number under another name: nothing opens until the number is mended."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola_Kot 1 ola")
    assert blocking(region, "A/2") == [CauseCode.HELD]
    assert facts(region, "A/2", CauseCode.HELD)["reason"] == "name-mismatch"
    region.take("A/1: s Ala 1 ala", "A/2: s Ola_Kot 2 ola")
    assert blocking(region, "A/2") == [CauseCode.FIRST_ACCESS_DUE]


@pytest.mark.rule("WHY-1b")
def test_a_role_that_ended_or_begins_later_is_told_with_the_day(a_region):
    """The record ends; it returns with a first day to come; and on that day nothing is the matter."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    region.enters("ala")
    today = region.clock.now().date()
    region.take("A/2: s Ola 2 ola")
    assert blocking(region, "ala.lis") == [CauseCode.ROLE_ENDED]
    assert facts(region, "ala.lis", CauseCode.ROLE_ENDED) == {"since": today.isoformat()}
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 ola")
    assert blocking(region, "ala.lis") == []


@pytest.mark.rule("WHY-1b")
def test_an_initial_password_is_told(a_region):
    """It must be changed; after thirty days it is worth nothing, and a new one or a link mends that."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.gives("ala")
    assert blocking(region, "ala.lis") == [CauseCode.GIVEN_PASSWORD]
    region.wait(days=30)
    assert blocking(region, "ala.lis") == [CauseCode.CREDENTIAL_EXPIRED]
    region.gives("ala")
    assert blocking(region, "ala.lis") == [CauseCode.GIVEN_PASSWORD]


@pytest.mark.rule("WHY-1b")
def test_what_must_be_acknowledged_is_told(a_region):
    """Until it is."""
    region = a_region(acknowledge_first=frozenset({NoticeKind.SAFETY_RULES}))
    region.take("A/1: s Ala 1 ala")
    region.access.complete(region.token_for("ala@example.com"), PASSWORD)
    assert blocking(region, "ala.lis") == [CauseCode.MUST_ACKNOWLEDGE]
    must = region.signing_in.attempt("ala.lis", PASSWORD)
    asked = region.signing_in.to_acknowledge(must.ticket.reveal())
    region.signing_in.acknowledge(must.ticket.reveal(), [each.digest for each in asked])

    assert blocking(region, "ala.lis") == []


@pytest.mark.rule("WHY-1a")
def test_an_address_that_nobody_states_and_one_that_is_missing_are_told(a_region):
    """The first still works; without any no message arrives."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/2: s Ola 2 -")
    region.take("A/1: s Ala 1 -", "A/2: s Ola 2 -")

    assert CauseCode.ADDRESS_UNSTATED in codes(region, "ala.lis")
    assert CauseCode.NO_ADDRESS in codes(region, "ola.lis")


@pytest.mark.rule("WHY-1a")
def test_a_password_that_expires_soon_is_told_and_blocks_nothing(a_region):
    """Fourteen days ahead, and not before."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    region.wait(days=45)
    assert CauseCode.PASSWORD_EXPIRES not in codes(region, "ala.lis")
    region.wait(days=2)

    assert CauseCode.PASSWORD_EXPIRES in codes(region, "ala.lis")
    assert blocking(region, "ala.lis") == []


@pytest.mark.rule("WHY-1a")
def test_who_tried_too_often_is_told_until_when(a_region):
    """From that place alone."""
    region = a_region(failures_here=3)
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    for _ in range(10):
        region.signing_in.attempt("ala.lis", "zgadywane", source="10.0.0.1")

    assert blocking(region, "ala.lis", source="10.0.0.1") == [CauseCode.THROTTLED]
    region.wait(minutes=15)
    assert blocking(region, "ala.lis", source="10.0.0.1") == []


@pytest.mark.rule("WHY-1a")
def test_only_who_may_diagnoses(a_region):
    """A teacher of the school may not, the secretary may, and everybody may ask about themselves where they work."""
    region = a_region()
    region.take("A/1: s Ala 1 ala", "A/t: t Ewa 9 ewa", "A/y: y Iza 7 iza", "B/1: s Ola - -")
    ewa = Actor(name="ewa", person=region.person("ewa").id)
    iza = Actor(name="iza", person=region.person("iza").id)

    assert isinstance(region.diagnosing.of(ewa, "ala.lis"), NotPermitted)
    assert not isinstance(region.diagnosing.of(iza, "ala.lis"), NotPermitted)
    assert isinstance(region.diagnosing.of(iza, "B/1"), NotPermitted)


@pytest.mark.rule("ID-10a")
def test_no_diagnosis_shows_a_number_or_an_address(a_region):
    """Facts are schools, records, days, and masked addresses."""
    region = a_region()
    region.take("A/1: s Ala 1 ala, g Jan 8 ala", "B/1: s Ala 1 inna", "A/2: s Ola_Kot 1 ola")

    for identifier in ("ala.lis", pesel(8), "A/2"):
        told = repr(region.diagnosing.of(CONSOLE, identifier))
        assert pesel(1) not in told
        assert pesel(8) not in told
        assert "ala@example.com" not in told


def test_every_cause_that_was_met_has_its_mender(a_region):
    """Nobody is sent to nobody: waiting is the one remedy without a person."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")

    (first, *_) = region.diagnosing.of(CONSOLE, "ala.lis").causes
    assert first.row.who is Mender.OWNER
    assert date.fromisoformat("2026-11-23") <= region.clock.now().date()


# Nothing blocks exactly when the right password opens a session


class DiagnosisMachine(RuleBasedStateMachine):
    """Does to three people whatever the use cases allow, and compares diagnosis and door after each step."""

    a_region: ClassVar[Any]

    @initialize(policy=st.sampled_from(["OPOLSKA_2018", "NIST_800_63B_4"]), first=st.booleans())
    def begin(self, policy, first):
        """Open a school of three."""
        kinds = frozenset({NoticeKind.SAFETY_RULES}) if first else frozenset()
        self.region = self.a_region(failures_here=3, acknowledge_first=kinds, password_policy=policy)
        self.there = {"ala": 1, "ola": 2, "iga": 3}
        self.known: dict[str, str] = {}
        self.number = 0
        self._import()

    def _import(self):
        lines = [f"A/{n}: s {name.title()} {n} {name}" for name, n in sorted(self.there.items())]
        self.region.take(*lines) if lines else self.region.take(empty=("A",))

    people = st.sampled_from(["ala", "ola", "iga"])

    @rule(who=people)
    def set_password(self, who):
        """Set a password by a link, where one comes."""
        letters = [
            each for each in self.region.asks(f"{who}@example.com") if "link" in each.data and "until" in each.data
        ]
        if letters:
            self.number += 1
            new = f"Zielony-Domek-{self.number:04}"
            done = self.region.access.complete(letters[0].token, new)
            if type(done).__name__ == "Completed":
                self.known[who] = new

    @rule(who=people)
    def give(self, who):
        """Give an initial credential, where that may be."""
        given = self.region.giving.to(self.region.person(who).id)
        if type(given).__name__ == "Given":
            self.known[who] = given.password.reveal()

    @rule(who=people)
    def act(self, who):
        """Do whatever a sign-in asks for."""
        outcome = self.region.signing_in.attempt(f"{who}.lis", self.known.get(who, "x"), source="home")
        while isinstance(outcome, MustAct):
            ticket = outcome.ticket.reveal()
            asked = self.region.signing_in.to_acknowledge(ticket)
            if asked:
                outcome = self.region.signing_in.acknowledge(ticket, [each.digest for each in asked])
            else:
                self.number += 1
                new = f"Zielony-Domek-{self.number:04}"
                outcome = self.region.signing_in.change_password(ticket, new)
                self.known[who] = new

    @rule(who=people, count=st.integers(1, 5), source=st.sampled_from(["home", "elsewhere"]))
    def guess(self, who, count, source):
        """Guess wrongly."""
        for _ in range(count):
            self.region.signing_in.attempt(f"{who}.lis", "zgadywane", source=source)

    @rule(who=people)
    def leave_or_return(self, who):
        """Take a record out of the gradebook, or put it back."""
        number = {"ala": 1, "ola": 2, "iga": 3}[who]
        if who in self.there:
            del self.there[who]
        else:
            self.there[who] = number
        self._import()

    @rule(minutes=st.sampled_from([1, 20, 60 * 24, 60 * 24 * 31, 60 * 24 * 61]))
    def wait(self, minutes):
        """Let time pass."""
        self.region.wait(minutes=minutes)

    @rule(who=people, hours=st.sampled_from([None, 1, 24]))
    def lock(self, who, hours):
        """Lock an account, for a while or until somebody unlocks it."""
        until = None if hours is None else self.region.clock.now() + timedelta(hours=hours)
        self.region.locking.lock(Actor.console("console:test"), self.region.person(who).id, why="x", until=until)

    @rule(who=people)
    def unlock(self, who):
        """Lift the lock, if there is one."""
        self.region.locking.unlock(Actor.console("console:test"), self.region.person(who).id)

    @rule(who=people, state=st.sampled_from([State.RECOVERY_REQUIRED, State.CLOSED]))
    def shut(self, who, state):
        """Shut an account that is in use."""
        person = self.region.person(who)
        if person.state in (State.ACTIVE, State.CHANGE_DUE):
            self.region.become(who, state=state)

    @rule(under_way=st.booleans())
    def maintain(self, under_way):
        """Begin a maintenance, or end it."""
        announcing = AnnounceMaintenance(self.region.storage, self.region.tenant, self.region.clock)
        announcing.begin(CONSOLE) if under_way else announcing.end(CONSOLE)

    @invariant()
    def nothing_blocks_exactly_when_the_door_opens(self):
        """Whoever, now, from here and from there; trying leaves no trace."""
        if not hasattr(self, "region"):
            return
        for who in ("ala", "ola", "iga"):
            for source in ("home", "elsewhere", "new"):
                person = self.region.person(who)
                free = not self.region.diagnosing.of_person(person.id, source=source).blocks
                assert free == self._opens(who, source), (who, source)

    def _opens(self, who, source):
        """Return whether the right password opens a session now; whatever is written by trying is taken back."""
        storage = self.region.storage._storage  # noqa: SLF001 - the machine turns time back
        before = storage._state.copied()  # noqa: SLF001
        outcome = self.region.signing_in.attempt(f"{who}.lis", self.known.get(who, "x"), source=source)
        storage._state = before  # noqa: SLF001
        return isinstance(outcome, SignedIn)


@pytest.mark.rule("ACCESS-10")
@pytest.mark.rule("WHY-1a")
def test_10_for_seven_days_after_a_maintenance_the_browser_may_be_to_blame(a_region):
    """While it lasts nobody gets in; after it the stored page and the cookies are named, and then no more."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    announcing = AnnounceMaintenance(region.storage, region.tenant, region.clock)
    announcing.begin(CONSOLE, expected_end_at=region.clock.now() + timedelta(hours=2))
    assert blocking(region, "ala.lis") == [CauseCode.MAINTENANCE]
    assert facts(region, "ala.lis", CauseCode.MAINTENANCE) == {"until": "2026-11-23 13:00"}

    announcing.end(CONSOLE)

    assert blocking(region, "ala.lis") == []
    over = region.diagnosing.of(CONSOLE, "ala.lis").causes[0]
    assert (over.code, over.row.who, over.row.where) == (CauseCode.MAINTENANCE_OVER, Mender.OWNER, Where.BROWSER)
    region.clock.advance(timedelta(days=7) - timedelta(microseconds=1))
    assert CauseCode.MAINTENANCE_OVER in codes(region, "ala.lis")
    region.clock.advance(timedelta(microseconds=1))
    assert CauseCode.MAINTENANCE_OVER not in codes(region, "ala.lis")


@pytest.mark.rule("ACCESS-9b")
@pytest.mark.rule("WHY-1b")
def test_a_lock_is_told_with_its_end_and_is_gone_after_it(a_region):
    """Until when, where it ends by itself; then, as after lifting it, the account is as it was."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")
    region.enters("ala")
    locking, ala = LockAccount(region.storage, region.tenant, region.clock), region.person("ala").id
    locking.lock(CONSOLE, ala, why="x", until=region.clock.now() + timedelta(hours=2))
    assert facts(region, "ala.lis", CauseCode.LOCKED) == {"until": "2026-11-23 13:00"}
    region.wait(hours=2)
    assert blocking(region, "ala.lis") == []

    locking.lock(CONSOLE, ala, why="x", until=region.clock.now() + timedelta(hours=2))
    locking.lock(CONSOLE, ala, why="x")
    assert facts(region, "ala.lis", CauseCode.LOCKED) == {"until": "–"}
    locking.unlock(CONSOLE, ala, why="x")
    assert blocking(region, "ala.lis") == []


@pytest.mark.rule("WHY-2")
def test_nothing_blocks_exactly_when_the_right_password_opens_a_session(a_region):
    """For every person, instant and source, whatever has happened."""
    machine = type("Machine", (DiagnosisMachine,), {"a_region": staticmethod(a_region)})

    run_state_machine_as_test(machine, settings=looked_for(max_examples=25, stateful_step_count=15, deadline=None))


def test_the_machine_is_not_blind(a_region):
    """A diagnosis that forgot to look at passwords would be found: an account without one does not open."""
    region = a_region()
    region.take("A/1: s Ala 1 ala")

    assert region.diagnosing.of_person(region.person("ala").id).blocks
    assert evolve(region.diagnosing.of_person(region.person("ala").id), causes=()).blocks is False
