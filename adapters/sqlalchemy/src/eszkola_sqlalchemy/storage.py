"""Everything of one tenant, in one database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import frozen
from sqlalchemy import bindparam, select, text

from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.errors import InvalidValue, Unavailable
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.acknowledgements import SqlAcknowledgements
from eszkola_sqlalchemy.applications import SqlApplications
from eszkola_sqlalchemy.attempts import SqlAttempts
from eszkola_sqlalchemy.audit import SqlAudit
from eszkola_sqlalchemy.cases import SqlCases
from eszkola_sqlalchemy.choices import SqlChoices
from eszkola_sqlalchemy.codes import SqlCodes
from eszkola_sqlalchemy.contacts import SqlContacts
from eszkola_sqlalchemy.credentials import SqlCredentials
from eszkola_sqlalchemy.database import Database
from eszkola_sqlalchemy.desk import OURS, Desk, any_of
from eszkola_sqlalchemy.devices import SqlDevices
from eszkola_sqlalchemy.dossiers import SqlDossiers
from eszkola_sqlalchemy.events import SqlEvents
from eszkola_sqlalchemy.leases import SqlLeases
from eszkola_sqlalchemy.licences import SqlLicences
from eszkola_sqlalchemy.maintenances import SqlMaintenances
from eszkola_sqlalchemy.outbox import SqlOutbox
from eszkola_sqlalchemy.people import SqlPeople
from eszkola_sqlalchemy.reports import SqlReports
from eszkola_sqlalchemy.rosters import SqlRosters
from eszkola_sqlalchemy.runs import SqlRuns
from eszkola_sqlalchemy.sessions import SqlSessions
from eszkola_sqlalchemy.sms import SqlSmsLedger
from eszkola_sqlalchemy.tokens import SqlTokens
from eszkola_sqlalchemy.unusable_addresses import SqlUnusableAddresses
from eszkola_stores.keyring import Keyring
from eszkola_stores.vault import Vault

if TYPE_CHECKING:
    from eszkola_core.ports.storage import Storage, Unit

T = TypeVar("T")

_OPENING: Final = select(
    tables.tenant.c.proof, any_of(tables.merged).label("has_merges"), any_of(tables.decision_mark).label("has_marks")
).where(tables.tenant.c.id == bindparam(OURS))
"""What each unit looks at first: the keys in use, and whether there is what most tenants have none of."""


def _part(kind: Callable[[Desk], T]) -> cached_property[T]:
    """Return a part of a unit, which is made when it is first asked for: few units need more than some."""
    return cached_property(lambda unit: kind(unit.desk))


class SqlUnit:
    """The parts of one transaction."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    rosters = _part(SqlRosters)
    people = _part(SqlPeople)
    credentials = _part(SqlCredentials)
    tokens = _part(SqlTokens)
    sessions = _part(SqlSessions)
    events = _part(SqlEvents)
    choices = _part(SqlChoices)
    outbox = _part(SqlOutbox)
    audit = _part(SqlAudit)
    devices = _part(SqlDevices)
    licences = _part(SqlLicences)
    acknowledgements = _part(SqlAcknowledgements)
    attempts = _part(SqlAttempts)
    maintenances = _part(SqlMaintenances)
    applications = _part(SqlApplications)
    runs = _part(SqlRuns)
    leases = _part(SqlLeases)
    codes = _part(SqlCodes)
    contacts = _part(SqlContacts)
    reports = _part(SqlReports)
    dossiers = _part(SqlDossiers)
    unusable = _part(SqlUnusableAddresses)
    cases = _part(SqlCases)
    sms = _part(SqlSmsLedger)


class SqlStorage:
    """
    Keeps `Storage` in a database; any number of threads may use one at once, each in units of its own.

    A tenant that the database does not know yet is written down with a proof of the keyring, so that another keyring is
    noticed before it has sealed anything. The proof tells which keys are in use: each unit looks at it when it begins,
    and reads the keyring anew where another one has come into use meanwhile (LAW-5).

    Raises:
        Unavailable: the database cannot be reached, or has another schema than this code.
        InvalidValue: the keyring is not the one that the tenant began with.
    """

    def __init__(self, database: Database, keyring: Keyring, *, tenant: str) -> None:
        self._database = database
        self._keyring = keyring
        self._name = tenant
        known = known_tenant(database, keyring, tenant)
        if known is None:
            vault = Vault(keyring, tenant)
            with Desk(database, vault) as desk:
                known = _known(desk, keyring, tenant)  # somebody else may have been quicker
                if known is None:
                    proof = vault.proof()
                    number = desk.inserted(tables.tenant, key=tenant, proof=proof)
                    known = Known(number, proof, vault)
        self._known = known

    def __repr__(self) -> str:
        return f"SqlStorage({self._known.vault!r})"

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit that writes (ST1, ST2, ST3)."""
        with self.desk(looks_only=False) as desk:
            yield SqlUnit(desk)

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """Open a unit that only looks (ST4)."""
        with self.desk(looks_only=True) as desk:
            yield SqlUnit(desk)

    def fingerprint(self, data: bytes, *, context: str) -> bytes:
        """Return what stands for *data* in *context*, and what nobody without the key can make (ST5)."""
        return self._known.vault.fingerprint(data, context)

    @property
    def fingerprints(self) -> Sequence[Fingerprint]:
        """The keyed digests that are recognised, beginning with the one that is in use (ST9)."""
        return self._known.vault.fingerprints

    def pseudonym(self, text: str) -> str:
        """Return what stands for *text*, which may name a person, for ever (ST5, ST10)."""
        return self._known.vault.pseudonym(text)

    def seal(self, data: bytes, *, context: str) -> bytes:
        """Return *data* encrypted for *context* (ST5)."""
        return self._known.vault.seal(data, f"sealed|{context}")

    def opened(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed for *context* (ST6)."""
        before = self._known.vault
        try:
            return before.opened(sealed, f"sealed|{context}")
        except InvalidValue:
            with self.desk(looks_only=True):
                pass  # another process may have sealed it with a key that came into use since
            if self._known.vault is before:
                raise
        return self._known.vault.opened(sealed, f"sealed|{context}")

    def desk(self, *, looks_only: bool) -> Desk:
        """Return a transaction with the keys that are in use as it begins."""
        known = self._known
        desk = Desk(self._database, known.vault, tenant=known.number, looks_only=looks_only)
        try:
            # On SQLite this look also fixes the moment that a snapshot sees.
            row = desk.first(_OPENING, **{OURS: known.number})
            if row is not None:
                desk.has_merges, desk.has_marks = bool(row.has_merges), bool(row.has_marks)
                if row.proof != known.proof:
                    known = self._known = Known(known.number, row.proof, self._turned(row.proof))
            desk.vault = known.vault
        except BaseException:
            desk.close(keep=False)
            raise
        return desk

    def _turned(self, proof: bytes) -> Vault:
        """Return the keys that are in use by now."""
        try:
            return Vault.proved(self._keyring.reloaded(), self._name, proof)
        except InvalidValue as error:
            fault = Unavailable(str(error), code=error.code)
        raise fault


@frozen
class Known:
    """A tenant that the database knows: its number, the proof of its keys, and these."""

    number: int
    proof: bytes
    vault: Vault


def known_tenant(database: Database, keyring: Keyring, tenant: str) -> Known | None:
    """
    Return a tenant, or None where the database does not know it yet; nothing is written.

    Raises:
        Unavailable: the database cannot be reached, or has another schema than this code.
        InvalidValue: the keys are not those that the tenant uses.
    """
    with Desk(database, Vault(keyring, tenant), looks_only=True) as desk:
        _check_revision(desk)
        return _known(desk, keyring, tenant)


def is_proved(database: Database, keyring: Keyring, tenant: str) -> bool:
    """
    Return whether the database, of whatever revision, knows a tenant.

    Raises:
        Unavailable: the database cannot be read.
        InvalidValue: the keys are not those that the tenant uses.
    """
    with Desk(database, Vault(keyring, tenant), looks_only=True) as desk:
        return _known(desk, keyring, tenant) is not None


def _known(desk: Desk, keyring: Keyring, tenant: str) -> Known | None:
    table = tables.tenant
    row = desk.first(select(table.c.id, table.c.proof).where(table.c.key == tenant))
    return None if row is None else Known(int(row.id), row.proof, _proved(keyring, tenant, row.proof))


def _proved(keyring: Keyring, tenant: str, proof: bytes) -> Vault:
    """Return a tenant's keys at work, from the keyring as it lies by now if it was read before a change of keys."""
    try:
        return Vault.proved(keyring, tenant, proof)
    except InvalidValue as error:
        if error.code != "keyring-outdated":
            raise
    return Vault.proved(keyring.reloaded(), tenant, proof)


def _check_revision(desk: Desk) -> None:
    """Raise Unavailable unless the schema is the one that this code works with."""
    row = desk.first(text("SELECT version_num FROM alembic_version"))
    found = "" if row is None else str(row.version_num)
    if found < tables.REVISION:
        raise Unavailable("the database has an older schema: eszkola db upgrade", code="database-outdated")
    if found > tables.REVISION:
        raise Unavailable(
            "the database has a newer schema than this program knows: install the newer version; eszkola db upgrade "
            "brings databases forward only",
            code="database-newer",
        )


if TYPE_CHECKING:
    _kept: type[Storage] = SqlStorage
