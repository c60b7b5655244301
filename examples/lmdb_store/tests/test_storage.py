"""The pages keep every clause of their port, and the storage that is made of them every clause of storages."""

from __future__ import annotations

from uuid import uuid4

import pytest

from eszkola_core.testing.contracts.pages import PagesContract
from eszkola_lmdb.storage import LmdbPages
from eszkola_stores.testing import PagedStorageContract


class Environments:
    @pytest.fixture
    def fresh_place(self, tmp_path):
        def place():
            root = tmp_path / uuid4().hex
            return lambda tenant: LmdbPages(root, tenant, patience=2)

        return place

    @pytest.fixture
    def all_bytes(self):
        return lambda pages: b"".join(path.read_bytes() for path in pages.root.rglob("*") if path.is_file())

    @pytest.fixture
    def unreachable_pages(self):
        return lambda: LmdbPages("/dev/null/nowhere", "a")


class TestPages(Environments, PagesContract): ...


class TestStorage(Environments, PagedStorageContract): ...
