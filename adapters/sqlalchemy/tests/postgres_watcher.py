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
    """Run the server whose folder, binary and user the arguments name."""
    work, binary, user = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    os.setsid()  # a signal to the tests' group is none of the server's business
    # Nobody needs what a test wrote after a power cut.
    fast = [text for each in FAST for text in ("-c", each)]
    whose = int(user) if user else None
    server = subprocess.Popen(  # noqa: S603 - the binary comes with the tests' requirements
        [
            binary,
            "-D",
            str(work / "data"),
            "-k",
            str(work),
            "-c",
            "listen_addresses=",
            "-c",
            "max_connections=300",
            *fast,
        ],
        stdin=subprocess.DEVNULL,
        stdout=(work / "server.log").open("wb"),
        stderr=subprocess.STDOUT,
        cwd=work,
        user=whose,
        group=whose,
        extra_groups=None if whose is None else [],
    )
    sys.stdout.close()
    sys.stdin.read()
    server.send_signal(signal.SIGINT)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
