"""
Runs a PostgreSQL server for as long as whoever started this lives.

The other end of standard input is theirs: when it closes, for whatever reason, the server is stopped and its folder
taken away. So no test that is killed leaves a server behind.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

PATIENCE = 10
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


def main() -> None:
    """Run the server whose folder, binary and user the arguments name; ``stop`` and ``start`` come line by line."""
    work, binary, user = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    os.setsid()  # a signal to the tests' group is none of the server's business
    server = started(work, binary, user)
    sys.stdout.close()
    for line in sys.stdin:
        if line.strip() == "stop":
            stop(server)
        elif line.strip() == "start":
            server = started(work, binary, user)
    stop(server)
    shutil.rmtree(work, ignore_errors=True)


def started(work: Path, binary: str, user: str) -> subprocess.Popen[bytes]:
    """Start the server."""
    # Nobody needs what a test wrote after a power cut.
    settings = [text for each in FAST for text in ("-c", each)]
    whose = int(user) if user else None
    with (work / "server.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the binary comes with the tests' requirements
            [binary, "-D", str(work / "data"), "-k", str(work), "-c", "listen_addresses=", *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=work,
            user=whose,
            group=whose,
            extra_groups=None if whose is None else [],
        )


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server: whoever is in the middle of something is cut off."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()


if __name__ == "__main__":
    main()
