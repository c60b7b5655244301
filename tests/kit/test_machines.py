"""The machines of the kit run in memory, and find a storage that lies."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from eszkola_core.testing.machines import GuardianshipMachine, RecoveryMachine, SyncMachine
from eszkola_core.testing.saboteurs import Lie

MACHINES = [GuardianshipMachine, RecoveryMachine, SyncMachine]
A_FEW = settings(max_examples=10, stateful_step_count=12, deadline=None)
UNTIL_FOUND = settings(
    max_examples=200, stateful_step_count=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate]
)


@pytest.mark.rule("LINK-3d")
@pytest.mark.rule("SYNC-4a")
@pytest.mark.rule("ACCESS-4c")
@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_runs_in_memory(machine):
    """Whatever is done in whatever order."""
    run_state_machine_as_test(machine, settings=A_FEW)


def keep_older(real, token):
    """Keep a token, and whatever was there before."""
    state = real.__self__._state  # noqa: SLF001 - a saboteur works from within
    before = dict(state.tokens)
    real(token)
    state.tokens.update(before)
    return frozenset()


def forget(world):
    """Find nobody by an id or address."""
    return evolve(world, people={})


LIES = [
    (RecoveryMachine, Lie("TO2", "the older stays", "tokens", {"add": keep_older})),
    (SyncMachine, Lie("RO2", "nobody is found again", "rosters", {"gather": lambda real, seeds: forget(real(seeds))})),
]


@pytest.mark.parametrize(("machine", "lie"), LIES, ids=str)
def test_a_machine_finds_a_storage_that_lies(machine, lie):
    """A storage with one lie does not live through it."""
    sabotaged = type("Sabotaged", (machine,), {"fresh_storage": staticmethod(lie.storage)})

    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the lie makes of the next step
        run_state_machine_as_test(sabotaged, settings=UNTIL_FOUND)
