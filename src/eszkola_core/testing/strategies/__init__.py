"""
Hypothesis strategies for the values of the domain.

Each is named for what it yields, takes strategies by keyword, and yields the widest domain that is valid unless it is
narrowed. National ids are generated, so that none is copied from a person; what is born is born by `TODAY`.
"""

from __future__ import annotations

from eszkola_core.testing.strategies.authority import actors, held_roles, targets
from eszkola_core.testing.strategies.identities import (
    birth_dates,
    documents,
    email_addresses,
    emsos,
    mailboxes,
    national_ids,
    person_names,
    pesels,
    sexes,
)
from eszkola_core.testing.strategies.journals import audit_entries
from eszkola_core.testing.strategies.notices import acknowledgements, notices
from eszkola_core.testing.strategies.passwords import passwords
from eszkola_core.testing.strategies.places import claims, place_keys, places, record_keys, roster_keys, worlds
from eszkola_core.testing.strategies.statements import stated_people, stated_records, stated_rosters
from eszkola_core.testing.strategies.tenancies import settings_, tenants
from eszkola_core.testing.strategies.times import TODAY, days, instants

__all__ = [
    "TODAY",
    "acknowledgements",
    "actors",
    "audit_entries",
    "birth_dates",
    "claims",
    "days",
    "documents",
    "email_addresses",
    "emsos",
    "held_roles",
    "instants",
    "mailboxes",
    "national_ids",
    "notices",
    "passwords",
    "person_names",
    "pesels",
    "place_keys",
    "places",
    "record_keys",
    "roster_keys",
    "settings_",
    "sexes",
    "stated_people",
    "stated_records",
    "stated_rosters",
    "targets",
    "tenants",
    "worlds",
]
