"""Guardians see their children, and nobody else's."""

from __future__ import annotations

import pytest

from accounts.tests.conftest import CONSOLE, told
from eszkola_core import Restricted
from start import SAMPLE

pytestmark = pytest.mark.usefixtures("site")

EWA, SCIBOR, JAN, SIOBHAN, LUCJA = (f"{each}@example.com" for each in ("ewa", "scibor", "jan", "siobhan", "lucja"))


@pytest.fixture
def ewa(site, browser):
    """Sign a guardian in."""
    browser.sign_in(EWA)
    return site.person(EWA)


def of(site, guardian):
    """Return the numbers of somebody's children by first name."""
    return {each.name.first: each.person for each in site.platform.see_children.of(guardian)}


def test_each_child_has_a_page(site, browser, ewa):
    """With school and class."""
    page = browser.get(f"/children/{of(site, ewa)['Łucja']}")

    assert told(page).startswith("Łucja Żółć-Gęślicka School and class SP1, 7a Account has never signed in")


def test_whoever_changes_the_number_in_the_address_learns_nothing(site, browser, ewa):
    """Others' children, oneself, other guardians and nobody: the same page, byte for byte."""
    site.activate(JAN)
    others = [of(site, site.person(JAN))["Ala"], ewa, site.person(JAN), 999_999, 2**70]

    pages = [browser.get(f"/children/{each}") for each in others]

    assert {page.status_code for page in pages} == {404}
    assert len({told(page) for page in pages}) == 1
    assert browser.get("/children/-1").status_code == browser.get("/children/x").status_code == 404


def test_a_barred_guardian_sees_the_child_no_more(site, browser, another, ewa):
    """From the next request on, on the list and by the number; the other guardian goes on."""
    another.sign_in(SCIBOR)
    lucja = of(site, ewa)["Łucja"]
    done = site.platform.restrict_links.restrict(CONSOLE, ewa, lucja, reason="court order 7/26")
    assert isinstance(done, Restricted)

    assert "Łucja" not in told(browser.get("/children", follow=True))
    assert browser.get(f"/children/{lucja}").status_code == 404
    assert another.get(f"/children/{lucja}").status_code == 200


def test_nobody_sees_anything_without_a_session(browser):
    """Lists and pages lead to the sign-in."""
    assert {browser.get(each).status_code for each in ("/children", "/children/1", "/password")} == {302}


def test_a_student_is_told_why_the_list_is_empty(site, browser):
    """In words."""
    assert "No school has named you" in told(browser.sign_in(site.activate(LUCJA)))


@pytest.mark.parametrize(
    ("first", "last"), [("Đorđe", "O'Neill"), ("Nguyễn", "Þórsdóttir-Łoś"), ("Zoë", "D’Arc"), ("Ђорђе", "Öz")]
)
def test_odd_names_are_shown_as_they_are(site, browser, first, last):
    """And never as anything but text."""
    site.imports(SAMPLE.read_text("utf-8").replace("O'Neill;Đorđe", f"{last};{first}"))

    page = browser.sign_in(SIOBHAN)

    assert f"{first} {last}".replace("'", "&#x27;") in page.content.decode()


def test_a_child_that_leaves_the_record_leaves_the_list(site, browser, ewa):
    """The night's import counts from the next request on."""
    lines = [each for each in SAMPLE.read_text("utf-8").splitlines() if "Jaś" not in each]
    jas = of(site, ewa)["Jaś"]
    site.imports("\n".join(lines) + "\n")

    assert "Jaś" not in told(browser.get("/children"))
    assert browser.get(f"/children/{jas}").status_code == 404
