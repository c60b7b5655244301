"""Print the token of the newest e-mail in a folder, once there is one: ``python3 newest_token.py OUTBOX``."""

from __future__ import annotations

import re
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def newest_token(outbox: Path) -> str | None:
    """Return the token of the newest message that has one."""
    for path in sorted(outbox.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns, reverse=True):
        body = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default).get_body(("plain",))
        found = re.search(r"token=([\w-]+)", body.get_content()) if body is not None else None
        if found is not None:
            return found[1]
    return None


def main() -> None:
    """Look for half a minute."""
    outbox = Path(sys.argv[1])
    for _ in range(300):
        if token := newest_token(outbox):
            print(token)
            return
        time.sleep(0.1)
    sys.exit(f"no message in {outbox} has a token")


if __name__ == "__main__":
    main()
