"""Signing in and out, and all that may stand in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Account
from accounts.tests.conftest import CONSOLE, PASSWORD, Browser, told
from eszkola_core import (
    CHEAPEST_FOR_TESTS,
    Argon2Hasher,
    Given,
    Locked,
    Notice,
    NoticeKind,
    PasswordChanged,
    Published,
    Unavailable,
)

pytestmark = pytest.mark.usefixtures("site")

EWA, JAN, LUCJA = "ewa@example.com", "jan@example.com", "lucja@example.com"


class BusyHasher(Argon2Hasher):
    """Has too much to do."""

    def verify(self, *_):
        """Refuse to begin."""
        raise Unavailable("too many wait", code="busy", retry_after=timedelta(seconds=4.2))


def begin_change(site):
    """Give a child a first credential, and return it."""
    guardian = site.person(EWA)
    (child,) = (each.person for each in site.platform.see_children.of(guardian) if each.name.first == "Łucja")
    given = site.platform.give_initial_credential.to(child)
    assert isinstance(given, Given)
    return given.password.reveal()


def test_a_guardian_signs_in_and_sees_her_children(browser):
    """Straight on to the list."""
    page = browser.sign_in(EWA)

    assert page.redirect_chain == [("/children", 302)]
    assert told(page) == "Your children Jaś Żółć-Gęślicki · 4b, SP1 Łucja Żółć-Gęślicka · 7a, SP1"


@pytest.mark.parametrize("login", [EWA, JAN, "nobody@example.com", "", "\u202e" * 300])
def test_whatever_is_wrong_is_told_alike(browser, login):
    """A wrong password, an account without one, and nobody: the same words, and no session."""
    page = browser.sign_in(login, "Zły-Strzał-1")

    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert ("an account that is locked" in told(page)) == bool(login)
    assert browser.get("/children").status_code == 302


def test_whoever_tries_passwords_elsewhere_keeps_no_owner_out(browser, another):
    """However often they fail, the owner signs in from home at once."""
    for _ in range(20):
        browser.sign_in(EWA, "Zły-Strzał-1", REMOTE_ADDR="203.0.113.5")

    assert "Check login and password" in told(browser.sign_in(EWA, REMOTE_ADDR="203.0.113.5"))
    assert "Your children" in told(another.sign_in(EWA, REMOTE_ADDR="198.51.100.7"))


def test_a_lock_ends_the_session_and_refuses_as_a_wrong_password_does(site, browser, another):
    """At the very next request; and the words do not tell a stranger that there is a lock."""
    browser.sign_in(EWA)
    assert isinstance(site.platform.lock_account.lock(CONSOLE, site.person(EWA), why="lost telephone"), Locked)

    page = browser.get("/children", follow=True)

    assert page.redirect_chain == [("/sign-in?next=/children", 302)]
    assert "Your session is over" in told(page)
    assert "an account that is locked" in told(another.sign_in(EWA))


def test_who_is_signed_in_is_not_asked_again(browser):
    """Another account does not slip into a browser that one is open in."""
    browser.sign_in(EWA)

    assert browser.get("/sign-in").url == "/children"
    assert browser.sign_in(JAN, "whatever").redirect_chain == [("/children", 302)]


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/password", "/password"),
        ("https://evil.example/", "/children"),
        ("//evil.example/", "/children"),
        ("javascript:alert(1)", "/children"),
    ],
)
def test_signing_in_leads_to_where_one_was_going_on_this_site(browser, wanted, reached):
    """And to no other."""
    done = browser.post(f"/sign-in?next={wanted}", {"login": EWA, "password": PASSWORD})

    assert done.url == reached


def test_a_given_password_is_changed_first(site, browser):
    """The one that the school gave opens nothing; a weak one is refused; one's own leads on."""
    first = browser.sign_in(LUCJA, begin_change(site))
    weak = browser.post("/sign-in/password", {"new": "lucja", "again": "lucja"})
    done = browser.post("/sign-in/password", {"new": PASSWORD, "again": PASSWORD}, follow=True)

    assert "Choose a password of your own" in told(first)
    assert browser.get("/children").status_code == 200
    assert "too short" in told(weak)
    assert "Your children" in told(done)


def test_the_second_of_two_clicks_undoes_nothing_of_the_first(site, browser):
    """Its answer says where to go, and leaves the session that the first one opened as it is."""
    browser.sign_in(LUCJA, begin_change(site))
    before, form = browser.cookies["sessionid"].value, {"new": PASSWORD, "again": PASSWORD}
    browser.post("/sign-in/password", form)
    opened = browser.cookies["sessionid"].value
    browser.cookies["sessionid"] = before

    second = browser.post("/sign-in/password", form)

    assert second.url == "/sign-in"
    assert "sessionid" not in second.cookies
    browser.cookies["sessionid"] = opened
    assert browser.get("/children").status_code == 200


def test_a_ticket_that_took_too_long_leads_back(site, browser):
    """Nobody is left before a form that does nothing."""
    browser.sign_in(LUCJA, begin_change(site))
    site.clock.advance(timedelta(hours=2))

    page = browser.post("/sign-in/password", {"new": PASSWORD, "again": PASSWORD}, follow=True)

    assert "took too long" in told(page)


def test_notices_are_read_first_in_the_version_that_was_shown(site, browser):
    """Who was shown the old text is shown the new one, and acknowledges that."""
    config = site.folder / "eszkola.toml"
    config.write_text(config.read_text("utf-8").replace("[]", '["safety-rules"]'), "utf-8")
    site.restart()
    page = browser.sign_in(EWA)
    old = {"digest": [digest for digest, _text in page.context["notices"]]}
    newer = Notice(kind=NoticeKind.SAFETY_RULES, version="2", texts={"en": "Rule one & only <b>"})
    assert isinstance(site.platform.acknowledge_notices.publish(CONSOLE, newer), Published)

    again = browser.post("/sign-in/notices", old)
    new = {"digest": [digest for digest, _text in again.context["notices"]]}
    nonsense = browser.post("/sign-in/notices", {"digest": ["zz", "0" * 63, "é"]})
    done = browser.post("/sign-in/notices", new, follow=True)

    assert "Rules for the safe use" in told(page)
    assert "The text has changed" in told(again)
    assert "Rule one &amp; only &lt;b&gt;" in again.content.decode()
    assert nonsense.status_code == 200
    assert "Your children" in told(done)


def test_when_too_many_sign_in_people_and_programs_are_told_when_to_come_again(site, browser):
    """503, and whole seconds."""
    site.restart(hasher=BusyHasher(CHEAPEST_FOR_TESTS))

    page = browser.sign_in(EWA)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "Please try again in 5 seconds." in told(page)


def test_a_busy_hasher_keeps_a_link_good(site, browser):
    """Where setting a password is too much at once, nothing is spent."""
    link = site.link_for(EWA)
    site.restart(hasher=BusyHasher(CHEAPEST_FOR_TESTS))
    page = browser.set_password(link, "Klon-nad-Wisłą-8")
    site.restart(hasher=Argon2Hasher(CHEAPEST_FOR_TESTS))

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "Your password is set" in told(browser.set_password(link, "Klon-nad-Wisłą-8"))


def test_maintenance_is_told_in_its_own_words(site, browser, another):
    """With its expected end; who is signed in stays so."""
    another.sign_in(EWA)
    ends = site.clock.now() + timedelta(hours=2)
    site.platform.announce_maintenance.begin(CONSOLE, expected_end_at=ends, texts={"en": "New servers <tonight>"})

    page = browser.sign_in(EWA)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "7200")
    assert "New servers &lt;tonight&gt;" in told(page)
    assert "1 p.m." in told(page)
    assert another.get("/children").status_code == 200


def test_an_idle_session_is_over(site, browser):
    """As the platform counts it, whatever the cookie says."""
    browser.sign_in(EWA)
    site.clock.advance(timedelta(minutes=29))
    assert browser.get("/children").status_code == 200
    site.clock.advance(timedelta(minutes=31))

    assert "Your session is over" in told(browser.get("/children", follow=True))


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(browser, another):
    """Whoever copied the cookie before has nothing."""
    browser.sign_in(EWA)
    another.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert another.get("/children").status_code == 200

    assert browser.get("/sign-out").status_code == 405
    assert "You are signed out." in told(browser.post("/sign-out", follow=True))
    assert another.get("/children").status_code == 302


def test_a_changed_password_ends_the_other_browsers_session_and_not_this_one(browser, another):
    """Two browsers, one owner."""
    browser.sign_in(EWA)
    another.sign_in(EWA)
    form = {"current": PASSWORD, "new": "Klon-nad-Wisłą-8", "again": "Klon-nad-Wisłą-8"}

    wrong = browser.post("/password", {**form, "current": "Zły-Strzał-1"})
    used = browser.post("/password", {"current": PASSWORD, "new": PASSWORD, "again": PASSWORD})
    done = browser.post("/password", form, follow=True)

    assert "not your present password" in told(wrong)
    assert "errorlist" in used.content.decode()
    assert "Your password is changed" in told(done)
    assert "Your session is over" in told(another.get("/children", follow=True))


def test_a_change_elsewhere_between_page_and_form_is_told(site, browser):
    """The owner changed it by another service: this session is over before the form comes."""
    browser.sign_in(EWA)
    key = site.platform.sign_in.attempt(EWA, PASSWORD).key.reveal()
    assert site.platform.change_password.change(key, PASSWORD, "Klon-nad-Wisłą-8") == PasswordChanged()

    page = browser.post("/password", {"current": PASSWORD, "new": "x", "again": "x"}, follow=True)

    assert "Your session is over" in told(page)


def test_a_platform_that_is_away_is_told(site, browser, monkeypatch):
    """A page with a status that programs understand, before and behind the sign-in."""
    browser.sign_in(EWA)

    def away(*_, **__):
        raise Unavailable("the disk is gone")

    monkeypatch.setattr(site.platform.sign_in, "person_of", away)
    page = browser.get("/children")

    assert (page.status_code, "Retry-After" in page.headers) == (503, False)


def test_the_test_client_and_others_that_know_only_a_name_and_a_password_get_in(site, browser):
    """By Django's own door; what has to be done first is not done there."""
    assert browser.login(username=EWA, password=PASSWORD)
    assert browser.get("/children").status_code == 200
    assert not Browser().login(username=EWA, password="Zły-Strzał-1")
    assert not Browser().login(username=LUCJA, password=begin_change(site))


def test_a_user_whom_nobody_signed_in_is_nobody(site, browser):
    """Without a session of the platform Django's is worth nothing."""
    browser.force_login(Account.objects.create(person=site.person(EWA)))

    assert browser.get("/children").status_code == 302
