"""What a source does not speak of stays as it was (SYNC-0)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve

from eszkola_core._usecases.import_rosters import ImportRosters
from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.claims import Seeds
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.tenants import Tenant
from eszkola_core.testing.doubles import CountingSecrets, FrozenClock
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.notation import reading


@pytest.fixture
def importing():
    """Return the use case on an empty storage."""
    tenant = Tenant(
        key="t",
        name="Test",
        base_url="https://konto.example.org",
        platform_domain="eszkola.example.org",
        settings=PROFILES["uonet"],
    )
    return ImportRosters(
        MemoryStorage(), tenant, FrozenClock(datetime(2026, 11, 23, 10, tzinfo=UTC)), CountingSecrets()
    )


def guardians(importing):
    """Return the guardians' places that are present."""
    with importing.storage.snapshot() as unit:
        return [place for place in unit.rosters.places("A") if place.role is Role.GUARDIAN]


@pytest.mark.rule("SYNC-0a")
def test_a_table_without_guardian_columns_ends_no_guardian(importing):
    """The next export has no columns for guardians: their roles and links stay."""
    importing.apply(reading("A/1: s Ala 1 ala, g Jan 8 jan"), actor=Actor.console("test"))
    bare = reading("A/1: s Ala 1 ala")
    silent = evolve(bare, rosters=tuple(evolve(each, silent_roles=frozenset({Role.GUARDIAN})) for each in bare.rosters))

    done = importing.apply(silent, actor=Actor.console("test"), allow_removals=None)

    assert done.plan.counts.ended == 0
    assert len(guardians(importing)) == 1


@pytest.mark.rule("SYNC-0a")
def test_a_record_that_names_a_guardian_no_more_ends_the_role(importing):
    """Where the columns are there and empty, the guardian is gone from that day on."""
    importing.apply(reading("A/1: s Ala 1 ala, g Jan 8 jan"), actor=Actor.console("test"))

    done = importing.apply(reading("A/1: s Ala 1 ala"), actor=Actor.console("test"), allow_removals=None)

    assert done.plan.counts.ended == 1
    assert guardians(importing) == []
    with importing.storage.snapshot() as unit:
        assert unit.rosters.gather(Seeds(people=frozenset(map(PersonId, (1, 2))))).people.keys() == {1, 2}
