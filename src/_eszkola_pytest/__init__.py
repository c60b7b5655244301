"""
What pytest loads when eszkola-core is installed: it imports pytest and nothing else.

The package stands outside ``eszkola_core``, because a plug-in is loaded before coverage starts: whatever it imported
would go unmeasured, and would slow down every run of pytest, also of those who never test an adapter.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("eszkola_core.testing.contracts")


def pytest_configure(config: pytest.Config) -> None:
    """Make the house's markers known, so that a mistyped one is an error where markers are strict."""
    config.addinivalue_line("markers", "rule(id): the test holds this clause of a rule, such as CRED-3a")
    config.addinivalue_line("markers", "clause(id): the test holds this clause of a port, such as GB2")
