"""
Storage in memory: small enough to read, and held to the same contract as the real ones.

It is what tests of rules run on, and what other adapters are compared with.
"""

from __future__ import annotations

from eszkola_core.testing.memory.access import MemoryCredentials, MemorySessions, MemoryTokens
from eszkola_core.testing.memory.applications import MemoryApplications
from eszkola_core.testing.memory.attempts import MemoryAttempts
from eszkola_core.testing.memory.audit import MemoryAudit
from eszkola_core.testing.memory.codes import MemoryCodes
from eszkola_core.testing.memory.contacts import MemoryContacts
from eszkola_core.testing.memory.devices import MemoryDevices
from eszkola_core.testing.memory.events import MemoryEvents
from eszkola_core.testing.memory.licences import MemoryLicences
from eszkola_core.testing.memory.maintenances import MemoryMaintenances
from eszkola_core.testing.memory.outbox import MemoryOutbox
from eszkola_core.testing.memory.people import MemoryPeople
from eszkola_core.testing.memory.rosters import MemoryRosters
from eszkola_core.testing.memory.storage import MemoryStorage, MemoryUnit

__all__ = [
    "MemoryApplications",
    "MemoryAttempts",
    "MemoryAudit",
    "MemoryCodes",
    "MemoryContacts",
    "MemoryCredentials",
    "MemoryDevices",
    "MemoryEvents",
    "MemoryLicences",
    "MemoryMaintenances",
    "MemoryOutbox",
    "MemoryPeople",
    "MemoryRosters",
    "MemorySessions",
    "MemoryStorage",
    "MemoryTokens",
    "MemoryUnit",
]
