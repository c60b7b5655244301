"""
The schema's revisions: how a database comes to the newest one, and whether it is there.

Each step is one transaction: a step that fails leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from eszkola_core.errors import InvalidValue
from eszkola_sqlalchemy.database import LOOKS_ONLY, Database
from eszkola_sqlalchemy.faults import fault_of
from eszkola_sqlalchemy.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_FOLDER: Final = Path(__file__).parent


def create(database: Database) -> None:
    """Make the newest schema at once in a database that has none: the steps to it come to the same, and take longer."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - see _moved

    with _moving(database) as connection:
        metadata.create_all(connection, checkfirst=False)
        MigrationContext.configure(connection).stamp(_scripts(), "head")
        database.advise(connection)


def upgrade(database: Database, revision: str = "head") -> list[str]:
    """Bring the database to the newest revision, or only to *revision*, and return the steps that were made."""
    return _moved(database, revision, forward=True)


def downgrade(database: Database, revision: str) -> list[str]:
    """
    Bring the database back to *revision*, or to nothing with ``base``, and return the steps.

    What only the newer schema can hold is lost.
    """
    return _moved(database, revision, forward=False)


def check(database: Database) -> list[str]:
    """Return what is wrong with the database: steps not made yet, damage, broken references, another shape."""
    with _connected(database) as connection:
        pending = [f"not made yet: {each}" for each in _pending(connection)]
        if pending:
            return pending
        return [*database.damage(connection), *_drift(connection)]


def revision(database: Database) -> str | None:
    """Return the revision that the database is at, or None for an empty one."""
    with _connected(database) as connection:
        return _current(connection)


def is_known(revision: str) -> bool:
    """Return whether this program knows a revision."""
    return revision in {each.revision for each in _scripts().walk_revisions()}


def _moved(database: Database, target: str, *, forward: bool) -> list[str]:
    from alembic import command  # noqa: PLC0415 - Alembic is needed for migrations only, and slow to load

    made: list[str] = []
    with _moving(database) as connection:
        _check_known(_current(connection))
        move: Callable[[Config, str], None] = command.upgrade if forward else command.downgrade
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["made"] = made
        move(config, target)
        if forward and made:
            database.advise(connection)
    return made


def _pending(connection: Connection) -> Sequence[str]:
    """Return the steps between the database and the newest revision, in order."""
    script, before = _scripts(), _current(connection)
    _check_known(before)
    steps = script.iterate_revisions("head", before or "base")
    return [f"{each.revision} {each.doc}" for each in steps if each.revision != before][::-1]


def _check_known(found: str | None) -> None:
    """Raise InvalidValue where the database is of a revision that only a newer program knows."""
    if found is not None and not is_known(found):
        raise InvalidValue(
            "the database has a newer schema than this program knows: install the newer version",
            code="database-newer",
        )


def _current(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - see _moved

    return MigrationContext.configure(connection).get_current_revision()


def _drift(connection: Connection) -> list[str]:
    """Return in what the database differs from the tables of this code."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - see _moved
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - see _moved

    found = compare_metadata(MigrationContext.configure(connection), metadata)
    return [f"another shape: {_named(each)}" for each in found]


def _named(difference: object) -> str:
    """Return what differs, in a word and the name of the thing."""
    while isinstance(difference, list):
        difference = difference[0]
    if not isinstance(difference, tuple):
        return str(difference)
    kind, *things = difference
    names = [getattr(each, "name", each) for each in things if isinstance(each, str) or hasattr(each, "name")]
    return f"{kind} {' '.join(map(str, names))}"


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see _moved

    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see _moved

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _moving(database: Database) -> Iterator[Connection]:
    try:
        with database.changing() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise fault_of(error) from None


@contextmanager
def _connected(database: Database) -> Iterator[Connection]:
    """Open a transaction that only looks."""
    try:
        with database.engine.execution_options(**{LOOKS_ONLY: True}).begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise fault_of(error) from None
