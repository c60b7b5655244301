"""
The last steps of recognition: who states no national id is known by the source's own key, else by address and name.

An address joins nobody who is a student, nobody who was born on another day, and nobody whom it could mean beside
somebody else (ID-6c).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.claims import Claims, Hold, Place, PlaceKey
from eszkola_core.domain.duplicates import Who
from eszkola_core.domain.roles import Role
from eszkola_core.domain.who_is_who import WhoIsWho

Sight = tuple[str, str]
"""An address and a name key, under which somebody is seen."""


def join_by_own_key(known: WhoIsWho) -> None:
    """Join unbound places without an id to whoever the source knows by the same key."""
    candidates = known.by_own_key()
    keyed: dict[str, list[Place]] = defaultdict(list)
    for place in known.unbound:
        if place.own_key:
            keyed[place.own_key].append(place)
    known.unbound = [place for place in known.unbound if not place.own_key]
    for own_key, places in keyed.items():
        found = candidates.get(own_key, set())
        if len(found) > 1:
            for place in places:
                known.settle(place, Hold.AMBIGUOUS)
        elif found:
            known.join(next(iter(found)), places)
        else:
            known.found(places)


def join_by_address(known: WhoIsWho) -> None:
    """
    Join unbound places that state neither id nor own key by address and name; students never (ID-6c).

    People who came without an id may be joined to one with; two who both have ids, or both last, never are.
    """
    loose: dict[Sight, list[Place]] = defaultdict(list)
    for place in known.unbound:
        email = place.stated.email
        if place.role is Role.STUDENT or email is None:
            known.found([place])
        else:
            loose[_sight(email, place.stated)].append(place)
    known.unbound = []
    sightings = _sightings(known)
    weak = {who for who in known.members if _is_weak(known, who)}
    targets = {who: _seen_as(known, who, sightings, weak) for who in weak if isinstance(who, PlaceKey)}
    for who in sorted(targets, key=lambda each: each.order):
        _move_weak(known, who, targets[who])
    sightings = _sightings(known)
    for sight, places in loose.items():
        _join_sighted(known, places, sightings.get(sight, set()))


def _sightings(known: WhoIsWho) -> dict[Sight, set[Who]]:
    """Return who was seen under which address and name, as a guardian or on the staff."""
    seen: dict[Sight, set[Who]] = defaultdict(set)
    for who, places in known.members.items():
        chosen = known.world.chosen_address(who) if not isinstance(who, PlaceKey) else None
        for place in places:
            claims = place.accepted
            if claims is None or place.role is Role.STUDENT or place.is_given:
                continue
            for email in (claims.email, chosen):
                if email is not None:
                    seen[_sight(email, claims)].add(who)
    return seen


def _sight(email: EmailAddress, claims: Claims) -> Sight:
    """Return the address and name key under which somebody is seen."""
    return (email.mailbox, claims.name.key)


def _join_sighted(known: WhoIsWho, places: list[Place], candidates: set[Who]) -> None:
    """Join places of one address and name to the one candidate; found a person where there is none."""
    undecided: list[Place] = []
    for place in places:
        fitting = [who for who in candidates if not _born_apart(known, place.stated, who)]
        if len(fitting) > 1:
            known.settle(place, Hold.AMBIGUOUS)
        elif fitting:
            known.join(fitting[0], [place])
        else:
            undecided.append(place)
    births = {place.stated.born for place in undecided} - {None}
    if len(births) <= 1:
        if undecided:
            known.found(undecided)
        return
    for born in births:
        known.found([place for place in undecided if place.stated.born == born])
    for place in undecided:
        if place.stated.born is None:
            known.settle(place, Hold.AMBIGUOUS)


def _born_apart(known: WhoIsWho, claims: Claims, who: Who) -> bool:
    """Return whether both birth dates are known and differ."""
    born = claims.born
    if born is None:
        return False
    days = {each.birth_date for each in known.ids[who]}
    days |= {place.accepted.born for place in known.members[who] if place.accepted is not None}
    return bool(days - {None}) and born not in days


# Whom the source knows by its own keys only


def _is_weak(known: WhoIsWho, who: Who) -> bool:
    """
    Return whether a human is known by the source's own keys and by no id, and is no student.

    Lasting changes nothing of it: else the next run would join whom this one kept apart.
    """
    places = known.members[who]
    return (
        not known.ids[who]
        and any(place.own_key for place in places)
        and all(place.role is not Role.STUDENT for place in places)
    )


def _seen_as(known: WhoIsWho, who: Who, sightings: Mapping[Sight, set[Who]], weak: set[Who]) -> Who | None:
    """Return the one human, known by more than own keys, who states an address and name of *who*, or None."""
    fitting = {
        other
        for place in known.members[who]
        if place.accepted is not None and place.accepted.email is not None
        for other in sightings.get(_sight(place.accepted.email, place.accepted), set())
        if other not in weak and not _born_apart(known, place.accepted, other)
    }
    return fitting.pop() if len(fitting) == 1 else None


def _move_weak(known: WhoIsWho, weak: Who, target: Who | None) -> None:
    """Make the places of *weak* those of *target*, unless one record would then name one human twice."""
    if target is None:
        return
    places = known.members[weak]
    records = {place.key.record for place in known.members[target]}
    if records.isdisjoint(place.key.record for place in places):
        known.members[target].extend(known.members.pop(weak))
        known.ids.pop(weak)
        known.moved[weak] = target
