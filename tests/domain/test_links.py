"""What a link's state follows from, beyond what records say (LINK-4)."""

from __future__ import annotations

from datetime import date

import pytest

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import World
from eszkola_core.domain.links import LinkState, links
from eszkola_core.domain.settings import Settings, WhenOfAge
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.contracts.storage import samples as a

TENANT = Tenant(
    key="t",
    name="Test",
    base_url="https://konto.example.org",
    platform_domain="eszkola.example.org",
    settings=Settings(links_when_of_age=WhenOfAge.END),
)


@pytest.mark.rule("LINK-4")
@pytest.mark.parametrize("known_by_the_account", [True, False])
def test_a_student_comes_of_age_by_an_id_that_only_the_account_has(known_by_the_account):
    """Records may state none any more; where nobody knows when somebody was born the link stays."""
    ola, jan = PersonId(1), PersonId(2)
    person = a.person(ola, ids=(a.national_id(1),) if known_by_the_account else ())
    places = [a.place(person=ola), a.place("jan", person=jan)]
    world = World(places={each.key: each for each in places}, people={ola: person, jan: a.person(jan)})

    before, after = (links(world, TENANT, day) for day in (date(2033, 2, 28), date(2033, 3, 1)))
    assert [each.state for each in before] == [LinkState.CLAIMED]
    assert [each.state for each in after] == [LinkState.ENDED if known_by_the_account else LinkState.CLAIMED]
    elsewhere = links(World(places=world.places, people={jan: a.person(jan)}), TENANT, date(2033, 3, 1))
    assert [each.state for each in elsewhere] == [LinkState.CLAIMED]
