"""
The journal of what was done: who, what, on whom, when, from where, why (LAW-3).

It holds numbers of people and codes, and no names. Each entry's seal is a keyed digest of the entry and of the seal
before it, so that a change and a gap are found; the head, kept outside too, shows a tail that was cut off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import evolve, field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.errors import InvalidValue

Fingerprint = Callable[[bytes, str], bytes]
"""The storage's keyed digest: of data, in a context."""

_CONTEXT: Final = "audit"
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


@frozen(order=True)
class Broken:
    """Where the chain does not hold: at the entry with this number, for this reason."""

    number: int
    reason: str


def sealed(entry: AuditEntry, head: Head, fingerprint: Fingerprint) -> AuditEntry:
    """Return *entry* as the next one after *head*: numbered, and sealed together with all before it."""
    numbered = evolve(entry, number=head.count + 1, at=entry.at.astimezone(UTC))
    return evolve(numbered, seal=_seal(numbered, head.seal, fingerprint))


def broken(
    entries: Iterable[AuditEntry], fingerprint: Fingerprint, *, start: Head | None = None, head: Head | None = None
) -> Sequence[Broken]:
    """
    Return where the chain of *entries* does not hold, each kind of damage once; nothing where it is whole.

    Args:
        entries: the entries after *start*, in order.
        fingerprint: the storage's keyed digest.
        start: where the chain begins, when a checkpoint stands in for what was before.
        head: the head as somebody outside knows it; the chain must reach it, and go through it.
    """
    found: list[Broken] = []
    last = start or Head()
    passed = head is None or head == last or head.count == 0
    for entry in entries:
        if entry.number != last.count + 1:
            found.append(Broken(last.count + 1, "gap"))
        elif entry.seal != _seal(entry, last.seal, fingerprint):
            found.append(Broken(entry.number, "changed"))
        last = Head(entry.number, entry.seal)
        if head is not None and last == head:
            passed = True
    if head is not None and not passed:
        found.append(Broken(head.count, "cut" if last.count < head.count else "other-history"))
    return tuple(found)


def _seal(entry: AuditEntry, before: bytes, fingerprint: Fingerprint) -> bytes:
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
    return fingerprint(before + _WRITE(plain).encode("utf-8", "surrogatepass"), _CONTEXT)
