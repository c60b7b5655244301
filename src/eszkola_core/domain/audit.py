"""
The journal of what was done: who, what, on whom, when, from where, why (LAW-3).

It holds numbers of people and codes, and no names. Each entry's seal is a keyed digest of the entry and of the seal
before it, so that a change and a gap are found; the head, kept outside too, shows a tail that was cut off. Entries that
were kept long enough are replaced by a checkpoint: a signed statement that the chain was whole up to there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from hmac import compare_digest
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.errors import InvalidValue

_CONTEXT: Final = "audit"
_CHECKPOINT: Final = "audit checkpoint"
_HEAD: Final = re.compile(r"(?P<count>[0-9]{1,18}):(?P<seal>(?:[0-9a-f]{2})*)")
_WRITE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@frozen(kw_only=True)
class AuditEntry:
    """
    One thing that was done.

    ``by`` is a person, or None where it was done at the console, whose user ``console`` names, or by the platform
    itself. ``deed`` is a slug of what was done; ``on`` are the people whom it was done to; ``where`` is where the
    request came from; ``detail`` says more in codes and numbers. Nothing here names a person, and nothing is secret.
    """

    number: int = 0
    at: datetime
    by: PersonId | None = None
    console: str = ""
    deed: str
    on: tuple[PersonId, ...] = ()
    where: str = ""
    why: str = ""
    detail: Mapping[str, str] = field(factory=dict)
    seal: bytes = field(default=b"", repr=False)


@frozen
class Head:
    """
    How many entries there are, and the seal of the last one; safe to publish, and worth keeping elsewhere.

    >>> head = Head.parse("2:00ff")
    >>> head.count, str(head)
    (2, '2:00ff')
    """

    count: int = 0
    seal: bytes = b""

    def __str__(self) -> str:
        return f"{self.count}:{self.seal.hex()}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """
        Return the head that *text* writes as count and seal.

        Raises:
            InvalidValue: it is none.
        """
        found = _HEAD.fullmatch(text.strip())
        if found is None:
            raise InvalidValue("a head is written as count and seal, such as 2:00ff", code="invalid-head")
        return cls(int(found["count"]), bytes.fromhex(found["seal"]))


@frozen(kw_only=True)
class Checkpoint:
    """What stands in the stead of the entries up to ``head``: somebody with the key found the chain whole there."""

    head: Head
    at: datetime
    signature: bytes = field(repr=False)

    @classmethod
    def sign(cls, head: Head, fingerprint: Fingerprint, *, now: datetime) -> Checkpoint:
        """Return the checkpoint at *head*, signed on *now*."""
        return cls(head=head, at=now, signature=fingerprint(_statement(head, now), _CHECKPOINT))

    def is_genuine(self, fingerprints: Iterable[Fingerprint]) -> bool:
        """Return whether it was signed with one of these keys, and not changed since."""
        statement = _statement(self.head, self.at)
        return any(compare_digest(self.signature, fingerprint(statement, _CHECKPOINT)) for fingerprint in fingerprints)


class Damage(StrEnum):
    """How a chain can be broken."""

    CHANGED = "changed"
    GAP = "gap"
    CUT = "cut"
    OTHER_HISTORY = "other-history"
    FORGED_CHECKPOINT = "forged-checkpoint"
    OLDER_THAN_CHECKPOINT = "older-than-checkpoint"


@frozen(order=True)
class Broken:
    """
    Where the chain does not hold: at the entry with this number, for this reason.

    A head that is older than the checkpoint cannot be compared any more, which is told in the same way.
    """

    number: int
    reason: Damage


def sealed(entry: AuditEntry, head: Head, fingerprint: Fingerprint) -> AuditEntry:
    """Return *entry* as the next one after *head*: numbered, and sealed together with all before it."""
    numbered = evolve(entry, number=head.count + 1, at=entry.at.astimezone(UTC))
    return evolve(numbered, seal=_seal(numbered, head.seal, fingerprint))


def broken(
    entries: Iterable[AuditEntry],
    fingerprints: Sequence[Fingerprint],
    *,
    checkpoint: Checkpoint | None = None,
    head: Head | None = None,
) -> Sequence[Broken]:
    """
    Return where the chain of *entries* does not hold; nothing where it is whole.

    Args:
        entries: the entries after *checkpoint*, in order; all where there is none.
        fingerprints: the storage's keyed digests, the newest first. After an entry that one of them sealed, none older
            is taken for good: whoever has an older key seals nothing any more (LAW-5b).
        checkpoint: what stands in for the entries before.
        head: the head as somebody outside knows it; the chain must go through it.
    """
    found: list[Broken] = []
    last = checkpoint.head if checkpoint is not None else Head()
    if checkpoint is not None and not checkpoint.is_genuine(fingerprints):
        found.append(Broken(last.count, Damage.FORGED_CHECKPOINT))
    if head is not None and 0 < head.count < last.count:
        return (*found, Broken(head.count, Damage.OLDER_THAN_CHECKPOINT))
    passed = head is None or head == last or head.count == 0
    current = tuple(fingerprints)
    for entry in entries:
        if entry.number != last.count + 1:
            found.append(Broken(last.count + 1, Damage.GAP))
        else:
            by = _sealed_by(entry, last.seal, current)
            if by is None:
                found.append(Broken(entry.number, Damage.CHANGED))
            else:
                current = current[: by + 1]
        last = Head(entry.number, entry.seal)
        passed = passed or last == head
    if head is not None and not passed:
        found.append(Broken(head.count, Damage.CUT if last.count < head.count else Damage.OTHER_HISTORY))
    return tuple(found)


def old_enough(entries: Iterable[AuditEntry], until: datetime) -> Head | None:
    """Return the head of the longest beginning of *entries* in which all were written before *until*, or None."""
    head = None
    for entry in entries:
        if entry.at >= until:
            break
        head = Head(entry.number, entry.seal)
    return head


def _sealed_by(entry: AuditEntry, before: bytes, fingerprints: Sequence[Fingerprint]) -> int | None:
    """Return which of *fingerprints* sealed an entry; the last one, which sealed the one before, is tried first."""
    text = _text(entry, before)
    tried = reversed(range(len(fingerprints)))
    return next((each for each in tried if compare_digest(entry.seal, fingerprints[each](text, _CONTEXT))), None)


def _seal(entry: AuditEntry, before: bytes, fingerprint: Fingerprint) -> bytes:
    return fingerprint(_text(entry, before), _CONTEXT)


def _text(entry: AuditEntry, before: bytes) -> bytes:
    """Return what an entry's seal stands for."""
    plain = [
        entry.number,
        entry.at.isoformat(),
        entry.by,
        entry.console,
        entry.deed,
        list(entry.on),
        entry.where,
        entry.why,
        dict(entry.detail),
    ]
    return before + _WRITE(plain).encode("utf-8", "surrogatepass")


def _statement(head: Head, at: datetime) -> bytes:
    """Return what a checkpoint's signature stands for."""
    return _WRITE([head.count, head.seal.hex(), at.astimezone(UTC).isoformat()]).encode()
