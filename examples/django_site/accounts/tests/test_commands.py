"""What a timetable runs, and what a newcomer runs."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import override_settings

from eszkola_core import Unavailable
from start import SAMPLE

pytestmark = pytest.mark.usefixtures("site")

HERE = Path(__file__).parents[2]


def run(*command, **options):
    """Return what a command prints."""
    out = StringIO()
    call_command(*map(str, command), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def export(tmp_path):
    """Return an export in which somebody is new, and somebody's number is wrong."""
    path = tmp_path / "uczniowie.csv"
    new = "5;Wąs;Iga;14220201483;2014-02-02;K;6a;iga@example.com;Wąs;Ewa;ewa.was@example.com;;;\n"
    path.write_text(SAMPLE.read_text("utf-8") + new, "utf-8")
    return path


def test_a_plan_says_what_an_import_would_do_and_does_nothing(export):
    """Twice the same; numbers are masked."""
    said = [run("roster", "plan", export, "--school", "SP1") for _ in range(2)]

    assert said[0] == said[1]
    assert said[0].startswith("2 created, ")
    assert "14220201483" not in said[0]
    assert "•1483" in said[0] or "•483" in said[0]


def test_the_same_export_again_changes_nothing(export):
    """So it can run every night."""
    first, again = (run("roster", "apply", export, "--school", "SP1") for _ in range(2))

    assert first.startswith("2 created, ")
    assert again.startswith("0 created, 0 changed, ")


def test_an_export_in_which_too_many_are_missing_stops(tmp_path):
    """And says where: nobody loses an account by a file that was cut."""
    path, err = tmp_path / "uczniowie.csv", StringIO()
    path.write_text(SAMPLE.read_text("utf-8").splitlines()[0] + "\n", "utf-8")

    run("roster", "apply", path, "--school", "SP1", stderr=err)

    assert "stopped: SP1" in err.getvalue()


def test_a_file_that_is_none_is_said_to_be(tmp_path):
    """In a sentence, without a traceback."""
    path = tmp_path / "uczniowie.csv"
    path.write_bytes(b"\x00\xff")

    with pytest.raises(CommandError):
        run("roster", "apply", path, "--school", "SP1")


def test_dispatching_sends_what_waits_and_then_nothing(site):
    """A message for whoever asked."""
    site.platform.recover_access.request("jan@example.com")

    assert [run("dispatch") for _ in range(2)] == ["1 sent, 0 to be tried again\n", "0 sent, 0 to be tried again\n"]


def test_dispatching_without_a_database_says_so(site, monkeypatch):
    """With the status that a timetable tries again at."""

    def away(*_, **__):
        raise Unavailable("the disk is gone")

    monkeypatch.setattr(site.platform.recover_access, "answer_waiting", away)
    with pytest.raises(CommandError, match="the disk is gone") as said:
        run("dispatch")

    assert said.value.returncode == 3


def test_a_project_that_forgets_the_middleware_is_told(settings_of):
    """Else sessions that the platform has ended would go on."""
    ours, theirs = "accounts.sessions.PlatformSession", "django.contrib.auth.middleware.AuthenticationMiddleware"
    found = {order: settings_of(list(order)) for order in ((theirs, ours), (ours, theirs), (theirs,))}

    assert list(found.values()) == [[], ["accounts.E001"], ["accounts.E001"]]


@pytest.fixture
def settings_of():
    """Return a function that returns what is wrong with an order of middleware."""

    def check(middleware):
        with override_settings(MIDDLEWARE=middleware):
            return [each.id for each in run_checks(tags=["security"]) if each.id == "accounts.E001"]

    return check


def test_a_newcomer_sees_the_site_with_one_command(tmp_path):
    """It makes everything, serves it, is visited over HTTP, and stops; no log has a token."""
    options = ["--visit", "--port", "0", "--folder", str(tmp_path / "new")]
    command = [sys.executable, "-W", "error", "-X", "utf8", "start.py", *options]
    done = subprocess.run(command, cwd=HERE, capture_output=True, encoding="utf-8", check=False)  # noqa: S603

    assert done.returncode == 0, done.stderr
    assert "Łucja Żółć-Gęślicka · 7a, SP1" in done.stdout
    assert '"GET /children HTTP/1.1" 200' in done.stderr
    again = subprocess.run(command, cwd=HERE, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    assert again.returncode == 0, again.stderr
    assert "Going on in" in again.stdout
    assert "0 created, " in again.stdout
    assert "Łucja Żółć-Gęślicka · 7a, SP1" in again.stdout


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    """Nothing is written where the site was not made."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine", "utf-8")
    command = [sys.executable, "-X", "utf8", "start.py", "--folder", str(folder)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, encoding="utf-8", check=False)  # noqa: S603

    assert done.returncode == 2
    assert "has something else in it" in done.stderr
    assert [each.name for each in folder.iterdir()] == ["letter.txt"]
