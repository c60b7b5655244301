"""What a database's errors mean to the house: the world moved, or it cannot be reached; never a value in the text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from eszkola_core.errors import Conflict, EszkolaError, InvalidValue, Unavailable

SOON: Final = timedelta(seconds=5)
"""When it is worth trying again after somebody else was in the way."""

# What SQLite names in "UNIQUE constraint failed: table.column", other databases as part of the index's name.
_TAKEN: Final[Mapping[str, tuple[str, str]]] = {
    "login_key": ("login-taken", "the login was issued to somebody else in the meantime"),
    "ix_person_alone": ("address-taken", "the address is another account's"),
    "central_mailbox": ("address-taken", "the address is another account's"),
    "decision.object": ("merged-already", "the account was merged into another in the meantime"),
    "ix_decision_merged": ("merged-already", "the account was merged into another in the meantime"),
    "handle": ("national-id-taken", "the national id is another account's"),
    "pk_person": ("number-taken", "the person's number was given to somebody else in the meantime"),
    "person.id": ("number-taken", "the person's number was given to somebody else in the meantime"),
    "conflict_case": ("case-taken", "this conflict has a case already"),
    "FOREIGN KEY": ("unknown-person", "this is about somebody whom the storage does not know"),
}

# The beginnings of SQLite's names of errors.
_UNREACHABLE: Final[Mapping[str, tuple[str, str, timedelta | None]]] = {
    "SQLITE_BUSY": ("database-locked", "the database is locked by another program; try again", SOON),
    "SQLITE_LOCKED": ("database-locked", "the database is locked by another program; try again", SOON),
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


# PostgreSQL's SQLSTATEs, the most particular first: https://www.postgresql.org/docs/current/errcodes-appendix.html
_REFUSED: Final[Mapping[str, tuple[str, str, timedelta | None]]] = {
    "55P03": (
        "database-locked",
        "somebody else writes for this tenant, for longer than one waits; try again",
        SOON,
    ),
    "57014": ("database-slow", "the database took too long; look at its load, or raise the time-out", SOON),
    "40001": ("database-busy", "somebody else was quicker; try again", SOON),
    "40P01": ("database-busy", "somebody else was quicker; try again", SOON),
    "25006": ("database-read-only", "the database takes no changes; is it a standby?", None),
    "42501": ("database-refuses", "the database's role may not do this; look at its rights", None),
    "28": (
        "database-refuses",
        "the server does not let this role in; look at name, password and pg_hba.conf",
        None,
    ),
    "42P07": ("database-not-empty", "the database holds tables of something else: name an empty one", None),
    "3D000": ("database-missing", "the server has no database of this name", None),
    "42P01": ("database-outdated", "the database lacks a table or column: eszkola db upgrade", None),
    "42703": ("database-outdated", "the database lacks a table or column: eszkola db upgrade", None),
    "53100": ("disk-full", "the disk of the server is full; make room", None),
    "53": ("database-busy", "the server has no connection or memory left; try again", SOON),
    "57P": ("database-unreachable", "the server is shutting down or starting; try again", SOON),
    "08": ("database-unreachable", "the server cannot be reached, or the connection broke; try again", SOON),
    "58": ("disk-fails", "the server's disk fails; look at its log", None),
    "XX001": ("database-damaged", "the database is damaged; restore it from a backup", None),
    "XX002": ("database-damaged", "the database is damaged; restore it from a backup", None),
    "22021": ("unstorable", "", None),
    "22P05": ("unstorable", "", None),
}
_UNSTORABLE: Final = "a text with half a letter or a zero byte, or a number beyond 64 bits, cannot be kept"


def fault_of(error: SQLAlchemyError | ValueError | OverflowError) -> EszkolaError:
    """Return what *error* means; the caller raises it where *error* is handled no more, so that it leaves no trace."""
    if isinstance(error, (ValueError, OverflowError)):
        return InvalidValue(_UNSTORABLE, code="unstorable")
    if isinstance(error, IntegrityError):
        return _conflict(_violated(error))
    code, told, retry_after = _meaning(error)
    if code == "unstorable":
        return InvalidValue(_UNSTORABLE, code=code)
    return Unavailable(told, code=code, retry_after=retry_after)


def _meaning(error: SQLAlchemyError) -> tuple[str, str, timedelta | None]:
    if isinstance(error, PoolTimeoutError):
        return "database-busy", "all connections to the database are in use; try again", SOON
    if not isinstance(error, DBAPIError):
        return "database-fails", f"the database fails ({type(error).__name__})", None
    name: str = getattr(error.orig, "sqlite_errorname", "")
    state: str = getattr(error.orig, "sqlstate", "") or ""
    if not name and not state and isinstance(error, OperationalError):
        state = _said_by_libpq(str(error.orig))
    if not name and not state and isinstance(error, DataError):
        state = "22021"  # the driver itself refuses a zero byte
    for beginning, meaning in (_REFUSED if state else _UNREACHABLE).items():
        if (state or name).startswith(beginning):
            return meaning
    if str(error.orig).startswith("no such"):
        return _REFUSED["42P01"]
    return "database-fails", f"the database fails ({state or name or type(error).__name__})", None


def _said_by_libpq(words: str) -> str:
    """Return the state that libpq says in words only, where no connection came about or one broke."""
    if 'database "' in words and "does not exist" in words:
        return "3D000"
    refused = ("authentication failed", "pg_hba.conf", "does not exist", "no password supplied", "not permitted")
    return "28000" if any(each in words for each in refused) else "08000"


def _violated(error: IntegrityError) -> str:
    """Return which constraint was violated: PostgreSQL names it, and what it says beside holds values."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is None:
        return str(error.orig)
    if getattr(error.orig, "sqlstate", "") == "23503":
        return "FOREIGN KEY"
    return f"{diagnosis.constraint_name}"


def _conflict(told: str) -> Conflict:
    for named, (code, text) in _TAKEN.items():
        if named in told:
            return Conflict(text, code=code)
    return Conflict("something was changed by somebody else in the meantime", code="changed-meanwhile")
