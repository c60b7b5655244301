"""What a cause says to whoever asks, in Polish, Slovene and English (WHY-1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from eszkola_core.domain.causes import Cause, CauseCode
from eszkola_core.errors import InvalidValue

_C = CauseCode

# What is the matter, and what to do about it. Facts stand in braces; a test holds them against what is found.
_TEXTS: Final[Mapping[str, Mapping[CauseCode, tuple[str, str]]]] = MappingProxyType(
    {
        "pl": {
            _C.UNKNOWN: (
                "Nie znamy nikogo o tym identyfikatorze pod tym adresem systemu.",
                (
                    "Sekretariat szkoły sprawdza, czy dane są wpisane w dzienniku i poprawne. Adres systemu "
                    "podaje szkoła."
                ),
            ),
            _C.MISSING_NATIONAL_ID: (
                "Konto nie powstało: w kartotece {record} ({school}) brakuje numeru PESEL.",
                "Sekretariat wpisuje PESEL w dzienniku; po następnym imporcie konto powstanie samo.",
            ),
            _C.MISSING_EMAIL: (
                ("Konto nie powstało: w kartotece {record} ({school}) brakuje adresu e-mail, którego można użyć."),
                (
                    "Sekretariat lub wychowawca wpisuje własny adres tej osoby, inny niż adres dziecka; po "
                    "następnym imporcie konto powstanie samo."
                ),
            ),
            _C.WRONG_NATIONAL_ID: (
                "Konto nie powstało: numer PESEL w kartotece {record} ({school}) jest błędny.",
                (
                    "Sekretariat porównuje numer z dokumentem i poprawia go w dzienniku; po następnym imporcie konto "
                    "powstanie samo."
                ),
            ),
            _C.WRONG_EMAIL: (
                "Konto nie powstało: adresu e-mail w kartotece {record} ({school}) nie można użyć.",
                (
                    "Sekretariat lub wychowawca poprawia adres: ma być prywatny, spoza platformy i bez literówki; po "
                    "następnym imporcie konto powstanie samo."
                ),
            ),
            _C.MISSING_APPLICATION: (
                ("Konto opiekuna powstaje po zatwierdzeniu wniosku o dostęp, a takiego wniosku nie ma ({school})."),
                "Opiekun składa wniosek w szkole dziecka; pracownik szkoły potwierdza tożsamość.",
            ),
            _C.HELD: (
                "Dane z kartoteki {record} ({school}) czekają na decyzję: {reason}.",
                "Sekretariat sprawdza kartotekę i poprawia ją albo potwierdza zmianę.",
            ),
            _C.FIRST_ACCESS_DUE: (
                "Hasło nie zostało jeszcze ustawione.",
                (
                    "Na stronie dostępu wpisz swój numer PESEL (lub to, o co prosi strona); na adres e-mail "
                    "przyjdzie odnośnik do ustawienia hasła."
                ),
            ),
            _C.CREDENTIAL_EXPIRED: (
                "Hasło początkowe wygasło {since}.",
                "Na stronie dostępu poproś o odnośnik, albo poproś szkołę o nowe hasło początkowe.",
            ),
            _C.GIVEN_PASSWORD: (
                "Hasło nadała inna osoba; przy logowaniu trzeba ustawić własne.",
                "Zaloguj się tym hasłem i ustaw własne, gdy strona o to poprosi.",
            ),
            _C.PASSWORD_EXPIRED: (
                "Hasło wygasło {since}.",
                "Zaloguj się dotychczasowym hasłem i ustaw nowe, gdy strona o to poprosi.",
            ),
            _C.PASSWORD_EXPIRES: (
                "Hasło wygaśnie {at}.",
                "Zmień hasło na stronie konta.",
            ),
            _C.MUST_ACKNOWLEDGE: (
                "Przed zalogowaniem trzeba zapoznać się z dokumentem: {what}.",
                "Zaloguj się, przeczytaj dokument i potwierdź.",
            ),
            _C.THROTTLED: (
                "Po wielu nieudanych próbach logowanie stąd jest wstrzymane do {until}.",
                "Poczekaj i zaloguj się poprawnym hasłem; jeśli to nie były Twoje próby, zgłoś to szkole.",
            ),
            _C.RECOVERY_REQUIRED: (
                "Zgłoszono ujawnienie hasła, dlatego dotychczasowe hasło nie działa.",
                "Na stronie dostępu poproś o odnośnik do ustawienia nowego hasła.",
            ),
            _C.LOCKED: (
                "Konto jest zablokowane (do: {until}).",
                "Wyjaśnij to w szkole; blokadę zdejmuje administrator.",
            ),
            _C.CLOSED: (
                "Konto jest zamknięte, bo od dawna nie było żadnej roli.",
                "Gdy szkoła wpisze osobę ponownie do dziennika, konto otworzy się na nowo.",
            ),
            _C.ERASED: (
                "Dane konta usunięto na żądanie.",
                "Gdy szkoła wpisze osobę ponownie do dziennika, powstanie nowe konto.",
            ),
            _C.MERGED: (
                "To konto połączono z innym kontem tej samej osoby.",
                "Zaloguj się loginem i hasłem połączonego konta.",
            ),
            _C.ROLE_ENDED: (
                "Żadna szkoła nie podaje już tej osoby w dzienniku (od {since}).",
                "Jeśli to pomyłka, sekretariat wpisuje osobę ponownie; hasło pozostaje to samo.",
            ),
            _C.ROLE_NOT_BEGUN: (
                "Rola w szkole zaczyna się {first_day}.",
                "Zaloguj się od tego dnia.",
            ),
            _C.MAINTENANCE: (
                "Trwa przerwa techniczna, przewidziana do {until}.",
                "Spróbuj później.",
            ),
            _C.MAINTENANCE_OVER: (
                ("Niedawno zakończyła się przerwa techniczna ({since}); przeglądarka może pokazywać starą stronę."),
                "Usuń historię przeglądanych stron i pliki cookies w przeglądarce.",
            ),
            _C.NO_ADDRESS: (
                "Konto nie ma prywatnego adresu e-mail, więc nie dostaje wiadomości.",
                "Sekretariat lub wychowawca wpisuje adres w dzienniku.",
            ),
            _C.ADDRESS_TAKEN: (
                "Podany adres należy do innego konta ({stated}).",
                "Każda osoba podaje własny adres, inny niż dziecka; szkoła poprawia go w dzienniku.",
            ),
            _C.ADDRESS_CONFLICT: (
                "Szkoły podają różne adresy: {stated}. Wiadomości idą na {central}.",
                "Zmień adres w kartotece każdego dziecka, w każdej szkole, albo na stronie konta.",
            ),
            _C.ADDRESS_UNSTATED: (
                "Adresu {central} nie podaje już żadna kartoteka; nadal działa.",
                "Jeśli adres jest aktualny, szkoła wpisuje go w kartotece.",
            ),
            _C.ADDRESS_UNUSABLE: (
                "Wiadomości na adres {central} wracają.",
                "Potwierdź adres albo podaj inny na stronie konta; szkoła może usunąć oznaczenie.",
            ),
            _C.NO_CHILDREN: (
                "Konto opiekuna nie widzi żadnego dziecka.",
                ("Sekretariat sprawdza, czy opiekun stoi w kartotece każdego dziecka, z tymi samymi danymi."),
            ),
            _C.POSSIBLE_DUPLICATE: (
                (
                    "Kartoteka {record} ({school}) może opisywać tę samą osobę pod innymi danymi: {likeness}. "
                    "Jej dzieci tu nie widać."
                ),
                "Szkoła wpisuje opiekuna wszędzie tak samo, albo administrator łączy konta.",
            ),
            _C.CHILD_ELSEWHERE: (
                "Pod tym adresem widać dzieci ze szkół: {schools}.",
                (
                    "Dziecko z innej szkoły widać pod adresem systemu, który podaje tamta szkoła; dziecko z "
                    "wymienionych szkół — gdy opiekun stoi w jego kartotece."
                ),
            ),
            _C.NO_DEVICE: (
                "Z kontem nie jest sparowane żadne urządzenie.",
                "Po zalogowaniu wybierz dostęp mobilny i wpisz w aplikacji kod QR oraz PIN.",
            ),
            _C.DEVICE_ENDED: (
                "Urządzenie „{name}” odłączono {at}: {reason}.",
                ("Zarejestruj urządzenie ponownie na stronie konta; aplikację najlepiej zainstalować na nowo."),
            ),
        },
        "sl": {
            _C.UNKNOWN: (
                "Nikogar s tem podatkom ne poznamo na tem naslovu sistema.",
                ("Tajništvo šole preveri, ali so podatki vpisani v dnevnik in pravilni. Naslov sistema pove šola."),
            ),
            _C.MISSING_NATIONAL_ID: (
                "Račun še ni odprt: v kartoteki {record} ({school}) manjka identifikacijska številka.",
                "Tajništvo vpiše številko v dnevnik; po naslednjem uvozu se račun odpre sam.",
            ),
            _C.MISSING_EMAIL: (
                "Račun še ni odprt: v kartoteki {record} ({school}) manjka uporaben e-naslov.",
                (
                    "Tajništvo ali razrednik vpiše lasten naslov te osebe, drugačen od otrokovega; po "
                    "naslednjem uvozu se račun odpre sam."
                ),
            ),
            _C.WRONG_NATIONAL_ID: (
                "Račun še ni odprt: identifikacijska številka v kartoteki {record} ({school}) je napačna.",
                (
                    "Tajništvo številko primerja z dokumentom in jo popravi v dnevniku; po naslednjem uvozu se račun "
                    "odpre sam."
                ),
            ),
            _C.WRONG_EMAIL: (
                "Račun še ni odprt: e-naslov v kartoteki {record} ({school}) ni uporaben.",
                (
                    "Tajništvo ali razrednik popravi naslov: biti mora zaseben, zunaj sistema in brez tipkarske "
                    "napake; po naslednjem uvozu se račun odpre sam."
                ),
            ),
            _C.MISSING_APPLICATION: (
                "Račun skrbnika se odpre z odobreno vlogo za dostop, te pa ni ({school}).",
                "Skrbnik odda vlogo na otrokovi šoli; delavec šole potrdi istovetnost.",
            ),
            _C.HELD: (
                "Podatki iz kartoteke {record} ({school}) čakajo na odločitev: {reason}.",
                "Tajništvo preveri kartoteko in jo popravi ali potrdi spremembo.",
            ),
            _C.FIRST_ACCESS_DUE: (
                "Geslo še ni nastavljeno.",
                (
                    "Na strani za dostop vpišite svojo identifikacijsko številko (ali kar stran zahteva); na "
                    "e-naslov pride povezava za nastavitev gesla."
                ),
            ),
            _C.CREDENTIAL_EXPIRED: (
                "Začetno geslo je poteklo {since}.",
                "Na strani za dostop zaprosite za povezavo ali pri šoli za novo začetno geslo.",
            ),
            _C.GIVEN_PASSWORD: (
                "Geslo je dodelil nekdo drug; ob prijavi je treba nastaviti svoje.",
                "Prijavite se s tem geslom in nastavite svoje, ko stran to zahteva.",
            ),
            _C.PASSWORD_EXPIRED: (
                "Geslo je poteklo {since}.",
                "Prijavite se z dosedanjim geslom in nastavite novo, ko stran to zahteva.",
            ),
            _C.PASSWORD_EXPIRES: (
                "Geslo poteče {at}.",
                "Zamenjajte geslo na strani računa.",
            ),
            _C.MUST_ACKNOWLEDGE: (
                "Pred prijavo se je treba seznaniti z dokumentom: {what}.",
                "Prijavite se, preberite dokument in potrdite.",
            ),
            _C.THROTTLED: (
                "Po več neuspelih poskusih je prijava od tod ustavljena do {until}.",
                "Počakajte in se prijavite s pravim geslom; če poskusi niso bili vaši, to sporočite šoli.",
            ),
            _C.RECOVERY_REQUIRED: (
                "Prijavljeno je bilo razkritje gesla, zato dosedanje geslo ne velja.",
                "Na strani za dostop zaprosite za povezavo za novo geslo.",
            ),
            _C.LOCKED: (
                "Račun je zaklenjen (do: {until}).",
                "Razjasnite to na šoli; zaklep odpravi skrbnik sistema.",
            ),
            _C.CLOSED: (
                "Račun je zaprt, ker že dolgo ni bilo nobene vloge.",
                "Ko šola osebo znova vpiše v dnevnik, se račun odpre.",
            ),
            _C.ERASED: (
                "Podatki računa so bili na zahtevo izbrisani.",
                "Ko šola osebo znova vpiše v dnevnik, se odpre nov račun.",
            ),
            _C.MERGED: (
                "Ta račun je združen z drugim računom iste osebe.",
                "Prijavite se s podatki združenega računa.",
            ),
            _C.ROLE_ENDED: (
                "Nobena šola te osebe ne navaja več v dnevniku (od {since}).",
                "Če je to pomota, jo tajništvo znova vpiše; geslo ostane isto.",
            ),
            _C.ROLE_NOT_BEGUN: (
                "Vloga na šoli se začne {first_day}.",
                "Prijavite se od tega dne.",
            ),
            _C.MAINTENANCE: (
                "Poteka vzdrževanje, predvidoma do {until}.",
                "Poskusite pozneje.",
            ),
            _C.MAINTENANCE_OVER: (
                "Nedavno se je končalo vzdrževanje ({since}); brskalnik morda kaže staro stran.",
                "V brskalniku izbrišite zgodovino strani in piškotke.",
            ),
            _C.NO_ADDRESS: (
                "Račun nima zasebnega e-naslova, zato ne dobiva sporočil.",
                "Tajništvo ali razrednik vpiše naslov v dnevnik.",
            ),
            _C.ADDRESS_TAKEN: (
                "Navedeni naslov pripada drugemu računu ({stated}).",
                "Vsakdo navede svoj naslov, drugačen od otrokovega; šola ga popravi v dnevniku.",
            ),
            _C.ADDRESS_CONFLICT: (
                "Šole navajajo različne naslove: {stated}. Sporočila gredo na {central}.",
                "Zamenjajte naslov v kartoteki vsakega otroka na vsaki šoli ali na strani računa.",
            ),
            _C.ADDRESS_UNSTATED: (
                "Naslova {central} ne navaja več nobena kartoteka; še vedno deluje.",
                "Če je naslov pravi, ga šola vpiše v kartoteko.",
            ),
            _C.ADDRESS_UNUSABLE: (
                "Sporočila na naslov {central} se vračajo.",
                "Potrdite naslov ali navedite drugega na strani računa; šola lahko odstrani oznako.",
            ),
            _C.NO_CHILDREN: (
                "Račun skrbnika ne vidi nobenega otroka.",
                "Tajništvo preveri, ali je skrbnik v kartoteki vsakega otroka, z enakimi podatki.",
            ),
            _C.POSSIBLE_DUPLICATE: (
                (
                    "Kartoteka {record} ({school}) morda opisuje isto osebo z drugimi podatki: {likeness}. "
                    "Njenih otrok tu ni videti."
                ),
                "Šola skrbnika povsod vpiše enako ali pa skrbnik sistema združi računa.",
            ),
            _C.CHILD_ELSEWHERE: (
                "Na tem naslovu so vidni otroci s šol: {schools}.",
                (
                    "Otroka z druge šole vidite na naslovu, ki ga pove tista šola; otroka z naštetih šol, ko "
                    "je skrbnik v njegovi kartoteki."
                ),
            ),
            _C.NO_DEVICE: (
                "Z računom ni seznanjena nobena naprava.",
                "Po prijavi izberite mobilni dostop in v aplikacijo vnesite kodo QR ter PIN.",
            ),
            _C.DEVICE_ENDED: (
                "Naprava »{name}« je bila odklopljena {at}: {reason}.",
                "Napravo na strani računa znova registrirajte; aplikacijo je najbolje namestiti na novo.",
            ),
        },
        "en": {
            _C.UNKNOWN: (
                "Nobody is known by this at this address of the system.",
                (
                    "The school's office checks that the data are in the gradebook, and right. The school "
                    "tells the address of the system."
                ),
            ),
            _C.MISSING_NATIONAL_ID: (
                "There is no account yet: record {record} ({school}) has no national id.",
                ("The office enters it in the gradebook; after the next import the account opens by itself."),
            ),
            _C.MISSING_EMAIL: (
                ("There is no account yet: record {record} ({school}) has no e-mail address that can be used."),
                (
                    "The office or homeroom teacher enters an address of this person's own, other than the "
                    "child's; after the next import the account opens by itself."
                ),
            ),
            _C.WRONG_NATIONAL_ID: (
                "There is no account yet: the national id in record {record} ({school}) is wrong.",
                (
                    "The office compares it with the document and corrects it in the gradebook; after the next import "
                    "the account opens by itself."
                ),
            ),
            _C.WRONG_EMAIL: (
                "There is no account yet: the e-mail address in record {record} ({school}) cannot be used.",
                (
                    "The office or homeroom teacher corrects it: it has to be private, outside the platform, and "
                    "without a slip; after the next import the account opens by itself."
                ),
            ),
            _C.MISSING_APPLICATION: (
                ("A guardian's account opens by an approved access application, and there is none ({school})."),
                (
                    "The guardian hands an application in at the child's school; a member of staff confirms "
                    "the identity."
                ),
            ),
            _C.HELD: (
                "What record {record} ({school}) says waits for a decision: {reason}.",
                "The office looks at the record, and corrects it or confirms the change.",
            ),
            _C.FIRST_ACCESS_DUE: (
                "No password has been set yet.",
                (
                    "On the access page give your national id (or what the page asks for); a link to set the "
                    "password comes to the e-mail address."
                ),
            ),
            _C.CREDENTIAL_EXPIRED: (
                "The initial password expired on {since}.",
                "Ask for a link on the access page, or ask the school for a new initial password.",
            ),
            _C.GIVEN_PASSWORD: (
                "Somebody else made the password; a sign-in asks for your own.",
                "Sign in with it, and choose your own when the page asks.",
            ),
            _C.PASSWORD_EXPIRED: (
                "The password expired on {since}.",
                "Sign in with the present password, and choose a new one when the page asks.",
            ),
            _C.PASSWORD_EXPIRES: (
                "The password expires on {at}.",
                "Change it on the account page.",
            ),
            _C.MUST_ACKNOWLEDGE: (
                "Something must be acknowledged before a session opens: {what}.",
                "Sign in, read it, and acknowledge it.",
            ),
            _C.THROTTLED: (
                "After many failures signing in from here is held back until {until}.",
                ("Wait, and sign in with the right password; tell the school if those tries were not yours."),
            ),
            _C.RECOVERY_REQUIRED: (
                "The password was reported as disclosed and does not work any more.",
                "Ask on the access page for a link to set a new one.",
            ),
            _C.LOCKED: (
                "The account is locked (until: {until}).",
                "Clear it up with the school; an administrator lifts the lock.",
            ),
            _C.CLOSED: (
                "The account is closed, as there has been no role for long.",
                "When the school enters the person in the gradebook again, it opens anew.",
            ),
            _C.ERASED: (
                "The account's data were erased on request.",
                "When the school enters the person in the gradebook again, a new account opens.",
            ),
            _C.MERGED: (
                "This account was merged with another one of the same person.",
                "Sign in with the login and password of that one.",
            ),
            _C.ROLE_ENDED: (
                "No school names this person in its gradebook any more (since {since}).",
                "If that is a mistake the office enters the person again; the password stays the same.",
            ),
            _C.ROLE_NOT_BEGUN: (
                "The role at school begins on {first_day}.",
                "Sign in from that day on.",
            ),
            _C.MAINTENANCE: (
                "There is maintenance, expected to last until {until}.",
                "Try again later.",
            ),
            _C.MAINTENANCE_OVER: (
                "Maintenance ended lately ({since}); the browser may still show the old page.",
                "Clear the browser's history and cookies.",
            ),
            _C.NO_ADDRESS: (
                "The account has no private e-mail address, so no message arrives.",
                "The office or homeroom teacher enters one in the gradebook.",
            ),
            _C.ADDRESS_TAKEN: (
                "The address that is stated belongs to another account ({stated}).",
                (
                    "Everybody gives an address of their own, other than the child's; the school corrects it "
                    "in the gradebook."
                ),
            ),
            _C.ADDRESS_CONFLICT: (
                "Schools state different addresses: {stated}. Messages go to {central}.",
                ("Have it changed in the record of every child at every school, or change it on the account page."),
            ),
            _C.ADDRESS_UNSTATED: (
                "No record states the address {central} any more; it still works.",
                "If it is right the school enters it in the record.",
            ),
            _C.ADDRESS_UNUSABLE: (
                "Messages to {central} come back.",
                "Confirm the address or give another on the account page; the school can clear the mark.",
            ),
            _C.NO_CHILDREN: (
                "The guardian's account sees no child.",
                ("The office checks that the guardian stands in the record of every child, with the same data."),
            ),
            _C.POSSIBLE_DUPLICATE: (
                (
                    "Record {record} ({school}) may be about the same person under other data: {likeness}. "
                    "Its children are not seen here."
                ),
                ("The school enters the guardian alike everywhere, or an administrator merges the accounts."),
            ),
            _C.CHILD_ELSEWHERE: (
                "At this address children of these schools are seen: {schools}.",
                (
                    "A child at another school is seen at the address that school gives; one at these "
                    "schools, when the guardian stands in the child's record."
                ),
            ),
            _C.NO_DEVICE: (
                "No device is paired with the account.",
                "After signing in choose mobile access, and give the application the QR code and the PIN.",
            ),
            _C.DEVICE_ENDED: (
                "The device “{name}” was disconnected on {at}: {reason}.",
                "Pair it again on the account page; it is best to install the application anew.",
            ),
        },
    },
)


_REASONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "pl": {
            "ambiguous": "pasuje do dwóch osób",
            "anothers-id": "numer identyfikacyjny kogoś innego",
            "not-imported": "nie została jeszcze wczytana",
            "id-correction": "inny numer identyfikacyjny tej samej osoby",
            "ids-disagree": "numery identyfikacyjne są sprzeczne",
            "name-mismatch": "pod tym numerem znamy kogoś o innym imieniu i nazwisku",
            "renamed": "inne imię i nazwisko w tej samej kartotece",
            "twice-in-record": "ta sama osoba dwa razy w kartotece",
            "restriction": "nowy opiekun dziecka, którego dotyczy ograniczenie",
            "address-changed": "zmiana adresu e-mail",
            "password-recovered": "odzyskanie hasła",
            "password-replaced": "nowe hasło nadane przez szkołę",
            "reported": "zgłoszenie ujawnienia hasła",
            "revoked": "odłączone na życzenie",
            "locked": "blokada konta",
            "merged": "połączenie kont",
            "closed": "zamknięcie konta",
            "same-national-id": "ten sam numer identyfikacyjny",
            "same-name-and-address": "to samo nazwisko i adres",
            "same-name-and-child": "to samo nazwisko i dziecko",
            "same-name-and-phone": "to samo nazwisko i telefon",
            "safety-rules": "zasady bezpiecznego korzystania",
            "data-protection": "przepisy o ochronie danych",
            "commitment": "zobowiązanie",
        },
        "sl": {
            "ambiguous": "ustreza dvema osebama",
            "anothers-id": "identifikacijska številka nekoga drugega",
            "not-imported": "še ni bila prebrana",
            "id-correction": "druga identifikacijska številka iste osebe",
            "ids-disagree": "identifikacijske številke se ne ujemajo",
            "name-mismatch": "pod to številko poznamo nekoga z drugim imenom in priimkom",
            "renamed": "drugo ime in priimek v isti kartoteki",
            "twice-in-record": "ista oseba dvakrat v kartoteki",
            "restriction": "nov skrbnik otroka, za katerega velja omejitev",
            "address-changed": "sprememba e-naslova",
            "password-recovered": "obnovitev gesla",
            "password-replaced": "novo geslo, ki ga je dodelila šola",
            "reported": "prijava razkritja gesla",
            "revoked": "odklopljena na željo",
            "locked": "zaklep računa",
            "merged": "združitev računov",
            "closed": "zaprtje računa",
            "same-national-id": "ista identifikacijska številka",
            "same-name-and-address": "isti priimek in naslov",
            "same-name-and-child": "isti priimek in otrok",
            "same-name-and-phone": "isti priimek in telefon",
            "safety-rules": "pravila varne uporabe",
            "data-protection": "predpisi o varstvu podatkov",
            "commitment": "zaveza",
        },
        "en": {},
    },
)
"""What codes among the facts say; in English they say it themselves."""


_NO_END: Final = "–"
_OPEN_ENDED: Final[Mapping[str, Mapping[CauseCode, str]]] = {
    "pl": {
        _C.LOCKED: "Konto jest zablokowane, dopóki ktoś nie zdejmie blokady.",
        _C.MAINTENANCE: "Trwa przerwa techniczna.",
    },
    "sl": {
        _C.LOCKED: "Račun je zaklenjen, dokler nekdo ne odklene.",
        _C.MAINTENANCE: "Poteka vzdrževanje.",
    },
    "en": {
        _C.LOCKED: "The account is locked until somebody lifts the lock.",
        _C.MAINTENANCE: "There is maintenance.",
    },
}
"""What is said where nobody knows how long it lasts."""


def says(cause: Cause, locale: str) -> str:
    """
    Return what is the matter, in the language of *locale*.

    Raises:
        InvalidValue: there are no texts in that language.
    """
    return _filled(cause, locale, 0)


def how(cause: Cause, locale: str) -> str:
    """
    Return what to do about it, in the language of *locale*.

    Raises:
        InvalidValue: there are no texts in that language.
    """
    return _filled(cause, locale, 1)


def _filled(cause: Cause, locale: str, which: int) -> str:
    if locale not in _TEXTS:
        raise InvalidValue(f"there are texts in {', '.join(_TEXTS)} only", code="unknown-locale")
    words = _REASONS[locale]

    def in_words(code: str) -> str:
        return words.get(code, code.replace("-", " ")) if code in _KNOWN else code

    facts = {name: ", ".join(map(in_words, text.split(", "))) for name, text in cause.facts}
    if which == 0 and facts.get("until") == _NO_END:
        return _OPEN_ENDED[locale][cause.code]
    return _TEXTS[locale][cause.code][which].format_map(facts)


_KNOWN: Final = frozenset(_REASONS["pl"])
