"""An import on a database may be killed at any instant (SYNC-5)."""

from __future__ import annotations

import pytest

from eszkola_core.testing.killing import kill_an_import


@pytest.mark.rule("SYNC-5")
def test_an_import_that_is_killed_anywhere_is_finished_by_the_same_again(new_admin_at_length):
    """At every call of every port: the transaction is kept as a whole or not at all."""
    assert kill_an_import(lambda: new_admin_at_length().open()) > 20
