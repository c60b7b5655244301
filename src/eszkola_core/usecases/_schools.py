"""Which schools there are, for whoever is asked about one."""

from __future__ import annotations

from collections.abc import Sequence

from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Unit


def known_schools(unit: Unit, school: str | None) -> Sequence[str]:
    """
    Return the keys of all schools.

    Raises:
        InvalidValue: *school* is none of them.
    """
    known = [each.key for each in unit.rosters.schools()]
    if school is not None and school not in known:
        there = ", ".join(known) or "none yet"
        raise InvalidValue(f"there is no school {school!r}; there are: {there}", code="unknown-school")
    return known
