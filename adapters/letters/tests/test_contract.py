"""What ships keeps every promise of the port, and so does what a tenant replaces."""

from __future__ import annotations

import pytest

from eszkola_core.testing.contracts.letters import TENANT, LetterRendererContract
from eszkola_letters import TypstLetters


class TestTypstLetters(LetterRendererContract):
    """The renderer with the texts that ship."""

    @pytest.fixture
    def fresh_letters(self):
        """Return what makes one."""
        return TypstLetters

    @pytest.fixture
    def read_pages(self, read_pages):
        """Return the reader of PDF documents."""
        return read_pages


class TestTypstLettersWithOverrides(LetterRendererContract):
    """The renderer with a text of the contract's tenant, whose author took it for markup."""

    @pytest.fixture
    def fresh_letters(self, tmp_path):
        """Return what makes one that reads a folder of overrides."""
        own = tmp_path / TENANT.key
        own.mkdir()
        (own / "pl.toml").write_text('[letter]\nremark = "*Do rąk* #własnych"\n', encoding="utf-8")
        return lambda: TypstLetters(tmp_path)

    @pytest.fixture
    def read_pages(self, read_pages):
        """Return the reader of PDF documents."""
        return read_pages
