"""Puts the use cases together from the adapters that a configuration names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from eszkola_cli.config import FILE, Config
from eszkola_core import plugins
from eszkola_core.defaults import (
    Argon2Hasher,
    BoundedHasher,
    BuiltInCompromisedPasswords,
    SystemClock,
    SystemSecrets,
    shipped_notices,
)
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_core.ports.administration import StorageAdministration
from eszkola_core.ports.events import EventSubscriber
from eszkola_core.ports.gradebook import GradebookSource
from eszkola_core.ports.keys import KeyKeeper
from eszkola_core.ports.letters import LetterRenderer
from eszkola_core.ports.messages import BounceReader, EmailCourier, MessageRenderer
from eszkola_core.ports.passwords import CompromisedPasswords, PasswordHasher
from eszkola_core.ports.storage import Storage
from eszkola_core.ports.system import Clock, Secrets
from eszkola_core.ports.text_messages import SmsCourier, SmsReportReader
from eszkola_core.usecases.account_for_sms import AccountForSms
from eszkola_core.usecases.acknowledge_notices import AcknowledgeNotices
from eszkola_core.usecases.admit_guardians import AdmitGuardians
from eszkola_core.usecases.announce_maintenance import AnnounceMaintenance
from eszkola_core.usecases.apply_for_access import ApplyForAccess
from eszkola_core.usecases.appoint import Appoint
from eszkola_core.usecases.approve_application import ApproveApplication
from eszkola_core.usecases.assign_conflict import AssignConflict
from eszkola_core.usecases.assign_licences import AssignLicences
from eszkola_core.usecases.change_address import ChangeAddress
from eszkola_core.usecases.change_settings import ChangeSettings
from eszkola_core.usecases.check_permission import CheckPermission
from eszkola_core.usecases.check_readiness import CheckReadiness
from eszkola_core.usecases.choose_communication import ChooseCommunication
from eszkola_core.usecases.clear_address import ClearAddress
from eszkola_core.usecases.close_dormant import CloseDormant
from eszkola_core.usecases.confirm_contacts import ConfirmContacts
from eszkola_core.usecases.decide_applications import DecideApplications
from eszkola_core.usecases.deliver_events import DeliverEvents
from eszkola_core.usecases.deliver_messages import DeliverMessages
from eszkola_core.usecases.deliver_sms import DeliverSms
from eszkola_core.usecases.diagnose import Diagnose
from eszkola_core.usecases.erase_person import ErasePerson
from eszkola_core.usecases.export_person import ExportPerson
from eszkola_core.usecases.forget_old import ForgetOld
from eszkola_core.usecases.give_consent import GiveConsent
from eszkola_core.usecases.grant_roles import GrantRoles
from eszkola_core.usecases.hand_out_credentials import HandOutCredentials
from eszkola_core.usecases.hand_over_credential import HandOverCredential
from eszkola_core.usecases.help_child import HelpChild
from eszkola_core.usecases.import_rosters import ImportRosters
from eszkola_core.usecases.issue_codes import IssueCodes
from eszkola_core.usecases.lock_account import LockAccount
from eszkola_core.usecases.look_after_sessions import LookAfterSessions
from eszkola_core.usecases.manage_devices import ManageDevices
from eszkola_core.usecases.manage_schools import ManageSchools
from eszkola_core.usecases.merge_people import MergePeople
from eszkola_core.usecases.pair_device import PairDevice
from eszkola_core.usecases.print_codes import PrintCodes
from eszkola_core.usecases.read_journal import ReadJournal
from eszkola_core.usecases.record_bounce import RecordBounce
from eszkola_core.usecases.record_sms_report import RecordSmsReport
from eszkola_core.usecases.recover_access import RecoverAccess
from eszkola_core.usecases.redeem_code import RedeemCode
from eszkola_core.usecases.remind_of_expiry import RemindOfExpiry
from eszkola_core.usecases.replace_password import ReplacePassword
from eszkola_core.usecases.report_disclosure import ReportDisclosure
from eszkola_core.usecases.restrict_links import RestrictLinks
from eszkola_core.usecases.rotate_keys import RotateKeys
from eszkola_core.usecases.see_children import SeeChildren
from eszkola_core.usecases.see_conflicts import SeeConflicts
from eszkola_core.usecases.see_contacts import SeeContacts
from eszkola_core.usecases.see_held import SeeHeld
from eszkola_core.usecases.see_links import SeeLinks
from eszkola_core.usecases.see_roles import SeeRoles
from eszkola_core.usecases.see_sources import SeeSources
from eszkola_core.usecases.settle_identity import SettleIdentity
from eszkola_core.usecases.shorten_journal import ShortenJournal
from eszkola_core.usecases.sign_in import SignIn
from eszkola_core.usecases.undo_run import UndoRun
from eszkola_core.usecases.who_sees import WhoSees


class House:
    """
    One tenant's platform, ready to use; each part is made when it is first needed.

    Tests and the demonstration give it another clock, other secrets, or another hasher.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        secrets: Secrets | None = None,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self.config = config
        self.tenant = config.tenant
        self.clock: Clock = clock or SystemClock()
        self.secrets: Secrets = secrets or SystemSecrets()
        settings = config.tenant.settings
        self.hasher: PasswordHasher = BoundedHasher(
            hasher or Argon2Hasher(),
            at_once=settings.hashes_at_once,
            waiting=settings.hashes_waiting,
            retry_after=settings.busy_pause,
        )
        self.compromised: CompromisedPasswords = BuiltInCompromisedPasswords()

    @cached_property
    def administration(self) -> StorageAdministration:
        """Who looks after the storage."""
        adapter = self.config.storage
        with _table("storage"):
            factory = plugins.load(plugins.STORAGE, adapter.name)
            made: StorageAdministration = factory(adapter.options, base=self.config.base, tenant=self.tenant.key)
        return made

    @property
    def key_keeper(self) -> KeyKeeper:
        """
        Who keeps the storage's keys.

        Raises:
            InvalidValue: the adapter has none.
        """
        keeper = self.administration
        if not isinstance(keeper, KeyKeeper):
            name = self.config.storage.name
            raise InvalidValue(f"the storage adapter {name!r} keeps no keys", code="keeps-no-keys")
        return keeper

    @cached_property
    def storage(self) -> Storage:
        """
        The open storage.

        Raises:
            InvalidValue: the configuration takes something from people, and nobody planned that.
        """
        self.change_settings.check()
        return self.unchecked_storage

    @cached_property
    def unchecked_storage(self) -> Storage:
        """The open storage, for whoever plans what the configuration changes."""
        return self.administration.open()

    @property
    def change_settings(self) -> ChangeSettings:
        """The use case of that name."""
        return ChangeSettings(self.unchecked_storage, self.tenant, self.clock, self.secrets)

    @cached_property
    def gradebook(self) -> GradebookSource:
        """What reads rosters."""
        adapter = self.config.gradebook
        with _table("gradebook"):
            made: GradebookSource = plugins.load(plugins.GRADEBOOK, adapter.name)(
                adapter.options, base=self.config.base
            )
        return made

    @cached_property
    def renderer(self) -> MessageRenderer:
        """What words messages."""
        adapter = self.config.texts
        with _table("texts"):
            made: MessageRenderer = plugins.load(plugins.RENDERER, adapter.name)(adapter.options, base=self.config.base)
        return made

    @cached_property
    def letters(self) -> LetterRenderer:
        """What sets letters and lists in type."""
        adapter = self.config.letters
        with _table("letters"):
            made: LetterRenderer = plugins.load(plugins.LETTERS, adapter.name)(adapter.options, base=self.config.base)
        return made

    @cached_property
    def courier(self) -> EmailCourier:
        """What takes e-mails away."""
        adapter = self.config.email
        with _table("email"):
            factory = plugins.load(plugins.EMAIL, adapter.name)
            made: EmailCourier = factory(adapter.options, base=self.config.base, sender=self.config.sender)
        return made

    @property
    def bounces(self) -> BounceReader:
        """
        What reads what came back: whoever takes e-mails away.

        Raises:
            InvalidValue: the adapter reads nothing.
        """
        courier = self.courier
        if not isinstance(courier, BounceReader):
            name = self.config.email.name
            raise InvalidValue(f"the e-mail adapter {name!r} cannot read what comes back", code="reads-no-bounces")
        return courier

    @cached_property
    def sms_courier(self) -> SmsCourier:
        """What takes text messages away."""
        adapter = self.config.sms
        with _table("sms"):
            made: SmsCourier = plugins.load(plugins.SMS, adapter.name)(adapter.options, base=self.config.base)
        return made

    @property
    def sms_reports(self) -> SmsReportReader:
        """
        What reads a gateway's callbacks: whoever takes text messages away.

        Raises:
            InvalidValue: the adapter reads none.
        """
        courier = self.sms_courier
        if not isinstance(courier, SmsReportReader):
            name = self.config.sms.name
            raise InvalidValue(f"the adapter {name!r} for text messages gets no callbacks", code="reads-no-reports")
        return courier

    @cached_property
    def subscribers(self) -> Mapping[str, EventSubscriber]:
        """What hands events to the services that subscribed."""
        found: dict[str, EventSubscriber] = {}
        for name, adapter in self.config.events.items():
            with _table(f"events.{name}"):
                found[name] = plugins.load(plugins.EVENTS, adapter.name)(adapter.options, base=self.config.base)
        return found

    @property
    def see_sources(self) -> SeeSources:
        """The use case of that name."""
        return SeeSources(self.storage, self.tenant, self.clock)

    @property
    def undo_run(self) -> UndoRun:
        """The use case of that name."""
        return UndoRun(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def import_rosters(self) -> ImportRosters:
        """The use case of that name."""
        return ImportRosters(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def grant_roles(self) -> GrantRoles:
        """The use case of that name."""
        return GrantRoles(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def appoint(self) -> Appoint:
        """The use case of that name."""
        return Appoint(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def manage_schools(self) -> ManageSchools:
        """The use case of that name."""
        return ManageSchools(self.storage, self.tenant, self.clock)

    @property
    def read_journal(self) -> ReadJournal:
        """The use case of that name."""
        return ReadJournal(self.storage, self.tenant, self.clock)

    @property
    def rotate_keys(self) -> RotateKeys:
        """The use case of that name."""
        return RotateKeys(self.storage, self.key_keeper, self.tenant, self.clock)

    @property
    def shorten_journal(self) -> ShortenJournal:
        """The use case of that name."""
        return ShortenJournal(self.storage, self.tenant, self.clock)

    @property
    def close_dormant(self) -> CloseDormant:
        """The use case of that name."""
        return CloseDormant(self.storage, self.tenant, self.clock)

    @property
    def recover_access(self) -> RecoverAccess:
        """The use case of that name."""
        return RecoverAccess(self.storage, self.tenant, self.clock, self.secrets, self.hasher, self.compromised)

    @property
    def sign_in(self) -> SignIn:
        """The use case of that name."""
        judging = self.hasher, self.compromised
        return SignIn(self.storage, self.tenant, self.clock, self.secrets, *judging, shipped_notices())

    @property
    def acknowledge_notices(self) -> AcknowledgeNotices:
        """The use case of that name."""
        return AcknowledgeNotices(self.storage, self.tenant, self.clock, shipped_notices())

    @property
    def change_address(self) -> ChangeAddress:
        """The use case of that name."""
        return ChangeAddress(self.storage, self.tenant, self.clock, self.secrets, self.hasher)

    @property
    def pair_device(self) -> PairDevice:
        """The use case of that name."""
        return PairDevice(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def manage_devices(self) -> ManageDevices:
        """The use case of that name."""
        return ManageDevices(self.storage, self.tenant, self.clock)

    @property
    def assign_licences(self) -> AssignLicences:
        """The use case of that name."""
        return AssignLicences(self.storage, self.tenant, self.clock)

    @property
    def diagnose(self) -> Diagnose:
        """The use case of that name."""
        return Diagnose(self.storage, self.tenant, self.clock, shipped_notices())

    @property
    def see_links(self) -> SeeLinks:
        """The use case of that name."""
        return SeeLinks(self.storage, self.tenant, self.clock)

    @property
    def who_sees(self) -> WhoSees:
        """The use case of that name."""
        return WhoSees(self.storage, self.tenant, self.clock)

    @property
    def restrict_links(self) -> RestrictLinks:
        """The use case of that name."""
        return RestrictLinks(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def give_consent(self) -> GiveConsent:
        """The use case of that name."""
        return GiveConsent(self.storage, self.tenant, self.clock, self.secrets)

    @cached_property
    def check_permission(self) -> CheckPermission:
        """The use case of that name; it remembers what it answered."""
        return CheckPermission(self.storage, self.tenant, self.clock)

    @property
    def lock_account(self) -> LockAccount:
        """The use case of that name."""
        return LockAccount(self.storage, self.tenant, self.clock)

    @property
    def report_disclosure(self) -> ReportDisclosure:
        """The use case of that name."""
        return ReportDisclosure(self.storage, self.tenant, self.clock)

    @property
    def replace_password(self) -> ReplacePassword:
        """The use case of that name."""
        return ReplacePassword(self.storage, self.tenant, self.clock, self.secrets, self.hasher)

    @property
    def see_children(self) -> SeeChildren:
        """The use case of that name."""
        return SeeChildren(self.storage, self.tenant, self.clock)

    @property
    def see_roles(self) -> SeeRoles:
        """The use case of that name."""
        return SeeRoles(self.storage, self.tenant, self.clock)

    @property
    def check_readiness(self) -> CheckReadiness:
        """The use case of that name."""
        return CheckReadiness(self.storage, self.tenant, self.clock)

    @property
    def deliver_messages(self) -> DeliverMessages:
        """The use case of that name."""
        return DeliverMessages(self.storage, self.tenant, self.clock, self.renderer, self.courier)

    @property
    def deliver_sms(self) -> DeliverSms:
        """The use case of that name."""
        return DeliverSms(self.storage, self.tenant, self.clock, self.sms_courier)

    @property
    def record_sms_report(self) -> RecordSmsReport:
        """The use case of that name."""
        return RecordSmsReport(self.storage)

    @property
    def account_for_sms(self) -> AccountForSms:
        """The use case of that name."""
        return AccountForSms(self.storage, self.tenant, self.clock)

    @property
    def deliver_events(self) -> DeliverEvents:
        """The use case of that name."""
        return DeliverEvents(self.storage, self.tenant, self.clock, self.subscribers)

    @property
    def record_bounce(self) -> RecordBounce:
        """The use case of that name."""
        return RecordBounce(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def clear_address(self) -> ClearAddress:
        """The use case of that name."""
        return ClearAddress(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def remind_of_expiry(self) -> RemindOfExpiry:
        """The use case of that name."""
        return RemindOfExpiry(self.storage, self.tenant, self.clock)

    @property
    def look_after_sessions(self) -> LookAfterSessions:
        """The use case of that name."""
        return LookAfterSessions(self.storage, self.tenant, self.clock)

    @property
    def announce_maintenance(self) -> AnnounceMaintenance:
        """The use case of that name."""
        return AnnounceMaintenance(self.storage, self.tenant, self.clock)

    @property
    def forget_old(self) -> ForgetOld:
        """The use case of that name."""
        return ForgetOld(self.storage, self.tenant, self.clock)

    @property
    def apply_for_access(self) -> ApplyForAccess:
        """The use case of that name."""
        return ApplyForAccess(self.storage, self.tenant, self.clock)

    @property
    def decide_applications(self) -> DecideApplications:
        """The use case of that name."""
        return DecideApplications(self.storage, self.tenant, self.clock)

    @property
    def approve_application(self) -> ApproveApplication:
        """The use case of that name."""
        return ApproveApplication(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def issue_codes(self) -> IssueCodes:
        """The use case of that name."""
        return IssueCodes(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def redeem_code(self) -> RedeemCode:
        """The use case of that name."""
        return RedeemCode(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def see_contacts(self) -> SeeContacts:
        """The use case of that name."""
        return SeeContacts(self.storage, self.tenant, self.clock)

    @property
    def confirm_contacts(self) -> ConfirmContacts:
        """The use case of that name."""
        return ConfirmContacts(self.storage, self.tenant, self.clock)

    @property
    def choose_communication(self) -> ChooseCommunication:
        """The use case of that name."""
        return ChooseCommunication(self.storage, self.tenant, self.clock)

    @property
    def print_codes(self) -> PrintCodes:
        """The use case of that name."""
        return PrintCodes(self.issue_codes)

    @property
    def hand_out_credentials(self) -> HandOutCredentials:
        """The use case of that name."""
        return HandOutCredentials(self.storage, self.tenant, self.clock, self.secrets, self.hasher)

    @property
    def hand_over_credential(self) -> HandOverCredential:
        """The use case of that name."""
        return HandOverCredential(self.storage, self.tenant, self.clock)

    @property
    def help_child(self) -> HelpChild:
        """The use case of that name."""
        return HelpChild(self.storage, self.tenant, self.clock, self.secrets, self.hasher)

    @property
    def export_person(self) -> ExportPerson:
        """The use case of that name."""
        return ExportPerson(self.storage, self.tenant, self.clock)

    @property
    def erase_person(self) -> ErasePerson:
        """The use case of that name."""
        return ErasePerson(self.storage, self.tenant, self.clock)

    def swept(self) -> bool:
        """Overwrite what was taken away; False where somebody else has the storage in use."""
        try:
            self.administration.sweep()
        except Unavailable:
            return False
        return True

    @property
    def merge_people(self) -> MergePeople:
        """The use case of that name."""
        return MergePeople(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def see_conflicts(self) -> SeeConflicts:
        """The use case of that name."""
        return SeeConflicts(self.storage, self.tenant, self.clock)

    @property
    def assign_conflict(self) -> AssignConflict:
        """The use case of that name."""
        return AssignConflict(self.storage, self.tenant, self.clock)

    @property
    def see_held(self) -> SeeHeld:
        """The use case of that name."""
        return SeeHeld(self.storage, self.tenant, self.clock)

    @property
    def admit_guardians(self) -> AdmitGuardians:
        """The use case of that name."""
        return AdmitGuardians(self.storage, self.tenant, self.clock, self.secrets)

    @property
    def settle_identity(self) -> SettleIdentity:
        """The use case of that name."""
        return SettleIdentity(self.storage, self.tenant, self.clock, self.secrets)

    def close(self) -> None:
        """Let go of everything that was opened."""
        if "administration" in self.__dict__:
            self.administration.close()


@contextmanager
def _table(name: str) -> Iterator[None]:
    """Say in which table of the configuration an adapter found something wrong."""
    try:
        yield
    except InvalidValue as wrong:
        raise InvalidValue(f"{FILE}, table [{name}]: {wrong}", code=wrong.code) from None
