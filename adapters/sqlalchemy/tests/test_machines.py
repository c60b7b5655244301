"""The machines of the kit run on a database as they do in memory."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

import eszkola_core.testing.machines as kit

A_FEW = settings(max_examples=3, stateful_step_count=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.rule("LINK-3a")
@pytest.mark.rule("ROLE-6a")
@pytest.mark.rule("SMS-4")
@pytest.mark.rule("SYNC-4a")
@pytest.mark.parametrize("name", kit.__all__)
def test_a_machine_runs_on_a_database(new_admin_at_length, name):
    """Whatever is done in whatever order."""
    here = {"fresh_storage": staticmethod(lambda: new_admin_at_length().open())}

    run_state_machine_as_test(type(name, (getattr(kit, name),), here), settings=A_FEW)
