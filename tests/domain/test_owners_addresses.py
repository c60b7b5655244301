"""Whose address stays when the run that gave it is undone (MAIL-4e)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import Decision, DecisionKind, World
from eszkola_core.domain.owners_addresses import OwnersAddresses
from eszkola_core.domain.roles import Role
from eszkola_core.domain.runs import Image, Run
from eszkola_core.testing.contracts.storage import samples as a
from eszkola_core.testing.region import START

X, Y, Z = (a.address(f"{each}@x.example") for each in "xyz")
NOW = evolve(a.person(1), central=Y)
SECRETARY = evolve(a.place("x", person=PersonId(1)), key=evolve(a.place("x").key, role=Role.SECRETARY))
RUN = Run(id=2, author="a", at=START, plan=b"2")


def decided(days):
    """Return something that was decided of the person so many days after the run."""
    return Decision(kind=DecisionKind.PHONE_CHOSEN, subject=PersonId(1), author="a", at=START + timedelta(days=days))


@pytest.mark.rule("MAIL-4e")
@pytest.mark.parametrize(
    ("before", "now", "held", "then", "is_newer", "decisions", "stays"),
    [
        (X, NOW, [SECRETARY], [SECRETARY], True, [], True),
        (X, NOW, [SECRETARY], [SECRETARY], False, [], True),
        (X, NOW, [], [SECRETARY], True, [], False),
        (X, NOW, [SECRETARY], [], True, [], False),
        (X, NOW, [SECRETARY], [evolve(SECRETARY, gone=a.TODAY)], True, [], False),
        (X, NOW, [SECRETARY], [evolve(SECRETARY, person=PersonId(2))], True, [], False),
        (X, evolve(NOW, central=Z), [SECRETARY], [SECRETARY], True, [], False),
        (Y, NOW, [SECRETARY], [SECRETARY], True, [], False),
        (None, NOW, [SECRETARY], [SECRETARY], True, [], True),
        (None, NOW, [SECRETARY], [SECRETARY], False, [], False),
        (None, NOW, [SECRETARY], [SECRETARY], False, [decided(1)], True),
        (None, NOW, [SECRETARY], [SECRETARY], False, [decided(-1)], False),
    ],
)
def test_an_address_stays_that_became_its_owners_since_the_run(before, now, held, then, is_newer, decisions, stays):  # noqa: PLR0913, PLR0917 - a table
    """Who holds such a role with and without the run keeps what it gave, but a first address given in that role."""
    held, then = ({each.key: each for each in places} for places in (held, then))
    world = World(held, {now.id: now}, frozenset(decisions))
    newer = [SECRETARY.key.record] if is_newer else []
    image = Image(before=evolve(NOW, central=before), after=NOW, by=2)

    assert OwnersAddresses(RUN, world, then, newer).stays(image, now) == stays
