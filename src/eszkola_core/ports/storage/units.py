"""A unit of work, and the storage that opens it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.ports.storage.acknowledgements import Acknowledgements
from eszkola_core.ports.storage.applications import Applications
from eszkola_core.ports.storage.attempts import Attempts
from eszkola_core.ports.storage.audit import Audit
from eszkola_core.ports.storage.cases import Cases
from eszkola_core.ports.storage.choices import Choices
from eszkola_core.ports.storage.codes import Codes
from eszkola_core.ports.storage.contacts import Contacts
from eszkola_core.ports.storage.credentials import Credentials
from eszkola_core.ports.storage.devices import Devices
from eszkola_core.ports.storage.dossiers import Dossiers
from eszkola_core.ports.storage.events import Events
from eszkola_core.ports.storage.leases import Leases
from eszkola_core.ports.storage.licences import Licences
from eszkola_core.ports.storage.maintenances import Maintenances
from eszkola_core.ports.storage.outbox import Outbox
from eszkola_core.ports.storage.people import People
from eszkola_core.ports.storage.reports import Reports
from eszkola_core.ports.storage.rosters import Rosters
from eszkola_core.ports.storage.runs import Runs
from eszkola_core.ports.storage.sessions import Sessions
from eszkola_core.ports.storage.sms import SmsLedger
from eszkola_core.ports.storage.tokens import Tokens
from eszkola_core.ports.storage.unusable_addresses import UnusableAddresses


class Unit(Protocol):
    """What happens together. Its parts may be used inside the ``with`` block only."""

    @property
    def rosters(self) -> Rosters:
        """What gradebooks state."""

    @property
    def people(self) -> People:
        """Accounts."""

    @property
    def credentials(self) -> Credentials:
        """Passwords."""

    @property
    def tokens(self) -> Tokens:
        """Tokens."""

    @property
    def sessions(self) -> Sessions:
        """Sessions."""

    @property
    def outbox(self) -> Outbox:
        """Messages that wait to leave."""

    @property
    def events(self) -> Events:
        """What happened, for services that subscribed."""

    @property
    def applications(self) -> Applications:
        """Access applications."""

    @property
    def codes(self) -> Codes:
        """Security codes."""

    @property
    def contacts(self) -> Contacts:
        """Who answers for their own contact data."""

    @property
    def choices(self) -> Choices:
        """What the tenant chose when it was last planned."""

    @property
    def audit(self) -> Audit:
        """The journal of what was done."""

    @property
    def devices(self) -> Devices:
        """Mobile devices."""

    @property
    def licences(self) -> Licences:
        """Pools of licences, and who has one."""

    @property
    def acknowledgements(self) -> Acknowledgements:
        """Notices, and who acknowledged which."""

    @property
    def attempts(self) -> Attempts:
        """How often something was tried."""

    @property
    def runs(self) -> Runs:
        """What runs wrote, and what was there before."""

    @property
    def leases(self) -> Leases:
        """Who does a kind of work alone."""

    @property
    def reports(self) -> Reports:
        """Reports of disclosed passwords."""

    @property
    def dossiers(self) -> Dossiers:
        """Everything of one person, wherever it lies."""

    @property
    def maintenances(self) -> Maintenances:
        """Times of maintenance."""

    @property
    def unusable(self) -> UnusableAddresses:
        """Addresses to which nothing is sent."""

    @property
    def cases(self) -> Cases:
        """Conflicts as a queue."""

    @property
    def sms(self) -> SmsLedger:
        """Text messages, and what they cost."""


class Storage(Protocol):
    """
    Everything of one tenant.

    ST1. What happened in a unit that was left without an exception is there for every later unit, in any process.
    ST2. What happened in a unit that was left by an exception has not happened.
    ST3. Units that write happen one after the other, as far as anybody can tell.
    ST4. `snapshot` sees one moment for as long as it lasts, and does not keep others from writing.
    ST5. `fingerprint`, `pseudonym` and `seal` are keyed, by tenant: the same text under another tenant gives something
         else.
    ST6. `opened` gives back what was sealed in the same context, and raises `InvalidValue` for anything else.
    ST7. A world that cannot be reached raises `Unavailable`, within a bounded time.
    ST8. No national id, token or sealed text stands anywhere in what is kept, but encrypted.
    ST9. `fingerprints` are the keyed digests by which something may be known: first that of `fingerprint`, then those
         that it was before keys were changed, the newest first, for as long as their keys are kept.
    ST10. `pseudonym` of a text stays the same for ever, whatever keys are changed.
    """

    def unit(self) -> AbstractContextManager[Unit]:
        """Open a unit that writes (ST1, ST2, ST3)."""

    def snapshot(self) -> AbstractContextManager[Unit]:
        """Open a unit that only looks (ST4)."""

    def fingerprint(self, data: bytes, *, context: str) -> bytes:
        """Return 16 to 24 bytes that stand for *data* in *context*; nobody without the key can make them (ST5)."""

    @property
    def fingerprints(self) -> Sequence[Fingerprint]:
        """The keyed digests that are recognised, beginning with the one that is in use (ST9)."""

    def pseudonym(self, text: str) -> str:
        """Return 32 hexadecimal digits that stand for *text*, which may name a person, for ever (ST5, ST10)."""

    def seal(self, data: bytes, *, context: str) -> bytes:
        """Return *data* encrypted for *context* (ST5)."""

    def opened(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed for *context* (ST6)."""
