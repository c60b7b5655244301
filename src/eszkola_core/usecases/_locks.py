"""A lock that ends by itself is over at its instant, whoever looks first (ACCESS-9b)."""

from __future__ import annotations

from datetime import datetime

from eszkola_core.domain.accounts import Happening, Person, State
from eszkola_core.domain.locks import are_over, locks
from eszkola_core.ports.storage import Unit


def without_lapsed_lock(unit: Unit, person: Person, now: datetime) -> Person:
    """Return the person as the account is on *now*, and save it where every lock on it is over."""
    standing = locks(unit.people.decisions(person.id)) if person.state is State.LOCKED else ()
    if not are_over(standing, now):
        return person
    for each in standing:
        unit.people.withdraw(each.decision, now, by="", why="over")
    unlocked = person.after(Happening.UNLOCKED)
    unit.people.save(unlocked)
    return unlocked
