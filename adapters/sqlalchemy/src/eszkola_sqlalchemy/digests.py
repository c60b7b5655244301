"""
What digest keys made, and what an older one is needed for (LAW-5b).

What a digest stands for is nowhere in clear, so that none can be made anew: each stays what it is, and is recognised by
the key that made it. The journal outlives a key until it is shortened; codes, PINs and contents that were taken back,
until they are used up. Only a checkpoint can be signed anew: what it says stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, LargeBinary, Table, and_, func, true, update

from eszkola_core.domain.audit import Checkpoint
from eszkola_core.domain.devices import DeviceState
from eszkola_core.domain.security_codes import CodeState
from eszkola_sqlalchemy import tables
from eszkola_sqlalchemy.audit import SqlAudit
from eszkola_sqlalchemy.desk import Desk
from eszkola_sqlalchemy.resealing import Page
from eszkola_sqlalchemy.values import micros
from eszkola_stores.vault import digest_bytes, digest_head

_C: Final = tables.audit_checkpoint

DIGESTS: Final[Mapping[Table, ColumnElement[bytes]]] = MappingProxyType(
    {
        tables.audit: tables.audit.c.seal,
        _C: _C.c.signature,
        tables.code: tables.code.c.digest,
        tables.device: tables.device.c.pin,
        tables.undone: tables.undone.c.content,
    }
)
"""
What is compared with a digest that is made later, by table.

The digest of a record is not among them: where it is another one the record is read again, and nothing else happens.
"""


def made_with(column: ColumnElement[bytes], number: int) -> ColumnElement[bool]:
    """Return the condition under which the blind index or digest in a column is by the key of a number."""
    begin = digest_head(number)
    is_long_enough = func.length(column) == digest_bytes(number)
    begins = func.substr(column, 1, len(begin), type_=LargeBinary) == begin
    return and_(is_long_enough, begins) if begin else is_long_enough


def may_be_asked_for(table: Table, at: datetime) -> ColumnElement[bool]:
    """Return the condition under which somebody may yet come with what a row's digest stands for."""
    if table is tables.code:
        return and_(table.c.state == CodeState.LIVE.value, table.c.expires_at > micros(at))
    if table is tables.device:
        return and_(table.c.state == DeviceState.PAIRING.value, table.c.expires_at > micros(at))
    return true()


def has_older_checkpoint(desk: Desk) -> bool:
    """Return whether an older key signed the tenant's checkpoint: not the newest one, and not a forger."""
    return _older_checkpoint(desk) is not None


def sign_checkpoint(desk: Desk, _after: tuple[object, ...] | None) -> Page:
    """Sign the tenant's checkpoint anew where an older key did."""
    found = _older_checkpoint(desk)
    if found is None:
        return Page(0, None)
    signed = Checkpoint.sign(found.head, desk.vault.fingerprint, now=found.at)
    desk.write(update(_C).where(_C.c.tenant == desk.tenant).values(signature=signed.signature))
    return Page(1, None)


def _older_checkpoint(desk: Desk) -> Checkpoint | None:
    found, (newest, *older) = SqlAudit(desk).checkpoint(), desk.vault.fingerprints
    return found if found is not None and not found.is_genuine([newest]) and found.is_genuine(older) else None
