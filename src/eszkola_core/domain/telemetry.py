"""What is told of an operation to whoever watches the platform: codes, counts, seconds; nothing of any person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen


@frozen(kw_only=True)
class Observation:
    """
    One operation of a use case that came to its end.

    ``use_case`` and ``operation`` are the names that the caller wrote: ``sign_in`` and ``attempt``. ``outcome`` is what
    came of it, such as ``signed-in`` or ``sign-in-refused``, and ``reason`` the code of why, where there is one.
    ``is_error`` says that an exception came of it: ``outcome`` is its kind then, and ``reason`` its code. ``counts``
    are numbers of people, messages, or records; ``run`` is the number of an import's run. No name, login, address,
    number of a person, or secret is ever in it.
    """

    tenant: str
    use_case: str
    operation: str
    outcome: str
    reason: str = ""
    is_error: bool = False
    seconds: float
    counts: Mapping[str, int] = field(factory=lambda: MappingProxyType({}))
    run: int | None = None
