"""For every clause of choices a storage with one lie, which its contract finds out."""

from __future__ import annotations

import pytest

from eszkola_core.domain.choices import Choice
from eszkola_core.domain.settings import Settings
from eszkola_core.ports.storage import Choices
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.saboteurs import Lie, state


def put_once(real, choice):
    """Keep the first."""
    if "current" not in state(real).choice:
        real(choice)


LIES = [
    Lie("CH1", "the first stays", "choices", {"put": put_once}),
    Lie("CH2", "as usual", "choices", {"current": lambda real: real() or Choice.of(Settings())}),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_about_choices_is_found_out(bench, lie):
    """A storage that breaks one clause turns a test red that cites this very clause."""
    fixtures = {"fresh_storage": lie.storage, "fresh_tenants": lambda: (MemoryStorage("a"), MemoryStorage("b"))}
    assert bench.first_red(StorageContract, lie.clause, fixtures) is not None


def test_no_clause_of_choices_lacks_a_saboteur(bench):
    """The lies and the clauses name the same."""
    assert {each.clause for each in LIES} == set(bench.clauses(Choices))
