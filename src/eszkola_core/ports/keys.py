"""Who keeps the keys that a storage hides things with: tells what they are needed for, and changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias, runtime_checkable

from eszkola_core.domain.keys import KeyKind, KeyStep, KeyUse
from eszkola_core.ports.storage import Unit

Note: TypeAlias = Callable[[Unit, int], None]
"""Writes down, in the unit in which it happens, that the key with a number comes into use or goes."""


@runtime_checkable
class KeyKeeper(Protocol):
    """
    Keeps the keys of a storage, for one tenant of it (LAW-5).

    KK1. `all_keys` names every key once, by kind and number, exactly one of each kind as in use, and what of any tenant
         needs each; no key stands in it.
    KK2. `renew` takes a newer key of a kind into use: what is written from then on is hidden with it, and what was
         written before is hidden anew page by page. After the last page only what cannot be hidden anew needs an older
         key.
    KK3. Before, between and after any two pages everything is read and found as ever, and what is unique stays unique,
         for those who opened the storage before as well.
    KK4. Where `renew` was stopped, whoever calls it next goes on with the same key. Once it has come to its end the
         next call takes another one.
    KK5. `forget` takes a key away for good that is not in use and that nothing needs; for any other it raises
         `InvalidValue`, and all is as it was.
    KK6. The note is written in the very unit in which a key comes into use or goes: once for each time, and not at all
         where that did not happen.
    KK7. Whatever key is changed, pseudonyms stay, and what `fingerprint` gave is among what `fingerprints` give until
         the key that made it is forgotten.
    """

    def all_keys(self, *, at: datetime) -> Sequence[KeyUse]:
        """Return all keys, by kind and number, with what needs each at that instant (KK1)."""

    def renew(self, kind: KeyKind, *, at: datetime, note: Note) -> Iterator[KeyStep]:
        """Take a newer key into use, and yield a step for each page that was hidden with it (KK2, KK3, KK4, KK6)."""

    def forget(self, kind: KeyKind, number: int, *, at: datetime, note: Note) -> None:
        """Take a key away that nothing needs (KK5, KK6)."""


__all__ = ["KeyKeeper", "Note"]
