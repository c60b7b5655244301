"""What each kind of open conflict means, and how it is mended, in Polish, Slovene and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.conflicts import CaseKind
from eszkola_core.errors import InvalidValue

_K = CaseKind

# What is the matter, and what to do about it; the one who looks is somebody of a school.
_TEXTS: Final[Mapping[str, Mapping[CaseKind, tuple[str, str]]]] = MappingProxyType(
    {
        "pl": {
            _K.ADDRESS_BARRED: (
                "Kartoteka podaje adres, który czyta ktoś odsunięty od tej osoby.",
                "Wpisz w dzienniku własny adres tej osoby; podany nie jest używany.",
            ),
            _K.ADDRESS_CONFLICT: (
                "Kartoteki podają różne adresy e-mail tej samej osoby.",
                "Ustal z tą osobą właściwy adres i wpisz go w dzienniku każdej szkoły.",
            ),
            _K.ADDRESS_TAKEN: (
                "Podany adres e-mail należy do innego konta.",
                "Wpisz w dzienniku adres, którego używa tylko ta osoba.",
            ),
            _K.ADDRESS_UNSTATED: (
                "Adresu głównego nie podaje już żadna kartoteka; nadal działa.",
                "Jeśli adres jest aktualny, wpisz go w dzienniku.",
            ),
            _K.ADDRESS_UNUSABLE: (
                "Wiadomości na ten adres wracają.",
                "Właściciel konta potwierdza adres albo podaje inny; szkoła może usunąć oznaczenie.",
            ),
            _K.BIRTH_DATE_UNKNOWN: (
                "Nie wiadomo, kiedy uczeń będzie pełnoletni.",
                "Wpisz w dzienniku datę urodzenia albo numer identyfikacyjny.",
            ),
            _K.CORRECTED_HERE: (
                "Dane poprawiono tutaj, a dziennik podaje nadal dawne.",
                "Wpisz tę samą poprawkę w dzienniku.",
            ),
            _K.FORMER_ID_STATED: (
                "Kartoteka podaje nadal dawny numer identyfikacyjny, poprawiony tutaj.",
                "Popraw numer w dzienniku.",
            ),
            _K.NAME_CONFLICT: (
                "Kartoteki podają różne imiona lub nazwiska tej samej osoby.",
                "Sprawdź dokument tej osoby i wpisz w dzienniku każdej szkoły to samo.",
            ),
            _K.POSSIBLE_DUPLICATE: (
                "Dwa wpisy mogą dotyczyć jednej osoby.",
                "Ustal to: połącz konta albo zapisz, że to dwie osoby.",
            ),
            _K.AMBIGUOUS: (
                "Wpis pasuje do więcej niż jednej osoby.",
                "Wpisz w dzienniku numer identyfikacyjny; jeśli to dwa konta jednej osoby, połącz je.",
            ),
            _K.ANOTHERS_ID: (
                "Numer identyfikacyjny należy do kogoś, kim ta osoba nie jest.",
                "Popraw numer w dzienniku; jeśli odpowiedź była pomyłką, odpowiedz, że to ta sama osoba.",
            ),
            _K.ID_CORRECTION: (
                "Kartoteka podaje inny numer identyfikacyjny niż konto.",
                "Porównaj z dokumentem: potwierdź nowy numer albo popraw go w dzienniku.",
            ),
            _K.IDS_DISAGREE: (
                "Podane numery identyfikacyjne nie mogą należeć do jednej osoby.",
                "Porównaj z dokumentem i popraw błędny numer w dzienniku.",
            ),
            _K.NAME_MISMATCH: (
                "Pod tym numerem identyfikacyjnym znamy kogoś o innym imieniu i nazwisku.",
                "Porównaj z dokumentem i odpowiedz, czy to ta sama osoba; błędny numer popraw w dzienniku.",
            ),
            _K.RENAMED: (
                "W tej samej kartotece stoi teraz inne imię i nazwisko.",
                "Odpowiedz, czy to nadal ta sama osoba.",
            ),
            _K.RESTRICTION: (
                "Nowa osoba przy dziecku, którego dotyczy ograniczenie.",
                "Sprawdź jej tożsamość; dopuść ją tylko, jeśli jest kimś innym niż osoba odsunięta.",
            ),
            _K.TWICE_IN_RECORD: (
                "Ta sama osoba stoi w kartotece dwa razy.",
                "Popraw w dzienniku numer identyfikacyjny drugiej osoby.",
            ),
            _K.RECORD_HELD: (
                "Kartoteki nie wczytano w całości: coś w niej jest nieczytelne lub sprzeczne.",
                "Popraw ją w dzienniku; plan importu podaje wiersz i pole.",
            ),
        },
        "sl": {
            _K.ADDRESS_BARRED: (
                "Kartoteka navaja naslov, ki ga bere nekdo, ki mu je dostop do te osebe prepovedan.",
                "V dnevnik vpišite lasten naslov te osebe; navedeni se ne uporablja.",
            ),
            _K.ADDRESS_CONFLICT: (
                "Kartoteke navajajo različne e-naslove iste osebe.",
                "Z osebo ugotovite pravi naslov in ga vpišite v dnevnik vsake šole.",
            ),
            _K.ADDRESS_TAKEN: (
                "Navedeni e-naslov pripada drugemu računu.",
                "V dnevnik vpišite naslov, ki ga uporablja samo ta oseba.",
            ),
            _K.ADDRESS_UNSTATED: (
                "Osrednjega naslova ne navaja več nobena kartoteka; še vedno deluje.",
                "Če je naslov pravi, ga vpišite v dnevnik.",
            ),
            _K.ADDRESS_UNUSABLE: (
                "Sporočila na ta naslov se vračajo.",
                "Lastnik računa naslov potrdi ali navede drugega; šola lahko odstrani oznako.",
            ),
            _K.BIRTH_DATE_UNKNOWN: (
                "Ni znano, kdaj bo učenec polnoleten.",
                "V dnevnik vpišite datum rojstva ali identifikacijsko številko.",
            ),
            _K.CORRECTED_HERE: (
                "Podatki so bili popravljeni tukaj, dnevnik pa navaja še stare.",
                "Isti popravek vpišite v dnevnik.",
            ),
            _K.FORMER_ID_STATED: (
                "Kartoteka še vedno navaja nekdanjo identifikacijsko številko, ki je bila tukaj popravljena.",
                "Popravite številko v dnevniku.",
            ),
            _K.NAME_CONFLICT: (
                "Kartoteke navajajo različna imena ali priimke iste osebe.",
                "Preverite dokument te osebe in v dnevnik vsake šole vpišite isto.",
            ),
            _K.POSSIBLE_DUPLICATE: (
                "Dva vpisa morda opisujeta eno osebo.",
                "Ugotovite: združite računa ali zapišite, da sta to dve osebi.",
            ),
            _K.AMBIGUOUS: (
                "Vpis ustreza več kot eni osebi.",
                "V dnevnik vpišite identifikacijsko številko; če sta to dva računa ene osebe, ju združite.",
            ),
            _K.ANOTHERS_ID: (
                "Identifikacijska številka pripada nekomu, ki ta oseba ni.",
                "Popravite številko v dnevniku; če je bil odgovor pomota, odgovorite, da je to ista oseba.",
            ),
            _K.ID_CORRECTION: (
                "Kartoteka navaja drugo identifikacijsko številko kot račun.",
                "Primerjajte z dokumentom: potrdite novo številko ali jo popravite v dnevniku.",
            ),
            _K.IDS_DISAGREE: (
                "Navedene identifikacijske številke ne morejo pripadati eni osebi.",
                "Primerjajte z dokumentom in napačno številko popravite v dnevniku.",
            ),
            _K.NAME_MISMATCH: (
                "Pod to identifikacijsko številko poznamo nekoga z drugim imenom in priimkom.",
                "Primerjajte z dokumentom in odgovorite, ali je to ista oseba; napačno številko popravite v dnevniku.",
            ),
            _K.RENAMED: (
                "V isti kartoteki je zdaj drugo ime in priimek.",
                "Odgovorite, ali je to še ista oseba.",
            ),
            _K.RESTRICTION: (
                "Nova oseba ob otroku, za katerega velja omejitev.",
                "Preverite njeno istovetnost; dopustite jo samo, če je kdo drug kot oseba, ki ji je dostop prepovedan.",
            ),
            _K.TWICE_IN_RECORD: (
                "Ista oseba je v kartoteki dvakrat.",
                "V dnevniku popravite identifikacijsko številko druge osebe.",
            ),
            _K.RECORD_HELD: (
                "Kartoteka ni prebrana v celoti: nekaj v njej je neberljivo ali si nasprotuje.",
                "Popravite jo v dnevniku; načrt uvoza pove vrstico in polje.",
            ),
        },
        "en": {
            _K.ADDRESS_BARRED: (
                "The record states an address that somebody reads who is kept from this person.",
                "Enter the person's own address in the gradebook; the stated one is not used.",
            ),
            _K.ADDRESS_CONFLICT: (
                "Records state different private addresses for one person.",
                "Ask the person which is right, and enter it in every school's gradebook.",
            ),
            _K.ADDRESS_TAKEN: (
                "The address that is stated is another account's.",
                "Enter an address in the gradebook that only this person uses.",
            ),
            _K.ADDRESS_UNSTATED: (
                "No record states the central address any more; it still works.",
                "If it is right, enter it in the gradebook.",
            ),
            _K.ADDRESS_UNUSABLE: (
                "Messages to this address come back.",
                "The owner confirms the address or gives another; the school can clear the mark.",
            ),
            _K.BIRTH_DATE_UNKNOWN: (
                "Nobody says when this student comes of age.",
                "Enter the birth date or the national id in the gradebook.",
            ),
            _K.CORRECTED_HERE: (
                "It was corrected here, and the gradebook still says what it was before.",
                "Enter the same correction in the gradebook.",
            ),
            _K.FORMER_ID_STATED: (
                "A record still states the former national id, which was corrected here.",
                "Correct the number in the gradebook.",
            ),
            _K.NAME_CONFLICT: (
                "Records state different names for one person.",
                "Look at the person's document, and enter the same in every school's gradebook.",
            ),
            _K.POSSIBLE_DUPLICATE: (
                "Two may be one person.",
                "Find out: merge the accounts, or say that they are two.",
            ),
            _K.AMBIGUOUS: (
                "It fits more than one person.",
                "Enter the national id in the gradebook; two accounts of one person are merged.",
            ),
            _K.ANOTHERS_ID: (
                "The national id is somebody's whom they are not, as somebody said here.",
                "Correct it in the gradebook; if the answer was a mistake, say that it is the same person.",
            ),
            _K.ID_CORRECTION: (
                "The record states another national id than the account's.",
                "Compare it with the document: say that it is right, or correct it in the gradebook.",
            ),
            _K.IDS_DISAGREE: (
                "The national ids that are stated cannot be one person's.",
                "Compare them with the document, and correct the wrong one in the gradebook.",
            ),
            _K.NAME_MISMATCH: (
                "Somebody under another name has this national id.",
                "Compare it with the document and say whether it is the same person; else correct it in the gradebook.",
            ),
            _K.RENAMED: (
                "The same record states another name than before.",
                "Say whether it is still the same person.",
            ),
            _K.RESTRICTION: (
                "Somebody is new beside a child whom a restriction protects.",
                "Find out who they are; admit them only if they are another than whom it keeps away.",
            ),
            _K.TWICE_IN_RECORD: (
                "One person stands twice in one record.",
                "Correct the national id of the other one in the gradebook.",
            ),
            _K.RECORD_HELD: (
                "The record is not taken in as a whole: something in it cannot be read, or contradicts itself.",
                "Correct it in the gradebook; the plan of the import names line and field.",
            ),
        },
    },
)


def means(kind: CaseKind, locale: str) -> str:
    """
    Return what is the matter, in the language of *locale*.

    Raises:
        InvalidValue: there are no texts in that language.
    """
    return _texts(locale)[kind][0]


def mended_by(kind: CaseKind, locale: str) -> str:
    """
    Return what to do about it, in the language of *locale*.

    Raises:
        InvalidValue: there are no texts in that language.
    """
    return _texts(locale)[kind][1]


def _texts(locale: str) -> Mapping[CaseKind, tuple[str, str]]:
    if locale not in _TEXTS:
        raise InvalidValue(f"there are texts in {', '.join(_TEXTS)} only", code="unknown-locale")
    return _TEXTS[locale]
