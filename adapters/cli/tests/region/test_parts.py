"""The parts of the synthetic region, each on its own: numbers, names, addresses, workbooks, archives."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from random import Random
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from stdnum.pl import pesel as pl_pesel
from stdnum.si import emso as si_emso

from eszkola_cli.region.addresses import AddressBook
from eszkola_cli.region.anomalies import is_stranger
from eszkola_cli.region.ids import Register, emso, pesel
from eszkola_cli.region.model import Named
from eszkola_cli.region.names import POLISH, SLOVENE, UKRAINIAN, feminine, plain
from eszkola_cli.region.people import years_before
from eszkola_cli.region.xlsx import workbook
from eszkola_cli.region.zipped import zipped
from eszkola_core.domain.stated import Sex


def seeded():
    """Return a generator that draws the same every time."""
    return Random(1)  # noqa: S311 - nothing here is secret


def sheet(content):
    """Return the rows of a workbook."""
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


@given(st.dates(date(1800, 1, 1), date(2299, 12, 31)), st.integers(0, 9999))
def test_a_pesel_is_valid_and_tells_day_and_sex(born, serial):
    """Any day of five centuries and any serial make a PESEL from which both can be read."""
    number = pesel(born, serial)

    assert pl_pesel.validate(number) == number
    assert pl_pesel.get_birth_date(number) == born
    assert pl_pesel.get_gender(number) == "FM"[serial % 2]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
def test_an_emso_is_valid_and_tells_day_and_sex(born, serial):
    """Where an EMŠO has a check digit it is valid, and day and sex can be read from it."""
    number = emso(born, serial)

    if number is None:
        body = f"{born:%d%m}{born.year % 1000:03}50{serial:03}"
        weights = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        assert sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11 == 1
    else:
        assert si_emso.validate(number) == number
        assert si_emso.get_birth_date(number) == born
        assert si_emso.get_gender(number) == ("F" if serial >= 500 else "M")


def test_some_emso_bodies_have_no_check_digit():
    """A remainder of ten has no digit, so that such a serial is never handed out."""
    missing = [serial for serial in range(1000) if emso(date(2010, 5, 4), serial) is None]

    assert 50 < len(missing) < 150


def test_the_name_lists_are_long_enough():
    """The lists hold as many names as promised, each once."""
    for names, female, male, surnames in ((POLISH, 60, 60, 120), (SLOVENE, 30, 30, 60), (UKRAINIAN, 6, 6, 12)):
        for found, wanted in ((names.female, female), (names.male, male), (names.surnames, surnames)):
            assert len(found) == len(set(found)) == wanted


def test_surnames_follow_the_sex():
    """Endings that Polish declines have a feminine form, in each half of a double-barrelled name; others stay."""
    assert [feminine(name) for name in ("Kowalski", "Malicki", "Zawadzki", "Nowak", "Nowak-Rudzki")] == [
        "Kowalska",
        "Malicka",
        "Zawadzka",
        "Nowak",
        "Nowak-Rudzka",
    ]
    assert all(feminine(name) == name for name in (*SLOVENE.surnames, *UKRAINIAN.surnames, *POLISH.shared_surnames))


@given(st.sampled_from([*POLISH.surnames, *SLOVENE.female, *SLOVENE.male, *POLISH.female, *UKRAINIAN.surnames]))
def test_the_front_of_an_address_is_plain(name):
    """Every name becomes as many small ASCII letters as it has letters."""
    assert plain(name).isascii()
    assert plain(name).islower()
    assert len(plain(name)) == len(name)


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=8)


@given(st.integers(1, 60), st.data())
def test_a_workbook_reads_as_it_was_written(width, data):
    """Every text comes back from the sheet in its column, beyond the column Z too."""
    rows = data.draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=3))

    assert sheet(workbook("Uczniowie", rows)) == rows


def test_a_workbook_keeps_empty_cells_in_place():
    """An empty text is no cell, and what follows it stays in its column."""
    assert sheet(workbook("Uczniowie", [["a", "b", "c"], ["", "", "0123"]])) == [["a", "b", "c"], ["", "", "0123"]]


def test_a_register_hands_out_every_number_once():
    """Of one day and sex there are 5000 PESELs and fewer than 500 EMŠOs, and no two people get the same."""
    register, born = Register(seeded()), date(2010, 5, 4)
    pesels = [register.pesel(born, Sex.MALE) for _ in range(1000)]
    emsos = [register.emso(born, Sex.FEMALE) for _ in range(200)]
    passports = [register.passport() for _ in range(200)]

    pesels += [number for _ in range(500) for number in register.twin_pesels(born)]
    pesels += [register.pesel(born, sex) for sex in Sex for _ in range(1000)]

    for numbers in (pesels, emsos, passports):
        assert len(set(numbers)) == len(numbers)


def test_a_register_knows_what_is_taken():
    """A number that belongs to somebody already is not handed out, by itself or to a twin."""
    born = date(2010, 5, 4)
    first = Register(seeded()).pesel(born, Sex.FEMALE)
    sister, brother = Register(seeded()).twin_pesels(born)

    assert Register(seeded(), taken=[first]).pesel(born, Sex.FEMALE) != first
    assert brother not in Register(seeded(), taken=[brother]).twin_pesels(born)
    assert sister not in Register(seeded(), taken=[brother]).twin_pesels(born)


def test_an_address_is_issued_once():
    """Namesakes get numbers behind their names, also where an address is taken from the start."""
    book = AddressBook(seeded(), taken=["ewa.zolc@example.com"])
    issued = [book.issue("Ewa", "Żółć", "PL") for _ in range(40)]

    assert len({*issued, "ewa.zolc@example.com"}) == 41
    assert {address.split("@")[0].rstrip("0123456789") for address in issued} == {"ewa.zolc"}


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.integers(0, 45))
def test_years_before_keep_the_day(day, years):
    """Going back some years keeps month and day, but for a 29th of February that is not there."""
    then = years_before(day, years)

    assert then.year == day.year - years
    assert (then.month, then.day) == (day.month, day.day) or (f"{day:%m%d}", f"{then:%m%d}") == ("0229", "0228")


def test_strangers_share_no_name():
    """One equal first name or one surname, in whichever form, makes two people look related."""
    ewa = Named(first_name="Ewa", last_name="Zawadzka")

    assert is_stranger(ewa, Named(first_name="Jan", last_name="Nowak"))
    assert not is_stranger(ewa, Named(first_name="Jan", last_name="Zawadzki"))
    assert not is_stranger(ewa, Named(first_name="Ewa", last_name="Nowak"))


def test_an_archive_does_not_know_when_it_was_made():
    """Names, contents and order come back, and every entry bears the same old time."""
    entries = {"b.csv": b"1", "a.csv": b""}
    with ZipFile(BytesIO(zipped(entries))) as archive:
        assert {info.filename: archive.read(info) for info in archive.infolist()} == entries
        assert archive.namelist() == list(entries)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
