"""The entry point: storage by its name in a configuration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from eszkola_core.errors import InvalidValue
from eszkola_sqlalchemy.administration import PostgresqlAdministration, SqlAdministration, SqliteAdministration
from eszkola_sqlalchemy.postgresql import Patience

DATABASE: Final = "eszkola.sqlite"
"""Where the database lies unless an option says otherwise."""

KEYRING: Final = "eszkola.keyring"
"""Where the keys lie unless an option says otherwise."""

_SQLITE: Final = ("path", "url", "keyring", "busy_timeout_seconds")
_POSTGRESQL: Final = (
    *("url", "keyring", "connect_timeout_seconds", "lock_timeout_seconds", "statement_timeout_seconds"),
    *("pool_size", "pool_overflow", "pool_timeout_seconds"),
)
_BUSY_TIMEOUT: Final = 5.0
_LONGEST_TIMEOUT: Final = 86_400
_MOST_CONNECTIONS: Final = 1000


def storage(options: Mapping[str, object], *, base: Path, tenant: str) -> SqlAdministration:
    """
    Return what looks after the storage that *options* describe; nothing is opened yet.

    Args:
        options: ``path`` of a SQLite file, or ``url`` of a database; ``keyring``, the path of the keys; and for how
            long one waits for what: ``busy_timeout_seconds`` on SQLite, what `Patience` has on PostgreSQL.
        base: the folder that relative paths start from.
        tenant: the tenant's key.

    Raises:
        InvalidValue: an option is unknown, or its value cannot be right.
    """
    if "url" in options and "path" in options:
        raise InvalidValue("storage: url and path say the same thing; leave one of them out", code="wrong-option")
    url = _url(_text(options, "url")) if "url" in options else None
    on_server = url is not None and url.get_backend_name() == "postgresql"
    known = _POSTGRESQL if on_server else _SQLITE
    for name in options:
        if name not in known:
            where = " on PostgreSQL" if on_server else ""
            raise InvalidValue(
                f"storage has no option {name!r}{where}; it has {', '.join(known)}", code="unknown-option"
            )
    keyring = base / _text(options, "keyring", KEYRING)
    if url is not None and on_server:
        return PostgresqlAdministration(url, keyring, tenant=tenant, patience=_patience(options))
    path = base / (_path_in(url) if url is not None else _text(options, "path", DATABASE))
    busy = _seconds(options, "busy_timeout_seconds", _BUSY_TIMEOUT)
    return SqliteAdministration(path, keyring, tenant=tenant, busy_timeout=busy)


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise InvalidValue(
            "storage: url is written sqlite:///FOLDER/FILE or postgresql://ROLE@HOST/DATABASE", code="wrong-option"
        )
    return url


def _path_in(url: URL) -> str:
    """Return the path in the URL of a SQLite file."""
    if not url.database or url.query:
        raise InvalidValue("storage: url is written sqlite:///FOLDER/FILE, without parameters", code="wrong-option")
    return url.database


def _patience(options: Mapping[str, object]) -> Patience:
    usual = Patience()
    return Patience(
        connect_timeout=_seconds(options, "connect_timeout_seconds", usual.connect_timeout),
        lock_timeout=_seconds(options, "lock_timeout_seconds", usual.lock_timeout),
        statement_timeout=_seconds(options, "statement_timeout_seconds", usual.statement_timeout),
        pool_size=_connections(options, "pool_size", usual.pool_size, least=1),
        pool_overflow=_connections(options, "pool_overflow", usual.pool_overflow, least=0),
        pool_timeout=_seconds(options, "pool_timeout_seconds", usual.pool_timeout),
    )


def _text(options: Mapping[str, object], name: str, otherwise: str = "") -> str:
    value = options.get(name, otherwise)
    if not isinstance(value, (str, Path)) or not str(value).strip():
        raise InvalidValue(f"storage: {name} is a text", code="wrong-option")
    return str(value)


def _seconds(options: Mapping[str, object], name: str, otherwise: float) -> float:
    value = options.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidValue(f"storage: {name} is a number", code="wrong-option")
    if not 0 < value <= _LONGEST_TIMEOUT:
        raise InvalidValue(f"storage: {name} is above 0, at most {_LONGEST_TIMEOUT}", code="wrong-option")
    return float(value)


def _connections(options: Mapping[str, object], name: str, otherwise: int, *, least: int) -> int:
    value = options.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST_CONNECTIONS:
        raise InvalidValue(
            f"storage: {name} is a whole number from {least} to {_MOST_CONNECTIONS}", code="wrong-option"
        )
    return value
