"""
The account rules of a regional school platform.

A service takes every name that it needs from here, in one line each: `Platform` and `from_config` to put the use cases
together, the outcomes and refusals that they return, the values that requests are made of, and the errors. Nothing is
loaded before it is asked for. `docs/reference/public-api.md` lists all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eszkola_core._names import HOMES as _HOMES

if TYPE_CHECKING:
    from eszkola_core._defaults import (
        CHEAPEST_FOR_TESTS,
        PROFILE_2026,
        Argon2Hasher,
        Argon2Profile,
        BoundedHasher,
        BuiltInCompromisedPasswords,
        SystemClock,
        SystemSecrets,
        shipped_notices,
    )
    from eszkola_core._platform.configured import ConfiguredPlatform, from_config
    from eszkola_core._platform.dispatching import Dispatched
    from eszkola_core._platform.platform import Platform
    from eszkola_core._subscribers import Callback, EventFolder
    from eszkola_core._usecases._alone import Running
    from eszkola_core._usecases._handing_out import Order
    from eszkola_core._usecases._restricting import RestrictionKept, RestrictionRefused
    from eszkola_core._usecases._tickets import MustAct, SignedIn
    from eszkola_core._usecases.account_for_sms import AccountForSms, SmsStatus
    from eszkola_core._usecases.acknowledge_notices import (
        Acknowledged,
        AcknowledgeNotices,
        AcknowledgingRefused,
        NotAcknowledged,
        Published,
    )
    from eszkola_core._usecases.admit_guardians import AdmitGuardians, Admitted
    from eszkola_core._usecases.announce_maintenance import AnnounceMaintenance, Begun, Ended, UnderWayAlready
    from eszkola_core._usecases.apply_for_access import ApplyForAccess
    from eszkola_core._usecases.appoint import Appoint, Appointed, NotAppointed
    from eszkola_core._usecases.approve_application import ApproveApplication
    from eszkola_core._usecases.assign_conflict import AssignConflict, AssignRefused, ConflictAssigned, ConflictKept
    from eszkola_core._usecases.assign_licences import AssignLicences, LicenceRefused, NoLicence, PoolUse, Reviewed
    from eszkola_core._usecases.change_address import (
        AddressChanged,
        AddressKept,
        AddressRefused,
        ChangeAddress,
        ConfirmationSent,
    )
    from eszkola_core._usecases.change_password import ChangePassword, ChangeRefused, PasswordChanged, PasswordKept
    from eszkola_core._usecases.change_phone import ChangePhone, PhoneChanged, PhoneKept, PhoneRefused
    from eszkola_core._usecases.change_settings import ChangeSettings, SettingsChanged, SettingsKept, SettingsPlan
    from eszkola_core._usecases.check_permission import CheckPermission
    from eszkola_core._usecases.check_readiness import CheckReadiness, Readiness, ReadinessRow, Standing
    from eszkola_core._usecases.choose_communication import ChoiceRefused, ChooseCommunication, Chosen, NotChosen
    from eszkola_core._usecases.clear_address import ClearAddress, Cleared, NotUnusable
    from eszkola_core._usecases.close_dormant import CloseDormant, Rested
    from eszkola_core._usecases.confirm_contacts import (
        ConfirmationRefused,
        ConfirmContacts,
        ContactsConfirmed,
        ContactsUnconfirmed,
    )
    from eszkola_core._usecases.correct_data import CorrectData, Corrected, CorrectionRefused, NotCorrected, TakenBack
    from eszkola_core._usecases.decide_applications import DecideApplications
    from eszkola_core._usecases.deliver_events import DeliverEvents, Heard
    from eszkola_core._usecases.deliver_messages import Delivered, DeliverMessages, OutboxStatus
    from eszkola_core._usecases.deliver_sms import DeliverSms, SmsDelivered
    from eszkola_core._usecases.diagnose import Diagnose, Diagnosis
    from eszkola_core._usecases.erase_person import Erased, ErasePerson, ErasurePlan, ErasureRefused, NotErased
    from eszkola_core._usecases.export_person import Exported, ExportPerson, NothingKept
    from eszkola_core._usecases.find_people import FindPeople, FoundPerson
    from eszkola_core._usecases.forget_old import ForgetOld, Forgotten
    from eszkola_core._usecases.give_consent import (
        ConsentGiven,
        ConsentRefused,
        ConsentUnchanged,
        ConsentWithdrawn,
        GiveConsent,
    )
    from eszkola_core._usecases.give_initial_credential import GiveInitialCredential, Given, GivingRefused, NotGiven
    from eszkola_core._usecases.grant_roles import GivenRole, Granted, GrantRoles, NotGranted, Withdrawn
    from eszkola_core._usecases.hand_out_credentials import HandOutCredentials, NotSent, Printed, Sent
    from eszkola_core._usecases.hand_over_credential import (
        HandedBy,
        HandedOver,
        HandingRefused,
        HandOverCredential,
        NotHandedOver,
    )
    from eszkola_core._usecases.help_child import (
        ChildAccess,
        CredentialMade,
        HelpChild,
        HelpRefused,
        NotHelped,
        RecoverySent,
    )
    from eszkola_core._usecases.import_rosters import Applied, GroundMoved, ImportRosters
    from eszkola_core._usecases.issue_codes import CodeIssued, CodeNotIssued, CodeRefused, HandOverKept, IssueCodes
    from eszkola_core._usecases.judge_password import JudgePassword
    from eszkola_core._usecases.lock_account import LockAccount, Locked, LockingRefused, NotChanged, Unlocked
    from eszkola_core._usecases.look_after_sessions import LookAfterSessions, OpenSession
    from eszkola_core._usecases.manage_devices import ListedDevice, ManageDevices, NoSuchDevice
    from eszkola_core._usecases.manage_schools import ManageSchools, SchoolKept
    from eszkola_core._usecases.merge_people import Merged, MergeDone, MergeKept, MergePeople, Parted
    from eszkola_core._usecases.pair_device import NotPaired, PairDevice, Paired, PairingRefused, PairingShown
    from eszkola_core._usecases.print_codes import CodeSheet, CodesPrinted, NoSheet, PrintCodes
    from eszkola_core._usecases.progress import Progress, Stage
    from eszkola_core._usecases.read_journal import JournalPages, ReadJournal, Verified
    from eszkola_core._usecases.record_bounce import RecordBounce
    from eszkola_core._usecases.record_sms_report import RecordSmsReport, ReportFate
    from eszkola_core._usecases.recover_access import (
        Completed,
        CompletionRefused,
        NotCompleted,
        RecoverAccess,
        Requested,
    )
    from eszkola_core._usecases.redeem_code import Choice, Covered, NotRedeemed, RedeemCode, Redeemed, RedemptionRefused
    from eszkola_core._usecases.remind_of_expiry import RemindOfExpiry
    from eszkola_core._usecases.replace_password import (
        CredentialHandedOver,
        LinkSent,
        NotReplaced,
        ReplacePassword,
        ReplacingRefused,
    )
    from eszkola_core._usecases.report_disclosure import NotReported, ReportDisclosure, Reported, ReportingRefused
    from eszkola_core._usecases.restrict_links import Lifted, Restricted, RestrictLinks
    from eszkola_core._usecases.rotate_keys import KeyForgotten, RotateKeys
    from eszkola_core._usecases.saved_plans import SavedPlan, read_plan, write_plan
    from eszkola_core._usecases.see_children import SeeChildren
    from eszkola_core._usecases.see_conflicts import Assignee, ConflictSide, SeeConflicts, SeenConflict
    from eszkola_core._usecases.see_contacts import ClassContacts, ContactRow, ContactStanding, SeeContacts
    from eszkola_core._usecases.see_held import ANSWERS, Answer, HeldPlace, Meant, SeeHeld
    from eszkola_core._usecases.see_links import SeeLinks, SeenLink
    from eszkola_core._usecases.see_roles import SeeRoles
    from eszkola_core._usecases.see_sources import SeeSources
    from eszkola_core._usecases.settle_identity import IdentityKept, IdentityRefused, IdentitySettled, SettleIdentity
    from eszkola_core._usecases.shorten_journal import NothingOldEnough, NotWhole, Shortened, ShortenJournal
    from eszkola_core._usecases.sign_in import Busy, InMaintenance, Refusal, SignIn, SignInRefused
    from eszkola_core._usecases.undo_run import NotUndone, Undone, UndoRun
    from eszkola_core._usecases.who_sees import Viewer, WhoSees
    from eszkola_core.domain.accounts import Happening, Lock, Person, PersonId, State
    from eszkola_core.domain.actors import Actor
    from eszkola_core.domain.address_books import AddressBook
    from eszkola_core.domain.addresses import EmailAddress
    from eszkola_core.domain.applications import (
        Application,
        ApplicationKept,
        ApplicationMoved,
        ApplicationRefused,
        ApplicationState,
        ApplicationStep,
        StepTaken,
    )
    from eszkola_core.domain.audit import AuditEntry, Broken, Checkpoint, Damage, Head
    from eszkola_core.domain.bounces import Bounce, BounceFate, BounceKind
    from eszkola_core.domain.causes import Cause, Mender, Where
    from eszkola_core.domain.children import Child, Schooling
    from eszkola_core.domain.choices import Loss, LossKind
    from eszkola_core.domain.claims import Claims, Decision, PlaceKey, RecordKey, RosterKey
    from eszkola_core.domain.communication import Category, Level
    from eszkola_core.domain.conflicts import CaseKind, CaseState, ConflictCase
    from eszkola_core.domain.credential_channels import ClosedBecause, CredentialChannel
    from eszkola_core.domain.days import day_of
    from eszkola_core.domain.devices import DeviceState
    from eszkola_core.domain.emails import RenderedEmail
    from eszkola_core.domain.events import Event, EventKind, EventState
    from eszkola_core.domain.findings import Finding
    from eszkola_core.domain.granting import GrantRefused
    from eszkola_core.domain.guard import ForeignRoster, Stop
    from eszkola_core.domain.handing_out import Deed, Nothing, Preview, PreviewRow, SendingRefused
    from eszkola_core.domain.held_roles import HeldRole
    from eszkola_core.domain.hidden import Secret, masked
    from eszkola_core.domain.keys import KeyKind, KeyStep, KeyUse
    from eszkola_core.domain.letters import ClassList, ClassListRow, Letter, LetterKind, PostalAddress
    from eszkola_core.domain.licences import Entitling, Licence, LicenceState, Pool
    from eszkola_core.domain.links import Link
    from eszkola_core.domain.maintenance import Maintenance
    from eszkola_core.domain.merging import MergePlan, MergeRefused
    from eszkola_core.domain.messages import Message, MessageKind, MessageState
    from eszkola_core.domain.money import Money
    from eszkola_core.domain.names import PersonName
    from eszkola_core.domain.national_ids import NationalId
    from eszkola_core.domain.notices import Acknowledgement, Channel, Notice, NoticeKind
    from eszkola_core.domain.offices import Contacts
    from eszkola_core.domain.password_texts import describe
    from eszkola_core.domain.passwords import NIST_800_63B_4, OPOLSKA_2018, POLICIES, PasswordPolicy, Violation
    from eszkola_core.domain.permissions import PERMISSIONS, Action, Ground, NotPermitted, Permission, Scope
    from eszkola_core.domain.phones import PhoneNumber
    from eszkola_core.domain.plans import Counts, Plan, PlanLine, Step
    from eszkola_core.domain.policy_timelines import IntroducedPolicy, own_policy
    from eszkola_core.domain.replacements import HandOver, Identity, Proof, Request, Unfounded, Way
    from eszkola_core.domain.reports import Report
    from eszkola_core.domain.roles import IMPORTABLE, STAFF, Role
    from eszkola_core.domain.runs import Run, RunKind
    from eszkola_core.domain.security_codes import CodeChannel, CodeHandOver
    from eszkola_core.domain.settings import (
        PROFILES,
        SETTINGS,
        Changer,
        FirstAccessBy,
        GuardiansOpenBy,
        LoginScheme,
        Need,
        Setting,
        Settings,
        Sharing,
        WhenOfAge,
    )
    from eszkola_core.domain.sms_budgets import Spending
    from eszkola_core.domain.sms_ledger import OF_TENANT, ChargeState, SmsEntry
    from eszkola_core.domain.sms_quotes import NotPriced, Quote, QuotePair, quote_both
    from eszkola_core.domain.sms_reconciliation import Difference, GatewayRow, Reconciled, Reconciliation
    from eszkola_core.domain.sms_statements import Statement
    from eszkola_core.domain.sources import Kept, OfPerson, OfRecord, Sourced
    from eszkola_core.domain.stated import (
        Field,
        Problem,
        Reading,
        Sex,
        StatedId,
        StatedPerson,
        StatedRecord,
        StatedRoster,
        StatedSchool,
        together,
    )
    from eszkola_core.domain.tariffs import TARIFFS, Tariff
    from eszkola_core.domain.telemetry import Observation
    from eszkola_core.domain.tenants import LOCALES, Tenant
    from eszkola_core.domain.text_messages import Delivery, RenderedSms, SmsReport, SmsRequest
    from eszkola_core.domain.tokens import Act
    from eszkola_core.domain.undo_plans import Blocked, UndoCounts, UndoPlan, UndoRefusal
    from eszkola_core.domain.undoing import Taken
    from eszkola_core.errors import (
        BrokenPromise,
        Conflict,
        EszkolaError,
        InvalidValue,
        Unavailable,
        UnprintableSign,
        UnreadableSource,
    )
    from eszkola_core.ports.passwords import PasswordHasher
    from eszkola_core.ports.system import Clock, Secrets
    from eszkola_core.ports.telemetry import Observer

__all__ = [
    "ANSWERS",
    "CHEAPEST_FOR_TESTS",
    "IMPORTABLE",
    "LOCALES",
    "NIST_800_63B_4",
    "OF_TENANT",
    "OPOLSKA_2018",
    "PERMISSIONS",
    "POLICIES",
    "PROFILES",
    "PROFILE_2026",
    "SETTINGS",
    "STAFF",
    "TARIFFS",
    "AccountForSms",
    "AcknowledgeNotices",
    "Acknowledged",
    "Acknowledgement",
    "AcknowledgingRefused",
    "Act",
    "Action",
    "Actor",
    "AddressBook",
    "AddressChanged",
    "AddressKept",
    "AddressRefused",
    "AdmitGuardians",
    "Admitted",
    "AnnounceMaintenance",
    "Answer",
    "Application",
    "ApplicationKept",
    "ApplicationMoved",
    "ApplicationRefused",
    "ApplicationState",
    "ApplicationStep",
    "Applied",
    "ApplyForAccess",
    "Appoint",
    "Appointed",
    "ApproveApplication",
    "Argon2Hasher",
    "Argon2Profile",
    "AssignConflict",
    "AssignLicences",
    "AssignRefused",
    "Assignee",
    "AuditEntry",
    "Begun",
    "Blocked",
    "Bounce",
    "BounceFate",
    "BounceKind",
    "BoundedHasher",
    "Broken",
    "BrokenPromise",
    "BuiltInCompromisedPasswords",
    "Busy",
    "Callback",
    "CaseKind",
    "CaseState",
    "Category",
    "Cause",
    "ChangeAddress",
    "ChangePassword",
    "ChangePhone",
    "ChangeRefused",
    "ChangeSettings",
    "Changer",
    "Channel",
    "ChargeState",
    "CheckPermission",
    "CheckReadiness",
    "Checkpoint",
    "Child",
    "ChildAccess",
    "Choice",
    "ChoiceRefused",
    "ChooseCommunication",
    "Chosen",
    "Claims",
    "ClassContacts",
    "ClassList",
    "ClassListRow",
    "ClearAddress",
    "Cleared",
    "Clock",
    "CloseDormant",
    "ClosedBecause",
    "CodeChannel",
    "CodeHandOver",
    "CodeIssued",
    "CodeNotIssued",
    "CodeRefused",
    "CodeSheet",
    "CodesPrinted",
    "Completed",
    "CompletionRefused",
    "ConfiguredPlatform",
    "ConfirmContacts",
    "ConfirmationRefused",
    "ConfirmationSent",
    "Conflict",
    "ConflictAssigned",
    "ConflictCase",
    "ConflictKept",
    "ConflictSide",
    "ConsentGiven",
    "ConsentRefused",
    "ConsentUnchanged",
    "ConsentWithdrawn",
    "ContactRow",
    "ContactStanding",
    "Contacts",
    "ContactsConfirmed",
    "ContactsUnconfirmed",
    "CorrectData",
    "Corrected",
    "CorrectionRefused",
    "Counts",
    "Covered",
    "CredentialChannel",
    "CredentialHandedOver",
    "CredentialMade",
    "Damage",
    "DecideApplications",
    "Decision",
    "Deed",
    "DeliverEvents",
    "DeliverMessages",
    "DeliverSms",
    "Delivered",
    "Delivery",
    "DeviceState",
    "Diagnose",
    "Diagnosis",
    "Difference",
    "Dispatched",
    "EmailAddress",
    "Ended",
    "Entitling",
    "ErasePerson",
    "Erased",
    "ErasurePlan",
    "ErasureRefused",
    "EszkolaError",
    "Event",
    "EventFolder",
    "EventKind",
    "EventState",
    "ExportPerson",
    "Exported",
    "Field",
    "FindPeople",
    "Finding",
    "FirstAccessBy",
    "ForeignRoster",
    "ForgetOld",
    "Forgotten",
    "FoundPerson",
    "GatewayRow",
    "GiveConsent",
    "GiveInitialCredential",
    "Given",
    "GivenRole",
    "GivingRefused",
    "GrantRefused",
    "GrantRoles",
    "Granted",
    "Ground",
    "GroundMoved",
    "GuardiansOpenBy",
    "HandOutCredentials",
    "HandOver",
    "HandOverCredential",
    "HandOverKept",
    "HandedBy",
    "HandedOver",
    "HandingRefused",
    "Happening",
    "Head",
    "Heard",
    "HeldPlace",
    "HeldRole",
    "HelpChild",
    "HelpRefused",
    "Identity",
    "IdentityKept",
    "IdentityRefused",
    "IdentitySettled",
    "ImportRosters",
    "InMaintenance",
    "IntroducedPolicy",
    "InvalidValue",
    "IssueCodes",
    "JournalPages",
    "JudgePassword",
    "Kept",
    "KeyForgotten",
    "KeyKind",
    "KeyStep",
    "KeyUse",
    "Letter",
    "LetterKind",
    "Level",
    "Licence",
    "LicenceRefused",
    "LicenceState",
    "Lifted",
    "Link",
    "LinkSent",
    "ListedDevice",
    "Lock",
    "LockAccount",
    "Locked",
    "LockingRefused",
    "LoginScheme",
    "LookAfterSessions",
    "Loss",
    "LossKind",
    "Maintenance",
    "ManageDevices",
    "ManageSchools",
    "Meant",
    "Mender",
    "MergeDone",
    "MergeKept",
    "MergePeople",
    "MergePlan",
    "MergeRefused",
    "Merged",
    "Message",
    "MessageKind",
    "MessageState",
    "Money",
    "MustAct",
    "NationalId",
    "Need",
    "NoLicence",
    "NoSheet",
    "NoSuchDevice",
    "NotAcknowledged",
    "NotAppointed",
    "NotChanged",
    "NotChosen",
    "NotCompleted",
    "NotCorrected",
    "NotErased",
    "NotGiven",
    "NotGranted",
    "NotHandedOver",
    "NotHelped",
    "NotPaired",
    "NotPermitted",
    "NotPriced",
    "NotRedeemed",
    "NotReplaced",
    "NotReported",
    "NotSent",
    "NotUndone",
    "NotUnusable",
    "NotWhole",
    "Nothing",
    "NothingKept",
    "NothingOldEnough",
    "Notice",
    "NoticeKind",
    "Observation",
    "Observer",
    "OfPerson",
    "OfRecord",
    "OpenSession",
    "Order",
    "OutboxStatus",
    "PairDevice",
    "Paired",
    "PairingRefused",
    "PairingShown",
    "Parted",
    "PasswordChanged",
    "PasswordHasher",
    "PasswordKept",
    "PasswordPolicy",
    "Permission",
    "Person",
    "PersonId",
    "PersonName",
    "PhoneChanged",
    "PhoneKept",
    "PhoneNumber",
    "PhoneRefused",
    "PlaceKey",
    "Plan",
    "PlanLine",
    "Platform",
    "Pool",
    "PoolUse",
    "PostalAddress",
    "Preview",
    "PreviewRow",
    "PrintCodes",
    "Printed",
    "Problem",
    "Progress",
    "Proof",
    "Published",
    "Quote",
    "QuotePair",
    "ReadJournal",
    "Readiness",
    "ReadinessRow",
    "Reading",
    "Reconciled",
    "Reconciliation",
    "RecordBounce",
    "RecordKey",
    "RecordSmsReport",
    "RecoverAccess",
    "RecoverySent",
    "RedeemCode",
    "Redeemed",
    "RedemptionRefused",
    "Refusal",
    "RemindOfExpiry",
    "RenderedEmail",
    "RenderedSms",
    "ReplacePassword",
    "ReplacingRefused",
    "Report",
    "ReportDisclosure",
    "ReportFate",
    "Reported",
    "ReportingRefused",
    "Request",
    "Requested",
    "Rested",
    "RestrictLinks",
    "Restricted",
    "RestrictionKept",
    "RestrictionRefused",
    "Reviewed",
    "Role",
    "RosterKey",
    "RotateKeys",
    "Run",
    "RunKind",
    "Running",
    "SavedPlan",
    "SchoolKept",
    "Schooling",
    "Scope",
    "Secret",
    "Secrets",
    "SeeChildren",
    "SeeConflicts",
    "SeeContacts",
    "SeeHeld",
    "SeeLinks",
    "SeeRoles",
    "SeeSources",
    "SeenConflict",
    "SeenLink",
    "SendingRefused",
    "Sent",
    "Setting",
    "Settings",
    "SettingsChanged",
    "SettingsKept",
    "SettingsPlan",
    "SettleIdentity",
    "Sex",
    "Sharing",
    "ShortenJournal",
    "Shortened",
    "SignIn",
    "SignInRefused",
    "SignedIn",
    "SmsDelivered",
    "SmsEntry",
    "SmsReport",
    "SmsRequest",
    "SmsStatus",
    "Sourced",
    "Spending",
    "Stage",
    "Standing",
    "State",
    "StatedId",
    "StatedPerson",
    "StatedRecord",
    "StatedRoster",
    "StatedSchool",
    "Statement",
    "Step",
    "StepTaken",
    "Stop",
    "SystemClock",
    "SystemSecrets",
    "Taken",
    "TakenBack",
    "Tariff",
    "Tenant",
    "Unavailable",
    "UnderWayAlready",
    "UndoCounts",
    "UndoPlan",
    "UndoRefusal",
    "UndoRun",
    "Undone",
    "Unfounded",
    "Unlocked",
    "UnprintableSign",
    "UnreadableSource",
    "Verified",
    "Viewer",
    "Violation",
    "Way",
    "WhenOfAge",
    "Where",
    "WhoSees",
    "Withdrawn",
    "day_of",
    "describe",
    "from_config",
    "masked",
    "own_policy",
    "quote_both",
    "read_plan",
    "shipped_notices",
    "together",
    "write_plan",
]

if not TYPE_CHECKING:  # a type checker would take any name from a module that has this function

    def __getattr__(name: str) -> object:
        """Return the public *name*, and load the module that it lives in."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - whoever asks for nothing pays nothing

        found = getattr(import_module(_HOMES[name]), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
