"""Print the token of the newest message in a folder of e-mails: ``python3 newest_token.py OUTBOX``."""

from __future__ import annotations

import re
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def newest_token(outbox: Path) -> str:
    """
    Return the token of the newest message that has one.

    Raises:
        LookupError: none has.
    """
    for path in sorted(outbox.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns, reverse=True):
        body = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default).get_body(("plain",))
        found = re.search(r"token=([\w-]+)", body.get_content()) if body is not None else None
        if found is not None:
            return found[1]
    raise LookupError(f"no message in {outbox} has a token")


if __name__ == "__main__":
    try:
        print(newest_token(Path(sys.argv[1])))
    except LookupError as none:
        sys.exit(f"{none}; a message comes a second after it was asked for")
