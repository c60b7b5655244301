"""An import may be killed at any instant: nothing is lost, and the same again finishes it (SYNC-5)."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from eszkola_core.testing.killing import kill_an_import
from eszkola_core.testing.memory import MemoryStorage, MemoryUnit


class Hasty(MemoryStorage):
    """Keeps what a unit does at once, before the unit has ended."""

    @contextmanager
    def unit(self):
        """Open a unit on what is kept itself."""
        with self._turn:
            yield MemoryUnit(self._state)


@pytest.mark.rule("SYNC-5")
def test_an_import_that_is_killed_anywhere_is_finished_by_the_same_again():
    """At every call of every port: what is kept is all or nothing, and in the end everything is there once."""
    assert kill_an_import(MemoryStorage) > 20


def test_half_an_import_would_be_found():
    """Where units are no units the killing tells."""
    with pytest.raises(AssertionError, match="killed after"):
        kill_an_import(Hasty)
