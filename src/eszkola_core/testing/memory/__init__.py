"""
Storage in memory: small enough to read, and held to the same contract as the real ones.

It is what tests of rules run on, and what other adapters are compared with.
"""

from __future__ import annotations

from eszkola_core.testing.memory.access import MemoryCredentials, MemorySessions, MemoryTokens
from eszkola_core.testing.memory.audit import MemoryAudit
from eszkola_core.testing.memory.outbox import MemoryOutbox
from eszkola_core.testing.memory.people import MemoryPeople
from eszkola_core.testing.memory.rosters import MemoryRosters
from eszkola_core.testing.memory.storage import MemoryStorage, MemoryUnit

__all__ = [
    "MemoryAudit",
    "MemoryCredentials",
    "MemoryOutbox",
    "MemoryPeople",
    "MemoryRosters",
    "MemorySessions",
    "MemoryStorage",
    "MemoryTokens",
    "MemoryUnit",
]
