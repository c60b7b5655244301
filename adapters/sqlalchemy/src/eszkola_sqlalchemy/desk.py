"""One transaction of one tenant: where all parts of a unit do their reading and writing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, Final, ParamSpec, Self, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ClauseElement,
    Column,
    Connection,
    CursorResult,
    Delete,
    Dialect,
    Executable,
    Exists,
    Row,
    Select,
    Table,
    Text,
    TextClause,
    UpdateBase,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    select,
    table,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from eszkola_core.domain.claims import Evidence, RosterKey
from eszkola_core.domain.hidden import Secret
from eszkola_core.errors import EszkolaError, InvalidValue, Unavailable
from eszkola_sqlalchemy.by_text import Done, done, repeated
from eszkola_sqlalchemy.database import Database
from eszkola_sqlalchemy.faults import fault_of
from eszkola_sqlalchemy.tables import metadata
from eszkola_sqlalchemy.values import chunks
from eszkola_stores.vault import Vault

OURS: Final = "of_tenant"
"""What statements that stand for good call the tenant."""

GIVEN: Final = table("given", column("value", Text))
"""What a statement reads that looks up many texts, one by one."""

_TEXT: Final = ("utf-8", "surrogatepass")
_WRITTEN: Final[MutableMapping[Executable, dict[tuple[str, Column[Any]], tuple[str, Sequence[str]]]]] = (
    WeakKeyDictionary()
)
"""The texts of statements that stand for good, up to a list of values."""

_TOLD: Final[MutableMapping[Executable, dict[str, tuple[str, Sequence[str], Mapping[str, object]]]]] = (
    WeakKeyDictionary()
)
"""The whole texts of others."""

P = ParamSpec("P")
T = TypeVar("T")


def any_of(table: Table) -> Exists:
    """Return the condition that the tenant has any row in *table*."""
    return exists().where(table.c.tenant == bindparam(OURS))


class Desk:
    """
    A transaction that is open until `close`, or until a ``with`` block is left: then it is kept unless that failed.

    Every statement goes through here: so no error of the database gets out as it is, and nothing is done after the
    database gave up. ``tenant`` is the tenant's number, which leads every key.
    """

    def __init__(self, database: Database, vault: Vault, *, tenant: int = 0, looks_only: bool = False) -> None:
        self.tenant = tenant
        self.vault = vault
        self.has_merges: bool | None = None
        self.has_marks: bool | None = None
        self.roster_numbers: dict[RosterKey, int] = {}
        self._database = database
        self._looks_only = looks_only
        self._depth = 0
        self._fault: EszkolaError | None = None
        self._end_turn = None if looks_only else database.turn()
        try:
            self._connection = self._begun(database, looks_only=looks_only, tenant=tenant)
        except BaseException:
            self._let_next()
            raise

    @staticmethod
    def _begun(database: Database, *, looks_only: bool, tenant: int) -> Connection:
        """Return a connection with a transaction that has begun."""
        fault = None
        try:
            connection = database.connection(looks_only=looks_only, tenant=tenant)
        except SQLAlchemyError as error:
            fault = fault_of(error)
        if fault is not None:
            raise fault
        try:
            connection.begin()
        except SQLAlchemyError as error:
            fault = fault_of(error)
            connection.close()
        if fault is not None:
            raise fault
        return connection

    def _let_next(self) -> None:
        """Let the next writer work, once."""
        if self._end_turn is not None:
            self._end_turn()
            self._end_turn = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        self.close(keep=kind is None)

    def close(self, *, keep: bool) -> None:
        """
        End the transaction; *keep* what was done in it, or undo it.

        Raises:
            Unavailable: it could not be kept, or the database had given up before.
        """
        fault, self._fault = self._fault, InvalidValue("the unit is over; open another one", code="unit-over")
        let_go: Callable[[], None] = self._connection.close
        try:
            if keep and fault is None:
                self._connection.commit()
                let_go = partial(self._database.take_back, self._connection)
        except SQLAlchemyError as error:
            fault = fault_of(error)
        try:
            let_go()
        except SQLAlchemyError as error:
            fault = fault or fault_of(error)
        finally:
            self._let_next()
        if keep and fault is not None:
            raise fault

    # Statements

    def rows(self, statement: Executable, **bound: object) -> Sequence[Row[Any]]:
        """Return all rows that *statement* gives; one that names what is *bound* stands for good."""
        return self._done(statement, bound).rows

    def among(
        self,
        statement: Select[Any],
        column: Column[Any],
        values: Collection[object],
        *,
        then: str = "",
        **bound: object,
    ) -> Iterable[Row[Any]]:
        """
        Return the rows of *statement* whose *column* holds one of *values*, which may be many.

        The statement stands for good, ends in its conditions, and names what is *bound*; `OURS` is the tenant. What
        else belongs to it, such as how rows are grouped, comes *then*. What SQLAlchemy makes of a list anew each time
        costs more than to look for what is in it.
        """
        return self._with_each(statement, column, values, bound, then) if values else ()

    def of_given(self, statement: Select[Any], texts: Iterable[str]) -> Iterator[Row[Any]]:
        """Yield the rows of *statement*, which stands for good and reads *texts*, which may be many, from `GIVEN`."""
        written, names, constant = _told(statement, self._connection.dialect)
        known = tuple({**constant, OURS: self.tenant}[name] for name in names)
        for chunk in chunks(texts):
            given = "SELECT unnest(%s::text[])" if self._takes_lists else f"VALUES {', '.join(['(?)'] * len(chunk))}"
            values: tuple[object, ...] = (chunk,) if self._takes_lists else tuple(chunk)
            whole = f"WITH {GIVEN.name} ({GIVEN.c.value.name}) AS ({given}) {written}"
            yield from self._guarded(done, self._connection, whole, (*values, *known)).rows

    @property
    def _takes_lists(self) -> bool:
        """Whether the database takes a list as one value, so that the statement is the same however long it is."""
        return self._connection.dialect.paramstyle != "qmark"

    def forget(self, table: Table, column: Column[Any], values: Iterable[object]) -> None:
        """Delete the tenant's rows whose *column* holds one of *values*, which may be many."""
        for _ in self._with_each(_forgetting(table.name), column, values, {}):
            pass

    def _with_each(
        self,
        statement: Select[Any] | Delete,
        column: Column[Any],
        values: Iterable[object],
        bound: Mapping[str, object],
        then: str = "",
    ) -> Iterator[Row[Any]]:
        """Do *statement* for *values* in lists of a good length, and yield the rows that it gives."""
        attempt = self._guarded if isinstance(statement, Select) else self._tried
        written, names = _written(statement, column, self._connection.dialect)
        given = tuple({**bound, OURS: self.tenant}[name] for name in names)
        for chunk in chunks(values):
            if self._takes_lists:
                whole, known = f"{written} = ANY(%s) {then}", (*given, chunk)
            else:
                whole, known = f"{written} IN ({', '.join(['?'] * len(chunk))}) {then}", (*given, *chunk)
            yield from attempt(done, self._connection, whole, known).rows

    def first(self, statement: Executable, **bound: object) -> Row[Any] | None:
        """Return the first row that *statement* gives, or None; one that names what is *bound* stands for good."""
        row: Row[Any] | None = self._done(statement, bound).first()
        return row

    def write(self, statement: UpdateBase, **bound: object) -> int:
        """Do *statement* and return how many rows it met; one that names what is *bound* stands for good."""
        return self._done(statement, bound).count

    def _done(self, statement: Executable, bound: Mapping[str, object]) -> Done:
        attempt = self._tried if isinstance(statement, UpdateBase) else self._guarded
        return attempt(self._executed, statement, bound)

    def _executed(self, statement: Executable, bound: Mapping[str, object]) -> Done:
        """Do *statement*: by its text, once that is known, because SQLAlchemy takes longer to find it again."""
        if not bound:
            result: CursorResult[Any] = self._connection.execute(statement)
            return Done(result.all() if result.returns_rows else (), result.rowcount)
        text, names, constant = _told(statement, self._connection.dialect)
        return done(self._connection, text, tuple({**constant, **bound}[name] for name in names))

    def inserted(self, table: Table, **values: object) -> int:
        """Insert one row and return the number that the database gave it."""
        key = self._tried(lambda: self._connection.execute(insert(table).values(**values)).inserted_primary_key)
        return int(key[0]) if key is not None else 0

    def insert(self, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert *rows*, each with the values of all columns in order: the way in that costs least."""
        if rows:
            self._tried(self._database.insert, self._connection, table, rows)

    def each(self, statement: UpdateBase | TextClause, rows: Iterable[Mapping[str, object]]) -> int:
        """
        Do *statement* once for each of *rows*, and return how many rows it met in all.

        The statement stands for good, and the rows name its parameters.
        """
        text, names, constant = _told(statement, self._connection.dialect)
        listed = [tuple(row[name] if name in row else constant[name] for name in names) for row in rows]
        if not listed:
            return 0
        return self._tried(repeated, self._connection, text, listed)

    def numbers(self, table: Table, many: int) -> Sequence[int]:
        """Return *many* ascending numbers for new rows of a table that tenants number together."""
        return self._guarded(self._database.numbers, self._connection, table, many) if many else ()

    def highest(self, column: Any, *where: Any) -> int:  # noqa: ANN401 - as SQLAlchemy has it
        """Return the highest number in *column*, or 0."""
        row = self.first(select(func.max(column)).where(*where))
        return int(row[0]) if row is not None and row[0] is not None else 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what happens inside happen whole, or not at all, also for a caller who catches the error."""
        self._check()
        self._depth += 1
        is_whole = False
        try:
            with self._connection.begin_nested():
                yield
            is_whole = True
        except SQLAlchemyError as error:
            # Where the database gave up it has undone everything: that there is nothing to go back to says no more.
            raise self._fault or self._took(error) from None
        finally:
            self._depth -= 1
            if not is_whole:
                self.roster_numbers.clear()  # one that was given inside is taken back

    def _tried(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return what *work* gives; when it fails the transaction is as it was before, on any database."""
        if self._depth or not self._database.is_spoilt_by_failures:
            return self._guarded(work, *given, **named)
        with self.together():
            return self._guarded(work, *given, **named)

    def _guarded(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Return what *work* gives; what the database says instead is raised in the house's words, without a trace."""
        self._check()
        try:
            return work(*given, **named)
        except (DBAPIError, UnicodeEncodeError, OverflowError) as error:
            fault = self._took(error)
        raise fault

    def _check(self) -> None:
        if self._fault is not None:
            raise type(self._fault)(str(self._fault), code=self._fault.code)

    def _took(self, error: SQLAlchemyError | UnicodeEncodeError | OverflowError) -> EszkolaError:
        """Return what *error* means, and remember when the database gave up: it may have undone everything."""
        fault = fault_of(error)
        if isinstance(fault, Unavailable):
            if self._looks_only and fault.code == "database-read-only":
                return InvalidValue("a snapshot only looks; write in a unit", code="snapshot-looks-only")
            self._fault = fault
        return fault

    # Hidden values

    def blind(self, evidence: Evidence) -> bytes:
        """Return what rows with *evidence* are written under."""
        return self.vault.index(evidence.kind.value, evidence.value)

    def blinds(self, evidence: Evidence) -> tuple[bytes, ...]:
        """Return all that rows with *evidence* may stand under, while index keys change (LAW-5)."""
        return self.vault.indexes(evidence.kind.value, evidence.value)

    def sealed(self, text: Secret, table: Table, column: str, row: object) -> bytes:
        """Return a text encrypted for one cell."""
        return self.vault.seal(text.reveal().encode(*_TEXT), f"{table.name}|{column}|{row}")

    def opened(self, cell: bytes, table: Table, column: str, row: object) -> Secret:
        """
        Return the text in a sealed cell.

        Raises:
            Unavailable: the cell was not sealed here; somebody changed the database by hand, or it is damaged.
        """
        try:
            return Secret(self.vault.opened(cell, f"{table.name}|{column}|{row}").decode(*_TEXT))
        except InvalidValue:
            raise Unavailable(
                f"a sealed value in {table.name}.{column} does not open; restore the database from a backup",
                code="database-damaged",
            ) from None

    def resealed(self, cell: bytes, table: Table, column: str, row: object) -> bytes:
        """Return what is in a sealed cell, sealed with the key that seals now (LAW-5)."""
        return self.sealed(self.opened(cell, table, column, row), table, column, row)

    def kept_or_sealed(self, text: Secret, before: bytes | None, table: Table, column: str, row: object) -> bytes:
        """Return the cell as it is where it already holds *text* under the newest key, else sealed anew."""
        if before is not None and self.vault.is_newest(before) and self.opened(before, table, column, row) == text:
            return before
        return self.sealed(text, table, column, row)


@cache
def _forgetting(name: str) -> Delete:
    table = metadata.tables[name]
    return delete(table).where(table.c.tenant == bindparam(OURS))


def _told(statement: Executable, dialect: Dialect) -> tuple[str, Sequence[str], Mapping[str, object]]:
    """Return the text of a statement that stands for good, the names of its values, and those that never change."""
    told = _TOLD.get(statement)
    if told is None:
        told = _TOLD.setdefault(statement, {})
    if dialect.name not in told:
        compiled: Any = cast("ClauseElement", statement).compile(dialect=dialect)
        constant = {name: each.value for name, each in compiled.binds.items() if not each.required}
        told[dialect.name] = (str(compiled), tuple(compiled.positiontup or ()), constant)
    return told[dialect.name]


def _written(statement: Select[Any] | Delete, column: Column[Any], dialect: Dialect) -> tuple[str, Sequence[str]]:
    """Return the text of a statement up to a list of values of *column*, and the names of what stands before it."""
    texts = _WRITTEN.get(statement)
    if texts is None:
        texts = _WRITTEN.setdefault(statement, {})
    key = (dialect.name, column)
    if key not in texts:
        compiled: Any = statement.compile(dialect=dialect)
        name = dialect.identifier_preparer.format_column(column, use_table=True)
        texts[key] = (f"{compiled} AND {name}", tuple(compiled.positiontup or ()))
    return texts[key]
