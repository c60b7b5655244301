"""
The storage contract for whoever keeps pages: from the fixtures of `PagesContract`, and nothing more.

::

    class Ours: ...  # the fixtures of PagesContract


    class TestOurPages(Ours, PagesContract): ...


    class TestOurStorage(Ours, PagedStorageContract): ...

It needs pytest and Hypothesis, as all contracts do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final, cast

import pytest

from eszkola_core.ports.pages import Pages
from eszkola_core.ports.storage import Storage
from eszkola_core.testing.contracts.pages import Place
from eszkola_core.testing.contracts.storage import StorageContract
from eszkola_stores.keyring import Keyring
from eszkola_stores.paged import PagedStorage

KEYS: Final = Keyring(data={1: b"d" * 32}, index={1: b"i" * 32}, digest={1: b"g" * 32})
"""Keys for tests, which everybody knows."""


class Places:
    """The storages that a test made, and where the pages of each lie."""

    def __init__(self, fresh_place: Callable[[], Place]) -> None:
        self._fresh_place = fresh_place
        self._places: dict[int, Place] = {}

    def new(self) -> Storage:
        """Return an empty storage in a place of its own."""
        return self.opened(self._fresh_place())

    def two_tenants(self) -> tuple[Storage, Storage]:
        """Return the storages of two tenants in one new place."""
        place = self._fresh_place()
        return self.opened(place, "a"), self.opened(place, "b")

    def again(self, storage: Storage) -> Storage:
        """Return a storage over the same pages, as another process opens it."""
        return self.opened(self._places[id(storage)])

    def opened(self, place: Place, tenant: str = "a") -> Storage:
        """Return the storage of a tenant in a place."""
        storage = PagedStorage(place(tenant), KEYS, tenant=tenant)
        self._places[id(storage)] = place
        return storage


class PagedStorageContract(StorageContract):
    """Holds a `PagedStorage` over your pages to every clause of storages."""

    durable: ClassVar[bool] = True
    """The pages outlive the process; set it as in `PagesContract`."""

    @pytest.fixture
    def fresh_place(self) -> Callable[[], Place]:
        """Return what it returns in `PagesContract`; the patience that it opens with must last for sixteen who wait."""
        pytest.fail(
            "override the fixture `fresh_place`: return a function that makes a function from a tenant to pages"
        )

    @pytest.fixture
    def all_bytes(self) -> Callable[[Pages], bytes]:
        """Return what it returns in `PagesContract`."""
        self._only_if_durable("all_bytes", "return a function that reads all bytes where given pages lie")

    @pytest.fixture
    def unreachable_pages(self) -> Callable[[], Pages]:
        """Return what it returns in `PagesContract`."""
        self._only_if_durable("unreachable_pages", "return a function that makes pages without their world")

    @pytest.fixture
    def places(self, fresh_place: Callable[[], Place]) -> Places:
        """Return what makes storages, and knows where they lie."""
        return Places(fresh_place)

    @pytest.fixture
    def fresh_storage(self, places: Places) -> Callable[[], Storage]:
        """Return what makes an empty storage."""
        return places.new

    @pytest.fixture
    def fresh_tenants(self, places: Places) -> Callable[[], tuple[Storage, Storage]]:
        """Return what makes the storages of two tenants in one place."""
        return places.two_tenants

    @pytest.fixture
    def reopened(self, places: Places) -> Callable[[Storage], Storage]:
        """Return what opens the pages of a storage a second time."""
        return places.again

    @pytest.fixture
    def everything_kept(self, all_bytes: Callable[[Pages], bytes]) -> Callable[[Storage], bytes]:
        """Return what reads all bytes where the pages of a storage lie."""
        return lambda storage: all_bytes(cast("PagedStorage", storage).pages)

    @pytest.fixture
    def unreachable_storage(self, places: Places, unreachable_pages: Callable[[], Pages]) -> Callable[[], Storage]:
        """Return what makes a storage whose pages went out of reach."""

        def make() -> Storage:
            storage = cast("PagedStorage", places.new())
            storage.pages = unreachable_pages()
            return storage

        return make
