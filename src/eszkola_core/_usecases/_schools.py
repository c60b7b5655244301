"""Which schools there are, for whoever is asked about one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from eszkola_core.domain.claims import Place
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Unit


def known_schools(unit: Unit, school: str | None) -> Sequence[str]:
    """
    Return the key of *school*, or those of all.

    Raises:
        InvalidValue: there is no such school; it says which ones there are.
    """
    known = [each.key for each in unit.rosters.schools(None if school is None else [school])]
    if school is not None and not known:
        there = ", ".join(each.key for each in unit.rosters.schools()) or "none yet"
        raise InvalidValue(f"there is no school {school!r}; there are: {there}", code="unknown-school")
    return known


def school_name(unit: Unit, school: str) -> str:
    """Return what a school is called, or its key where it has no name."""
    return next((each.name for each in unit.rosters.schools([school]) if each.name), school)


def check_class(school: str | None, class_name: str | None, places: Collection[Place]) -> None:
    """
    Raise InvalidValue where a class was asked for, and no *places* were found in it.

    Raises:
        InvalidValue: nobody is in such a class.
    """
    if class_name is not None and not places:
        raise InvalidValue(f"nobody in school {school!r} is in a class {class_name!r}", code="unknown-class")
