"""Who watches the platform at work: one function that hears of every operation, and of no person."""

from __future__ import annotations

from typing import Protocol

from eszkola_core.domain.telemetry import Observation


class Observer(Protocol):
    """
    Hears of each operation once it has ended, in the thread that ran it.

    What an observer raises changes nothing: the operation is done already, and its outcome goes to the caller. It is
    logged as an error of the logger ``eszkola_core``. An observer that is slow slows every operation; one that has much
    to do puts its observation aside, and returns.
    """

    def __call__(self, observation: Observation, /) -> object:
        """Hear of an operation; what is returned goes nowhere."""
