"""Agreement: random programs do the same on any storage as they do on `MemoryStorage`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.errors import Conflict
from eszkola_core.ports.storage import Storage, Unit
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.contracts.storage.base import Fresh, StorageFixtures
from eszkola_core.testing.contracts.storage.programs import CHECKS, PEOPLE, Call, calls
from eszkola_core.testing.memory import MemoryStorage


class Left(Exception):
    """A unit of the program was left in the middle."""


@frozen
class Block:
    """The calls of one unit, which ends in order or is left by an exception."""

    calls: Sequence[Call]
    is_left: bool = False


def programs() -> SearchStrategy[list[Block]]:
    """Yield short programs: a few units of a few calls each; most of them end in order."""
    ends = st.sampled_from([False, False, False, True])
    return st.lists(st.builds(Block, st.lists(calls(), min_size=1, max_size=6), ends), min_size=1, max_size=6)


class Agreement(StorageFixtures):
    """What no clause thought of is still done alike."""

    @pytest.mark.clause("ST1")
    @pytest.mark.clause("ST2")
    def test_random_programs_do_the_same_as_in_memory(self, fresh_storage: Fresh) -> None:
        """
        Every call answers alike, in its value or by a Conflict, and at the end the same is kept.

        Numbers of runs, decisions, messages and requests may differ: those of a unit that was left may be skipped.
        """

        @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
        @given(programs())
        def agree(program: list[Block]) -> None:
            ours, memory = fresh_storage(), MemoryStorage()
            for storage in (ours, memory):
                a.open_accounts(storage, *(a.opening(number) for number in PEOPLE))
            for number, block in enumerate([*program, Block(CHECKS)], 1):
                answers, expected = _answers(ours, block), _answers(memory, block)
                for call, answer, wanted in zip(block.calls, answers, expected, strict=True):
                    assert answer == wanted, _told([*program, Block(CHECKS)], number, call)

        agree()


def _answers(storage: Storage, block: Block) -> list[object]:
    """Return what each call of *block* answers."""
    answers: list[object] = []
    with suppress(Left), storage.unit() as unit:
        answers += [_answer(unit, call.does) for call in block.calls]
        if block.is_left:
            raise Left
    return answers


def _answer(unit: Unit, does: Callable[[Unit], object]) -> object:
    try:
        return a.exactly(does(unit), numbered=False)
    except Conflict:
        return Conflict


def _told(program: Sequence[Block], last: int, differing: Call) -> str:
    """Return the program up to the unit in which the two differ."""
    lines = ["this program does not do the same as on MemoryStorage, in the call that is marked:"]
    for block in program[:last]:
        lines.append("with storage.unit() as unit:")
        lines += [f"    {call}{'  # <- differs' if call is differing else ''}" for call in block.calls]
        lines += ["    raise Left"] if block.is_left else []
    return "\n".join(lines)
