"""Where the third-party test data lies, for those tests that use it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

VECTORS = Path(os.environ.get("ESZKOLA_VECTORS") or Path(__file__).parents[2] / "../shared/vectors")


@pytest.fixture(scope="session")
def vectors():
    """Return a function that reads one file of the third-party data, or skips where they are not there."""

    def read(name):
        path = VECTORS / name
        if not path.is_file():
            pytest.skip(f"no third-party test data: {name} is not in ESZKOLA_VECTORS nor in ../shared/vectors")
        return json.loads(path.read_text(encoding="utf-8"))

    return read
