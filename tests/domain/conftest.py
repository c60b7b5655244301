"""How the tests of the domain read third-party data."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="session")
def vectors(vectors):
    """Return a function that reads one file of the third-party data, or skips where it is not there."""

    def read(name):
        path = vectors / name
        if not path.is_file():
            pytest.skip(f"{name} is not in the folder of third-party files")
        return json.loads(path.read_text(encoding="utf-8"))

    return read
