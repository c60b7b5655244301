"""
What runs find where they write, kept row by row for their undoing (SYNC-9).

A row is kept as it is: what is sealed in it stays sealed, for the very cell that it was in.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, func, select

from eszkola_core.domain.claims import RecordKey
from eszkola_core.domain.runs import Run
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.tables import ImageKind
from eszkola_sqlalchemy.values import chunks, dumped, loaded

_T: Final = tables.before_image
_R: Final = tables.run


class Images:
    """What one run finds, and whose the rows are that it writes."""

    def __init__(self, desk: Desk, run: Run) -> None:
        self._desk = desk
        self._run = run

    def note(
        self,
        kind: ImageKind,
        found: Mapping[str, Row[Any]],
        written: Collection[str],
        *,
        ending: Collection[str] = (),
    ) -> Mapping[str, int]:
        """
        Keep the rows that are *found* under keys, and return whose run's the rows *written* under keys are then.

        What is new may be left out of *written* and is this run's, unless the run undoes another (`newcomers`). What
        such a run gives back that the undone one was the last to write is the earlier run's again and not kept; nor is
        what is *ending* that the undone run began.
        """
        given_back = self._given_back(kind, found, written)
        rows = [
            (self._desk.tenant, self._run.id, kind.value, key, row.run, text_of_row(row))
            for key, row in sorted(found.items())
            if key not in given_back and not (key in ending and row.run == self._run.undoes)
        ]
        self._desk.insert(_T, rows)
        return {key: given_back.get(key, self._run.id) for key in written}

    @property
    def by(self) -> int:
        """The run that writes."""
        return self._run.id

    @property
    def newcomers(self) -> bool:
        """Whether what was not there may be another run's: one that undoes gives back what its run had taken."""
        return self._run.undoes is not None

    def _given_back(
        self, kind: ImageKind, found: Mapping[str, Row[Any]], written: Collection[str]
    ) -> Mapping[str, int]:
        """Return the keys that the undone run wrote last, with the run that had written them before it."""
        undone = self._run.undoes
        if undone is None:
            return {}
        keys = {*found, *written}
        ended = last_images(self._desk, kind, [key for key in keys if key not in found], undoing=undone)
        theirs = [key for key in keys if (found[key].run if key in found else ended.get(key)) == undone]
        return {row.key: row.was for row in images(self._desk, kind, theirs) if row.run == undone}


def images(desk: Desk, kind: ImageKind, keys: Collection[str]) -> Iterator[Row[Any]]:
    """Yield everything that was kept of *keys*."""
    for chunk in chunks(sorted(keys)):
        of = (_T.c.tenant == desk.tenant) & (_T.c.kind == kind.value) & _T.c.key.in_(chunk)
        yield from desk.rows(select(_T).where(of).order_by(_T.c.run))


def last_images(desk: Desk, kind: ImageKind, keys: Collection[str], *, undoing: int | None = None) -> Mapping[str, int]:
    """
    Return the newest run that found something under each of *keys*.

    What was undone is nobody's any more, but for the run that somebody is *undoing* just now.
    """
    undone = select(_R.c.undoes).where(_R.c.tenant == desk.tenant, _R.c.undoes.is_not(None))
    if undoing is not None:
        undone = undone.where(_R.c.undoes != undoing)
    found = {}
    for chunk in chunks(sorted(keys)):
        of = (_T.c.tenant == desk.tenant) & (_T.c.kind == kind.value) & _T.c.key.in_(chunk) & _T.c.run.not_in(undone)
        newest = select(_T.c.key, func.max(_T.c.run).label("newest")).where(of).group_by(_T.c.key)
        found.update({row.key: row.newest for row in desk.rows(newest)})
    return found


def text_of_row(row: Row[Any]) -> str:
    """Return a row as the text that it is kept as."""
    cells = row._asdict()
    return dumped({name: {"bytes": each.hex()} if isinstance(each, bytes) else each for name, each in cells.items()})


def row_of(text: str, columns: Sequence[str]) -> Any:  # noqa: ANN401 - something like a row
    """Return the row of `text_of_row`; a column that came since is empty."""
    cells = loaded(text)
    values = (cells.get(name) for name in columns)
    return _shape(tuple(columns))(
        *(bytes.fromhex(value["bytes"]) if isinstance(value, dict) else value for value in values)
    )


@cache
def _shape(columns: tuple[str, ...]) -> Any:  # noqa: ANN401 - a class of tuples
    return namedtuple("KeptRow", columns)  # noqa: PYI024 - the columns are known at run time only


def text_of_record(key: RecordKey) -> str:
    """Return a record's key as images are kept under."""
    return dumped([key.roster.school, key.roster.origin, key.roster.list, key.key])
