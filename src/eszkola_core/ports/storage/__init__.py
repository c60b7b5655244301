"""
Where everything is kept.

A `Storage` is one tenant's; nothing of another tenant can be reached through it. Work is done in a *unit*: what happens
in it happens together or not at all. The parts of a unit are small ports of their own; each promise has a number, and
the contracts in `eszkola_core.testing` hold adapters to them.
"""

from __future__ import annotations

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
from eszkola_core.ports.storage.units import Storage, Unit
from eszkola_core.ports.storage.unusable_addresses import UnusableAddresses

__all__ = [
    "Acknowledgements",
    "Applications",
    "Attempts",
    "Audit",
    "Cases",
    "Choices",
    "Codes",
    "Contacts",
    "Credentials",
    "Devices",
    "Dossiers",
    "Events",
    "Leases",
    "Licences",
    "Maintenances",
    "Outbox",
    "People",
    "Reports",
    "Rosters",
    "Runs",
    "Sessions",
    "SmsLedger",
    "Storage",
    "Tokens",
    "Unit",
    "UnusableAddresses",
]
