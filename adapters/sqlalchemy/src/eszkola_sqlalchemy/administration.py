"""Looking after a storage: the keyring, the database and its schema."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from eszkola_core.domain.keys import KeyKind, KeyStep, KeyUse
from eszkola_core.errors import EszkolaError, InvalidValue, Unavailable
from eszkola_core.ports.keys import Note
from eszkola_sqlalchemy import copies, migrations
from eszkola_sqlalchemy.database import Database
from eszkola_sqlalchemy.postgresql import Patience, Postgresql
from eszkola_sqlalchemy.rotation import Rotation
from eszkola_sqlalchemy.sqlite import Sqlite
from eszkola_sqlalchemy.storage import SqlStorage, is_proved, known_tenant
from eszkola_stores.keyring import Keyring

if TYPE_CHECKING:
    from eszkola_core.ports.administration import StorageAdministration
    from eszkola_core.ports.keys import KeyKeeper


class SqlAdministration(ABC):
    """Looks after a database, its ``keyring`` and its schema (`StorageAdministration`, `KeyKeeper`)."""

    def __init__(self, keyring: Path, *, tenant: str) -> None:
        self.keyring = keyring
        self._tenant = tenant
        self._made: Database | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._where()!r}, {str(self.keyring)!r}, tenant={self._tenant!r})"

    def create(self) -> None:
        """Make keyring, database and schema (SA1, SA2)."""
        self._refuse_what_is_there()
        with _reaching(self.keyring.parent):
            self.keyring.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Keyring.create(self.keyring)
        try:
            self._begin()
            migrations.create(self.database)
            self.open()
        except EszkolaError:
            self._undo()
            self.close()
            with suppress(OSError):  # what hindered the making is what is told
                self.keyring.unlink()  # nothing was sealed with it
            raise

    def open(self) -> SqlStorage:
        """Return the storage (SA3, SA4)."""
        return SqlStorage(self.database, Keyring.load(self.keyring), tenant=self._tenant)

    def upgrade(self) -> Sequence[str]:
        """Bring the schema up to date and return the steps that were made (SA5)."""
        return migrations.upgrade(self.database)

    def check(self) -> Sequence[str]:
        """Return what is wrong (SA6)."""
        found = migrations.check(self.database)
        if not found:
            try:
                known_tenant(self.database, Keyring.load(self.keyring), self._tenant)
            except EszkolaError as error:
                found = [f"keyring: {error}"]
        return found

    def sweep(self) -> None:
        """Write the tables anew without what was taken away (SA8)."""
        self.database.sweep()

    @abstractmethod
    def back_up(self, path: Path) -> None:
        """Write all that is kept to *path* (SA9)."""

    @abstractmethod
    def restore(self, path: Path) -> Path | None:
        """Put back what *path* holds (SA10)."""

    def all_keys(self, *, at: datetime) -> Sequence[KeyUse]:
        """Return all keys, by kind and number (KK1)."""
        return self._rotation().all_keys(at=at)

    def renew(self, kind: KeyKind, *, at: datetime, note: Note) -> Iterator[KeyStep]:
        """Take a newer key into use, and yield a step for each page that was hidden with it (KK2, KK3, KK4, KK6)."""
        return self._rotation().renew(kind, at=at, note=note)

    def forget(self, kind: KeyKind, number: int, *, at: datetime, note: Note) -> None:
        """Take a key away that nothing needs (KK5, KK6)."""
        self._rotation().forget(kind, number, at=at, note=note)

    def close(self) -> None:
        """Let go of all connections (SA7)."""
        if self._made is not None:
            self._made.close()
            self._made = None

    def _rotation(self) -> Rotation:
        return Rotation(self.open(), self.keyring)

    @property
    def database(self) -> Database:
        """Return the database, whose connections are opened when they are needed."""
        if self._made is None:
            self._made = self._connected()
        return self._made

    @abstractmethod
    def _where(self) -> str:
        """Return where the database lies, without a password."""

    @abstractmethod
    def _connected(self) -> Database:
        """Return the database, not yet opened."""

    @abstractmethod
    def _refuse_what_is_there(self) -> None:
        """Raise InvalidValue where something would be overwritten."""

    @abstractmethod
    def _begin(self) -> None:
        """Make what the schema is made in."""

    @abstractmethod
    def _undo(self) -> None:
        """Take away what was made; whatever goes wrong now is not told."""


class SqliteAdministration(SqlAdministration):
    """Looks after the SQLite file ``path``."""

    def __init__(self, path: Path, keyring: Path, *, tenant: str, busy_timeout: float = 5.0) -> None:
        super().__init__(keyring, tenant=tenant)
        self.path = path
        self._busy_timeout = busy_timeout

    def back_up(self, path: Path) -> None:
        """Write the database to *path*, readable by its owner only, while others read and write (SA9)."""
        Keyring.load(self.keyring)  # a copy that nobody could open is no backup
        copies.copy(self.path, path)

    def restore(self, path: Path) -> Path | None:
        """Put back what *path* holds (SA10)."""
        with copies.draft_of(path, beside=self.path) as draft:
            self._check_backup(draft, path)
            former = copies.free_name(self.path) if self.path.exists() else None
            if former is None:
                copies.put(draft, self.path)
                return None
            copies.copy(self.path, former)
            try:
                copies.overwrite(self.path, draft, busy_timeout=self._busy_timeout)
            except EszkolaError:
                copies.discard(former)  # nothing was put back, and nothing is to be kept beside
                raise
            return former

    def _check_backup(self, draft: Path, path: Path) -> None:
        """Raise InvalidValue unless *draft*, a copy of *path*, can be this storage."""
        database = Sqlite(draft)
        try:
            found = migrations.revision(database)
            if found is None:
                raise InvalidValue(f"{path} is no backup of a storage", code="no-backup")
            if not migrations.is_known(found):
                raise InvalidValue(
                    f"{path} was made by a newer version than this program: install the newer version",
                    code="database-newer",
                )
            if not is_proved(database, Keyring.load(self.keyring), self._tenant):
                raise InvalidValue(f"{path} does not know the tenant {self._tenant!r}", code="no-backup")
        except Unavailable as error:
            raise InvalidValue(f"{path} is no backup of a storage: {error}", code="no-backup") from None
        finally:
            database.close()

    def _where(self) -> str:
        return str(self.path)

    def _connected(self) -> Database:
        return Sqlite(self.path, busy_timeout=self._busy_timeout)

    def _refuse_what_is_there(self) -> None:
        for path in (self.path, self.keyring):
            if path.exists():
                raise InvalidValue(f"{path} is there already; nothing is overwritten", code="already-there")
        with _reaching(self.path):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _begin(self) -> None:
        with _reaching(self.path):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def _undo(self) -> None:
        self.close()
        copies.discard(self.path)


class PostgresqlAdministration(SqlAdministration):
    """Looks after the schema in the PostgreSQL database at ``url``, which is there and empty to begin with."""

    def __init__(self, url: URL, keyring: Path, *, tenant: str, patience: Patience | None = None) -> None:
        super().__init__(keyring, tenant=tenant)
        self.url = url
        self._patience = patience

    def back_up(self, path: Path) -> None:
        """Leave it to the server's tools (SA9)."""
        raise InvalidValue(
            f"a database on a server is copied by the server's tools: pg_dump --format=custom --file={path} "
            f"{self.url.database}, or base backups; the keyring is copied apart",
            code="use-server-tools",
        )

    def restore(self, path: Path) -> Path | None:
        """Leave it to the server's tools (SA10)."""
        raise InvalidValue(
            f"a database on a server is put back by the server's tools: pg_restore --clean --if-exists "
            f"--single-transaction --dbname={self.url.database} {path}",
            code="use-server-tools",
        )

    def _where(self) -> str:
        return self.url.render_as_string(hide_password=True)

    def _connected(self) -> Database:
        return Postgresql(self.url, self._patience)

    def _refuse_what_is_there(self) -> None:
        if self.keyring.exists():
            raise InvalidValue(f"{self.keyring} is there already; nothing is overwritten", code="already-there")
        if migrations.revision(self.database) is not None:
            raise InvalidValue(f"{self._where()} holds a storage already; nothing is overwritten", code="already-there")

    def _begin(self) -> None:
        """Leave the making of databases to those who run the server."""

    def _undo(self) -> None:
        with suppress(EszkolaError):  # what went wrong first is told
            migrations.downgrade(self.database, "base")


@contextmanager
def _reaching(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{path} cannot be made: {error.strerror}", code="database-missing") from None


if TYPE_CHECKING:

    def _kept(admin: SqlAdministration) -> tuple[StorageAdministration, KeyKeeper]:
        return admin, admin
