"""The entry point: storage by its name in a configuration."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from eszkola_core.errors import EszkolaError, InvalidValue, Unavailable
from eszkola_sqlalchemy import migrations
from eszkola_sqlalchemy.crypto import Vault
from eszkola_sqlalchemy.engine import rewritten, sqlite_engine
from eszkola_sqlalchemy.keyring import Keyring
from eszkola_sqlalchemy.storage import SqlStorage, known_tenant

if TYPE_CHECKING:
    from eszkola_core.ports.administration import StorageAdministration

DATABASE: Final = "eszkola.sqlite"
"""Where the database lies unless an option says otherwise."""

KEYRING: Final = "eszkola.keyring"
"""Where the keys lie unless an option says otherwise."""

_OPTIONS: Final = ("url", "path", "keyring", "busy_timeout_seconds")
_BUSY_TIMEOUT: Final = 5.0
_LONGEST_TIMEOUT: Final = 600


def storage(options: Mapping[str, object], *, base: Path, tenant: str) -> StorageAdmin:
    """
    Return what looks after the storage that *options* describe; nothing is opened yet.

    Args:
        options: ``path`` of a SQLite file, or ``url`` of a database; ``keyring``, the path of the keys;
            ``busy_timeout_seconds``, how long a writer waits for another one.
        base: the folder that relative paths start from.
        tenant: the tenant's key.

    Raises:
        InvalidValue: an option is unknown, or its value cannot be right.
    """
    for name in options:
        if name not in _OPTIONS:
            raise InvalidValue(f"storage has no option {name!r}; it has {', '.join(_OPTIONS)}", code="unknown-option")
    if "url" in options and "path" in options:
        raise InvalidValue("storage: url and path say the same thing; leave one of them out", code="wrong-option")
    database = _path_in(_text(options, "url")) if "url" in options else _text(options, "path", DATABASE)
    return StorageAdmin(
        base / database,
        base / _text(options, "keyring", KEYRING),
        tenant=tenant,
        busy_timeout=_seconds(options.get("busy_timeout_seconds", _BUSY_TIMEOUT)),
    )


class StorageAdmin:
    """Looks after the SQLite file ``path``, its ``keyring`` and its schema (`StorageAdministration`)."""

    def __init__(self, path: Path, keyring: Path, *, tenant: str, busy_timeout: float = _BUSY_TIMEOUT) -> None:
        self.path = path
        self.keyring = keyring
        self._tenant = tenant
        self._busy_timeout = busy_timeout
        self._engine: Engine | None = None

    def __repr__(self) -> str:
        return f"StorageAdmin({str(self.path)!r}, {str(self.keyring)!r}, tenant={self._tenant!r})"

    def create(self) -> None:
        """Make folder, keyring, database and schema (SA1, SA2)."""
        for path in (self.path, self.keyring):
            if path.exists():
                raise InvalidValue(f"{path} is there already; nothing is overwritten", code="already-there")
        with _reaching(self.path):
            for folder in (self.path.parent, self.keyring.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        Keyring.create(self.keyring)
        try:
            with _reaching(self.path):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            migrations.upgrade(self._connected())
            self.open()
        except EszkolaError:
            self.close()
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            self.keyring.unlink()  # nothing was sealed with it
            raise

    def open(self) -> SqlStorage:
        """Return the storage (SA3, SA4)."""
        return SqlStorage(self._connected(), Keyring.load(self.keyring), tenant=self._tenant)

    def upgrade(self) -> Sequence[str]:
        """Bring the schema up to date and return the steps that were made (SA5)."""
        return migrations.upgrade(self._connected())

    def check(self) -> Sequence[str]:
        """Return what is wrong (SA6)."""
        found = migrations.check(self._connected())
        if not found:
            try:
                known_tenant(self._connected(), Vault(Keyring.load(self.keyring), self._tenant), self._tenant)
            except EszkolaError as error:
                found = [f"keyring: {error}"]
        return found

    def sweep(self) -> None:
        """Write the file anew without what was taken away, and empty the log (SA8)."""
        rewritten(self._connected())

    def close(self) -> None:
        """Let go of all connections (SA7)."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _connected(self) -> Engine:
        if self._engine is None:
            self._engine = sqlite_engine(self.path, busy_timeout=self._busy_timeout)
        return self._engine


@contextmanager
def _reaching(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{path} cannot be made: {error.strerror}", code="database-missing") from None


def _path_in(url: str) -> str:
    """Return the path in the URL of a SQLite file."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername != "sqlite" or not parsed.database or parsed.query:
        raise InvalidValue("storage: url is written sqlite:///FOLDER/FILE, without parameters", code="wrong-option")
    return parsed.database


def _text(options: Mapping[str, object], name: str, otherwise: str = "") -> str:
    value = options.get(name, otherwise)
    if not isinstance(value, (str, Path)) or not str(value).strip():
        raise InvalidValue(f"storage: {name} is a text", code="wrong-option")
    return str(value)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidValue("storage: busy_timeout_seconds is a number", code="wrong-option")
    if not 0 < value <= _LONGEST_TIMEOUT:
        raise InvalidValue(f"storage: busy_timeout_seconds is above 0, at most {_LONGEST_TIMEOUT}", code="wrong-option")
    return float(value)


if TYPE_CHECKING:

    def _kept(admin: StorageAdmin) -> StorageAdministration:
        return admin
