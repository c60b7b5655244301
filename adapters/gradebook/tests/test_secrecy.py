"""National ids and passwords stand in no finding, problem, error or repr in clear (GB5, ID-10)."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.cells import safe_key, shown
from eszkola_gradebook.gradebook import FileGradebook

HEADER = "Nr kartoteki;Nazwisko;Imię;PESEL;Dokument;Nr dokumentu;Kraj dokumentu;Data urodzenia;Płeć;Oddział\n"


@pytest.mark.clause("GB5")
@pytest.mark.rule("ID-10a")
@given(order=st.permutations(range(10)), drop=st.integers(0, 9), end=st.sampled_from(["\n", ""]))
def test_an_id_in_the_wrong_column_does_not_show(read_files, pesel, order, drop, end):
    """However the cells of a row are mixed up, cut or lost, its national id is in no report."""
    number = pesel(4)
    cells = ["7", "Wąs", "Jan", number, "paszport", f"X{number}", number, number, number, "1a"]
    row = [cells[at] for at in order][: 10 - drop]
    for header in (HEADER, HEADER.replace("Nazwisko", "Name"), ""):
        try:
            reading = read_files({"u.csv": header + ";".join(row) + end}, school="sp1")
        except UnreadableSource as refused:
            said = f"{refused}{refused.hint}{refused.source}{refused.__cause__}"
        else:
            problems = [
                problem
                for roster in reading.rosters
                for record in roster.records
                for problem in (*record.problems, *(found for person in record.people for found in person.problems))
            ]
            ids = [stated for r in reading.rosters for record in r.records for p in record.people for stated in p.ids]
            said = f"{reading.findings}{problems}{ids}"
        assert number not in said


@pytest.mark.rule("ID-10a")
@given(st.from_regex(r"[0-9]{9,13}", fullmatch=True), st.sampled_from(["", "-", " ", "/", "."]))
def test_no_long_number_is_shown(number, sign):
    """A value for a report, or a record's key in one, never holds nine digits in clear."""
    for text in (number, f"{number[:6]}{sign}{number[6:]}", f"a{number}b"):
        assert number not in shown(text).replace(sign or " ", "")
    assert number not in safe_key(number)
    assert number not in safe_key(f"sp1/{number}")


@pytest.mark.clause("GB5")
@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("between", ["", " ", "-"])
def test_a_row_in_the_place_of_the_header_is_not_quoted(read_files, pesel, between):
    """A file without a header is refused, and an id that somebody wrote in pairs of digits is one all the same."""
    number = pesel(4)
    apart = between.join(number[at : at + 2] for at in range(0, len(number), 2))
    with pytest.raises(UnreadableSource) as refused:
        read_files({"u.csv": f"Lis;Ala;nr {apart}\nWąs;Jan;2\n"}, school="sp1")
    assert apart not in f"{refused.value}{refused.value.hint}"


@pytest.mark.clause("GB5")
def test_an_id_used_as_a_key_is_masked_in_findings(read_files, pesel):
    """A source that calls its records by national id still gets reports without one."""
    text = f"Nr;Nazwisko;Imię;Stanowisko\n{pesel(1)};Lis;Ola;dyrektor\n{pesel(2)};Gil;Jan;dyrektorka\n"
    reading = read_files({"kadra.csv": text}, school="sp1")
    assert [finding.code for finding in reading.findings] == ["role-not-importable", "role-not-importable"]
    assert not [number for number in (pesel(1), pesel(2)) if number in repr(reading.findings)]


@pytest.mark.clause("GB5")
@pytest.mark.rule("ID-10a")
def test_no_canary_of_the_third_party_files_sings(vectors):
    """No id and no password of any file at hand is in findings, problems, errors, or the repr of an id."""
    canaries = set()
    for path in [*(vectors / "rosters").rglob("*.csv"), *(vectors / "gradebook").rglob("*.csv")]:
        raw = path.read_bytes()
        text = raw.decode("cp1250" if "cp1250" in path.name else "utf-8-sig")
        for row in csv.DictReader(text.splitlines(), delimiter=";" if "derived" in path.parts else ","):
            canaries |= {
                value for key, value in row.items() if key and key.casefold() in {"pesel", "password"} and value
            }
    assert len(canaries) > 100
    spoken = []
    for path in [*(vectors / "rosters").rglob("*"), *(vectors / "gradebook").rglob("*")]:
        try:
            reading = FileGradebook().read([path], school="sp1")
        except UnreadableSource as refused:
            spoken.append(f"{refused} {refused.hint} {refused.source}")
            continue
        records = [record for roster in reading.rosters for record in roster.records]
        spoken.append(repr((reading.findings, reading.schools, [record.people for record in records], records)))
    told = "\n".join(spoken)
    assert not {canary for canary in canaries if canary in told}
