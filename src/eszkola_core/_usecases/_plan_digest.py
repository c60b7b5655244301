"""What stands for a plan's effects (SYNC-3)."""

from __future__ import annotations

from typing import Final

from eszkola_core._usecases._gathering import Ground
from eszkola_core.domain.accounts import Person
from eszkola_core.domain.claims import EvidenceKind, Place
from eszkola_core.domain.runs import Changes
from eszkola_core.ports.storage import Storage

_SAID: Final = frozenset({EvidenceKind.MAILBOX, EvidenceKind.PHONE})
"""What claims say of themselves in the text of a plan."""


def digest_of(changes: Changes, ground: Ground, storage: Storage) -> bytes:
    """
    Return what stands for a plan's effects: equal whenever the same would be written on the same ground.

    The day is part of the ground as far as it changes what is written; that something begins or ends on the very day of
    the import does not change it.
    """
    opening = {each.person.id: f"opens {each.login}" for each in changes.openings}
    parts = [f"{each.key} {each.digest.hex()} {each.unsettled}" for each in changes.records]
    parts += [f"ended {key}" for key in changes.ended_records]
    parts += [f"redone {key}" for key in changes.redone]
    parts += [
        f"{_place_text(each, ground.kept.places.get(each.key))} {opening.get(each.person, each.person)}"  # type: ignore[arg-type]
        for each in sorted(changes.places, key=lambda each: each.key.order)
    ]
    parts += [f"open {each.login} {each.person.name!r} {_contact(each.person)}" for each in changes.openings]
    parts += [f"{each.id} {each.revision} {each.name!r} {_contact(each)}" for each in changes.people]
    parts += [repr(each) for each in changes.conflicts]
    parts += [f"agreed {each.id}" for each in sorted(ground.agreed, key=lambda each: each.id)]
    return storage.fingerprint("\n".join(parts).encode(), context="plan")


def _place_text(place: Place, before: Place | None) -> str:
    """
    Return a place as text, the days left out on which the place begins or ends with this import.

    Since when an address is stated follows from the addresses before and after.
    """
    evidence = sorted(f"{each.kind}:{each.value}" for each in place.evidence() if each.kind not in _SAID)
    claims = (place.accepted, place.pending)
    was_theirs = before is not None and before.is_present and before.person in (None, place.person)
    begins, ends = place.is_present and not was_theirs, not place.is_present and (before is None or before.is_present)
    days = ["new" if begins else str(place.since), "new" if ends else str(place.gone)]
    return f"{place.key} {claims!r} {evidence} {place.hold} {days}"


def _contact(person: Person) -> str:
    mailbox = person.central.mailbox if person.central is not None else ""
    return f"{mailbox} {person.phone.e164 if person.phone is not None else ''}"
