"""What everything that sets letters in type promises, as tests."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import pytest
from attrs import evolve

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.letters import (
    LETTER_FIELDS,
    ClassList,
    ClassListRow,
    Letter,
    LetterKind,
    PostalAddress,
    one_line,
)
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_core.errors import InvalidValue, UnprintableSign
from eszkola_core.ports.letters import LetterRenderer

Makes = Callable[[], LetterRenderer]
Reads = Callable[[bytes], Sequence[str]]

TENANT = Tenant(key="opolska", name="Opolska eSzkoła", base_url="https://eszkola.example", platform_domain="u.example")
DAY = date(2026, 11, 28)
UNTIL = date(2026, 12, 24)
HOSTILE = (
    '#eval("1") \\ $x$ @cel *gruby* _kurs_ "q" \'a\' <l> `c` [z] //k /*c*/ ~ = 1. - + {{ login }} {x} %s ${y} &lt; <b>',
    "#set text(red)",
    '#import "x.typ"',
    "\\u{41}",
    "]#[",
    "= = =",
)
"""Names such as nobody has, unless they mean to steer the renderer."""

UNPRINTABLE = ("\U000e0200", "\ud800", "\ue000")
"""Signs that no font has: one that is none, half a sign, and one of private use."""

NAMES = (
    ("Zażółć Gęślą-Jaźń", "Łucja Ćma-Źdźbło"),
    ("Žiga Čufar Šček", "Đorđe Ćirić"),
    ("Ґалина Їжакевич-Єльська", "Олексій Щур’ян"),
    ("Wolfeschlegelsteinhausenbergerdorff" * 4, "Ż" * 300),
)


def a_letter(kind: LetterKind, locale: str, *, number: int = 1, value: str = "") -> Letter:
    """Return a letter whose every part is its own, or holds *value* wherever any text may stand."""

    def text(name: str) -> str:
        return value or f"Wartość{number}{name}ŻóŁw"

    data = {name: text(name) for name in LETTER_FIELDS[kind]}
    data["link"] = "https://eszkola.example/d/aZ09_-x"
    if "until" in data:
        data["until"] = UNTIL.isoformat()
    return Letter(
        kind=kind,
        locale=locale,
        to=text("adresat"),
        address=PostalAddress(street=text("ulica"), postal_code=text("kod"), city=text("miasto")),
        owner=text("właściciel"),
        school=text("szkoła"),
        reference=text("klasa"),
        day=DAY,
        data=data,
    )


def every_letter(value: str = "") -> Iterator[Letter]:
    """Yield a letter of every kind in every locale."""
    for kind in LetterKind:
        for locale in LOCALES:
            yield a_letter(kind, locale, value=value)


def a_list(locale: str = "pl", *, value: str = "") -> ClassList:
    """Return a list of three: one with a password, one without, one with no login either."""
    rows = [
        ClassListRow(
            name=value or "Żuk Anna", reference=value or "1a7", login="anna.zuk", password=Secret("Kamu-7dep")
        ),
        ClassListRow(name=value or "Щур Ян", reference="1a9", login=value or "jan.shchur"),
        ClassListRow(name=value or "Šček Žiga"),
    ]
    return ClassList(locale=locale, school=value or "Liceum Żurawia", class_name=value or "1a", day=DAY, rows=rows)


def bare(text: str) -> str:
    """Return a text as it is told apart here: without the places where a line may end, and without ligatures."""
    return "".join(unicodedata.normalize("NFKC", one_line(text)).split())


def parts_of(letter: Letter) -> Iterator[str]:
    """Yield everything that stands on a letter's page letter by letter."""
    yield from (letter.to, letter.school, letter.reference)
    if letter.kind is not LetterKind.SECURITY_CODE:
        yield letter.owner
    yield from letter.address.lines if letter.address is not None else ()
    yield from (value for name, value in letter.data.items() if name != "until")


class LetterRendererContract:
    """Holds a `LetterRenderer` to every clause of its port."""

    @pytest.fixture
    def fresh_letters(self) -> Makes:
        """Return a function that makes a renderer of letters."""
        pytest.fail("override the fixture `fresh_letters`: return a function that makes a renderer of yours")

    @pytest.fixture
    def read_pages(self) -> Reads:
        """Return a function that reads a document: the text of each page, as a reader sees it."""
        pytest.fail("override the fixture `read_pages`: return a function that gives the text of each page")

    @pytest.mark.clause("LR1")
    def test_every_kind_has_a_text_in_every_locale(self, fresh_letters: Makes, read_pages: Reads) -> None:
        """Each worded otherwise than in the other languages; and so is the list."""
        renderer = fresh_letters()
        for kind in LetterKind:
            worded = {read_pages(renderer.letters([a_letter(kind, locale)], TENANT))[0] for locale in LOCALES}

            assert len(worded) == len(LOCALES), kind
        listed = {"".join(read_pages(renderer.class_list(a_list(locale), TENANT))) for locale in LOCALES}
        assert len(listed) == len(LOCALES)

    @pytest.mark.clause("LR2")
    @pytest.mark.clause("LR3")
    def test_each_letter_is_a_page_of_its_own(self, fresh_letters: Makes, read_pages: Reads) -> None:
        """In the order that they come in, with all that is its own and nothing of another's."""
        letters = [a_letter(kind, "pl", number=number) for number, kind in enumerate([*LetterKind] * 2, 1)]
        pages = read_pages(fresh_letters().letters(letters, TENANT))

        assert len(pages) == len(letters)
        for number, (letter, page) in enumerate(zip(letters, pages, strict=True), 1):
            assert f"Wartość{number}" in bare(page)
            assert not any(f"Wartość{other}" in bare(page) for other in range(1, len(letters) + 1) if other != number)
            for part in parts_of(letter):
                assert bare(part) in bare(page), (letter.kind, part)

    @pytest.mark.clause("LR3")
    def test_every_part_stands_on_every_page(self, fresh_letters: Makes, read_pages: Reads) -> None:
        """In every language: a link or a password that is cut opens nothing."""
        letters = list(every_letter())
        for letter, page in zip(letters, read_pages(fresh_letters().letters(letters, TENANT)), strict=True):
            missing = [part for part in parts_of(letter) if bare(part) not in bare(page)]
            assert not missing, (letter.kind, letter.locale)

    @pytest.mark.clause("LR3")
    def test_the_last_day_is_told(self, fresh_letters: Makes, read_pages: Reads) -> None:
        """As the language writes it: another day gives another page, with the year on it."""
        renderer = fresh_letters()
        for letter in every_letter():
            if "until" in letter.data:
                later = evolve(letter, data={**letter.data, "until": "2027-05-03"})
                one, another = read_pages(renderer.letters([letter, later], TENANT))

                assert one != another
                assert "2027" in another

    @pytest.mark.clause("LR2")
    @pytest.mark.clause("LR3")
    def test_names_and_addresses_of_any_length_stay_on_their_page(
        self, fresh_letters: Makes, read_pages: Reads
    ) -> None:
        """With every letter of three alphabets; and so does a letter without an address."""
        letters = [
            evolve(a_letter(LetterKind.CREDENTIAL, "sl", value=last), to=first, address=address)
            for first, last in NAMES
            for address in (None, PostalAddress(street=last, postal_code="1000", city=first, country=last))
        ]
        pages = read_pages(fresh_letters().letters(letters, TENANT))

        assert len(pages) == len(letters)
        for letter, page in zip(letters, pages, strict=True):
            for part in parts_of(letter):
                assert bare(part) in bare(page)

    @pytest.mark.clause("LR4")
    def test_data_cannot_become_markup(self, fresh_letters: Makes, read_pages: Reads) -> None:
        """Whatever a letter or a list holds stands there sign for sign."""
        renderer = fresh_letters()
        for value in HOSTILE:
            letters = list(every_letter(value))
            pages = read_pages(renderer.letters(letters, TENANT))

            assert len(pages) == len(letters)
            for letter, page in zip(letters, pages, strict=True):
                for part in parts_of(letter):
                    assert bare(part) in bare(page)
            listed = bare("".join(read_pages(renderer.class_list(a_list(value=value), TENANT))))
            assert listed.count(bare(value)) >= len(a_list().rows)

    @pytest.mark.clause("LR5")
    def test_the_same_letters_give_the_same_bytes(self, fresh_letters: Makes) -> None:
        """By this renderer and by another one, before and after other letters."""
        renderer, letters = fresh_letters(), list(every_letter())
        first, listed = renderer.letters(letters, TENANT), renderer.class_list(a_list(), TENANT)
        renderer.letters(letters[::-1], TENANT)

        assert renderer.letters(letters, TENANT) == first
        assert fresh_letters().letters(letters, TENANT) == first
        assert fresh_letters().class_list(a_list(), TENANT) == listed

    @pytest.mark.clause("LR6")
    def test_what_is_not_seen_is_not_printed(self, fresh_letters: Makes) -> None:
        """White space and control characters are single blanks, and marks that turn the order round are nothing."""
        renderer = fresh_letters()
        clean = a_letter(LetterKind.CREDENTIAL, "pl", value="Ana Žagar")
        dirty = a_letter(LetterKind.CREDENTIAL, "pl", value=" Ana\t\r\n\x00\x1b\x07\u2028Z\u030cagar\u202e\u200b\xad")

        assert renderer.letters([dirty], TENANT) == renderer.letters([clean], TENANT)

    @pytest.mark.clause("LR6")
    def test_a_sign_that_no_font_has_stops_everything(self, fresh_letters: Makes) -> None:
        """Nothing is made, and it is told which letter or row it stands in: never an empty box in somebody's name."""
        renderer, listed = fresh_letters(), a_list()
        fine = a_letter(LetterKind.FIRST_ACCESS, "pl")
        for sign in UNPRINTABLE:
            with pytest.raises(UnprintableSign) as stopped:
                renderer.letters([fine, fine, evolve(fine, to=f"Jan {sign}"), fine], TENANT)
            assert (stopped.value.number, stopped.value.sign) == (2, sign)
            rows = [*listed.rows[:1], evolve(listed.rows[1], name=sign)]
            with pytest.raises(UnprintableSign) as stopped:
                renderer.class_list(evolve(listed, rows=rows), TENANT)
            assert (stopped.value.number, stopped.value.sign) == (1, sign)

    @pytest.mark.clause("LR7")
    def test_a_list_names_everybody_in_its_order(self, fresh_letters: Makes, read_pages: Reads) -> None:
        """However many pages it takes, with logins and passwords beside the names."""
        names = [f"Osoba{number:03d}x" for number in range(150)]
        rows = [
            ClassListRow(name=name, login=f"l.{name}", password=Secret(f"H-{name}") if number % 2 else None)
            for number, name in enumerate(names)
        ]
        pages = read_pages(fresh_letters().class_list(evolve(a_list(), rows=rows), TENANT))
        text = bare("".join(pages))

        assert [text.index(f"l.{name}") for name in names] == sorted(text.index(f"l.{name}") for name in names)
        assert all(bare(name) in text for name in names)
        assert [f"H-{name}" in text for name in names] == [bool(number % 2) for number in range(len(names))]

    @pytest.mark.clause("LR8")
    def test_nothing_is_not_printed(self, fresh_letters: Makes) -> None:
        """No letters, and a list of nobody, are refused."""
        renderer = fresh_letters()
        with pytest.raises(InvalidValue):
            renderer.letters([], TENANT)
        with pytest.raises(InvalidValue):
            renderer.class_list(evolve(a_list(), rows=[]), TENANT)
