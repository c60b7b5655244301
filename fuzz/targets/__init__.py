"""
The targets, by name: each reads what its parsers read, and holds what they promise.

A target is a module with ``check``, which raises where bytes do what they should not, and with ``WORDS`` that mean
something to what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from attrs import frozen

NAMES: Final = (
    "tables",
    "packages",
    "archives",
    "documents",
    "mappings",
    "configuration",
    "services",
    "identities",
    "texts",
    "reports",
    "bounces",
    "sealed",
)
"""Every target; parsers that are alike share one."""


@frozen
class Target:
    """One target: what it checks, and the words that it knows."""

    name: str
    check: Callable[[bytes], None]
    words: Sequence[str]


def target(name: str) -> Target:
    """Return the target with that name."""
    module = import_module(f"fuzz.targets.{name}")
    return Target(name, module.check, tuple(module.WORDS))
