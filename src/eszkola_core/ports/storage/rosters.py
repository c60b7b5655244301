"""What gradebooks state and what followed from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Place, RecordKey, RosterKey, Seeds, World
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Changes, RecordState, Run, Stamped
from eszkola_core.domain.settlement import OpenConflict
from eszkola_core.domain.stated import StatedSchool


class Rosters(Protocol):
    """
    What gradebooks state and what followed.

    RO1. `records` yields the state of every record of a roster, ascending by key, with what it was made of; an ended
         record is none.
    RO2. `gather` finds every place in a record of the seeds, bound to a person of them, or with evidence of them,
         applied or held; present and gone alike.
    RO3. `gather` finds every person of the seeds, everybody who has or had an id among the evidence, every holder of a
         central address among it, and everybody whom a reservation of such an address is for.
    RO4. With each person found by number come the decisions about that person, on either side, and the reservations
         for them.
    RO5. What was saved comes back equal: places, people, decisions, reservations, conflicts; a place that was removed
         is found by nothing.
    RO6. `save` writes all of the changes or nothing.
    RO7. `save` raises `Conflict` when a person is not at the expected revision, when another run was saved since
         ``after_run``, or when a national id, a login or a central address is another person's; an address may be that
         of several who all share it.
    RO8. `census` counts people in force as `domain.guard.census` does over all places of the schools.
    RO9. `next_person` is a number that no person of the tenant has had; `login_numbers` gives the highest number ever
         issued for each stem, stems without one left out.
    RO10. `conflicts` yields the open conflicts by kind, place, other place (none first) and facts; where schools are
         named, those with either place in one of them.
    RO11. `unsettled` yields the records with something held, and those whose people wait for an address, in any roster.
    RO12. `applied` is the run that applied a plan, or None; `newest_run` is 0 before the first.
    RO13. `places` yields all places of a school that are present, in the order of their keys.
    RO14. Identical evidence in another tenant is never found.
    RO15. `holders` finds everybody to whom a present place is bound that gives one of the roles, in the schools named
          or, where none are, in any.
    RO16. `gather` finds every mark that evidence of the seeds made, and the decisions that bear it.
    RO17. Where an account was merged into another, its places are read as the survivor's; whoever looks for one of them
          finds both, with all that comes with them. What is written back stays bound to whom it was.
    RO18. `stamp` keeps by what a source is known, for every list that came from it; `stamps` gives it back, with how
          many records and person-claims the list has. Saving a change to records of a list takes the stamp away from
          every list that has the same. Where stamps are named, only the lists that have one of them come.
    """

    def records(self, roster: RosterKey) -> Iterable[RecordState]:
        """Yield what is kept of the records of *roster* (RO1)."""

    def states(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, RecordState]:
        """Return what is kept of the records named, unknown ones left out (RO1)."""

    def gather(self, seeds: Seeds) -> World:
        """Return everything that touches one of *seeds* (RO2, RO3, RO4)."""

    def census(self, schools: Collection[str], today: date) -> Mapping[tuple[str, str], int]:
        """Return how many have each role, and how many links there are, by school and kind (RO8)."""

    def next_person(self) -> PersonId:
        """Return the number of the next person (RO9)."""

    def login_numbers(self, stems: Collection[str]) -> Mapping[str, int]:
        """Return the highest number ever issued for each of *stems* (RO9)."""

    def unsettled(self) -> frozenset[RecordKey]:
        """Return the records that must be looked at again in every run (RO11)."""

    def stamps(self, among: Collection[bytes] | None = None) -> Sequence[Stamped]:
        """Return the lists that are known by one of the sources *among*, or by any, in the order of keys (RO18)."""

    def stamp(self, lists: Mapping[RosterKey, bytes]) -> None:
        """Keep by what the source of each of *lists* is known, in the stead of what was (RO18)."""

    def newest_run(self) -> int:
        """Return the number of the newest run (RO12)."""

    def applied(self, plan: bytes) -> Run | None:
        """Return the run that applied *plan* (RO12)."""

    def save(self, run: Run, changes: Changes) -> Run:
        """Write *changes* and return the run with its number (RO6, RO7)."""

    def conflicts(self, schools: Collection[str] | None = None) -> Iterable[OpenConflict]:
        """Yield the open conflicts (RO10)."""

    def places(self, school: str, class_name: str | None = None) -> Iterable[Place]:
        """Yield the present places of *school*, or those in records of students of one class (RO13)."""

    def holders(self, roles: Collection[Role], schools: Collection[str] | None = None) -> frozenset[PersonId]:
        """Return who has one of *roles*, in one of *schools* or anywhere (RO15)."""

    def schools(self, keys: Collection[str] | None = None) -> Sequence[StatedSchool]:
        """Return the schools with *keys*, or all, in the order of their keys; unknown ones are left out."""

    def add_schools(self, schools: Sequence[StatedSchool]) -> None:
        """Keep *schools*; one that is known gets the newest name that is not empty."""
