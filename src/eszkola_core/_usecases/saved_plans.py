"""
A plan that is saved, looked at, and applied later (SYNC-3).

What was stated is sealed; readable are the counts and the time. Applying makes the plan again from its own records: if
it would do anything else by now, the ground has moved and it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from attrs import asdict, field, frozen

from eszkola_core.domain.days import aware, is_expired
from eszkola_core.domain.plans import Plan
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue
from eszkola_core.ports.storage import Storage

_FORMAT: Final = "eszkola-plan"
_VERSION: Final = 1
_CONTEXT: Final = "saved plan"
_NO_PLAN: Final = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""What a text raises that is no plan."""


@frozen(kw_only=True)
class SavedPlan:
    """A saved plan once its seal is broken: what was stated, as bytes, and the digest of what it would do."""

    reading: bytes = field(repr=False)
    digest: bytes
    plan_id: bytes
    saved_at: datetime
    allow_removals: frozenset[str] | None
    allow_undone: frozenset[str] | None = frozenset()


def write_plan(  # noqa: PLR0913 - a plan, and what it was made with
    plan: Plan,
    reading: bytes,
    storage: Storage,
    *,
    now: datetime,
    allow_removals: Collection[str] | None = frozenset(),
    allow_undone: Collection[str] | None = frozenset(),
) -> bytes:
    """Return *plan* as a file's content: JSON with counts that anybody may read, and a sealed part."""
    sealed = {
        "digest": plan.digest.hex(),
        "saved_at": now.astimezone(UTC).isoformat(),
        "allow_removals": None if allow_removals is None else sorted(allow_removals),
        "allow_undone": None if allow_undone is None else sorted(allow_undone),
        "reading": reading.decode("utf-8"),
    }
    body = storage.seal(json.dumps(sealed, ensure_ascii=False).encode("utf-8"), context=_CONTEXT)
    readable = {
        "format": _FORMAT,
        "version": _VERSION,
        "saved_at": sealed["saved_at"],
        "day": plan.day.isoformat(),
        "counts": asdict(plan.counts),
        "schools": {school: asdict(counts) for school, counts in plan.counts_by_school.items()},
        "sealed": body.hex(),
    }
    return json.dumps(readable, ensure_ascii=False, indent=1).encode("utf-8")


def read_plan(content: bytes, storage: Storage, settings: Settings, *, now: datetime) -> SavedPlan:
    """
    Return the plan that *content* holds.

    Raises:
        InvalidValue: it is no saved plan, was changed, belongs to another installation, or is too old.
    """
    try:
        readable: Any = json.loads(content)
        body = bytes.fromhex(readable["sealed"])
        fits = readable["format"] == _FORMAT and readable["version"] == _VERSION
    except _NO_PLAN:
        fits = False
    if not fits:
        raise _not_a_plan()
    plan = _opened(storage.opened(body, context=_CONTEXT), sha256(body).digest())
    lifetime: timedelta = settings.plan_lifetime
    if is_expired(plan.saved_at, now - lifetime):
        raise InvalidValue(f"the plan is older than {lifetime.days} days; make a new one", code="plan-too-old")
    return plan


def _opened(content: bytes, plan_id: bytes) -> SavedPlan:
    """Return the plan in what was sealed; whoever has the keys may have sealed something else."""
    try:
        sealed: Any = json.loads(content)
        allowed, undone = sealed["allow_removals"], sealed.get("allow_undone", [])
        return SavedPlan(
            reading=sealed["reading"].encode("utf-8"),
            digest=bytes.fromhex(sealed["digest"]),
            plan_id=plan_id,
            saved_at=aware(datetime.fromisoformat(sealed["saved_at"])),
            allow_removals=None if allowed is None else frozenset(allowed),
            allow_undone=None if undone is None else frozenset(undone),
        )
    except _NO_PLAN:
        pass  # what was sealed would stand in the error
    raise _not_a_plan()


def _not_a_plan() -> InvalidValue:
    return InvalidValue("this is not a saved plan; make one with --save", code="not-a-plan")
