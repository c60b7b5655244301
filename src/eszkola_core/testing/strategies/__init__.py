"""
Hypothesis strategies for the values of the domain.

Each is named for what it yields, takes strategies by keyword, and yields the widest domain that is valid unless it is
narrowed. National ids are generated, so that none is copied from a person; what is born is born by `TODAY`.
"""

from __future__ import annotations

# First: Hypothesis imports what registers these strategies, and would find half a module if that one had imported it.
import hypothesis as _hypothesis  # noqa: F401 - what it registers

from eszkola_core.testing.strategies.accounts import credentials, locks, people, sessions, tokens
from eszkola_core.testing.strategies.applications import applications, steps_taken
from eszkola_core.testing.strategies.attempts import tallies
from eszkola_core.testing.strategies.authority import actors, held_roles, targets
from eszkola_core.testing.strategies.belongings import devices, licences, pools
from eszkola_core.testing.strategies.bounces import bounces, unusable_addresses
from eszkola_core.testing.strategies.codes import hand_overs, own_contacts, security_codes, typed_codes
from eszkola_core.testing.strategies.corrections import corrections
from eszkola_core.testing.strategies.costs import money, prices, sms_entries, sms_numbers, sms_texts, tariffs
from eszkola_core.testing.strategies.decisions import decisions, leases, reports, reservations
from eszkola_core.testing.strategies.handing_out import (
    class_list_rows,
    class_lists,
    guardian_reaches,
    postal_addresses,
    printed_letters,
    reaches,
)
from eszkola_core.testing.strategies.identities import (
    birth_dates,
    documents,
    email_addresses,
    emsos,
    mailboxes,
    national_ids,
    person_names,
    pesels,
    phone_numbers,
    sexes,
)
from eszkola_core.testing.strategies.journals import audit_entries
from eszkola_core.testing.strategies.maintenances import maintenances
from eszkola_core.testing.strategies.notices import acknowledgements, notices
from eszkola_core.testing.strategies.passwords import password_policies, passwords
from eszkola_core.testing.strategies.places import claims, place_keys, places, record_keys, roster_keys, worlds
from eszkola_core.testing.strategies.policies import introduced_policies
from eszkola_core.testing.strategies.queues import conflict_cases, matters, subjects
from eszkola_core.testing.strategies.registration import events, messages, people_numbers
from eszkola_core.testing.strategies.statements import readings, stated_people, stated_records, stated_rosters
from eszkola_core.testing.strategies.tenancies import settings_, tenants
from eszkola_core.testing.strategies.times import TODAY, days, instants

__all__ = [
    "TODAY",
    "acknowledgements",
    "actors",
    "applications",
    "audit_entries",
    "birth_dates",
    "bounces",
    "claims",
    "class_list_rows",
    "class_lists",
    "conflict_cases",
    "corrections",
    "credentials",
    "days",
    "decisions",
    "devices",
    "documents",
    "email_addresses",
    "emsos",
    "events",
    "guardian_reaches",
    "hand_overs",
    "held_roles",
    "instants",
    "introduced_policies",
    "leases",
    "licences",
    "locks",
    "mailboxes",
    "maintenances",
    "matters",
    "messages",
    "money",
    "national_ids",
    "notices",
    "own_contacts",
    "password_policies",
    "passwords",
    "people",
    "people_numbers",
    "person_names",
    "pesels",
    "phone_numbers",
    "place_keys",
    "places",
    "pools",
    "postal_addresses",
    "prices",
    "printed_letters",
    "reaches",
    "readings",
    "record_keys",
    "reports",
    "reservations",
    "roster_keys",
    "security_codes",
    "sessions",
    "settings_",
    "sexes",
    "sms_entries",
    "sms_numbers",
    "sms_texts",
    "stated_people",
    "stated_records",
    "stated_rosters",
    "steps_taken",
    "subjects",
    "tallies",
    "targets",
    "tariffs",
    "tenants",
    "tokens",
    "typed_codes",
    "unusable_addresses",
    "worlds",
]
