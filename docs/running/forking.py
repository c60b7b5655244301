"""
Run `eszkola` for whoever calls, each time in a fresh process that has imported everything before it began.

Starting the command takes a second, nearly all of it imports; the pages have a hundred of them. It is a day of the
pages, on which what they tell is neither over nor too far ahead, and the hash is the cheapest there is.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import entry_points
from typing import Final

from eszkola_cli.main import main
from eszkola_core import CHEAPEST_FOR_TESTS, Argon2Hasher, SystemClock
from eszkola_core._platform import adapters

BEGINS: Final = datetime(2026, 10, 12, 8, tzinfo=UTC)
"""When it is on the pages: a Monday in October."""


def serve(place: str) -> None:
    """Run commands for whoever comes to the door at *place*, until this process is ended."""
    clock = SystemClock()
    ahead, now = BEGINS - clock.now(), clock.now
    setattr(SystemClock, "now", lambda _: now() + ahead)  # noqa: B010 - whoever asks a clock gets this one
    setattr(adapters, "Argon2Hasher", partial(Argon2Hasher, CHEAPEST_FOR_TESTS))  # noqa: B010 - the same
    for group in ("storage", "email", "sms", "renderer", "letters", "gradebook", "events"):
        for each in entry_points(group=f"eszkola.{group}"):
            each.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen()
        print("open", flush=True)
        while True:
            caller, _ = door.accept()
            if os.fork() == 0:
                run(caller)
            caller.close()


def run(caller: socket.socket) -> None:
    """Be the command that *caller* asks for, to the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, streams, *_ = socket.recv_fds(caller, 1 << 20, 3)
    words, folder, environment = json.loads(message)
    for number, each in enumerate(streams):
        os.dup2(each, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    code: object = 0
    try:
        main(words)
    except SystemExit as left:
        code = left.code
    except BaseException:  # noqa: BLE001 - the page tells of it
        traceback.print_exc()
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    caller.send(bytes([code if isinstance(code, int) else 0]))
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
