"""For every clause of the owned contact data a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest
from attrs import evolve

from eszkola_core.ports.storage import Contacts
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.saboteurs import Lie, state


def first_only(real, contacts):
    """Keep what was put first."""
    if contacts.person not in state(real).contacts:
        real(contacts)


LIES = [
    Lie("CN1", "the first for ever", "contacts", {"put": first_only}),
    Lie(
        "CN1",
        "no fractions",
        "contacts",
        {"put": lambda real, c: real(evolve(c, ask_at=c.ask_at.replace(microsecond=0)))},
    ),
    Lie("CN2", "without a limit", "contacts", {"due": lambda real, now, *, limit: real(now, limit=limit + 9)}),
    Lie("CN2", "latest first", "contacts", {"due": lambda real, now, *, limit: real(now, limit=limit)[::-1]}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_contact_data_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    assert bench.first_red(StorageContract, lie.clause, {"fresh_storage": lie.storage}) is not None


def test_no_clause_of_the_contact_data_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Contacts))
