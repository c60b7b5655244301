"""The texts that ship keep every promise of the port, and so do those that a tenant replaces."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eszkola_core.ports.messages import MessageRenderer
from eszkola_core.testing.contracts.renderer import TENANT, MessageRendererContract
from eszkola_jinja import JinjaRenderer


class TestJinjaRenderer(MessageRendererContract):
    """The renderer with the texts that ship."""

    @pytest.fixture
    def fresh_renderer(self) -> Callable[[], MessageRenderer]:
        """Return what makes one."""
        return JinjaRenderer


class TestJinjaRendererWithOverrides(MessageRendererContract):
    """The renderer with a greeting of the contract's tenant, whose author took it for HTML."""

    @pytest.fixture
    def fresh_renderer(self, tmp_path) -> Callable[[], MessageRenderer]:
        """Return what makes one that reads a folder of overrides."""
        own = tmp_path / TENANT.key
        own.mkdir()
        (own / "pl.toml").write_text('hello = "<b>Witaj</b>, {{ name }}!"\n', encoding="utf-8")
        return lambda: JinjaRenderer(tmp_path)
