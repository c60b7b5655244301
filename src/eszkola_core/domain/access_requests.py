"""What somebody typed who asked for access, until it is looked up (ACCESS-2)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from eszkola_core.domain.hidden import Secret


@frozen(kw_only=True)
class AccessRequest:
    """
    Somebody asked for access with ``identifier``, whoever that is: looked up later, by the dispatcher (ACCESS-2).

    ``place`` is the fingerprint of where the request came from (ACCESS-7).
    """

    id: int = 0
    identifier: Secret
    asked_at: datetime
    place: bytes = field(default=b"", repr=False)
