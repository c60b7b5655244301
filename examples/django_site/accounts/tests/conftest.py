"""A site on the sample school for each test: made once, then copied, with a clock that stands and a cheap hash."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Self

import django
import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.test.utils import setup_test_environment

from eszkola_core import CHEAPEST_FOR_TESTS, Actor, Applied, Argon2Hasher, Completed, InvalidValue, PersonId
from eszkola_core.testing.doubles import FrozenClock
from start import CONFIG, SAMPLE, links_in

PASSWORD = "Dąb-nad-Odrą-7"
HAVE_PASSWORDS = ("ewa@example.com", "scibor@example.com", "siobhan@example.com")
"""Guardians who have set one; their children, and Jan, have not."""

CONSOLE = Actor.console("test")
PROLOGUE = Path(tempfile.mkdtemp(prefix="django-site-test-"))


def pytest_configure() -> None:
    """Make the settings' files before any test imports a model, and with them the site that every test copies."""
    config = PROLOGUE / "eszkola.toml"
    config.write_text(CONFIG.format(port=8000).replace('"safety-rules"', ""), "utf-8")
    (PROLOGUE / "django.secret").write_text("only for tests " * 4, "ascii")
    os.environ |= {"ESZKOLA_CONFIG": str(config), "DJANGO_SETTINGS_MODULE": "website.settings"}
    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)
    with Site(PROLOGUE) as site:
        site.platform.administration.create()
        site.imports(SAMPLE.read_text("utf-8"))
        site.links()
        for each in HAVE_PASSWORDS:
            site.activate(each)
        site.links()


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(PROLOGUE, ignore_errors=True)


class Site:
    """The platform of one test, and what comes by e-mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FrozenClock(datetime(2026, 11, 28, 10, tzinfo=UTC))
        self.options: dict[str, Any] = {"clock": self.clock, "hasher": Argon2Hasher(CHEAPEST_FOR_TESTS)}

    def __enter__(self) -> Self:
        from accounts.platform import platform  # noqa: PLC0415 - once there are settings

        platform.cache_clear()
        self._settings = override_settings(ESZKOLA_CONFIG=self.folder / "eszkola.toml", ESZKOLA_OPTIONS=self.options)
        self._settings.enable()
        self.platform = platform()
        return self

    def __exit__(self, *_: object) -> None:
        from accounts.models import Account  # noqa: PLC0415 - the same
        from accounts.platform import platform  # noqa: PLC0415 - the same

        self.platform.close()
        platform.cache_clear()
        self._settings.disable()
        Account.objects.all().delete()

    def restart(self, *, settings: str = "", **options: Any) -> None:
        """Start the process anew, with other settings or adapters."""
        config = self.folder / "eszkola.toml"
        config.write_text(config.read_text("utf-8") + settings, "utf-8")
        self.__exit__()
        self.options |= options
        self.__enter__()

    def imports(self, table: str) -> Applied:
        """Take in what the gradebook exports tonight."""
        path = self.folder / "uczniowie.csv"
        path.write_text(table, "utf-8")
        done = self.platform.import_rosters.apply(
            self.platform.gradebook.read([path], school="SP1"), actor=CONSOLE, allow_removals=None
        )
        assert isinstance(done, Applied)
        return done

    def mails(self) -> set[Path]:
        """Return what has been sent."""
        return set((self.folder / "outbox").glob("*.eml"))

    def links(self) -> list[str]:
        """Dispatch, and return the links in what was sent, without the host."""
        before = self.mails()
        call_command("dispatch", stdout=StringIO())
        found = [link for path in self.mails() - before for link in links_in(path)]
        return [link.removeprefix("http://127.0.0.1:8000") for link in found]

    def link_for(self, address: str) -> str:
        """Return the link that comes to whoever asks for access."""
        self.platform.recover_access.request(address)
        (link,) = self.links()
        return link

    def activate(self, address: str, password: str = PASSWORD) -> str:
        """Let somebody set a password; return the login."""
        done = self.platform.recover_access.complete(self.link_for(address).partition("token=")[2], password)
        assert isinstance(done, Completed)
        return done.login

    def person(self, login: str) -> PersonId:
        """Return the number of somebody with an account, as an owner's session tells it."""
        key = getattr(self.platform.sign_in.attempt(login, PASSWORD), "key", None)
        owner = self.platform.sign_in.person_of(key.reveal()) if key is not None else None
        if owner is None:
            raise InvalidValue("nobody signs in with this login")
        return owner.id


@pytest.fixture
def site(tmp_path):
    """Return a site of this test's own."""
    folder = tmp_path / "site"
    shutil.copytree(PROLOGUE, folder)
    with Site(folder) as made:
        yield made


class Browser(Client):
    """A browser whose reader knows English."""

    def __init__(self, **options: Any) -> None:
        super().__init__(headers={"accept-language": "en"}, **options)

    def sign_in(self, login: str, password: str = PASSWORD, **options: Any) -> Any:
        """Fill in the form of the sign-in page."""
        return self.post("/sign-in", {"login": login, "password": password}, follow=True, **options)

    def set_password(self, link: str, password: str, **options: Any) -> Any:
        """Open a link, and fill in the page behind it."""
        page = self.get(link, follow=True)
        where = page.redirect_chain[-1][0] if page.redirect_chain else link
        return self.post(where, {"new": password, "again": password}, follow=True, **options)


@pytest.fixture
def browser():
    """Return a browser."""
    return Browser()


@pytest.fixture
def another():
    """Return another browser."""
    return Browser()


def told(response):
    """Return the main part of a page as text."""
    main = response.content.decode().partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()
