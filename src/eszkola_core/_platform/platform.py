"""A tenant's platform: every use case as an attribute, put together from explicit adapters."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from eszkola_core._platform.adapters import Adapters
from eszkola_core._platform.dispatching import Dispatched, one_round
from eszkola_core._platform.lazily import use_case
from eszkola_core._usecases.account_for_sms import AccountForSms
from eszkola_core._usecases.acknowledge_notices import AcknowledgeNotices
from eszkola_core._usecases.admit_guardians import AdmitGuardians
from eszkola_core._usecases.announce_maintenance import AnnounceMaintenance
from eszkola_core._usecases.apply_for_access import ApplyForAccess
from eszkola_core._usecases.appoint import Appoint
from eszkola_core._usecases.approve_application import ApproveApplication
from eszkola_core._usecases.assign_conflict import AssignConflict
from eszkola_core._usecases.assign_licences import AssignLicences
from eszkola_core._usecases.change_address import ChangeAddress
from eszkola_core._usecases.change_password import ChangePassword
from eszkola_core._usecases.change_phone import ChangePhone
from eszkola_core._usecases.check_permission import CheckPermission
from eszkola_core._usecases.check_readiness import CheckReadiness
from eszkola_core._usecases.choose_communication import ChooseCommunication
from eszkola_core._usecases.clear_address import ClearAddress
from eszkola_core._usecases.close_dormant import CloseDormant
from eszkola_core._usecases.confirm_contacts import ConfirmContacts
from eszkola_core._usecases.correct_data import CorrectData
from eszkola_core._usecases.decide_applications import DecideApplications
from eszkola_core._usecases.deliver_events import DeliverEvents
from eszkola_core._usecases.deliver_messages import DeliverMessages
from eszkola_core._usecases.deliver_sms import DeliverSms
from eszkola_core._usecases.diagnose import Diagnose
from eszkola_core._usecases.erase_person import ErasePerson
from eszkola_core._usecases.export_person import ExportPerson
from eszkola_core._usecases.find_people import FindPeople
from eszkola_core._usecases.forget_old import ForgetOld
from eszkola_core._usecases.give_consent import GiveConsent
from eszkola_core._usecases.give_initial_credential import GiveInitialCredential
from eszkola_core._usecases.grant_roles import GrantRoles
from eszkola_core._usecases.hand_out_credentials import HandOutCredentials
from eszkola_core._usecases.hand_over_credential import HandOverCredential
from eszkola_core._usecases.help_child import HelpChild
from eszkola_core._usecases.import_rosters import ImportRosters
from eszkola_core._usecases.issue_codes import IssueCodes
from eszkola_core._usecases.judge_password import JudgePassword
from eszkola_core._usecases.lock_account import LockAccount
from eszkola_core._usecases.look_after_sessions import LookAfterSessions
from eszkola_core._usecases.manage_devices import ManageDevices
from eszkola_core._usecases.manage_schools import ManageSchools
from eszkola_core._usecases.merge_people import MergePeople
from eszkola_core._usecases.pair_device import PairDevice
from eszkola_core._usecases.print_codes import PrintCodes
from eszkola_core._usecases.read_journal import ReadJournal
from eszkola_core._usecases.record_bounce import RecordBounce
from eszkola_core._usecases.record_sms_report import RecordSmsReport
from eszkola_core._usecases.recover_access import RecoverAccess
from eszkola_core._usecases.redeem_code import RedeemCode
from eszkola_core._usecases.remind_of_expiry import RemindOfExpiry
from eszkola_core._usecases.replace_password import ReplacePassword
from eszkola_core._usecases.report_disclosure import ReportDisclosure
from eszkola_core._usecases.restrict_links import RestrictLinks
from eszkola_core._usecases.rotate_keys import RotateKeys
from eszkola_core._usecases.see_children import SeeChildren
from eszkola_core._usecases.see_conflicts import SeeConflicts
from eszkola_core._usecases.see_contacts import SeeContacts
from eszkola_core._usecases.see_held import SeeHeld
from eszkola_core._usecases.see_links import SeeLinks
from eszkola_core._usecases.see_roles import SeeRoles
from eszkola_core._usecases.see_sources import SeeSources
from eszkola_core._usecases.settle_identity import SettleIdentity
from eszkola_core._usecases.shorten_journal import ShortenJournal
from eszkola_core._usecases.sign_in import SignIn
from eszkola_core._usecases.undo_run import UndoRun
from eszkola_core._usecases.who_sees import WhoSees


class Platform(Adapters):
    """
    One tenant's platform, ready to use: ``platform.sign_in.attempt(…)``.

    Each use case is an attribute that is named as what it does. It is made when it is first asked for, holds no state
    of anybody's request, and may be called by any thread. What an operation refuses it returns; see the use case.

    ::

        with Platform(tenant, administration=administration, email=courier, renderer=renderer) as platform:
            platform.recover_access.request("anna@example.org")
            platform.dispatch()
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def dispatch(self, *, limit: int = 100, may_go_on: Callable[[], bool] = lambda: True) -> Dispatched:
        """
        Do one round of everything that waits, and return what became of it; a timetable calls it every minute.

        Requests for access are answered, due warnings queued, applications that nobody decided lapse, and what is long
        over is forgotten. Then e-mails and text messages leave, the gateway's reports come in, and services hear of
        events: in batches of at most *limit*, and each further one only as long as it *may go on*. An observer hears of
        each of these by itself. Any number of dispatchers may work at once.

        What a courier, a gateway or a service does not take now is tried again by a later round, and its trouble told.

        Raises:
            Unavailable: the storage cannot be reached.
        """
        return one_round(self, limit, may_go_on)

    account_for_sms = use_case(lambda p: AccountForSms(p.storage, p.tenant, p.clock))
    acknowledge_notices = use_case(lambda p: AcknowledgeNotices(p.storage, p.tenant, p.clock, p.notices))
    admit_guardians = use_case(lambda p: AdmitGuardians(p.storage, p.tenant, p.clock, p.secrets))
    announce_maintenance = use_case(lambda p: AnnounceMaintenance(p.storage, p.tenant, p.clock))
    apply_for_access = use_case(lambda p: ApplyForAccess(p.storage, p.tenant, p.clock))
    appoint = use_case(lambda p: Appoint(p.storage, p.tenant, p.clock, p.secrets))
    approve_application = use_case(lambda p: ApproveApplication(p.storage, p.tenant, p.clock, p.secrets))
    assign_conflict = use_case(lambda p: AssignConflict(p.storage, p.tenant, p.clock))
    assign_licences = use_case(lambda p: AssignLicences(p.storage, p.tenant, p.clock))
    change_address = use_case(lambda p: ChangeAddress(p.storage, p.tenant, p.clock, p.secrets, p.hasher))
    change_password = use_case(lambda p: ChangePassword(p.storage, p.tenant, p.clock, p.hasher, p.compromised))
    change_phone = use_case(lambda p: ChangePhone(p.storage, p.tenant, p.clock, p.secrets, p.hasher))
    check_permission = use_case(lambda p: CheckPermission(p.storage, p.tenant, p.clock))
    check_readiness = use_case(lambda p: CheckReadiness(p.storage, p.tenant, p.clock))
    choose_communication = use_case(lambda p: ChooseCommunication(p.storage, p.tenant, p.clock))
    clear_address = use_case(lambda p: ClearAddress(p.storage, p.tenant, p.clock, p.secrets))
    close_dormant = use_case(lambda p: CloseDormant(p.storage, p.tenant, p.clock))
    confirm_contacts = use_case(lambda p: ConfirmContacts(p.storage, p.tenant, p.clock))
    correct_data = use_case(lambda p: CorrectData(p.storage, p.tenant, p.clock, p.secrets))
    decide_applications = use_case(lambda p: DecideApplications(p.storage, p.tenant, p.clock))
    deliver_events = use_case(lambda p: DeliverEvents(p.storage, p.tenant, p.clock, p.subscribers))
    deliver_messages = use_case(lambda p: DeliverMessages(p.storage, p.tenant, p.clock, p.renderer, p.email))
    deliver_sms = use_case(lambda p: DeliverSms(p.storage, p.tenant, p.clock, p.sms))
    diagnose = use_case(lambda p: Diagnose(p.storage, p.tenant, p.clock, p.notices))
    erase_person = use_case(lambda p: ErasePerson(p.storage, p.tenant, p.clock))
    export_person = use_case(lambda p: ExportPerson(p.storage, p.tenant, p.clock))
    find_people = use_case(lambda p: FindPeople(p.storage, p.tenant, p.clock))
    forget_old = use_case(lambda p: ForgetOld(p.storage, p.tenant, p.clock))
    give_consent = use_case(lambda p: GiveConsent(p.storage, p.tenant, p.clock, p.secrets))
    give_initial_credential = use_case(
        lambda p: GiveInitialCredential(p.storage, p.tenant, p.clock, p.secrets, p.hasher)
    )
    grant_roles = use_case(lambda p: GrantRoles(p.storage, p.tenant, p.clock, p.secrets))
    hand_out_credentials = use_case(
        lambda p: HandOutCredentials(p.storage, p.tenant, p.clock, p.secrets, p.hasher, sends_sms=p.has("sms"))
    )
    hand_over_credential = use_case(lambda p: HandOverCredential(p.storage, p.tenant, p.clock))
    help_child = use_case(lambda p: HelpChild(p.storage, p.tenant, p.clock, p.secrets, p.hasher))
    import_rosters = use_case(lambda p: ImportRosters(p.storage, p.tenant, p.clock, p.secrets))
    issue_codes = use_case(lambda p: IssueCodes(p.storage, p.tenant, p.clock, p.secrets))
    judge_password = use_case(lambda p: JudgePassword(p.storage, p.tenant, p.clock, p.compromised))
    lock_account = use_case(lambda p: LockAccount(p.storage, p.tenant, p.clock))
    look_after_sessions = use_case(lambda p: LookAfterSessions(p.storage, p.tenant, p.clock))
    manage_devices = use_case(lambda p: ManageDevices(p.storage, p.tenant, p.clock))
    manage_schools = use_case(lambda p: ManageSchools(p.storage, p.tenant, p.clock))
    merge_people = use_case(lambda p: MergePeople(p.storage, p.tenant, p.clock, p.secrets))
    pair_device = use_case(lambda p: PairDevice(p.storage, p.tenant, p.clock, p.secrets))
    print_codes = use_case(lambda p: PrintCodes(IssueCodes(p.storage, p.tenant, p.clock, p.secrets)))
    read_journal = use_case(lambda p: ReadJournal(p.storage, p.tenant, p.clock))
    record_bounce = use_case(lambda p: RecordBounce(p.storage, p.tenant, p.clock, p.secrets))
    record_sms_report = use_case(lambda p: RecordSmsReport(p.storage))
    recover_access = use_case(lambda p: RecoverAccess(p.storage, p.tenant, p.clock, p.secrets, p.hasher, p.compromised))
    redeem_code = use_case(lambda p: RedeemCode(p.storage, p.tenant, p.clock, p.secrets))
    remind_of_expiry = use_case(lambda p: RemindOfExpiry(p.storage, p.tenant, p.clock))
    replace_password = use_case(lambda p: ReplacePassword(p.storage, p.tenant, p.clock, p.secrets, p.hasher))
    report_disclosure = use_case(lambda p: ReportDisclosure(p.storage, p.tenant, p.clock))
    restrict_links = use_case(lambda p: RestrictLinks(p.storage, p.tenant, p.clock, p.secrets))
    rotate_keys = use_case(lambda p: RotateKeys(p.storage, p.key_keeper, p.tenant, p.clock))
    see_children = use_case(lambda p: SeeChildren(p.storage, p.tenant, p.clock))
    see_conflicts = use_case(lambda p: SeeConflicts(p.storage, p.tenant, p.clock))
    see_contacts = use_case(lambda p: SeeContacts(p.storage, p.tenant, p.clock))
    see_held = use_case(lambda p: SeeHeld(p.storage, p.tenant, p.clock))
    see_links = use_case(lambda p: SeeLinks(p.storage, p.tenant, p.clock))
    see_roles = use_case(lambda p: SeeRoles(p.storage, p.tenant, p.clock))
    see_sources = use_case(lambda p: SeeSources(p.storage, p.tenant, p.clock))
    settle_identity = use_case(lambda p: SettleIdentity(p.storage, p.tenant, p.clock, p.secrets))
    shorten_journal = use_case(lambda p: ShortenJournal(p.storage, p.tenant, p.clock))
    sign_in = use_case(lambda p: SignIn(p.storage, p.tenant, p.clock, p.secrets, p.hasher, p.compromised, p.notices))
    undo_run = use_case(lambda p: UndoRun(p.storage, p.tenant, p.clock, p.secrets))
    who_sees = use_case(lambda p: WhoSees(p.storage, p.tenant, p.clock))
