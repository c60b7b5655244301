"""Lines of a structured log: for each request, and for each operation of the platform; and nothing of any person."""

from __future__ import annotations

import json
import logging
import sys
from traceback import extract_tb
from typing import Final

from eszkola_core import Observation

LOG: Final = logging.getLogger("portal")


def observe(seen: Observation) -> None:
    """
    Write a line for an operation: what an observation holds, codes and counts, may go into any log.

    What found nothing to do, as a dispatcher does most of the time, is told at the level of debugging.
    """
    idle = bool(seen.counts) and not any(seen.counts.values())
    tell(
        "operation",
        level=logging.ERROR if seen.is_error else logging.DEBUG if idle else logging.INFO,
        operation=f"{seen.use_case}.{seen.operation}",
        outcome=seen.outcome,
        reason=seen.reason,
        milliseconds=round(seen.seconds * 1000, 1),
        counts=dict(seen.counts),
    )


def tell(event: str, *, level: int = logging.INFO, error: BaseException | None = None, **fields: object) -> None:
    """Write a line with *fields*, which hold nothing that anybody typed."""
    LOG.log(level, event, exc_info=error, extra={"fields": fields})


class Lines(logging.Formatter):
    """
    Writes records as lines of JSON.

    Of an exception only its class and where it came from: its text may quote what somebody sent.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of *record*."""
        line: dict[str, object] = {"at": self.formatTime(record), "level": record.levelname.lower()}
        line |= {"event": record.getMessage(), **getattr(record, "fields", {})}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["where"] = [f"{each.filename}:{each.lineno}" for each in extract_tb(error.__traceback__)]
        return json.dumps(line, ensure_ascii=False)


def write_lines() -> None:
    """Let everything that logs write such lines to the standard error, in the stead of whatever it would."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    LOG.setLevel(logging.INFO)
