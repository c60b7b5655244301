"""A mail server on loopback that takes whatever comes: it says its port, and at the end how many e-mails it took."""

from __future__ import annotations

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Box:
    """Counts what comes."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one e-mail."""
        self.taken += 1
        return "250 OK"


async def serve() -> None:
    """Serve until standard input ends."""
    box, loop = Box(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="localhost"), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    sys.stdout.write(f"{box.taken}\n")


if __name__ == "__main__":
    asyncio.run(serve())
