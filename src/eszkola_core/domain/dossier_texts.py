"""What is kept of a person, for people to read: the export in words, in pl, sl and en (LAW-4a)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import frozen

from eszkola_core.domain.dossier_codes import CODED, in_words
from eszkola_core.domain.dossiers import NOT_SHOWN

LOCALES: Final = ("pl", "sl", "en")

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")

_HEADS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "title": ("Dane osoby nr {person}", "Podatki osebe št. {person}", "Data of person no. {person}"),
        "made": ("Stan na: {made_at}", "Stanje: {made_at}", "As of: {made_at}"),
        "empty": ("nic", "nič", "nothing"),
        "hidden": (
            "przechowywane, nie pokazujemy (otwiera konto albo potwierdza hasło)",
            "hranimo, ne prikazujemo (odpira račun ali potrjuje geslo)",
            "kept, not shown (it opens the account or proves the password)",
        ),
        "yes": ("tak", "da", "yes"),
        "no": ("nie", "ne", "no"),
        "rest": (
            "Poza tym o osobie nie przechowujemy nic; liczniki prób leżą pod odciskami, które do nikogo nie prowadzą.",
            "Drugega o osebi ne hranimo; števci poskusov so pod odtisi, ki ne vodijo do nikogar.",
            "Nothing else is kept of the person; counts of attempts lie under fingerprints that lead to nobody.",
        ),
    }
)
"""Everything that stands around the data."""

PARTS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "account": ("Konto", "Račun", "Account"),
        "places": ("Co podają dzienniki szkół", "Kar navajajo dnevniki šol", "What the schools' gradebooks state"),
        "conflicts": ("Sprzeczności do wyjaśnienia", "Nasprotja, ki jih je treba razrešiti", "Conflicts to be settled"),
        "cases": ("Sprawy sprzeczności", "Primeri nasprotij", "Cases of conflicts"),
        "decisions": ("Decyzje i wybory", "Odločitve in izbire", "Decisions and choices"),
        "reservations": ("Zarezerwowane adresy", "Pridržani naslovi", "Addresses that are kept free"),
        "credential": ("Hasło", "Geslo", "Password"),
        "tokens": ("Wysłane odnośniki", "Poslane povezave", "Links that were sent"),
        "sessions": ("Sesje", "Seje", "Sessions"),
        "messages": ("Wiadomości", "Sporočila", "Messages"),
        "text_messages": ("Wiadomości SMS", "Sporočila SMS", "Text messages"),
        "requests": ("Prośby o dostęp", "Prošnje za dostop", "Requests for access"),
        "events": ("Powiadomienia dla innych usług", "Obvestila drugim storitvam", "Notices to other services"),
        "applications": ("Wnioski o dostęp", "Vloge za dostop", "Access applications"),
        "codes": ("Kody bezpieczeństwa", "Varnostne kode", "Security codes"),
        "contacts": ("Własne dane kontaktowe", "Lastni kontaktni podatki", "Own contact data"),
        "acknowledgements": ("Zapoznanie się z zasadami", "Seznanitve s pravili", "Acknowledged rules"),
        "devices": ("Urządzenia", "Naprave", "Devices"),
        "licences": ("Licencje", "Licence", "Licences"),
        "unusable_addresses": (
            "Adresy, na które nic nie wysyłamy",
            "Naslovi, na katere ničesar ne pošiljamo",
            "Addresses to which nothing is sent",
        ),
        "reports": ("Zgłoszenia ujawnienia hasła", "Prijave razkritega gesla", "Reports of a disclosed password"),
        "journal": ("Dziennik czynności", "Dnevnik dejanj", "Journal of what was done"),
        "earlier": ("Poprzednie stany", "Prejšnja stanja", "Earlier states"),
    }
)
"""The parts of an export, by name."""

FIELDS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "about": ("dotyczy", "zadeva", "about"),
        "accepted": ("przyjęte", "sprejeto", "accepted"),
        "activated_at": ("pierwsze własne hasło", "prvo lastno geslo", "first own password"),
        "acts": ("czynności", "dejanja", "acts"),
        "address": ("adres", "naslov", "address"),
        "applicant": ("wnioskodawca", "vlagatelj", "applicant"),
        "applied_by": ("złożył(a) nr", "vložil(a) št.", "handed in by no."),
        "ask_at": ("zapytamy ponownie", "znova vprašamo", "asked again on"),
        "asked_at": ("poproszono", "zaprošeno", "asked on"),
        "assignee": ("zajmuje się osoba nr", "ureja oseba št.", "assigned to person no."),
        "at": ("kiedy", "kdaj", "when"),
        "attempts": ("prób wysłania", "poskusov pošiljanja", "attempts to send"),
        "author": ("kto", "kdo", "by"),
        "authority": ("upoważnienie", "pooblastilo", "authority"),
        "begun_at": ("rozpoczęto", "začeto", "begun on"),
        "birth_date": ("data urodzenia", "datum rojstva", "birth date"),
        "by": ("kto, nr", "kdo, št.", "by no."),
        "central": ("adres prywatny", "zasebni naslov", "private address"),
        "channel": ("droga", "pot", "channel"),
        "charged": ("pobrano", "zaračunano", "charged"),
        "child": ("dziecko, nr", "otrok, št.", "child, no."),
        "class_name": ("oddział", "oddelek", "class"),
        "closed_at": ("zamknięto", "zaprto", "closed on"),
        "code": ("odpowiedź bramki", "odgovor prehoda", "answer of the gateway"),
        "collected_by": ("odebrał(a)", "prevzel(a)", "collected by"),
        "confirmed_at": ("potwierdzono", "potrjeno", "confirmed on"),
        "console": ("konsola", "konzola", "console"),
        "cost": ("wycena", "ponudba", "quoted"),
        "created_at": ("utworzono", "ustvarjeno", "made on"),
        "data": ("treść", "vsebina", "content"),
        "deed": ("czynność", "dejanje", "deed"),
        "delivery": ("doręczenie", "dostava", "delivery"),
        "detail": ("szczegóły", "podrobnosti", "details"),
        "digest": ("odcisk", "odtis", "digest"),
        "document": ("dokument", "dokument", "document"),
        "due_at": ("termin", "rok", "due on"),
        "email": ("e-mail", "e-pošta", "e-mail"),
        "email_since": ("e-mail od", "e-pošta od", "e-mail since"),
        "flaws": ("czego nie da się odczytać", "česa ni mogoče prebrati", "what cannot be read"),
        "encoded": ("skrót hasła", "zgostitev gesla", "password hash"),
        "end": ("zakończono przez", "končano zaradi", "ended by"),
        "ended_at": ("zakończono", "končano", "ended on"),
        "expires_at": ("ważne do", "velja do", "expires on"),
        "facts": ("fakty", "dejstva", "facts"),
        "first": ("imię", "ime", "first name"),
        "first_day": ("pierwszy dzień", "prvi dan", "first day"),
        "first_signed_in_at": ("pierwsze logowanie", "prva prijava", "first sign-in"),
        "former": ("poprzednio", "prej", "formerly"),
        "former_ids": ("poprzednie numery", "prejšnje številke", "former ids"),
        "gateway_id": ("numer w bramce", "številka pri prehodu", "number at the gateway"),
        "gone": ("usunięto z kartoteki", "odstranjeno iz kartoteke", "gone from the record"),
        "grace_until": ("zachowane do", "ohranjeno do", "kept until"),
        "guardian": ("opiekun, nr", "skrbnik, št.", "guardian, no."),
        "hand_overs": ("wydania", "izročitve", "hand-overs"),
        "handed_at": ("przekazano", "predano", "handed over on"),
        "happened_at": ("zdarzyło się", "zgodilo se je", "happened on"),
        "history": ("historia", "zgodovina", "history"),
        "hold": ("wstrzymano", "zadržano", "held"),
        "id": ("nr", "št.", "no."),
        "identifier": ("identyfikator", "identifikator", "identifier"),
        "ids": ("numery tożsamości", "identifikacijske številke", "national ids"),
        "issued_at": ("wydano", "izdano", "issued on"),
        "key": ("klucz", "ključ", "key"),
        "kind": ("rodzaj", "vrsta", "kind"),
        "known_by": ("po czym poznano", "po čem prepoznan(a)", "known by"),
        "last": ("nazwisko", "priimek", "last name"),
        "last_day": ("ostatni dzień", "zadnji dan", "last day"),
        "leased_until": ("w obsłudze do", "v obdelavi do", "in hand until"),
        "list": ("lista", "seznam", "list"),
        "locale": ("język", "jezik", "language"),
        "lock": ("blokada", "zaklep", "lock"),
        "login": ("login", "uporabniško ime", "login"),
        "mailbox": ("skrzynka", "nabiralnik", "mailbox"),
        "messages": ("liczonych wiadomości", "štetih sporočil", "messages counted"),
        "month": ("miesiąc", "mesec", "month"),
        "name": ("nazwa", "ime", "name"),
        "number": ("numer", "številka", "number"),
        "object": ("wobec osoby nr", "do osebe št.", "towards person no."),
        "on": ("wobec osób nr", "na osebah št.", "on persons no."),
        "opened_at": ("otwarto", "odprto", "opened on"),
        "origin": ("źródło", "vir", "source"),
        "other": ("drugie miejsce", "drugo mesto", "other place"),
        "own_key": ("klucz osoby w źródle", "ključ osebe v viru", "person's key in the source"),
        "paired_at": ("sparowano", "seznanjeno", "paired on"),
        "payer": ("płaci", "plača", "paid by"),
        "pending": ("czeka", "čaka", "waiting"),
        "person": ("osoba nr", "oseba št.", "person no."),
        "phone": ("telefon", "telefon", "telephone"),
        "pin": ("PIN", "PIN", "PIN"),
        "place": ("miejsce", "mesto", "place"),
        "platform_address": ("adres na platformie", "naslov na platformi", "platform address"),
        "pool": ("pula", "zaloga", "pool"),
        "purpose": ("cel", "namen", "purpose"),
        "reason": ("powód", "razlog", "reason"),
        "record": ("kartoteka", "kartoteka", "record"),
        "redeemed_at": ("wykorzystano", "uporabljeno", "redeemed on"),
        "reopened": ("wróciła razy", "vrnilo se je (krat)", "came back (times)"),
        "revision": ("zmiana nr", "sprememba št.", "change no."),
        "right": ("uprawnienie", "pravica", "right"),
        "role": ("rola", "vloga", "role"),
        "roster": ("wykaz", "spisek", "roster"),
        "run": ("przebieg nr", "prenos št.", "run no."),
        "scheme": ("rodzaj numeru", "vrsta številke", "kind of number"),
        "school": ("szkoła", "šola", "school"),
        "schools": ("szkoły", "šole", "schools"),
        "seal": ("pieczęć", "pečat", "seal"),
        "sealed": ("zapieczętowane", "zapečateno", "sealed"),
        "seen_at": ("ostatnio użyto", "nazadnje uporabljeno", "last used"),
        "segments": ("części", "delov", "segments"),
        "set_at": ("ustawiono", "nastavljeno", "set on"),
        "sex": ("płeć", "spol", "sex"),
        "sharing": ("adres wspólny", "skupni naslov", "shared address"),
        "since": ("od", "od", "since"),
        "spent": ("zużyte", "porabljeno", "spent"),
        "state": ("stan", "stanje", "state"),
        "step": ("krok", "korak", "step"),
        "student": ("miejsce ucznia", "mesto učenca", "student's place"),
        "subject": ("osoba nr", "oseba št.", "person no."),
        "subscriber": ("usługa", "storitev", "service"),
        "tariff": ("taryfa", "tarifa", "tariff"),
        "text": ("tekst", "besedilo", "text"),
        "to": ("do", "za", "to"),
        "tokens": ("odnośniki", "povezave", "links"),
        "told": ("zawiadomiono", "obveščeni", "told"),
        "until": ("do", "do", "until"),
        "untold": ("nie zawiadomiono", "neobveščeni", "not told"),
        "useful_until": ("ważne do", "uporabno do", "of use until"),
        "value": ("wartość", "vrednost", "value"),
        "version": ("wersja", "različica", "version"),
        "warned_at": ("ostrzeżono", "opozorjeno", "warned on"),
        "way": ("jak", "kako", "how"),
        "where": ("skąd", "od kod", "from where"),
        "who": ("kto w kartotece", "kdo v kartoteki", "who in the record"),
        "why": ("dlaczego", "zakaj", "why"),
        "withdrawn_at": ("wycofano", "umaknjeno", "withdrawn on"),
        "withdrawn_by": ("wycofał(a)", "umaknil(a)", "withdrawn by"),
        "withdrawn_why": ("powód wycofania", "razlog umika", "why withdrawn"),
        "words": ("słowa", "besede", "words"),
        "wrong_dates": ("błędnych dat", "napačnih datumov", "wrong dates"),
        "wrong_pins": ("błędnych PIN-ów", "napačnih PIN-ov", "wrong PINs"),
    }
)
"""The fields of what is exported, by name."""


def words(content: Mapping[str, Any], locale: str, *, zone: ZoneInfo) -> str:
    """
    Return an export as a text in a language; what is empty is left out.

    Whatever stands in the form for programs stands here, under the same names in the reader's language: codes as words,
    and instants to the minute in *zone*.
    """
    return "\n".join(_Text(locale, zone).lines(content))


@frozen
class _Text:
    locale: str
    zone: ZoneInfo

    @property
    def _which(self) -> int:
        return LOCALES.index(self.locale)

    def lines(self, content: Mapping[str, Any]) -> Iterator[str]:
        yield self._head("title").format(**content)
        yield self._head("made").format(made_at=self._one("at", content["made_at"]))
        for part, held in content["parts"].items():
            yield from ("", f"{PARTS[part][self._which]} ({len(held)})")
            yield from [line for each in held for line in ("", *self._told(each, 1))] or [f"  {self._head('empty')}"]
        yield from ("", self._head("rest"), "")

    def _head(self, name: str) -> str:
        return _HEADS[name][self._which]

    def _told(self, value: Mapping[str, Any], depth: int) -> Iterator[str]:
        """Yield the lines of what has fields, indented."""
        indent = "  " * depth
        for name, held in value.items():
            if held in (None, "", [], {}):
                continue
            label = FIELDS[name][self._which] if name in FIELDS else name
            within = held if isinstance(held, list) else [held]
            if isinstance(within[0], Mapping):
                yield f"{indent}{label}:"
                for each in within:
                    yield from self._told(each, depth + 1)
            else:
                yield f"{indent}{label}: {', '.join(self._one(name, each) for each in within)}"

    def _one(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return self._head("yes" if value else "no")
        text = self._head("hidden") if value == NOT_SHOWN else str(value)
        if _INSTANT.fullmatch(text):
            return f"{datetime.fromisoformat(text).astimezone(self.zone):%Y-%m-%d %H:%M}"
        return in_words(text, self.locale) if name in CODED else text
