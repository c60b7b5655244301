"""Documents made by typst, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from eszkola_core.errors import Unavailable
from eszkola_letters.fonts import FAMILY

_COMPOSITOR: Final = Path(__file__).with_name("compositor.py")
_PATIENCE: Final = 600.0
"""Seconds after which a document is given up: many times what thousands of pages take."""


class NotSet(Exception):
    """A document could not be made; the text says what typst complains of, and quotes no data."""


def typeset(layout: str, data: Mapping[str, Any], fonts: Sequence[Path]) -> bytes:
    """
    Return the PDF document that *layout* makes of *data*.

    Raises:
        NotSet: the layout is wrong, or a text in it has a sign that no font has.
        Unavailable: no process can be started, or it ended too early, for want of memory perhaps.
    """
    whole = {**data, "font": FAMILY}
    job = {"layout": layout, "data": json.dumps(whole, sort_keys=True), "fonts": [str(each) for each in fonts]}
    try:
        done = subprocess.run(  # noqa: S603 - this Python and a file of ours
            [sys.executable, "-I", str(_COMPOSITOR)],
            input=json.dumps(job).encode(),
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _not_made() from None
    kind, answer = done.stdout[:1], done.stdout[1:]
    if done.returncode or kind not in (b"D", b"E"):
        raise _not_made()
    if kind == b"E":
        raise NotSet(answer.decode())
    return answer


def _not_made() -> Unavailable:
    return Unavailable("the process that sets letters did not finish; print fewer at once", code="not-typeset")
