"""What only a document shows: where things stand on the page, that data stay data, and what is replaced."""

from __future__ import annotations

import re
import sys
from datetime import date

import pypdfium2
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eszkola_core.domain.hidden import Secret
from eszkola_core.domain.letters import ClassList, ClassListRow, LetterKind, PostalAddress, one_line
from eszkola_core.domain.tenants import LOCALES
from eszkola_core.errors import InvalidValue, Unavailable, UnprintableSign
from eszkola_core.testing.contracts.letters import HOSTILE, TENANT, a_letter, a_list, bare, every_letter, parts_of
from eszkola_letters import TypstLetters
from eszkola_letters.fonts import Fonts
from eszkola_letters.plugin import letters as plugged_in
from eszkola_letters.words import breakable

MILLIMETRE = 72 / 25.4
PAGE_HEIGHT = 297


def places(document, number=0):
    """Return every line of a page with where it stands, in millimetres from its left and upper edge."""
    with pypdfium2.PdfDocument(document) as opened:
        page = opened[number]
        text = page.get_textpage()
        found = []
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            words = text.get_text_bounded(left, bottom, right, top)
            box = (left, page.get_height() - top, right, page.get_height() - bottom)
            found.append((words, tuple(edge / MILLIMETRE for edge in box)))
        text.close()
        page.close()
    return found


def letter(**parts):
    """Return a credential letter to a guardian."""
    address = PostalAddress(street="ul. Świętokrzyska 14 m. 3", postal_code="45-064", city="Opole")
    made = evolve(
        a_letter(LetterKind.CREDENTIAL, "pl"),
        to="Łucja Brzęczyszczykiewicz",
        owner="Żaneta Kot",
        address=address,
        school="Liceum nr II",
        reference="1a · 117",
    )
    return evolve(
        made, **{"data": {**made.data, "login": "zaneta.kot", "password": "Kamu-7dep-rasi-3ket-bina"}, **parts}
    )


@pytest.mark.rule("INIT-4")
@pytest.mark.parametrize(
    "street", ["ul. Polna 1", "Osiedle Tysiąclecia Państwa Polskiego 117a, klatka D, m. 1204 " * 4]
)
def test_the_address_stands_in_the_window(renderer, street):
    """Of 85 by 45 mm, 20 mm from the left and 45 from the top (DIN 5008, form B), however long it is."""
    address = PostalAddress(street=street, postal_code="45-064", city="Opole", country="Polska")
    document = renderer.letters([letter(address=address)], TENANT)
    inside = [
        words for words, (left, top, right, bottom) in places(document) if top > 45 and bottom < 90 and right < 105
    ]

    assert all(left >= 20 for words, (left, *_) in places(document))
    for line in ("Łucja Brzęczyszczykiewicz", *address.lines):
        assert bare(line) in bare("".join(inside))


@pytest.mark.rule("INIT-6")
@pytest.mark.parametrize("locale", LOCALES)
def test_no_secret_shows_through_the_window(renderer, locale):
    """Login and password stand below the first fold, where paper covers them; the letter says that it is personal."""
    document = renderer.letters([letter(locale=locale)], TENANT)
    secret = [box for words, box in places(document) if "Kamu" in words or "zaneta.kot" in words]

    assert len(secret) >= 2
    assert all(top > 105 for _, top, _, _ in secret)
    assert re.search("POUFNE|ZAUPNO|CONFIDENTIAL", "".join(words for words, _ in places(document)))


@pytest.mark.rule("INIT-6")
@pytest.mark.parametrize("locale", LOCALES)
def test_rules_of_safe_use_come_with_a_credential(renderer, read_pages, locale):
    """Each of them, on the same page."""
    (page,) = read_pages(renderer.letters([letter(locale=locale)], TENANT))
    title = {"pl": "Zasady bezpiecznego", "sl": "Pravila varne uporabe", "en": "How to use the account safely"}[locale]

    assert title in page
    assert page.count("•") == 7


@pytest.mark.rule("INIT-4")
def test_a_guardian_is_told_why_the_letter_comes_to_them(renderer, read_pages):
    """And the owner of a letter of their own is not."""
    of_minor, own = read_pages(renderer.letters([letter(), letter(to="Żaneta Kot")], TENANT))

    assert "opiekun, bo Żaneta Kot" in one_line(of_minor)
    assert "opiekun" not in own


@pytest.mark.rule("INIT-4")
def test_nothing_runs_off_the_page(renderer):
    """However long every part of a letter is, it stays inside, and parts do not run into each other."""
    for value in ("W" * 250, "Wieloczłonowe Nazwisko-Dwojga " * 12):
        made = evolve(a_letter(LetterKind.CREDENTIAL, "en", value=value), locale="en")
        found = places(renderer.letters([made], TENANT))
        body = [box for words, box in found if box[1] > 97]

        assert all(
            left >= 0 and right <= 190.5 and top >= 0 and bottom <= PAGE_HEIGHT
            for _, (left, top, right, bottom) in found
        )
        assert all(bottom <= 281.5 or top >= 279 for _, top, _, bottom in body)


@pytest.mark.rule("INIT-3")
def test_a_list_has_blanks_for_those_without_a_password_to_print(renderer, read_pages):
    """And repeats its heading on every page."""
    rows = [ClassListRow(name=f"Osoba {number}", login=f"osoba{number}") for number in range(60)]
    rows[3] = evolve(rows[3], password=Secret("Kamu-7dep"))
    pages = read_pages(renderer.class_list(evolve(a_list(), rows=rows), TENANT))

    assert "".join(pages).count("Kamu-7dep") == 1
    assert sum(line.strip() == "–" or line.endswith(" –") for page in pages for line in page.splitlines()) >= 59
    assert len(pages) > 1
    assert all("Nazwisko i imię" in page for page in pages)


anything = st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"]), max_size=60)
markup = st.lists(
    st.sampled_from([*"#$@*_`\"\\<>[]{}()=-+/~.,:;&%^'|!?", "eval", "let", "{{ to }}", " ", "\n"]), max_size=30
).map("".join)


@given(texts=st.lists(st.one_of(markup, anything, st.sampled_from(HOSTILE)), min_size=4, max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_becomes_markup(renderer, read_pages, texts):
    """Whatever stands in a gradebook: the page says it sign for sign, or the sign that cannot be printed is named."""
    to, owner, street, reference = (f"a{text}z" for text in texts)
    made = letter(to=to, owner=owner, reference=reference, address=evolve(letter().address, street=street))
    missing = Fonts().missing(map(one_line, (to, owner, street, reference)))
    if missing is not None:
        with pytest.raises(UnprintableSign):
            renderer.letters([made], TENANT)
        return
    (page,) = read_pages(renderer.letters([made], TENANT))
    # What is read back from a document has lost its order where an alphabet runs the other way; these fonts have none.
    for part in parts_of(made):
        assert bare(part) in bare(page)


@given(text=st.text())
def test_one_line_is_one_line(text):
    """Nothing but what can be seen and single blanks, and the same again."""
    line = one_line(text)

    assert one_line(line) == line
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line


@given(text=st.text(max_size=200))
def test_a_long_word_can_be_broken_everywhere(text):
    """No piece is longer than a line of the window, and no sign is lost."""
    broken = breakable(text)

    assert broken.replace("\u200b", "") == one_line(text)
    assert all(len(piece) <= 18 for piece in re.split("[ \u200b]", broken))


@pytest.mark.rule("LINK-7f")
@pytest.mark.parametrize("locale", LOCALES)
def test_instructions_are_printed_under_a_code(renderer, read_pages, locale):
    """The code itself in its groups, and below it four numbered steps."""
    made = a_letter(LetterKind.SECURITY_CODE, locale)
    made = evolve(made, data={**made.data, "code": "0123 4567 8903"})
    (page,) = read_pages(renderer.letters([made], TENANT))

    assert "0123 4567 8903" in page
    below = page[page.index("0123 4567") :]
    assert re.findall(r"^(\d)\. \w", below, re.MULTILINE) == ["1", "2", "3", "4"]


def test_it_is_an_archive_format(renderer):
    """The document says that it is PDF/A-2b, and by what day it was made, not by what clock."""
    document = renderer.letters([letter()], TENANT)

    assert b"pdfaid:part>2<" in document.replace(b" ", b"") or b'pdfaid:part="2"' in document
    assert document == renderer.letters([letter()], TENANT)


def test_texts_and_layouts_can_be_replaced(tmp_path, read_pages):
    """For everybody, and for one tenant alone."""
    (tmp_path / "en.toml").write_text('[credential]\nsubject = "Welcome to {{ school }}"\n', encoding="utf-8")
    own = tmp_path / TENANT.key
    own.mkdir()
    (own / "en.toml").write_text('[letter]\nremark = "By hand"\n', encoding="utf-8")
    (own / "list.typ").write_text(
        '#let d = json(bytes(sys.inputs.data))\n#set document(title: "x", date: datetime(..d.date))\n'
        "#set text(font: d.font)\n#for r in d.rows [#r.name!]\n",
        encoding="utf-8",
    )
    renderer = TypstLetters(tmp_path)
    (here,) = read_pages(renderer.letters([letter(locale="en")], TENANT))
    (elsewhere,) = read_pages(renderer.letters([letter(locale="en")], evolve(TENANT, key="other")))

    assert "Welcome to Liceum nr II" in here
    assert "Welcome to Liceum nr II" in elsewhere
    assert ("By hand" in here, "By hand" in elsewhere) == (True, False)
    (listed,) = read_pages(renderer.class_list(a_list(), TENANT))
    assert one_line(listed) == "Żuk Anna!Щур Ян!Šček Žiga!"


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("pl.toml", "[credential]\nsubject = ''\n", "pl.toml: credential.subject: here belongs one text"),
        ("pl.toml", "[credential]\nsubjekt = 'x'\n", "credential.subjekt: nobody reads an entry"),
        ("pl.toml", "hello = 'x'\n", "hello: nobody reads an entry"),
        ("pl.toml", "[credential]\nsubject = '{{ pesel }}'\n", "there is no pesel here"),
        ("pl.toml", "[credential]\nsubject = '{{ login'\n", "begins a variable"),
        ("pl.toml", "[credential]\nfacts = [['Login', '{{ login }}']]\n", "neither here nor beside it stands"),
        ("pl.toml", "[credential]\nfacts = [['Login']]\n", "a list of pairs"),
        ("pl.toml", "[credential]\nwith-safe-use = 'no'\n", "true or false"),
        ("pl.toml", "[list]\nheadings = ['a']\n", "a list of five texts"),
        ("pl.toml", "[credential\n", "this is not TOML"),
        ("pl.toml", "[letter]\nremark = '\ue000'\n", "letter.remark: no font here has the sign U+E000"),
        (
            "list.typ",
            (
                '#set document(title: "x", date: datetime(year: 2026, month: 1, day: 1))\n'
                '#set text(font: "Noto Sans")\n\ue000\n'
            ),
            "no font has",
        ),
        ("list.typ", '#include "x.typ"\n', "leave out the word 'include'"),
        ("list.typ", "#{ nonsense }\n", "list.typ: unknown variable: nonsense"),
        ("list.typ", '#set document(date: datetime(year: 2026, month: 1, day: 1))\n#read("/etc/passwd")\n', "list.typ"),
        ("list.typ", '#let d = json("../../../etc/passwd")\n', "list.typ"),
        ("de.toml", "", "files are read from"),
    ],
)
def test_a_mistake_shows_when_it_is_read(tmp_path, name, text, complaint):
    """With the file and the entry that it stands in, before the first letter is printed."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValue) as wrong:
        TypstLetters(tmp_path)

    assert complaint in str(wrong.value)


def test_further_fonts_have_further_signs(tmp_path, renderer):
    """A folder of fonts that holds none, or a broken one, is refused by its name."""
    with pytest.raises(UnprintableSign):
        renderer.letters([letter(to="שלום")], TENANT)
    with pytest.raises(InvalidValue, match="fonts in it"):
        Fonts(tmp_path)
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(InvalidValue, match=r"broken\.ttf"):
        Fonts(tmp_path)
    assert Fonts().missing(["Zażółć", "Žšč", "Ґґ Єє Її ₴"]) is None


def test_the_plugin_takes_two_folders(tmp_path):
    """By the options' names, from where the configuration lies; another option is refused by name."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "pl.toml").write_text('[letter]\nremark = "Poczta"\n', encoding="utf-8")

    assert isinstance(plugged_in({}, base=tmp_path), TypstLetters)
    assert isinstance(plugged_in({"overrides": "texts"}, base=tmp_path), TypstLetters)
    for options in ({"paper": "a5"}, {"overrides": 7}, {"fonts": " "}):
        with pytest.raises(InvalidValue, match=next(iter(options))):
            plugged_in(options, base=tmp_path)
    for options in ({"fonts": "nowhere"}, {"overrides": "nowhere"}):
        with pytest.raises(InvalidValue, match="nowhere"):
            plugged_in(options, base=tmp_path)


def test_a_compositor_that_dies_is_told_of(monkeypatch, renderer):
    """As a world that cannot be reached, and without a word of what was to be printed."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable) as dead:
        renderer.letters([letter()], TENANT)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Unavailable):
        renderer.letters([letter()], TENANT)

    assert "Kamu" not in repr(dead.value) + str(dead.value.__cause__)


def test_other_locales_are_refused(renderer):
    """By name of those that there are."""
    with pytest.raises(InvalidValue, match="pl, sl, en"):
        renderer.letters([letter(locale="de")], TENANT)
    with pytest.raises(InvalidValue, match="pl, sl, en"):
        renderer.class_list(ClassList(locale="de", school="x", day=date(2026, 1, 1), rows=a_list().rows), TENANT)


@pytest.mark.rule("ID-10a")
def test_no_secret_shows_in_a_letters_repr():
    """Neither name nor address nor password."""
    shown = "".join(map(repr, (*every_letter(), a_list(), letter())))

    assert not re.search("adresat|właściciel|Kamu|Żuk|Brzęczysz|Świętokrzyska|zaneta", shown)
