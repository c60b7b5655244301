"""E-mails that are finished already, by nothing but smtplib over one connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from smtplib import SMTP

from benchmarks.parts.telling import main


def sent(port: int, mails: str) -> Callable[[], object]:
    """Send the e-mails that a file holds: sender, recipient, text."""
    finished = [(sender, to, text.encode()) for sender, to, text in json.loads(Path(mails).read_text("utf-8"))]

    def job() -> object:
        with SMTP("127.0.0.1", port, "localhost") as server:
            for sender, to, octets in finished:
                server.sendmail(sender, [to], octets)
        return len(finished)

    return job


if __name__ == "__main__":
    main({"send": sent})
