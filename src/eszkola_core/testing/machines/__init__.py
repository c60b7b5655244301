"""
Worlds with rules, to be walked through in any order: subclass them, or run them against a storage of your own.

``run_state_machine_as_test(SyncMachine)`` runs one in memory. ``fresh_storage`` in the class body says how another
storage is made; rules and invariants of your own are added as `hypothesis.stateful` has it.
"""

from __future__ import annotations

from eszkola_core.testing.machines.accounts import AccountMachine
from eszkola_core.testing.machines.guardianship import GuardianshipMachine
from eszkola_core.testing.machines.recovery import RecoveryMachine
from eszkola_core.testing.machines.rights import RightsMachine
from eszkola_core.testing.machines.sight import SightMachine
from eszkola_core.testing.machines.sms import SmsLedgerMachine
from eszkola_core.testing.machines.sync import SyncMachine

__all__ = [
    "AccountMachine",
    "GuardianshipMachine",
    "RecoveryMachine",
    "RightsMachine",
    "SightMachine",
    "SmsLedgerMachine",
    "SyncMachine",
]
