"""The parts of one unit, over one state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eszkola_core.memory.access import MemoryCredentials, MemorySessions, MemoryTokens
from eszkola_core.memory.acknowledgements import MemoryAcknowledgements
from eszkola_core.memory.applications import MemoryApplications
from eszkola_core.memory.attempts import MemoryAttempts
from eszkola_core.memory.audit import MemoryAudit
from eszkola_core.memory.cases import MemoryCases
from eszkola_core.memory.choices import MemoryChoices
from eszkola_core.memory.codes import MemoryCodes
from eszkola_core.memory.contacts import MemoryContacts
from eszkola_core.memory.devices import MemoryDevices
from eszkola_core.memory.dossiers import MemoryDossiers
from eszkola_core.memory.events import MemoryEvents
from eszkola_core.memory.leases import MemoryLeases
from eszkola_core.memory.licences import MemoryLicences
from eszkola_core.memory.maintenances import MemoryMaintenances
from eszkola_core.memory.outbox import MemoryOutbox
from eszkola_core.memory.people import MemoryPeople
from eszkola_core.memory.reports import MemoryReports
from eszkola_core.memory.rosters import MemoryRosters
from eszkola_core.memory.runs import MemoryRuns
from eszkola_core.memory.sms import MemorySmsLedger
from eszkola_core.memory.state import State
from eszkola_core.memory.unusable_addresses import MemoryUnusableAddresses

if TYPE_CHECKING:
    from eszkola_core.ports.storage import Unit


class MemoryUnit:
    """One unit over one state."""

    def __init__(self, state: State) -> None:
        self.rosters = MemoryRosters(state)
        self.people = MemoryPeople(state)
        self.credentials = MemoryCredentials(state)
        self.tokens = MemoryTokens(state)
        self.sessions = MemorySessions(state)
        self.choices = MemoryChoices(state)
        self.events = MemoryEvents(state)
        self.outbox = MemoryOutbox(state)
        self.audit = MemoryAudit(state)
        self.devices = MemoryDevices(state)
        self.licences = MemoryLicences(state)
        self.acknowledgements = MemoryAcknowledgements(state)
        self.attempts = MemoryAttempts(state)
        self.maintenances = MemoryMaintenances(state)
        self.applications = MemoryApplications(state)
        self.runs = MemoryRuns(state)
        self.leases = MemoryLeases(state)
        self.codes = MemoryCodes(state)
        self.contacts = MemoryContacts(state)
        self.reports = MemoryReports(state)
        self.dossiers = MemoryDossiers(state)
        self.unusable = MemoryUnusableAddresses(state)
        self.cases = MemoryCases(state)
        self.sms = MemorySmsLedger(state)


if TYPE_CHECKING:
    _kept: type[Unit] = MemoryUnit
