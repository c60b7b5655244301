"""Addresses that change: by the night's import, by their owner, by a thief."""

from __future__ import annotations

import pytest

from accounts.tests.conftest import PASSWORD, told
from eszkola_core import ConfirmationSent
from start import SAMPLE

pytestmark = pytest.mark.usefixtures("site")

EWA = "ewa@example.com"


@pytest.fixture
def moved(site, browser):
    """Sign a guardian in, let the night's import change her address, and return the link that the old one got."""
    browser.sign_in(EWA)
    site.imports(SAMPLE.read_text("utf-8").replace(EWA, "ewa.nowa@example.com"))
    (link,) = (each for each in site.links() if "dispute" in each)
    return link


@pytest.mark.usefixtures("moved")
def test_an_address_that_the_import_changes_ends_the_session(browser):
    """Whoever had the old mailbox is out, wherever they were signed in; the password opens it again."""
    assert "Your session is over" in told(browser.get("/children", follow=True))
    assert "Your children" in told(browser.sign_in("ewa.nowa@example.com"))


def test_the_old_mailbox_takes_the_change_back_by_a_button(site, browser, another, moved):
    """Looking does nothing; pressing ends what was open, and the old address recovers access."""
    browser.sign_in("ewa.nowa@example.com")
    asked = another.get(moved, follow=True)
    where = asked.redirect_chain[-1][0]
    assert browser.get("/children").status_code == 200

    done, again = another.post(where), another.post(where)

    assert "Take the change back" in told(asked)
    assert "as it was before" in told(done)
    assert again.status_code == 410
    assert browser.get("/children").status_code == 302
    assert "Your password is set" in told(another.set_password(site.link_for(EWA), "Klon-nad-Wisłą-8"))


def test_a_new_mailbox_confirms_by_a_button(site, browser):
    """What an owner asked for in any service of the platform is confirmed here."""
    key = site.platform.sign_in.attempt(EWA, PASSWORD).key.reveal()
    asked = site.platform.change_address.request(key, PASSWORD, "e.gesla@example.com")
    assert asked == ConfirmationSent()
    (link,) = (each for each in site.links() if "confirm" in each)
    where = browser.get(link, follow=True).redirect_chain[-1][0]

    assert "The new address is in force" in told(browser.post(where))
    assert browser.post(where).status_code == 410
    assert "Your children" in told(browser.sign_in("e.gesla@example.com"))


@pytest.mark.parametrize("path", ["/address/confirm", "/address/dispute", "/address/dispute/0123"])
def test_without_a_token_nothing_happens(browser, path):
    """A page says that the link does not work."""
    assert browser.post(path).status_code == 410
