"""Which schools there are, for whoever is asked about one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from eszkola_core.domain.claims import Place
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


def check_class(school: str | None, class_name: str | None, places: Collection[Place]) -> None:
    """
    Raise InvalidValue where a class was asked for, and no *places* were found in it.

    Raises:
        InvalidValue: nobody is in such a class.
    """
    if class_name is not None and not places:
        raise InvalidValue(f"nobody in school {school!r} is in a class {class_name!r}", code="unknown-class")
