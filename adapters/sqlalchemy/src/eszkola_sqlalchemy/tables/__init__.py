"""
The tables.

Columns are whole numbers, texts and bytes only, so that every database can hold them: instants are microseconds, days
are ISO texts, lists are JSON. The tenant's number leads every key. What is sealed or indexed blind is a column of
bytes; the page ``docs/reference/storage-schema.md`` says which is which.
"""

from __future__ import annotations

from typing import Final

from eszkola_sqlalchemy.tables.access import access_request, credential, session, token
from eszkola_sqlalchemy.tables.acknowledgements import acknowledgement, notice
from eszkola_sqlalchemy.tables.audit import audit, audit_person
from eszkola_sqlalchemy.tables.columns import metadata
from eszkola_sqlalchemy.tables.messages import message
from eszkola_sqlalchemy.tables.people import decision, handle, person, reservation, tenant
from eszkola_sqlalchemy.tables.rosters import conflict, evidence, place, record, roster, run, school

REVISION: Final = "0004"
"""The revision of the schema that this code works with."""

__all__ = [
    "REVISION",
    "access_request",
    "acknowledgement",
    "audit",
    "audit_person",
    "conflict",
    "credential",
    "decision",
    "evidence",
    "handle",
    "message",
    "metadata",
    "notice",
    "person",
    "place",
    "record",
    "reservation",
    "roster",
    "run",
    "school",
    "session",
    "tenant",
    "token",
]
