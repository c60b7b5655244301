"""Logs without what would let their reader in."""

from __future__ import annotations

import logging
import re
from typing import Final

_TOKEN: Final = re.compile(r"([?&]token=)[^&\s\"']+")


class WithoutTokens(logging.Filter):
    """Takes the token of a link out of the line that a server writes about it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, worded and without tokens."""
        record.msg, record.args = _TOKEN.sub(r"\1…", record.getMessage()), ()
        return True
