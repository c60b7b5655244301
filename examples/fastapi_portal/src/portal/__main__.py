"""Start the API on the sample, on this computer only: ``python -m portal``."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

import uvicorn

from portal.app import create_app
from portal.sample import HERE, SOMEBODY, open_sample
from portal.watching import write_lines

HOST = "127.0.0.1"


def main() -> None:
    """Make the sample, say what to try, and serve until stopped; or ask itself, and stop."""
    parser = ArgumentParser(prog="portal", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="where the sample lies, or is made, and stays; a temporary folder otherwise"
    )
    parser.add_argument("--port", type=int, default=8000, help="0 takes one that is free (8000)")
    parser.add_argument("--check", action="store_true", help="start, ask itself, and stop")
    chosen = parser.parse_args()
    write_lines()
    with TemporaryDirectory(prefix="portal-") as passing:
        _serve(chosen.folder or Path(passing), 0 if chosen.check else chosen.port, check=chosen.check)


def _serve(folder: Path, port: int, *, check: bool) -> None:
    """Serve the sample in *folder*."""
    with socket.create_server((HOST, port)) as listening:
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        with open_sample(folder, address=address) as platform:
            config = uvicorn.Config(
                create_app(platform, dispatch_every=1), access_log=False, log_config=None, server_header=False
            )
            server = uvicorn.Server(config)
            print(_welcome(address, folder), flush=True)
            if not check:
                server.run([listening])
                return
            with _running(server, listening):
                print(_ask(address))


def _welcome(address: str, folder: Path) -> str:
    outbox = folder / "outbox"
    return f"""
The API is at {address}
  its description, to try it in the browser:  {address}/docs
  the same for programs:                      {address}/openapi.json
  somebody to try it with:                    {SOMEBODY}
  messages to them lie in:                    {outbox}
  the newest token in these messages:         {sys.executable} {HERE / "newest_token.py"} {outbox}
Stop it with Ctrl+C.
"""


@contextmanager
def _running(server: uvicorn.Server, listening: socket.socket) -> Iterator[None]:
    """Let *server* run in a thread of its own."""
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()


def _ask(address: str) -> str:
    """Ask for the description, and for access; return what was answered, or raise."""
    with urlopen(f"{address}/openapi.json", timeout=10) as answer:  # noqa: S310 - an address of our own
        operations = sum(len(each) for each in json.load(answer)["paths"].values())
    with urlopen(f"{address}/docs", timeout=10) as answer:  # noqa: S310 - the same
        answer.read()
    body = json.dumps({"identifier": SOMEBODY}).encode()
    asked = Request(f"{address}/access-requests", body, {"Content-Type": "application/json"})  # noqa: S310 - the same
    with urlopen(asked, timeout=10) as answer:  # noqa: S310 - the same
        return f"It answers: {operations} operations, and {answer.status} to whoever asks for access."


if __name__ == "__main__":
    main()
