"""What is printed under a security code, in Polish, Slovene and English (LINK-7f)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_DAYS: Final[Mapping[str, Callable[[date], str]]] = MappingProxyType(
    {
        "pl": lambda day: f"{day.day:02}.{day.month:02}.{day.year}",
        "sl": lambda day: f"{day.day}. {day.month}. {day.year}",
        "en": lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }
)

_TEXTS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "pl": (
            "Kod bezpieczeństwa dla: {name}",
            "Szkoła: {school}. Dziecko lub dzieci: {children}.",
            "1. Otwórz w przeglądarce stronę {link}.",
            "2. Wpisz dwanaście cyfr kodu i datę urodzenia jednego z dzieci.",
            "3. Wybierz, dla siebie i dla każdego dziecka, ile e-wiadomości chcesz: żadnych, ważne, wszystkie.",
            "4. Przy wyborze ważnych lub wszystkich ustaw hasło, jeśli platforma o nie poprosi.",
            "Kod działa raz, do {until}. Trzy błędne daty go unieważniają; o nowy poproś w szkole.",
            "Nikomu go nie przekazuj. Szkoła nie zapyta o niego ani o hasło.",
            "Ta kartka nie jest dla Ciebie? Oddaj ją w szkole.",
        ),
        "sl": (
            "Varnostna koda za: {name}",
            "Šola: {school}. Otrok ali otroci: {children}.",
            "1. V brskalniku odprite stran {link}.",
            "2. Vpišite dvanajst števk kode in datum rojstva enega od otrok.",
            "3. Zase in za vsakega otroka izberite, koliko e-sporočil želite prejemati: nobenih, nujna, vsa.",
            "4. Če izberete nujna ali vsa, nastavite geslo, kadar platforma to zahteva.",
            "Koda deluje enkrat, do {until}. Po treh napačnih datumih ne velja več; za novo prosite v šoli.",
            "Kode ne zaupajte nikomur. Šola vas ne bo vprašala ne po njej ne po geslu.",
            "Ta list ni namenjen vam? Vrnite ga šoli.",
        ),
        "en": (
            "Security code for: {name}",
            "School: {school}. Child or children: {children}.",
            "1. Open the page {link} in your browser.",
            "2. Enter the twelve digits of the code, and the birth date of one of the children.",
            "3. Choose, for yourself and for each child, how many electronic messages you want: none, important, all.",
            "4. If you choose important ones or all, set a password where the platform asks for it.",
            "The code works once, until {until}. Three wrong dates end it; ask the school for a new one.",
            "Pass it on to nobody. The school never asks you for it, nor for the password.",
            "Is this sheet not for you? Give it back to the school.",
        ),
    }
)


def instructions(  # noqa: PLR0913 - what is said on the sheet
    locale: str, *, name: str, school: str, children: Sequence[str], link: str, until: date
) -> Sequence[str]:
    """
    Return the lines that stand under a code in *locale*.

    Args:
        locale: the language.
        name: the guardian's name.
        school: the school's name.
        children: whom the code covers.
        link: where the code is entered.
        until: the last day on which it surely works.
    """
    words = {
        "name": name,
        "school": school,
        "children": ", ".join(children),
        "link": link,
        "until": _DAYS[locale](until),
    }
    return tuple(line.format_map(words) for line in _TEXTS[locale])
