"""What the tenant chose when it was last planned."""

from __future__ import annotations

from typing import Protocol

from eszkola_core.domain.choices import Choice


class Choices(Protocol):
    """
    The choices that are in force, whatever the configuration may say by now.

    CH1. What was put comes back equal, until the next is put in its stead.
    CH2. Before the first there is none.
    """

    def current(self) -> Choice | None:
        """Return what is in force (CH1, CH2)."""

    def put(self, choice: Choice) -> None:
        """Let *choice* be in force from now on (CH1)."""
