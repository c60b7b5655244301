"""
A tenant in the memory of one process: every part of a unit, over tables of frozen values.

`MemoryStorage` of the kit stands on it, which tests run on and other storages are compared with; and so does
every storage that keeps its pages somewhere else and works in memory (`eszkola_core.ports.pages`).
"""

from __future__ import annotations

from eszkola_core.memory.state import Sheet, State
from eszkola_core.memory.unit import MemoryUnit

__all__ = ["MemoryUnit", "Sheet", "State"]
