"""What the tests of the API share: a sample that was made once, and a portal of its own for each test."""

from __future__ import annotations

import shutil
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from eszkola_core import CHEAPEST_FOR_TESTS, Argon2Hasher, Platform, from_config
from portal.app import create_app
from portal.sample import HERE, SOMEBODY, open_sample
from portal.watching import observe

PASSWORD = "Deszcz-na-dach-7"

sys.path.insert(0, str(HERE))
newest_token = import_module("newest_token").newest_token
sys.path.remove(str(HERE))


class Portal:
    """A portal on a copy of the sample: a client to ask it, and the platform behind it."""

    def __init__(self, folder, *, settings="", **adapters):
        self.folder = folder
        configuration = folder / "eszkola.toml"
        configuration.write_text(f"{configuration.read_text('utf-8')}\n[settings]\n{settings}\n", "utf-8")
        self.platform: Platform = from_config(
            folder, **{"hasher": Argon2Hasher(CHEAPEST_FOR_TESTS), "observer": observe, **adapters}
        )
        self.app = create_app(self.platform)
        self.client = TestClient(self.app)

    def token(self, identifier=SOMEBODY):
        """Return the token that somebody is sent who asks for access."""
        self.platform.recover_access.request(identifier)
        self.platform.dispatch()
        return newest_token(self.folder / "outbox")

    def activate(self, identifier=SOMEBODY, password=PASSWORD):
        """Set somebody's first password, and return the login."""
        return self.platform.recover_access.complete(self.token(identifier), password).login

    def post(self, path, *, key=None, headers=(), **body):
        """Send *body* as JSON."""
        return self.client.post(path, json=body, headers=self.headers(key) | dict(headers))

    def get(self, path, *, key=None):
        """Ask for *path* with *key*."""
        return self.client.get(path, headers=self.headers(key))

    def delete(self, path, *, key=None):
        """Delete what is at *path*."""
        return self.client.delete(path, headers=self.headers(key))

    @staticmethod
    def headers(key):
        """Return the headers that show *key*."""
        return {} if key is None else {"Authorization": f"Bearer {key}"}

    def signed_in(self, identifier=SOMEBODY):
        """Return the key of a session of somebody who has a password from now on."""
        login = self.activate(identifier)
        return self.post("/sessions", login=login, password=PASSWORD).json()["key"]


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Path:
    """Return a folder with the sample, made once."""
    folder: Path = tmp_path_factory.mktemp("sample")
    open_sample(folder, hasher=Argon2Hasher(CHEAPEST_FOR_TESTS)).close()
    return folder


@pytest.fixture
def new_portal(sample, tmp_path):
    """Return a function that makes a portal, with settings or adapters of its own."""
    with ExitStack() as stack:

        def make(settings: str = "", **adapters: Any) -> Portal:
            folder = tmp_path / "portal"
            shutil.copytree(sample, folder)
            portal = Portal(folder, settings=settings, **adapters)
            stack.enter_context(portal.platform)
            stack.enter_context(portal.client)
            return portal

        yield make


@pytest.fixture
def portal(new_portal):
    """Return a portal as it is."""
    return new_portal()
