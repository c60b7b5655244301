"""The keys that a storage hides things with: by kind and number, never themselves (LAW-5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen


class KeyKind(StrEnum):
    """What a key is for."""

    DATA = "data"
    INDEX = "index"
    DIGEST = "digest"


@frozen(kw_only=True)
class KeyUse:
    """
    One key: never itself, but its number, since when it is there, and what needs it.

    ``in_use`` says whether it hides what the tenant writes now. ``needed_by`` counts, by place, what of any tenant
    cannot be read or found without it.
    """

    kind: KeyKind
    number: int
    made_at: datetime | None = None
    in_use: bool
    needed_by: Mapping[str, int] = field(factory=dict)


@frozen
class KeyStep:
    """A page of the work is done: ``done`` things in ``place`` are hidden with the key with this number now."""

    number: int
    place: str
    done: int
