"""The files of the synthetic region are those that the programs of gradebooks write."""

from __future__ import annotations

from eszkola_cli.region import SCHOOL_OF, make_region, region_files, second_day, write_region
from eszkola_cli.region.tables import POLISH_STAFF, POLISH_STUDENTS, SLOVENE_STUDENTS


def test_the_same_seed_and_day_make_the_same_bytes(region):
    """Two regions of one seed and day are equal, and so are their files to the byte."""
    again = make_region(2018, today=region.today)

    assert region == again
    assert region_files(region) == region_files(again)


def test_another_seed_makes_other_people(region):
    """The seed decides on everybody: no file of another seed is the same."""
    other = region_files(make_region(2019, today=region.today))

    assert all(other[name] != content for name, content in region_files(region).items())


def test_the_files_are_written_and_written_over(region, tmp_path):
    """The second day is written over the first, under the same names."""
    first = write_region(region, tmp_path / "opolska")
    second = write_region(second_day(region), tmp_path / "opolska")

    assert first == second
    assert [path.name for path in first] == list(SCHOOL_OF)
    assert {path.name: path.read_bytes() for path in second} == region_files(second_day(region))


def test_only_the_package_names_its_school(region, files):
    """The tables have no school column; the OneRoster package says which school it is from."""
    assert {line["sourcedId"]: line["name"] for line in files.package["orgs"]} == {"ZS3": region.school("ZS3").name}
    assert [name for name, school in SCHOOL_OF.items() if school is None] == ["zs3-oneroster.zip"]


def test_the_headers_are_those_of_the_gradebooks(files):
    """Each table starts with the columns that its gradebook exports."""
    assert ";".join(POLISH_STUDENTS) == (
        "Nr kartoteki;Nazwisko;Imię;PESEL;Dokument;Nr dokumentu;Kraj dokumentu;Data urodzenia;Płeć;Oddział;"
        "E-mail ucznia;Opiekun 1 nazwisko;Opiekun 1 imię;Opiekun 1 PESEL;Opiekun 1 e-mail;"
        "Opiekun 2 nazwisko;Opiekun 2 imię;Opiekun 2 PESEL;Opiekun 2 e-mail"
    )
    assert ";".join(POLISH_STAFF) == "Nr;Nazwisko;Imię;PESEL;E-mail;Stanowisko;Wychowawca oddziału"
    assert ";".join(SLOVENE_STUDENTS) == (
        "Matična številka;Priimek;Ime;EMŠO;Datum rojstva;Spol;Oddelek;E-pošta;"
        "Starš 1 priimek;Starš 1 ime;Starš 1 EMŠO;Starš 1 e-pošta;Starš 2 priimek;Starš 2 ime;Starš 2 EMŠO;"
        "Starš 2 e-pošta"
    )
    assert {name: tuple(rows[0]) for name, rows in files.rows.items()} == {
        "sp1-uczniowie.csv": POLISH_STUDENTS,
        "sp1-pracownicy.csv": POLISH_STAFF,
        "lo2-uczniowie.xlsx": POLISH_STUDENTS,
        "lo2-pracownicy.csv": POLISH_STAFF,
        "si4-ucenci.csv": SLOVENE_STUDENTS,
    }


def test_every_file_has_the_bytes_of_its_program(region):
    """Code page, byte order mark and line ends are those that the programs are known for."""
    content = region_files(region)

    assert "Wiśniewsk".encode("cp1250") in content["sp1-uczniowie.csv"] + content["sp1-pracownicy.csv"]
    assert content["sp1-uczniowie.csv"].count(b"\r\n") == content["sp1-uczniowie.csv"].count(b"\n")
    assert content["lo2-pracownicy.csv"].startswith(b"\xef\xbb\xbfNr,Nazwisko,")
    assert b"\r" not in content["si4-ucenci.csv"]
    assert content["si4-ucenci.csv"].startswith("Matična".encode())


def test_the_package_holds_together(files):
    """The manifest names the files that are there, and every reference in them leads somewhere."""
    package = files.package
    manifest = {line["propertyName"]: line["value"] for line in package["manifest"]}
    stated = {name.removeprefix("file."): kind for name, kind in manifest.items() if name.startswith("file.")}
    keys = {name: {line["sourcedId"] for line in lines} for name, lines in package.items() if name != "manifest"}
    roles = {line["userSourcedId"]: line["role"] for line in package["roles"]}

    assert manifest["oneroster.version"] == "1.2"
    assert {name for name, kind in stated.items() if kind == "bulk"} == keys.keys()
    assert len(stated) == 21
    assert all(len(lines) == len(keys[name]) for name, lines in package.items() if name in keys)
    assert roles.keys() == keys["users"]
    agents = {agent for line in package["users"] for agent in line["agentSourcedIds"].split(",") if agent}
    assert agents == {key for key, role in roles.items() if role == "guardian"}
    assert {line["userSourcedId"] for line in package["enrollments"]} <= keys["users"]
    assert {line["classSourcedId"] for line in package["enrollments"]} == keys["classes"]
    assert {line["courseSourcedId"] for line in package["classes"]} == keys["courses"]
    assert {line["termSourcedIds"] for line in package["classes"]} == keys["academicSessions"]
    assert {line["role"] for line in package["enrollments"] if line["primary"] == "true"} == {"teacher"}
    assert {line["role"] for line in package["enrollments"] if line["primary"] == "false"} == {"student"}
    assert keys["demographics"] == {key for key, role in roles.items() if role == "student"}
    assert all(None not in line and None not in line.values() for lines in package.values() for line in lines)


def test_no_representation_shows_a_number(region):
    """Neither the region nor anything in it prints a national id or the number of a passport."""
    shown = repr(second_day(region))
    numbers = {person.national_id for school in region.schools for person in school.people()} - {""}
    passports = {entry.document.number for school in region.schools for entry in school.students if entry.document}

    assert not [number for number in numbers | passports if number in shown]
