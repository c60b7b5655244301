"""Tenants: what a system address is told with, and the links that are built from it (ACCESS-3, MAIL-2, DAY-1)."""

from __future__ import annotations

import pytest

from eszkola_core.domain.tenants import Tenant
from eszkola_core.errors import InvalidValue


def tenant(**values):
    """Return a tenant, with other values where they are given."""
    return Tenant(
        **{
            "key": "t",
            "name": "Test",
            "base_url": "https://konto.example.org",
            "platform_domain": "eszkola.example.org",
            **values,
        }
    )


@pytest.mark.parametrize(
    ("values", "code", "text"),
    [
        ({"locale": "de"}, "unknown-locale", "locale: one of pl, sl, en"),
        ({"base_url": "http://konto.example.org"}, "insecure-base-url", "base_url: begins with https://"),
        ({"base_url": "konto.example.org"}, "insecure-base-url", "base_url: begins with https://"),
        ({"platform_domain": "š" * 70}, "invalid-domain", "this is not a domain name"),
    ],
)
def test_what_a_tenant_cannot_be_is_refused_with_its_remedy(values, code, text):
    """The setting stands in front, and what to write instead behind it."""
    with pytest.raises(InvalidValue) as refused:
        tenant(**values)

    assert (refused.value.code, str(refused.value)) == (code, text)


@pytest.mark.rule("ACCESS-3")
@pytest.mark.parametrize("base_url", ["https://konto.example.org", "http://localhost:8000", "http://127.0.0.1:8000"])
@pytest.mark.parametrize("end", ["", "/", "//"])
@pytest.mark.parametrize("path", ["kod/", "/kod/", "//kod/"])
def test_a_link_is_the_one_address_and_the_path(base_url, end, path):
    """However many slashes stand where they meet; without encryption only to the machine itself."""
    assert tenant(base_url=base_url + end).link(path) == f"{base_url}/kod/"


@pytest.mark.rule("ACCESS-3")
def test_a_link_keeps_the_letters_of_both():
    """Only slashes are taken where address and path meet."""
    assert tenant(base_url="https://example.org/X").link("Xy") == "https://example.org/X/Xy"
    assert tenant(base_url="https://example.org/x ").link(" y") == "https://example.org/x / y"


@pytest.mark.rule("CRED-6b")
def test_the_words_of_a_platform_are_those_of_its_names():
    """Of its name, key and domain, folded, of four letters or more."""
    tenant = Tenant(
        key="opole-2",
        name="Opolska eSzkoła dla Wsi",
        base_url="https://konto.example.org",
        platform_domain="dziennik.example.org",
    )

    assert tenant.words == {"opolska", "eszkola", "opole", "dziennik", "example"}
