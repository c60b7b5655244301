"""What holds whatever is read: which errors come out, and what they do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from eszkola_core.errors import BrokenPromise, EszkolaError, UnreadableSource

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONG_NUMBER: Final = re.compile(r"[0-9](?:[ -]?[0-9]){8,}")
"""What may be a national id, a code or a telephone number, even set apart (ID-10)."""


@contextmanager
def refusing(*, quotes: bool = False) -> Iterator[None]:
    """
    Take whatever the block refuses, and see that it refuses well.

    Only errors of the house come out, and no broken promise: hostile input is nobody's bug. Each has a code for
    programs and a text for people, and neither shows a long number, unless *quotes* says that the input is the
    operator's own and may be quoted.
    """
    try:
        yield
    except BrokenPromise:
        raise
    except EszkolaError as refused:
        check_refusal(refused, quotes=quotes)


def check_refusal(refused: EszkolaError, *, quotes: bool = False) -> None:
    """Raise AssertionError where a refusal does not say what it must, or says what it must not."""
    require(bool(_SLUG.fullmatch(refused.code)), "the code is no slug")
    require(bool(str(refused).strip()), "the text says nothing")
    told = f"{refused}\n{refused!r}\n{refused.args}"
    if isinstance(refused, UnreadableSource):
        require(bool(refused.hint.strip()), "there is no remedy")
        told += f"\n{refused.hint}\n{refused.source}\n{refused.others}"
    if refused.__cause__ is not None or not refused.__suppress_context__:
        told += f"\n{refused.__cause__!r}\n{refused.__context__!r}"
    if not quotes:
        hide(told)


def hide(told: str) -> None:
    """Raise AssertionError where *told* shows a long number (ID-10)."""
    found = _LONG_NUMBER.search(told)
    require(found is None, "a long number shows")


def require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - what is required
    """Raise AssertionError unless it *holds*; an ``assert`` would go with Python's -O."""
    if not holds:
        raise AssertionError(otherwise)
