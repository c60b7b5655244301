"""What the tenant chose, in a table of one row a tenant."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select

from eszkola_core.domain.choices import Choice
from eszkola_core.domain.settings import LoginScheme, Sharing
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.desk import Desk

_T: Final = tables.choice


class SqlChoices:
    """Keeps `Choices` in a table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def current(self) -> Choice | None:
        """Return what is in force (CH1, CH2)."""
        row = self._desk.first(select(_T).where(_T.c.tenant == self._desk.tenant))
        if row is None:
            return None
        return Choice(login_scheme=LoginScheme(row.login_scheme), sharing=Sharing(row.sharing))

    def put(self, choice: Choice) -> None:
        """Let *choice* be in force from now on (CH1)."""
        with self._desk.together():
            self._desk.write(delete(_T).where(_T.c.tenant == self._desk.tenant))
            self._desk.insert(_T, [(self._desk.tenant, choice.login_scheme.value, choice.sharing.value)])
