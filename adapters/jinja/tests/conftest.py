"""Messages of every kind to word, and a tenant in whose name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve

from eszkola_core.domain.addresses import EmailAddress
from eszkola_core.domain.messages import FIELDS, Message, MessageKind
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_jinja import JinjaRenderer

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
OWN_LINK = "https://eszkola.example/access/complete?token=own"
DATA = {
    "name": "Łucja Żółkiewska",
    "login": "lucja.zolkiewska",
    "link": f"https://eszkola.example/access/complete?token={'aB3_-' * 9}",
    "until": "2026-11-24T09:15:00+00:00",
    "at": "2026-07-01T21:05:00+00:00",
    "days": "14",
    "accounts": f"Łucja Żółkiewska (lucja.zolkiewska)\t{OWN_LINK}\nJan Kot (jan.kot)\t{OWN_LINK}-2",
    "school": "Szkoła Podstawowa nr 5",
    "other": "jan.łoś2",
    "old": "a•••@old.example",
    "new": "k•••@new.example",
    "address": "l•••@dom.example",
    "guardian": "Žiga Ćwiek",
    "child": "Zoja Ćwiek",
    "password": "Kamu-7dep-rasi-3ket-bina",
}
MOMENTS = {
    "pl": {"until": "24.11.2026, 10:15", "at": "01.07.2026, 23:05"},
    "sl": {"until": "24. 11. 2026 ob 10.15", "at": "1. 7. 2026 ob 23.05"},
    "en": {"until": "24 November 2026, 10:15", "at": "1 July 2026, 23:05"},
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a kind or a locale each of them in turn."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", list(MessageKind), ids=str)
    if "locale" in metafunc.fixturenames:
        metafunc.parametrize("locale", LOCALES)


@pytest.fixture(scope="session")
def renderer() -> JinjaRenderer:
    """Return a renderer with the texts that ship."""
    return JinjaRenderer()


@pytest.fixture(scope="session")
def tenant() -> Tenant:
    """Return a tenant with a name of its own letters."""
    return Tenant(
        key="opole",
        name="Opolska eSzkoła",
        base_url="https://eszkola.example",
        platform_domain="eszkola.example",
    )


@pytest.fixture(scope="session")
def message():
    """Return a maker of messages; data that a kind does not have are left out."""

    def make(kind, locale="pl", **data):
        values = {name: value for name, value in (DATA | data).items() if name in FIELDS[kind] | {"name"}}
        whole = Message(
            key=f"{kind}:7:once",
            kind=kind,
            to=EmailAddress.parse("Mailbox.Of.Hers@home.example"),
            locale="pl",
            data=values,
            created_at=NOW,
            due_at=NOW,
        )
        return evolve(whole, locale=locale)

    return make


@pytest.fixture(scope="session")
def worded(renderer, tenant, message):
    """Return a maker of e-mails with the texts that ship, in the tenant's name."""
    return lambda kind, locale="pl", **data: renderer.email(message(kind, locale, **data), tenant)


@pytest.fixture(scope="session")
def shown():
    """Return what each datum is shown as in a language."""
    return lambda locale: DATA | MOMENTS[locale] | {"accounts": "Jan Kot (jan.kot)"}
