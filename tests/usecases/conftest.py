"""A small region for the tests of use cases: everything in memory, and a post office whose letters can be read."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve, field, frozen

from eszkola_core._defaults import shipped_notices
from eszkola_core._usecases.appoint import Appoint
from eszkola_core._usecases.assign_licences import AssignLicences
from eszkola_core._usecases.change_address import AddressChanged, ChangeAddress, ConfirmationSent
from eszkola_core._usecases.change_password import ChangePassword
from eszkola_core._usecases.change_phone import ChangePhone
from eszkola_core._usecases.check_readiness import CheckReadiness
from eszkola_core._usecases.clear_address import ClearAddress
from eszkola_core._usecases.close_dormant import CloseDormant
from eszkola_core._usecases.correct_data import CorrectData
from eszkola_core._usecases.deliver_messages import DeliverMessages
from eszkola_core._usecases.diagnose import Diagnose
from eszkola_core._usecases.give_initial_credential import GiveInitialCredential, Given
from eszkola_core._usecases.grant_roles import Granted, GrantRoles
from eszkola_core._usecases.import_rosters import ImportRosters
from eszkola_core._usecases.lock_account import LockAccount
from eszkola_core._usecases.manage_devices import ManageDevices
from eszkola_core._usecases.pair_device import PairDevice
from eszkola_core._usecases.record_bounce import RecordBounce
from eszkola_core._usecases.recover_access import Completed, RecoverAccess
from eszkola_core._usecases.remind_of_expiry import RemindOfExpiry
from eszkola_core._usecases.replace_password import ReplacePassword
from eszkola_core._usecases.report_disclosure import ReportDisclosure
from eszkola_core._usecases.see_children import SeeChildren
from eszkola_core._usecases.see_roles import SeeRoles
from eszkola_core._usecases.sign_in import SignedIn, SignIn
from eszkola_core._usecases.undo_run import UndoRun
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.audit import broken
from eszkola_core.domain.bounces import Bounce, BounceKind
from eszkola_core.domain.days import day_of
from eszkola_core.domain.given_roles import EVERY_SCHOOL
from eszkola_core.domain.held_roles import HeldRole
from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.messages import MessageKind
from eszkola_core.domain.offices import Contacts
from eszkola_core.domain.roles import Role
from eszkola_core.domain.sessions import session_digest
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.stated import Reading
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.doubles import (
    Compromised,
    CountingHasher,
    CountingSecrets,
    FrozenClock,
    MemoryCourier,
    PlainRenderer,
    RecordingStorage,
)
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import pesel, reading

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PASSWORD = "Zielony-Dom-7"
PATIENT: dict[str, Any] = {
    "failures_here": 20,
    "failures_anywhere": 100,
    "requests_here": 20,
    "requests_anywhere": 50,
    "session_idle": timedelta(hours=12),
    "session_limit": timedelta(days=30),
}
"""As much as a tenant can allow: tests of something else ask more often than people do, and let days go by."""
CONSOLE = Actor.console("console:root")


@frozen
class Letter:
    """One e-mail as its reader sees it."""

    kind: MessageKind
    to: str
    data: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, email):
        """Return what the plain renderer wrote down."""
        lines = [line.partition(": ") for line in email.text.splitlines()[1:]]
        return cls(MessageKind(email.subject.split()[0]), email.to, {name: text for name, _, text in lines})

    @property
    def token(self):
        """The token in the letter's link; there is one."""
        (text,) = parse_qs(urlsplit(self.data["link"]).query)["token"]
        return text


class Region:
    """A tenant in memory, with every use case of people, and what a test wants to see of it."""

    def __init__(self, profile="open", *, common=(), contacts=None, **settings):
        self.tenant = Tenant(
            key="t",
            name="Test",
            base_url="https://konto.example.org/eszkola",
            platform_domain="eszkola.example.org",
            settings=evolve(PROFILES[profile], **{**PATIENT, **settings}),
            contacts=contacts or Contacts(),
        )
        self.clock = FrozenClock(NOW)
        self.memory = MemoryStorage()
        self.storage = RecordingStorage(self.memory)
        self.hasher = CountingHasher()
        self.courier = MemoryCourier()
        self.secrets = CountingSecrets()
        self.common = Compromised(common)
        self.wire()

    def wire(self):
        """Put the use cases together."""
        world: dict[str, Any] = {"storage": self.storage, "tenant": self.tenant, "clock": self.clock}
        judging: dict[str, Any] = {"hasher": self.hasher, "compromised": self.common}
        self.importing = ImportRosters(**world, secrets=self.secrets)
        self.access = RecoverAccess(**world, secrets=self.secrets, **judging)
        self.signing_in = SignIn(**world, secrets=self.secrets, **judging, notices=shipped_notices())
        self.passwords = ChangePassword(**world, **judging)
        self.addresses = ChangeAddress(**world, secrets=self.secrets, hasher=self.hasher)
        self.phones = ChangePhone(**world, secrets=self.secrets, hasher=self.hasher)
        self.giving = GiveInitialCredential(**world, secrets=self.secrets, hasher=self.hasher)
        self.correcting = CorrectData(**world, secrets=self.secrets)
        self.granting = GrantRoles(**world, secrets=self.secrets)
        self.appointing = Appoint(**world, secrets=self.secrets)
        self.roles = SeeRoles(**world)
        self.undoing = UndoRun(**world, secrets=self.secrets)
        self.locking = LockAccount(**world)
        self.reporting = ReportDisclosure(**world)
        self.replacing = ReplacePassword(**world, secrets=self.secrets, hasher=self.hasher)
        self.closing = CloseDormant(**world)
        self.bouncing = RecordBounce(**world, secrets=self.secrets)
        self.clearing = ClearAddress(**world, secrets=self.secrets)
        self.reminding = RemindOfExpiry(**world)
        self.children = SeeChildren(**world)
        self.pairing = PairDevice(**world, secrets=self.secrets)
        self.devices = ManageDevices(**world)
        self.licences = AssignLicences(**world)
        self.readiness = CheckReadiness(**world)
        self.diagnosing = Diagnose(**world, notices=shipped_notices())
        self.delivering = DeliverMessages(**world, renderer=PlainRenderer(), courier=self.courier)

    def wait(self, **time):
        """Let time pass."""
        return self.clock.advance(timedelta(**time))

    # what gradebooks say

    def take(self, *lines, removals=None, **how):
        """Import rosters and return what was done; the guard lets everything through unless a test asks for it."""
        stated = lines[0] if lines and isinstance(lines[0], Reading) else reading(*lines, **how)
        return self.importing.apply(stated, actor=Actor.console("test"), allow_removals=removals)

    def take_until(self, line, last_day, *roles):
        """Import one record in which every role has a last day, or those that are named."""
        stated = reading(line)
        (roster,) = stated.rosters
        (record,) = roster.records
        people = tuple(
            evolve(each, last_day=last_day) if not roles or each.role in roles else each for each in record.people
        )
        return self.take(evolve(stated, rosters=(evolve(roster, records=(evolve(record, people=people),)),)))

    # who there is

    def people(self):
        """Return all who have an account, by login."""
        with self.storage.snapshot() as unit:
            found = unit.people.get_many([PersonId(number) for number in range(1, unit.rosters.next_person())])
        return {person.login: person for person in found.values()}

    def person(self, login):
        """Return who has *login*; a first name will do where the last is Lis."""
        return self.people()[login if "." in login else f"{login.lower()}.lis"]

    def become(self, login, **values):
        """Make an account what no use case of today makes it, such as locked."""
        with self.storage.unit() as unit:
            unit.people.save(self.person(login).changed(**values))

    def credential(self, login):
        """Return what is kept of somebody's password."""
        with self.storage.snapshot() as unit:
            return unit.credentials.get(self.person(login).id)

    def keep(self, credential):
        """Keep a credential, as whoever takes over accounts from elsewhere does."""
        with self.storage.unit() as unit:
            unit.credentials.put(credential)

    def is_open(self, key):
        """Return whether a session is."""
        return self.signing_in.person_of(key) is not None

    def end_of(self, key):
        """Return why a session ended, or None while it has not."""
        with self.storage.snapshot() as unit:
            session = unit.sessions.get(session_digest(Secret(key)))
        assert session is not None
        return session.end

    # who may do what

    def actor(self, login):
        """Return somebody who acts, by what the caller knows: who it is."""
        person = self.person(login)
        return Actor(name=person.login, person=person.id, where="2001:db8::7")

    def held(self, login):
        """Return the roles that somebody holds today."""
        return self.roles.of(self.person(login).id)

    def grants(  # noqa: PLR0913 - who gives what to whom, where and how long
        self, login, role, school="A", *, by=None, days=100, class_name=""
    ):
        """Let somebody, or the console, give a role for so many days, and return what came of it."""
        actor = self.actor(by) if by is not None else CONSOLE
        last = self.today + timedelta(days=days)
        given = HeldRole(school, role, class_name)
        return self.granting.grant(actor, self.person(login).id, given, last_day=last)

    def appoints(  # noqa: PLR0913 - who appoints whom to what, and how long
        self, name, role=Role.REGIONAL_ADMINISTRATOR, school="", *, by=None, number=90, days=100
    ):
        """Let somebody, or the console, appoint a newcomer, and return what came of it."""
        return self.appointing.appoint(
            self.actor(by) if by is not None else CONSOLE,
            HeldRole(school, role),
            first_name=name,
            last_name="Lis",
            national_id=pesel(number),
            email=f"{name.lower()}@example.com",
            last_day=self.today + timedelta(days=days),
        )

    def place(self, at, name=""):
        """Return a place in a record such as ``A/1``: a guardian's by first name, else of whom the record is about."""
        school, _, key = at.partition("/")
        with self.storage.snapshot() as unit:
            found = [each for each in unit.rosters.places(school) if each.key.record.key == key]
        wanted = [each for each in found if (each.newest.name.first == name if name else not each.key.who)]
        (place,) = wanted
        return place

    def corrects(self, at, field, text, *, by=None, name=""):
        """Let somebody, or the console, correct a field, and return what came of it."""
        actor = self.actor(by) if by is not None else CONSOLE
        return self.correcting.correct(actor, self.place(at, name).key, field, text)

    @property
    def today(self):
        """The day in the tenant's zone."""
        return day_of(self.clock.now(), self.tenant.zone)

    def journal(self, deed=None):
        """Return the entries of the journal, of one deed where it is named, once its chain was found whole."""
        with self.storage.snapshot() as unit:
            entries = list(unit.audit.entries())
            head = unit.audit.head()
        assert broken(entries, self.storage.fingerprints, head=head) == ()
        return [each for each in entries if deed in (None, each.deed)]

    def appoint(self, login, role):
        """Let the console give somebody of school A a role, and return them as one who acts."""
        done = self.grants(login, role, EVERY_SCHOOL if role is Role.REGIONAL_ADMINISTRATOR else "A")
        assert isinstance(done, Granted), done
        return self.actor(login)

    def done_to(self, login, deed):
        """Return the journal's entries of a deed that was done to somebody, oldest first."""
        return [each for each in self.journal(deed) if self.person(login).id in each.on]

    # what people do

    def letters(self, kind=None, to=None):
        """Send what waits, and return what was sent now, of one kind and to one mailbox where they are named."""
        before = len(self.courier.sent)
        while self.delivering.next_batch(limit=1000).total:
            pass
        mailbox = to if to is None or "@" in to else f"{to}@example.com"
        found = [Letter.of(email) for email in self.courier.sent[before:]]
        return [each for each in found if kind in (None, each.kind) and mailbox in (None, each.to)]

    def asks(self, identifier):
        """Ask for access and return the letters that follow."""
        self.letters()
        self.access.request(identifier)
        self.access.answer_waiting()
        return self.letters()

    def report(self, to, kind=BounceKind.HARD):
        """Return what comes back of the last e-mail to a mailbox."""
        self.letters()
        email = [each for each in self.courier.sent if each.to == f"{to}@example.com"][-1]
        return Bounce(kind=kind, proofs=(email.proof,))

    def comes_back(self, to, kind=BounceKind.HARD):
        """Let the last e-mail to a mailbox come back, and return what that led to."""
        return self.bouncing.record(self.report(to, kind))

    def token_for(self, identifier):
        """Ask for access and return the token that comes."""
        (letter,) = self.asks(identifier)
        return letter.token

    def enters(self, login, password=PASSWORD):
        """Let somebody set a password by the link in a letter, and return a session of theirs."""
        person = self.person(login)
        identifier = person.ids[0].reveal() if person.ids else person.central.spelling
        done = self.access.complete(self.token_for(identifier), password)
        assert isinstance(done, Completed), done
        self.letters()
        return self.signs_in(done.login, password)

    def signs_in(self, login, password=PASSWORD):
        """Sign in and return the key of the session."""
        opened = self.signing_in.attempt(login, password)
        assert isinstance(opened, SignedIn), opened
        return opened.key.reveal()

    def gives(self, login):
        """Give somebody an initial credential, and return it."""
        given = self.giving.to(self.person(login).id)
        assert isinstance(given, Given), given
        return given

    def asks_to_move(self, key, new, password=PASSWORD):
        """Ask to move to *new* and return the token in the letter there."""
        self.letters()
        assert isinstance(self.addresses.request(key, password, f"{new}@example.com"), ConfirmationSent)
        (letter,) = self.letters(MessageKind.CONFIRM_ADDRESS, new)
        return letter.token

    def moves(self, key, new, password=PASSWORD):
        """Move to another address, and return the letters that tell of it."""
        assert isinstance(self.addresses.confirm(self.asks_to_move(key, new, password)), AddressChanged)
        return self.letters()


def told(error):
    """Return everything that an error and its traceback say."""
    return "".join(traceback.format_exception(error))


@pytest.fixture(scope="session")
def a_region():
    """Return the maker of regions: ``a_region(profile, setting=value, …)``."""
    return Region


@pytest.fixture(scope="session")
def text_of():
    """Return what turns an error into all the text that it shows."""
    return told


@pytest.fixture
def staffed_region(a_region):
    """Return a region with a secretary, and a regional administrator."""
    region = a_region()
    region.take("A/z: y Zofia 2 zofia")
    region.appoints("Rena")
    return region
