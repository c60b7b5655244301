"""What a text message with an initial credential says: short, as every started 160 characters cost (SMS-2, INIT-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.hidden import Secret

_TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pl": "{tenant}: login {login}, hasło {password}, ważne do {until}. Zmień je przy pierwszym logowaniu i nikomu "
        "nie podawaj: {link}",
        "sl": "{tenant}: uporabnik {login}, geslo {password}, velja do {until}. Ob prvi prijavi ga zamenjajte in ga "
        "nikomur ne povejte: {link}",
        "en": "{tenant}: login {login}, password {password}, valid until {until}. Change it at the first sign-in and "
        "tell it nobody: {link}",
    }
)


def text_message(  # noqa: PLR0913 - what is said in it
    locale: str, *, tenant: str, login: str, password: Secret, until: date, link: str
) -> Secret:
    """
    Return the text in *locale* that hands out a credential.

    >>> day = date(2026, 9, 30)
    >>> args = {"tenant": "Opolska eSzkoła", "login": "jan.kot", "until": day, "link": "https://k.example"}
    >>> text_message("sl", password=Secret("Kamu-7dep"), **args).reveal()[:60]
    'Opolska eSzkoła: uporabnik jan.kot, geslo Kamu-7dep, velja d'
    """
    words = {"tenant": tenant, "login": login, "password": password.reveal(), "until": until.isoformat(), "link": link}
    return Secret(_TEXTS[locale].format_map(words))
