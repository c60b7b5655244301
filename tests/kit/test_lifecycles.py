"""The page of lifecycles says what the tables say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eszkola_core.testing.lifecycles import edges, final_states, lifecycles, page

PAGE = Path(__file__).parents[2] / "docs/reference/lifecycles.md"
EVERY = lifecycles()


def test_the_page_is_drawn_from_the_tables():
    """Written by hand it could say something else."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", EVERY)
def test_a_lifecycle_names_every_state_and_leads_to_states_only(name):
    """Whatever state a transition leads to has its row, and every row is a state of one kind."""
    table = EVERY[name]
    kind: Any = type(next(iter(table)))

    assert set(table) == set(kind)
    assert {after for _, after, _ in edges(table)} <= {str(state) for state in table}


@pytest.mark.parametrize("name", EVERY)
def test_every_state_is_reached_or_is_the_first(name):
    """No state is there for nothing, and from every state that is not final a way leads on."""
    table = EVERY[name]
    first = str(next(iter(table)))
    reached, wave = {first}, {first}
    while wave:
        wave = {after for before, after, _ in edges(table) if before in wave} - reached
        reached |= wave

    assert reached == {str(state) for state in table}
    assert {before for before, _, _ in edges(table)} | set(final_states(table)) == reached


def test_the_lifecycles_of_the_rules_are_there():
    """Accounts, tokens, applications, messages, devices, licences: each has its table."""
    told = {name.partition(".")[2] for name in EVERY}

    assert {
        "LIFECYCLE",
        "TOKEN_LIFECYCLE",
        "APPLICATION_LIFECYCLE",
        "MESSAGE_LIFECYCLE",
        "DEVICE_LIFECYCLE",
        "LICENCE_LIFECYCLE",
    } <= told
