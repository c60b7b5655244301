"""What goes out beside the pages, and what the pages may not hold."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from accounts.logs import WithoutTokens
from accounts.tests.conftest import PASSWORD, Browser, told
from start import CONFIG

pytestmark = pytest.mark.usefixtures("site")

EWA = "ewa@example.com"
PAGES = [
    "/sign-in",
    "/access",
    "/access/asked",
    "/access/complete",
    "/children",
    "/children/9",
    "/password",
    "/nowhere",
]
MANAGE = Path(__file__).parents[2] / "manage.py"


class Page(HTMLParser):
    """Keeps the elements of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep one."""
        self.found.append((tag, dict(attrs)))

    def all(self, *tags):
        """Return the attributes of each element of some kinds."""
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_kept_nowhere_and_runs_nothing(browser, path):
    """With the headers that say so, whatever its status."""
    browser.sign_in(EWA)
    headers = browser.get(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert {"no-store", "private"} <= set(re.findall(r"[\w-]+", headers["Cache-Control"]))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("language", ["pl", "sl", "en"])
def test_a_language_is_called_by_its_own_name(browser, language):
    """Whoever reads no other finds it, whatever language the page is in; and what `lang` says of a name is so."""
    browser.post("/language/setlang/", {"language": language})
    page = browser.get("/sign-in").content.decode()
    buttons = re.findall(r'<button [^>]*name="language"[^>]* lang="(\w+)"[^>]*>(.*?)</button>', page)

    assert buttons == [("pl", "Polski"), ("sl", "Slovenščina"), ("en", "English")]


@pytest.mark.parametrize("is_in", [True, False])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_what_a_screen_reader_needs_and_nothing_inline(browser, path, is_in):
    """A language, one heading, a label for each field, a name for each button; no style or script of its own."""
    if is_in:
        browser.sign_in(EWA)
    page = Page(browser.get(path, follow=True).content.decode())
    fields = [each for each in page.all("input", "select", "textarea") if each.get("type") != "hidden"]

    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert {each["id"] for each in fields} == {each["for"] for each in page.all("label")}
    assert page.all("script", "style") == []
    assert [each for _tag, each in page.found if "style" in each or any(name.startswith("on") for name in each)] == []
    assert all(each.get("href", each.get("src", "/")).startswith(("/", "#")) for _tag, each in page.found)
    assert all("autocomplete" in each for each in fields)


def test_a_form_from_elsewhere_is_refused_in_words():
    """Without the page's own sign nothing is sent on."""
    strict = Browser(enforce_csrf_checks=True)

    page = strict.post("/sign-in", {"login": EWA, "password": PASSWORD})

    assert page.status_code == 403
    assert "This form is too old" in told(page)


def test_what_goes_wrong_is_a_page_too(site, browser, monkeypatch):
    """That tells nothing of why."""

    def broken(*_, **__):
        raise ZeroDivisionError("1/0 with a secret")

    monkeypatch.setattr(site.platform.see_children, "of", broken)
    browser.raise_request_exception = False
    browser.sign_in(EWA)

    page = browser.get("/children")

    assert page.status_code == 500
    assert "it is our fault" in told(page)
    assert "secret" not in page.content.decode()


@pytest.mark.parametrize(
    "line",
    ['"GET /access/complete?token=abc_DEF-1 HTTP/1.1" 302 0', "https://x.example/address/dispute?a=1&token=abc_DEF-1"],
)
def test_no_log_has_a_token(line):
    """Whether it stands in the words or in what goes into them."""
    for record in (
        logging.LogRecord("django.server", logging.INFO, "", 0, line, (), None),
        logging.LogRecord("django.server", logging.INFO, "", 0, "%s", (line,), None),
    ):
        assert WithoutTokens().filter(record)
        assert "abc_DEF-1" not in record.getMessage()
        assert "token=…" in record.getMessage()


@pytest.fixture
def manage(tmp_path):
    """Return a function that runs a command of Django on a site with an address of its own."""

    def run(base_url, *command):
        config = CONFIG.replace("http://127.0.0.1:{port}", base_url)
        (tmp_path / "eszkola.toml").write_text(config, "utf-8")
        (tmp_path / "django.secret").write_text(
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ascii"
        )
        env = {**os.environ, "ESZKOLA_CONFIG": str(tmp_path / "eszkola.toml"), "PYTHONUTF8": "1"}
        return subprocess.run(  # noqa: S603
            [sys.executable, str(MANAGE), *command], env=env, capture_output=True, encoding="utf-8", check=False
        )

    return run


def test_on_a_real_address_django_finds_nothing_to_warn_of(manage):
    """Secure cookies, strict transport, no debugging: all follows from the https:// of the configuration."""
    done = manage("https://konto.example.org", "check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


def test_migrations_are_complete(manage):
    """The model and its table agree."""
    assert manage("https://konto.example.org", "makemigrations", "--check").returncode == 0
