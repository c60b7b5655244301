"""What the tenant chose: the clauses of `Choices`."""

from __future__ import annotations

import pytest

from eszkola_core.domain.choices import Choice
from eszkola_core.domain.settings import LoginScheme, Sharing
from eszkola_core.testing.contracts.storage.base import Fresh, FreshTenants, StorageFixtures

_EVERY = [Choice(login_scheme=scheme, sharing=sharing) for scheme in LoginScheme for sharing in Sharing]


class ChoiceClauses(StorageFixtures):
    """One choice is in force at a time."""

    @pytest.mark.clause("CH1")
    def test_a_choice_is_in_force_until_the_next(self, fresh_storage: Fresh) -> None:
        """Each comes back as it was put, in the same unit and in later ones; the same again is the same."""
        storage = fresh_storage()
        for choice in (*_EVERY, _EVERY[0], _EVERY[0]):
            with storage.unit() as unit:
                unit.choices.put(choice)
                assert unit.choices.current() == choice
            with storage.snapshot() as unit:
                assert unit.choices.current() == choice

    @pytest.mark.clause("CH2")
    def test_before_the_first_choice_there_is_none(self, fresh_storage: Fresh, fresh_tenants: FreshTenants) -> None:
        """Nor does another tenant's count."""
        with fresh_storage().snapshot() as unit:
            assert unit.choices.current() is None
        one, other = fresh_tenants()
        with one.unit() as unit:
            unit.choices.put(_EVERY[0])
        with other.snapshot() as unit:
            assert unit.choices.current() is None
