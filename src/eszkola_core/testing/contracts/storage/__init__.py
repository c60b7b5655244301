"""
What every storage promises, as tests.

The whole test file of an adapter::

    class TestOurStorage(StorageContract):
        @pytest.fixture
        def fresh_storage(self, tmp_path):
            return lambda: OurStorage.create(tmp_path / uuid4().hex)

        @pytest.fixture
        def fresh_tenants(self, tmp_path):
            def two():
                place = tmp_path / uuid4().hex
                return OurStorage.create(place, tenant="a"), OurStorage.create(place, tenant="b")

            return two

A storage that lasts sets ``durable = True`` and fills in three more: `reopened`, `everything_kept`,
`unreachable_storage`.
"""

from __future__ import annotations

from eszkola_core.testing.contracts.storage.acknowledgements import AcknowledgementClauses
from eszkola_core.testing.contracts.storage.agreement import Agreement
from eszkola_core.testing.contracts.storage.applications import ApplicationClauses
from eszkola_core.testing.contracts.storage.attempts import AttemptsClauses
from eszkola_core.testing.contracts.storage.audit import AuditClauses
from eszkola_core.testing.contracts.storage.cases import CaseClauses
from eszkola_core.testing.contracts.storage.choices import ChoiceClauses
from eszkola_core.testing.contracts.storage.codes import CodeClauses
from eszkola_core.testing.contracts.storage.contacts import ContactClauses
from eszkola_core.testing.contracts.storage.devices import DeviceClauses
from eszkola_core.testing.contracts.storage.dossiers import DossierClauses
from eszkola_core.testing.contracts.storage.events import EventClauses
from eszkola_core.testing.contracts.storage.gathering import GatheringClauses
from eszkola_core.testing.contracts.storage.leases import LeaseClauses
from eszkola_core.testing.contracts.storage.licences import LicenceClauses
from eszkola_core.testing.contracts.storage.maintenances import MaintenanceClauses
from eszkola_core.testing.contracts.storage.merges import MergeClauses
from eszkola_core.testing.contracts.storage.outbox import OutboxClauses
from eszkola_core.testing.contracts.storage.people import CredentialClauses, PeopleClauses
from eszkola_core.testing.contracts.storage.races import Races
from eszkola_core.testing.contracts.storage.reports import ReportClauses
from eszkola_core.testing.contracts.storage.rosters import RosterClauses
from eszkola_core.testing.contracts.storage.runs import RunClauses
from eszkola_core.testing.contracts.storage.saving import SavingClauses
from eszkola_core.testing.contracts.storage.sms import SmsLedgerClauses
from eszkola_core.testing.contracts.storage.tokens import SessionClauses, TokenClauses
from eszkola_core.testing.contracts.storage.units import UnitClauses
from eszkola_core.testing.contracts.storage.unusable_addresses import UnusableAddressClauses


class StorageContract(
    UnitClauses,
    RosterClauses,
    GatheringClauses,
    SavingClauses,
    PeopleClauses,
    CredentialClauses,
    TokenClauses,
    SessionClauses,
    OutboxClauses,
    ChoiceClauses,
    EventClauses,
    AuditClauses,
    AcknowledgementClauses,
    AttemptsClauses,
    MaintenanceClauses,
    DeviceClauses,
    LicenceClauses,
    ApplicationClauses,
    RunClauses,
    LeaseClauses,
    CodeClauses,
    ContactClauses,
    ReportClauses,
    MergeClauses,
    DossierClauses,
    UnusableAddressClauses,
    CaseClauses,
    SmsLedgerClauses,
    Races,
    Agreement,
):
    """Holds a `Storage` to every clause of its port and of the parts of a unit."""


__all__ = ["StorageContract"]
