"""The examples run as they stand, and do what their words say."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
PASSWORD = "Dež-na-strehi-7"


@pytest.fixture(scope="module")
def told():
    """Return a function that runs an example as a newcomer does, and returns what it prints."""

    def run(path):
        command = [sys.executable, "-X", "utf8", "-W", "error", str(path)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


@pytest.fixture
def embedded():
    """Return the example of a service as a module."""
    (path,) = (each for each in EXAMPLES if each.stem == "embedded")
    spec = spec_from_file_location("embedded", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def roster(tmp_path, embedded):
    """Return the file of the example's roster."""
    path = tmp_path / "ucenci.csv"
    path.write_text(embedded.ROSTER, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_without_a_complaint(told, path):
    """It ends well, says something, and shows no token, key or password."""
    said = told(path)

    assert said
    assert re.findall(r"[\w-]{43}", said) == []
    assert PASSWORD not in said


def test_a_first_day_ends_with_a_mother_who_sees_her_children(told):
    """From two records to one guardian who signs in and has both children on her list."""
    (path,) = (each for each in EXAMPLES if each.stem == "embedded")

    assert told(path).splitlines()[-1] == "signed: 200 ['Ana Žagar', 'Luka Žagar']"


def test_a_service_that_starts_again_finds_what_it_kept(embedded, tmp_path, roster):
    """The first start makes the platform, the second opens it; the same roster changes nothing."""
    for created in (4, 0):
        with embedded.open_platform(tmp_path) as platform:
            assert embedded.every_night(platform, roster)["created"] == created


def test_requests_are_answered_as_a_service_should(embedded, tmp_path, roster):
    """Known or not, the answer is one; a token is spent once; a wrong password says no more than that."""
    with embedded.open_platform(tmp_path) as platform:
        embedded.every_night(platform, roster)
        known, unknown = (
            embedded.post_access(platform, {"identifier": each}) for each in ("mojca@example.com", "nihce@example.com")
        )
        embedded.every_minute(platform)
        form = {"token": embedded.token_in(tmp_path / "outbox"), "password": PASSWORD}
        first, again = (embedded.post_password(platform, form) for _ in range(2))
        login = first[1]["login"]
        right, wrong = (
            embedded.post_session(platform, {"login": login, "password": each}) for each in (PASSWORD, "Dež")
        )

    assert known == unknown
    assert (first[0], again) == (200, (422, {"reason": "token-not-live", "violations": []}))
    assert right[1]["children"] == ["Ana Žagar", "Luka Žagar"]
    assert right[1]["session"]
    assert wrong == (401, {"reason": "wrong-login-or-password"})
