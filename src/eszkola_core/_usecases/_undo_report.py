"""What a plan to undo a run says of itself: counts and lines (SYNC-9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from attrs import evolve

from eszkola_core._usecases._plan_report import differences
from eszkola_core.domain.accounts import Person, PersonId
from eszkola_core.domain.claims import Place, PlaceKey, World
from eszkola_core.domain.messages import FINAL, Message, MessageState
from eszkola_core.domain.plans import PlanLine, Step
from eszkola_core.domain.runs import Changes
from eszkola_core.domain.settlement import Settlement
from eszkola_core.domain.undo_plans import UndoCounts
from eszkola_core.domain.undoing import Undoing


class UndoReport:
    """
    Tells what becomes of everybody whose claims are taken back.

    *kept* is the world as it is now, *settlement* what follows without the run, and *changes* what is written then.
    """

    def __init__(self, kept: World, undone: Undoing, settlement: Settlement, changes: Changes) -> None:
        self._kept = kept
        self._undone = undone
        self._settlement = settlement
        self._moved = [each for each in changes.people if self._moves(each)]
        keys = sorted({*undone.places, *undone.removed}, key=lambda each: each.order)
        self._fates = {key: fate for key in keys if (fate := self._fate(key)) is not None}

    def _moves(self, person: Person) -> bool:
        """Return whether somebody's address goes back."""
        return person.id not in self._undone.closing and person.central != self._kept.people[person.id].central

    def _fate(self, key: PlaceKey) -> Step | None:
        """Return what becomes of one person-claim."""
        now, then = self._now_and_then(key)
        stood, stands = _states(now), _states(then)
        if stood and not stands:
            return Step.END
        if stands and not stood:
            return Step.RETURN
        if now is None or then is None or not stands:
            return None
        return Step.CHANGE if (now.accepted, now.pending) != (then.accepted, then.pending) else None

    def _now_and_then(self, key: PlaceKey) -> tuple[Place | None, Place | None]:
        return self._kept.places.get(key), self._settlement.places.get(key)

    def counts(self, *, resting: Collection[PersonId], messages: Collection[Message]) -> UndoCounts:
        """Return what undoing comes to; *messages* are those of the run to whom it concerns."""
        counted = Counter(self._fates.values())
        return UndoCounts(
            removed=counted[Step.END],
            restored=counted[Step.CHANGE],
            returned=counted[Step.RETURN],
            staying=len(self._undone.staying),
            closed=len(self._undone.closing),
            dormant=len(resting),
            moved=len(self._moved),
            keeping=len(self._undone.keeping),
            cancelled=sum(each.state not in FINAL for each in messages),
            sent=sum(each.state is MessageState.SENT for each in messages),
        )

    def lines(self) -> tuple[PlanLine, ...]:
        """Return what a person reads: one line a step, nothing for what does not change."""
        return tuple(sorted(self._lines()))

    def _lines(self) -> Iterable[PlanLine]:
        for key, fate in self._fates.items():
            now, then = self._now_and_then(key)
            reason = {
                Step.END: "the run's claim is taken back",
                Step.RETURN: "the run had ended it",
                Step.CHANGE: ", ".join(_differing(now, then)) or "held as before",
            }[fate]
            yield _line(key, fate, then if fate is Step.RETURN else now, reason)
        for person in sorted(self._undone.closing):
            yield self._about(person, Step.CLOSE, "nobody has used the account that the run opened")
        for each in self._moved:
            back = each.central.masked if each.central is not None else "none"
            yield self._about(each.id, Step.MOVE_ADDRESS, f"back to {back}")
        for person in sorted(self._undone.keeping):
            yield self._about(person, Step.KEEP_ADDRESS, "only the owner may change it by now")

    def _about(self, person: PersonId, step: Step, reason: str) -> PlanLine:
        """Return a line about an account, at the least of its places."""
        places = [each for each in self._kept.places.values() if each.person == person]
        least = min(places, key=lambda each: each.key.order, default=None)
        name = str(self._kept.people[person].name)
        if least is None:
            return PlanLine("", "", step, name, "", "", reason)
        return evolve(_line(least.key, step, least, reason), person=name)


def _states(place: Place | None) -> bool:
    """Return whether a place says something of somebody."""
    return place is not None and place.is_present and place.accepted is not None


def _differing(now: Place | None, then: Place | None) -> list[str]:
    if now is None or then is None or now.accepted is None or then.accepted is None:
        return []
    return differences(now.accepted, then.accepted)


def _line(key: PlaceKey, step: Step, place: Place | None, reason: str) -> PlanLine:
    claims = place.newest if place is not None else None
    return PlanLine(
        school=key.school,
        class_name=claims.class_name if claims is not None else "",
        step=step,
        person=str(claims.name) if claims is not None else "",
        role=key.role,
        record=key.record.key,
        reason=reason,
    )
