"""What looks after pages and their keyring keeps every promise of its port."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from itertools import count
from threading import Lock

import pytest

from eszkola_core.errors import Unavailable
from eszkola_core.testing.contracts.administration import StorageAdministrationContract, Trouble
from eszkola_core.testing.doubles import MemoryPages
from eszkola_stores.administration import PagedAdministration
from eszkola_stores.keyring import Keyring
from eszkola_stores.sealed_pages import SealedPage
from eszkola_stores.vault import Vault


class Shelf(MemoryPages):
    """Pages that tell what is held open of them, and whose world can fail."""

    fault = None
    is_open = False

    def _ask(self):
        self.is_open = True
        if self.fault:
            raise self.fault

    def after(self, number):
        """Answer, unless the world is away."""
        self._ask()
        return super().after(number)

    def add(self, number, page):
        """The same."""
        self._ask()
        return super().add(number, page)

    def close(self):
        """Let go."""
        self.is_open = False


class TestPagedAdministration(StorageAdministrationContract):
    """What looks after a shelf in memory, and a keyring in a folder of its own."""

    troubles = frozenset(Trouble) - {Trouble.OLDER, Trouble.STEP_FAILS}

    @pytest.fixture
    def fresh_administration(self, tmp_path):
        """Return what makes one for a new shelf."""
        numbers = count()

        def make():
            keyring = tmp_path / f"place{next(numbers)}" / "eszkola.keyring"
            return PagedAdministration(Shelf(turn=Lock()), keyring, tenant="opolskie")

        return make

    @pytest.fixture
    def another(self):
        """Return what makes a second one for the same shelf."""

        def make(administration):
            pages = Shelf(administration.pages.shelf, turn=administration.pages._turn)  # noqa: SLF001 - the same turn
            return PagedAdministration(pages, administration.keyring, tenant="opolskie")

        return make

    @pytest.fixture
    def in_trouble(self):
        """Return what lets the world fail."""

        def bring(administration, trouble):
            ways = {
                Trouble.HALFWAY: failing,
                Trouble.OUT_OF_REACH: away,
                Trouble.NEWER: newer_page,
                Trouble.OTHER_KEYS: other_keys,
                Trouble.DAMAGED: damaged,
            }
            return ways[trouble](administration)

        return bring

    @pytest.fixture
    def open_to_others(self):
        """Return what looks at the rights of the keyring."""
        if os.name != "posix":
            pytest.skip("only POSIX systems have these permissions")

        def look(administration):
            folder = administration.keyring.parent
            return [each.name for each in (folder, *folder.iterdir()) if stat.S_IMODE(each.stat().st_mode) & 0o077]

        return look

    @pytest.fixture
    def held_open(self):
        """Return what asks the shelf."""
        return lambda administration: ["shelf"] if administration.pages.is_open else []

    @pytest.fixture
    def lying_there(self):
        """Return what reads every page, with its seal opened: nothing could be found behind it."""

        def read(administration):
            keyring, found = Keyring.load(administration.keyring), b""
            for number, data in sorted(administration.pages.shelf.items()):
                page = SealedPage.read(number, data)
                if page.is_image:
                    vault = Vault.proved(keyring, "opolskie", page.proof)
                found += page.opened(vault).to_bytes()
            return found

        return read


@contextmanager
def failing(administration):
    """Let whatever is added fail."""
    administration.pages.add = fallen
    try:
        yield
    finally:
        del administration.pages.add


def fallen(number, page):
    """Keep nothing."""
    raise Unavailable(f"no room for {len(page)} bytes of page {number}")


@contextmanager
def away(administration):
    """Take keyring and pages out of reach."""
    folder = administration.keyring.parent
    hidden = folder.rename(folder.with_name("away"))
    administration.pages.fault = Unavailable("nobody answers")
    try:
        yield
    finally:
        administration.pages.fault = None
        hidden.rename(folder)


@contextmanager
def newer_page(administration):
    """Let a newer program add a page."""
    shelf = administration.pages.shelf
    number = max(shelf)
    proof = SealedPage.read(1, shelf[1]).proof
    vault = Vault.proved(Keyring.load(administration.keyring), "opolskie", proof)
    with_newer = SealedPage(number + 1, b"", vault.seal(b'{"version":2}', f"page|{number + 1}"))
    shelf[number + 1] = with_newer.to_bytes()
    try:
        yield
    finally:
        del shelf[number + 1]


@contextmanager
def other_keys(administration):
    """Put another keyring in the place."""
    right = administration.keyring.rename(administration.keyring.with_name("right"))
    Keyring.create(administration.keyring)
    try:
        yield
    finally:
        right.replace(administration.keyring)


@contextmanager
def damaged(administration):
    """Change a byte in the newest page."""
    shelf = administration.pages.shelf
    number = max(shelf)
    whole = shelf[number]
    shelf[number] = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    try:
        yield
    finally:
        shelf[number] = whole


@pytest.mark.parametrize(("is_there", "remedy"), [(False, "eszkola db create makes one"), (True, "is mounted")])
def test_where_nothing_is_kept_the_remedy_is_told(tmp_path, is_there, remedy):
    """Where a keyring is, there were pages too: nobody should make a new storage instead of looking for them."""
    if is_there:
        Keyring.create(tmp_path / "keyring")

    with pytest.raises(Unavailable, match=remedy):
        PagedAdministration(MemoryPages(), tmp_path / "keyring", tenant="opolskie").open()
