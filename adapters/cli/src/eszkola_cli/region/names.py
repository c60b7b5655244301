"""Names for people who do not exist: Polish, Slovene, and Ukrainian in Latin letters."""

from __future__ import annotations

import unicodedata
from typing import Final

from attrs import frozen

from eszkola_core.domain.stated import Sex

_FEMININE: Final = {"dzki": "dzka", "cki": "cka", "ski": "ska"}
_STROKES: Final = str.maketrans("łŁđĐ", "lLdD")


@frozen
class NameList:
    """The given names of women and men, and surnames in the form that men bear."""

    female: tuple[str, ...]
    male: tuple[str, ...]
    surnames: tuple[str, ...]

    def given(self, sex: Sex) -> tuple[str, ...]:
        """Return the given names for *sex*."""
        return self.female if sex is Sex.FEMALE else self.male

    @property
    def shared_surnames(self) -> tuple[str, ...]:
        """Return the surnames that sound the same for brother and sister."""
        return tuple(surname for surname in self.surnames if feminine(surname) == surname)


def feminine(surname: str) -> str:
    """
    Return the form of *surname* that women bear, in each half of a double-barrelled one.

    >>> feminine("Zawadzki-Maj")
    'Zawadzka-Maj'
    """
    return "-".join(_feminine_half(half) for half in surname.split("-"))


def _feminine_half(surname: str) -> str:
    for his, hers in _FEMININE.items():
        if surname.endswith(his):
            return surname.removesuffix(his) + hers
    return surname


def surname_of(sex: Sex, surname: str) -> str:
    """Return *surname* as a person of *sex* bears it."""
    return feminine(surname) if sex is Sex.FEMALE else surname


def plain(name: str) -> str:
    """
    Return *name* in small ASCII letters, as the front of an e-mail address wants it.

    >>> plain("Żółć-Čuček")
    'zolc-cucek'
    """
    apart = unicodedata.normalize("NFKD", name.translate(_STROKES))
    return "".join(letter for letter in apart if letter.isascii() and (letter.isalnum() or letter == "-")).lower()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


POLISH: Final = NameList(
    female=_words("""
        Ada Agata Agnieszka Alicja Amelia Anastazja Aneta Aniela Anna Antonina Barbara Beata Bianka Blanka Bogna Bożena
        Celina Dagmara Danuta Daria Dominika Dorota Edyta Elżbieta Emilia Ewa Gabriela Grażyna Halina Hanna Helena Iga
        Inga Irena Iwona Izabela Jagoda Joanna Jolanta Julia Kaja Kalina Karolina Kinga Klara Laura Lena Łucja
        Magdalena Maja Małgorzata Marta Michalina Milena Natalia Oliwia Róża Urszula Weronika Zofia
    """),
    male=_words("""
        Adam Albert Aleksander Andrzej Antoni Arkadiusz Artur Bartosz Błażej Bogdan Borys Cezary Czesław Damian Daniel
        Dariusz Dawid Dominik Emil Eryk Fabian Feliks Filip Franciszek Grzegorz Gustaw Henryk Hubert Ignacy Igor Iwo
        Jacek Jakub Jan Jarosław Jerzy Józef Juliusz Kacper Kamil Kazimierz Konrad Krzysztof Leon Łukasz Maciej Marcel
        Marek Mateusz Michał Mikołaj Oskar Paweł Piotr Rafał Stanisław Szymon Tomasz Wiktor Witold
    """),
    surnames=_words("""
        Adamski Bagiński Barański Bielecki Bogucki Borkowski Brodzki Chmielewski Cichocki Cybulski Czarnecki Dąbrowski
        Dębicki Dobrowolski Dudziński Gajewski Gawroński Głowacki Górecki Grodzki Jagielski Jankowski Jasiński Jaworski
        Kalinowski Karpiński Kępiński Kłodziński Kowalewski Kozłowski Krasicki Kubacki Kwiatkowski Laskowski Leszczyński
        Lipiński Majewski Makowski Malicki Morawski Nowacki Nowicki Olszewski Orłowski Ostrowski Piotrowski Podgórski
        Radecki Rogalski Rudzki Sadowski Sikorski Sobecki Szymański Tarnawski Wierzbicki Wiśniewski Zabłocki Zagrodzki
        Zawadzki Adamczyk Bąk Bednarz Biegun Bielak Błaszczyk Bocian Borowiec Brzoza Bujak Chmura Cieślak Czajka Dębiec
        Drozd Duda Dziuba Fijałek Gałązka Gawron Głąb Grabiec Grzyb Gwóźdź Jabłonka Janik Jarząbek Jeż Kaczmarek Kania
        Klimek Kłos Kołodziej Kosiba Kowal Krawczyk Król Kruk Kubiak Kurek Lis Łoś Madej Marczak Mazur Mróz
        Niedźwiedź Nowak Olejnik Pająk Pawlak Sroka Stępień Szczygieł Śliwa Urban Wilk Wróbel Zięba Żuraw
    """),
)

SLOVENE: Final = NameList(
    female=_words("""
        Ajda Alenka Ana Anja Barbara Brina Danica Eva Hana Irena Iva Jasna Katarina Klara Lara Maja Manca Meta Mojca
        Nataša Neža Nika Petra Polona Špela Tina Tjaša Urška Zala Živa
    """),
    male=_words("""
        Aleš Aljaž Andraž Anže Blaž Bojan Boštjan Gašper Gregor Izak Jaka Jernej Jure Klemen Kristjan Lovro Luka Marko
        Matic Matija Miha Nejc Primož Rok Samo Tadej Tilen Urban Žan Žiga
    """),
    surnames=_words("""
        Arko Bajc Bizjak Božič Breznik Brglez Cerar Čeh Čuk Debeljak Dolenc Erjavec Ferk Gorjup Gregorc Hočevar Hrast
        Hribernik Ivančič Jager Javornik Jereb Kavčič Klančnik Kobal Kolar Koren Kos Košir Kotnik Kovač Kralj Krajnc
        Lah Lesjak Likar Logar Medved Mlakar Močnik Novak Oblak Oman Pečnik Perko Petek Pirc Podlesnik Rozman Rupnik
        Sever Skok Šturm Tomšič Turk Vidmar Zajc Zupan Žagar Žnidar
    """),
)

UKRAINIAN: Final = NameList(
    female=_words("Daryna Kateryna Khrystyna Oksana Solomiia Yuliia"),
    male=_words("Andrii Bohdan Danylo Mykola Oleksii Taras"),
    surnames=_words("""
        Bondarenko Honchar Kovalenko Kravchuk Lysenko Marchuk Melnyk Petrenko Savchuk Shevchuk Tkachuk Yurchenko
    """),
)
