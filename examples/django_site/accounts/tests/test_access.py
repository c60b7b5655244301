"""First access and recovery: one answer for everybody, and links that are good for one password."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

import pytest

from accounts.tests.conftest import PASSWORD, told

pytestmark = pytest.mark.usefixtures("site")

JAN, ALA = "jan@example.com", "ala@example.com"


def without_csrf(response):
    """Return a page without what is another at each request."""
    return [line for line in response.content.decode().splitlines() if "csrfmiddlewaretoken" not in line]


def test_whoever_asks_gets_the_same_answer(site, browser):
    """Known, unknown, a national id, nonsense: the same page, and a message only where there is an account."""
    asked = [JAN, "nobody@example.com", "12230401124", "' OR 1=1 --", "Żółć \u202e"]
    pages = [browser.post("/access", {"identifier": each}, follow=True) for each in asked]

    assert {page.status_code for page in pages} == {200}
    assert len({tuple(without_csrf(page)) for page in pages}) == 1
    assert "If there is such an account" in told(pages[0])
    assert len(site.links()) == 2


def test_a_link_opens_a_page_whose_address_and_text_hold_no_token(site, browser):
    """The token leaves the address bar at once, stands nowhere on the page, and goes to no other site."""
    link = site.link_for(JAN)
    token = link.partition("token=")[2]

    page = browser.get(link, follow=True)

    assert [status for _where, status in page.redirect_chain] == [302]
    assert token not in page.redirect_chain[0][0]
    assert token not in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]


def test_a_password_is_set_once(site, browser, another):
    """The second of two who use one link is told, and so is the second of two clicks."""
    link = site.link_for(JAN)

    where = browser.get(link).url
    first = browser.set_password(link, PASSWORD)
    assert browser.get(where).status_code == 410
    again = browser.set_password(link, "Klon-nad-Wisłą-8")
    elsewhere = another.set_password(link, "Klon-nad-Wisłą-8")

    assert "Sign in with the login jan@example.com." in told(first)
    assert {again.status_code, elsewhere.status_code} == {410}
    assert "does not work any more" in told(elsewhere)
    assert "Your children" in told(browser.sign_in(JAN))


def test_whoever_only_looks_spends_nothing(site, browser, another):
    """A mail server that opens the link, twice and with every header it likes, leaves it to its owner."""
    link = site.link_for(JAN)
    for _ in range(2):
        another.get(link, follow=True)
        another.head(link)

    assert "Your password is set" in told(browser.set_password(link, PASSWORD))


def test_an_expired_link_says_so(site, browser):
    """Its owner is told to ask for another one."""
    link = site.link_for(JAN)
    site.clock.advance(timedelta(days=30))

    assert browser.set_password(link, PASSWORD).status_code == 410


def test_a_newer_link_replaces_the_older(site, browser):
    """Whoever asks twice uses the newer message."""
    older = site.link_for(JAN)
    site.clock.advance(timedelta(hours=1))
    newer = site.link_for(JAN)

    assert browser.set_password(older, PASSWORD).status_code == 410
    assert "Your password is set" in told(browser.set_password(newer, PASSWORD))


@pytest.mark.parametrize(
    "link", ["/access/complete", "/access/complete?token=", f"/access/complete?token={'x' * 9000}"]
)
def test_a_link_that_lost_its_token_is_no_fault(browser, link):
    """A mail program that broke it gets the same page."""
    assert browser.get(link).status_code == 410


def test_two_links_in_two_tabs_are_two(site, browser):
    """Each tab sets the password of whom its own message was for, whichever was opened last."""
    first, second = site.link_for(JAN), site.link_for(ALA)
    tab = browser.get(first).url
    browser.get(second)

    done = browser.post(tab, {"new": PASSWORD, "again": PASSWORD}, follow=True)

    assert "with the login jan@example.com" in told(done)


def test_a_browser_keeps_a_handful_of_links(site, browser):
    """Whoever opens any number of links does not lose the session to a cookie that is too large."""
    for _ in range(40):
        browser.get("/access/complete", {"token": token_urlsafe(32)})

    assert len(browser.cookies["sessionid"].value) < 1000
    assert "Your password is set" in told(browser.set_password(site.link_for(JAN), PASSWORD))


@pytest.mark.parametrize(
    ("language", "says"),
    [("pl", "Hasło jest za krótkie."), ("sl", "Geslo je prekratko."), ("en", "The password is too short.")],
)
def test_all_that_is_wrong_is_said_in_the_readers_language(site, browser, language, says):
    """And the link is still good."""
    link = site.link_for(JAN)
    browser.post("/language/setlang/", {"language": language})

    page = browser.set_password(link, "jan")

    assert says in told(page)
    assert page.content.decode().count("<li>") > 1
    assert page.content.decode().count("aria-invalid") == 1
    assert "jan@example.com" in told(browser.set_password(link, PASSWORD))


def test_two_passwords_that_differ_are_not_sent_on(site, browser):
    """A slip is told before anything is asked of the platform."""
    where = browser.get(site.link_for(JAN)).url

    assert "not the same password" in told(browser.post(where, {"new": PASSWORD, "again": "Dab-nad-Odra-7"}))


def test_a_space_at_the_end_belongs_to_the_password(site, browser):
    """Nothing takes it off on the way."""
    browser.set_password(site.link_for(JAN), f"{PASSWORD} ")

    assert "Check login and password" in told(browser.sign_in(JAN, PASSWORD))
    assert "Your children" in told(browser.sign_in(JAN, f"{PASSWORD} "))


@pytest.mark.parametrize("password", ["Zażółć gęślą jaźń 🦊", "e\u0301-Stare-Miasto-9"])
def test_a_password_is_taken_as_it_is_typed(site, browser, password):
    """Every sign counts, however a keyboard composes it."""
    browser.set_password(site.link_for(JAN), password)

    assert "Your children" in told(browser.sign_in(JAN, password))


@pytest.mark.parametrize("password", ["\0" * 12, "x" * 500_000, "\u202e\u200bAbcdefgh1", "\t\t\t\t\t\t\t\t\t"])
def test_what_cannot_be_a_password_is_refused_in_words(site, browser, password):
    """Never by a page that says that something went wrong."""
    page = browser.set_password(site.link_for(JAN), password)

    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
