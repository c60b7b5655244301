"""What a database's errors mean to the house: the world moved, or it cannot be reached; never a value in the text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from eszkola_core.errors import Conflict, EszkolaError, InvalidValue, Unavailable

_SOON: Final = timedelta(seconds=5)

# What SQLite names in "UNIQUE constraint failed: table.column", other databases as part of the index's name.
_TAKEN: Final[Mapping[str, tuple[str, str]]] = {
    "login_key": ("login-taken", "the login was issued to somebody else in the meantime"),
    "ix_person_alone": ("address-taken", "the address is another account's"),
    "central_mailbox": ("address-taken", "the address is another account's"),
    "decision.object": ("merged-already", "the account was merged into another in the meantime"),
    "ix_decision_merged": ("merged-already", "the account was merged into another in the meantime"),
    "handle": ("national-id-taken", "the national id is another account's"),
    "person.id": ("number-taken", "the person's number was given to somebody else in the meantime"),
    "FOREIGN KEY": ("unknown-person", "this is about somebody whom the storage does not know"),
}

# The beginnings of SQLite's names of errors.
_UNREACHABLE: Final[Mapping[str, tuple[str, str, timedelta | None]]] = {
    "SQLITE_BUSY": ("database-locked", "the database is locked by another program; try again", _SOON),
    "SQLITE_LOCKED": ("database-locked", "the database is locked by another program; try again", _SOON),
    "SQLITE_CANTOPEN": (
        "database-missing",
        "the database cannot be opened; is the path right, is the folder there?",
        None,
    ),
    "SQLITE_READONLY": (
        "database-read-only",
        "the database cannot be written to; look at the rights of its file",
        None,
    ),
    "SQLITE_PERM": ("database-read-only", "the database cannot be written to; look at the rights of its file", None),
    "SQLITE_AUTH": ("database-read-only", "the database cannot be written to; look at the rights of its file", None),
    "SQLITE_FULL": ("disk-full", "the disk is full; make room", None),
    "SQLITE_IOERR": ("disk-fails", "the disk fails; look at the machine's log", None),
    "SQLITE_CORRUPT": ("database-damaged", "the database is damaged; restore it from a backup", None),
    "SQLITE_NOTADB": ("not-a-database", "the file is no database; is the path right?", None),
    "SQLITE_SCHEMA": ("database-outdated", "the database has another schema: eszkola db upgrade", None),
}


def fault_of(error: SQLAlchemyError | ValueError | OverflowError) -> EszkolaError:
    """Return what *error* means; the caller raises it where *error* is handled no more, so that it leaves no trace."""
    if isinstance(error, (ValueError, OverflowError)):
        return InvalidValue("a text with half a letter, or a number beyond 64 bits, cannot be kept", code="unstorable")
    if isinstance(error, IntegrityError):
        return _conflict(str(error.orig))
    name = getattr(error.orig, "sqlite_errorname", "") if isinstance(error, DBAPIError) else ""
    for beginning, (code, text, retry_after) in _UNREACHABLE.items():
        if name.startswith(beginning):
            return Unavailable(text, code=code, retry_after=retry_after)
    if isinstance(error, DBAPIError) and str(error.orig).startswith("no such"):
        return Unavailable("the database lacks a table or column: eszkola db upgrade", code="database-outdated")
    return Unavailable(f"the database fails ({name or type(error).__name__})", code="database-fails")


def _conflict(told: str) -> Conflict:
    for named, (code, text) in _TAKEN.items():
        if named in told:
            return Conflict(text, code=code)
    return Conflict("something was changed by somebody else in the meantime", code="changed-meanwhile")
