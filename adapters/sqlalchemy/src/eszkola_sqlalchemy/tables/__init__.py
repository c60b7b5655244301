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
from eszkola_sqlalchemy.tables.applications import application
from eszkola_sqlalchemy.tables.attempts import attempt
from eszkola_sqlalchemy.tables.audit import audit, audit_checkpoint, audit_person
from eszkola_sqlalchemy.tables.cases import case_school, conflict_case
from eszkola_sqlalchemy.tables.choices import choice
from eszkola_sqlalchemy.tables.codes import code, code_receipt
from eszkola_sqlalchemy.tables.columns import metadata
from eszkola_sqlalchemy.tables.contacts import own_contacts
from eszkola_sqlalchemy.tables.devices import device
from eszkola_sqlalchemy.tables.events import event
from eszkola_sqlalchemy.tables.leases import lease
from eszkola_sqlalchemy.tables.licences import licence, licence_pool
from eszkola_sqlalchemy.tables.maintenances import maintenance
from eszkola_sqlalchemy.tables.messages import message, message_token
from eszkola_sqlalchemy.tables.people import (
    decision,
    decision_mark,
    former_handle,
    handle,
    merged,
    person,
    person_version,
    reservation,
    tenant,
)
from eszkola_sqlalchemy.tables.reports import report
from eszkola_sqlalchemy.tables.rosters import (
    OF_STAFF,
    ImageKind,
    before_image,
    conflict,
    evidence,
    place,
    record,
    roster,
    run,
    school,
    stamp,
    undone,
)
from eszkola_sqlalchemy.tables.sms import sms, sms_spending
from eszkola_sqlalchemy.tables.unusable_addresses import bounce_count, unusable_address

REVISION: Final = "0031"
"""The revision of the schema that this code works with."""

__all__ = [
    "OF_STAFF",
    "REVISION",
    "ImageKind",
    "access_request",
    "acknowledgement",
    "application",
    "attempt",
    "audit",
    "audit_checkpoint",
    "audit_person",
    "before_image",
    "bounce_count",
    "case_school",
    "choice",
    "code",
    "code_receipt",
    "conflict",
    "conflict_case",
    "credential",
    "decision",
    "decision_mark",
    "device",
    "event",
    "evidence",
    "former_handle",
    "handle",
    "lease",
    "licence",
    "licence_pool",
    "maintenance",
    "merged",
    "message",
    "message_token",
    "metadata",
    "notice",
    "own_contacts",
    "person",
    "person_version",
    "place",
    "record",
    "report",
    "reservation",
    "roster",
    "run",
    "school",
    "session",
    "sms",
    "sms_spending",
    "stamp",
    "tenant",
    "token",
    "undone",
    "unusable_address",
]
