"""
How much a guardian wants to hear by electronic means: levels, and what each lets through (LINK-8).

A guardian chooses a level for themselves, and one for each child. What somebody asked for, and what protects an
account, is outside of it; before a choice nothing else is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind
from eszkola_core.domain.messages import MessageKind


class Level(StrEnum):
    """How much electronic communication there is to be, the most restrained first."""

    NONE = "none"
    MINIMAL = "minimal"
    FULL = "full"


class Category(StrEnum):
    """What a message is about."""

    PROTECTION = "protection"
    SERVICE = "service"
    OFFICIAL = "official"
    ABSENCES = "absences"
    MEETINGS = "meetings"
    GRADES = "grades"
    HOMEWORK = "homework"
    BEHAVIOUR = "behaviour"
    EVENTS = "events"
    NEWS = "news"


_C, _L = Category, Level

LEAST: Final[Mapping[Category, Level | None]] = MappingProxyType(
    {
        _C.PROTECTION: None,
        _C.SERVICE: _L.MINIMAL,
        _C.OFFICIAL: _L.MINIMAL,
        _C.ABSENCES: _L.MINIMAL,
        _C.MEETINGS: _L.MINIMAL,
        _C.GRADES: _L.FULL,
        _C.HOMEWORK: _L.FULL,
        _C.BEHAVIOUR: _L.FULL,
        _C.EVENTS: _L.FULL,
        _C.NEWS: _L.FULL,
    },
)
"""The table: the level from which messages of a category are sent; None stands for whatever was chosen (LINK-8b)."""

CATEGORY_OF: Final[Mapping[MessageKind, Category]] = MappingProxyType(
    {MessageKind.CONFIRM_CONTACTS: Category.SERVICE},
)
"""The platform's own messages that a level may keep back; all others were asked for, or protect the account."""

ACTIVATES: Final = frozenset({Level.MINIMAL, Level.FULL})
"""Levels that turn the service on (LINK-8a)."""

GOES_ANYWAY: Final = frozenset({MessageKind.CONFIRM_ADDRESS, MessageKind.DISCLOSURE_REPORTED})
"""
Messages that go to an unusable address too (MAIL-9a).

By the one its owner proves that it works again; the other goes to offices, whose addresses nobody confirms.
"""

_ORDER: Final = tuple(Level)


def is_sent(category: Category, level: Level | None) -> bool:
    """
    Return whether a message is sent to somebody who chose *level*; None stands for no choice yet (LINK-8b).

    >>> is_sent(Category.GRADES, Level.MINIMAL), is_sent(Category.PROTECTION, None)
    (False, True)
    """
    least = LEAST[category]
    if least is None:
        return True
    return level is not None and _ORDER.index(level) >= _ORDER.index(least)


def most_restrained(levels: Iterable[Level]) -> Level | None:
    """Return the level that counts where several chose, or None where nobody did (LINK-8c)."""
    return min(levels, key=_ORDER.index, default=None)


def chosen_level(decisions: Iterable[Decision], guardian: PersonId, child: PersonId | None = None) -> Level | None:
    """Return what *guardian* chose for themselves, or for *child*; None before a choice."""
    found = standing_choices(decisions, guardian, child)
    latest = max(found, key=lambda each: (each.at, each.id), default=None)
    return Level(latest.value.reveal()) if latest is not None and latest.value is not None else None


def standing_choices(decisions: Iterable[Decision], guardian: PersonId, child: PersonId | None) -> Collection[Decision]:
    """Return the choices of *guardian* for themselves, or for *child*, that stand."""
    return [
        each
        for each in decisions
        if each.kind is DecisionKind.LEVEL_CHOSEN and each.stands and (each.subject, each.object) == (guardian, child)
    ]


def level_about(decisions: Collection[Decision], guardians: Iterable[PersonId], child: PersonId) -> Level | None:
    """Return the level of what is about *child*: the most restrained that its *guardians* chose (LINK-8c)."""
    chosen = (chosen_level(decisions, guardian, child) for guardian in guardians)
    return most_restrained(level for level in chosen if level is not None)
