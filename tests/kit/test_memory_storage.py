"""The storage in memory keeps every clause that it holds other storages to."""

from __future__ import annotations

import pytest

from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_core.testing.memory import MemoryStorage


class TestMemoryStorage(StorageContract):
    """`MemoryStorage` under the contract; nothing of it outlives the process."""

    @pytest.fixture
    def fresh_storage(self):
        """Return what makes an empty storage."""
        return MemoryStorage

    @pytest.fixture
    def fresh_tenants(self):
        """Return what makes the storages of two tenants."""
        return lambda: (MemoryStorage("a"), MemoryStorage("b"))
