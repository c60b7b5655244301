"""OneRoster held to the letter: what the open conformance packages expect, and every other way to break it."""

from __future__ import annotations

import csv
import io
import json
import re
from inspect import getsource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.oneroster import exact, strict
from eszkola_gradebook.oneroster.standard import standard
from eszkola_gradebook.oneroster.values import CODES

HERE = Path(__file__).parent
PACKAGES = json.loads((HERE / "data" / "longsight.json").read_text("utf-8"))["packages"]
FILES = {package["name"]: package["files"] for package in PACKAGES}
FULL = FILES["valid_08_full_bulk_package"]
DELTA = FILES["negative_11_delta_lifecycle_required_failure"]
PAGE = HERE.parents[2] / "docs" / "reference" / "formats.md"
ROW = re.compile(r"^\| `((?:valid|negative)_\w+)` \| (.*) \| (.*) \|$", re.MULTILINE)


def ours(code):
    """Return a code of the conformance tests as we write it: without the part before the point, and with hyphens."""
    return code.partition(".")[2].replace("_", "-")


@pytest.fixture(scope="session")
def breaches(read_files):
    """Return all that a package is refused with in strict mode; nothing where it is read."""

    def of(files, format="oneroster-strict"):  # noqa: A002
        try:
            read_files(files, format=format)
        except UnreadableSource as error:
            found = [error, *error.others]
        else:
            found = []
        assert all(each.hint and each.source for each in found)
        return found

    return of


def codes(found):
    """Return the codes, each once."""
    return {each.code for each in found}


def changed(files, name, old, new):
    """Return the package with one text in one file replaced."""
    assert old in files[name]
    return {**files, name: files[name].replace(old, new, 1)}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
@pytest.mark.parametrize("packing", ["folder", "archive"])
def test_the_conformance_packages_give_what_they_expect(breaches, packed, package, packing):
    """Every package of the open conformance tests is taken, or refused with exactly the codes that it expects."""
    files = package["files"] or {"users.csv": FULL["users.csv"]}  # the package without a manifest has no file at all
    given_ = files if packing == "folder" else {"export.zip": packed(files)}
    for format_ in ("oneroster-1.2-strict", "oneroster-strict"):
        assert codes(breaches(given_, format_)) == {ours(code) for code in package["expected"]}


def test_the_page_shows_the_agreement_as_it_is(breaches):
    """The table in the reference of formats has every package, what it expects, and what we say."""
    shown = {name: (theirs, said) for name, theirs, said in ROW.findall(PAGE.read_text("utf-8"))}
    assert set(shown) == set(FILES)

    def cell(words):
        return ", ".join(f"`{word}`" for word in sorted(words)) or "taken"

    for package in PACKAGES:
        files = package["files"] or {"users.csv": FULL["users.csv"]}
        assert shown[package["name"]] == (cell(package["expected"]), cell(codes(breaches(files))))


def test_the_packages_are_those_of_the_source(vectors):
    """What is kept here of the conformance tests is what they published."""
    root = vectors / "rosters" / "oneroster-1.2_longsight"
    for case in json.loads((root / "scenarios.json").read_text("utf-8")):
        assert FILES[case["dir"]] == {path.name: path.read_text("utf-8") for path in (root / case["dir"]).glob("*.csv")}
    assert len(FILES) == len(json.loads((root / "scenarios.json").read_text("utf-8")))


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("valid")])
def test_a_package_that_is_taken_states_the_same(read_files, name):
    """Strictness decides whether a package is read, and never what it states; nothing in it was mended."""
    strict, lenient = (read_files(FILES[name], format=each) for each in ("oneroster-strict", None))
    assert strict == lenient
    assert not {found.code for found in strict.findings} & {"header-mistake", "manifest-differs", "manifest-missing"}


BREAKS = {
    "missing-header": ("users.csv", ",pronouns", ""),
    "duplicate-header": ("users.csv", ",pronouns", ",phone"),
    "header-order-mismatch": ("users.csv", "agentSourcedIds", "agents"),
    "invalid-metadata-header": ("users.csv", "pronouns", "pronouns,ext_local"),
    "metadata-column-position": ("orgs.csv", "name,", "metadata.name,name,"),
    "row-width-mismatch": ("users.csv", "user-agent,,,", "user-agent,,"),
    "field-required": ("users.csv", ",Given,", ",,"),
    "field-forbidden-in-bulk": ("users.csv", "user-1,,,", "user-1,active,,"),
    "invalid-enum": ("enrollments.csv", "teacher", "Teacher"),
    "invalid-boolean": ("users.csv", "true", "TRUE"),
    "invalid-date": ("enrollments.csv", "2024-08-01", "08/01/2024"),
    "invalid-year": ("academicSessions.csv", ",2025\n", ",2024/25\n"),
    "invalid-integer": ("categories.csv", "20", "20.5"),
    "invalid-float": ("results.csv", "95.5", "viel"),
    "invalid-guid": ("orgs.csv", "org-1", "org 1"),
    "invalid-list": ("users.csv", "user-1,,,true,user-1,,", 'user-1,,,true,user-1,"{LDAP:1},2",'),
    "duplicate-sourced-id": ("orgs.csv", "org-root", "org-1"),
    "missing-target-record": ("enrollments.csv", "user-1", "user-9"),
    "invalid-header": ("manifest.csv", "propertyName", "property"),
    "duplicate-property": ("manifest.csv", "file.users,bulk", "file.users,bulk\nfile.users,bulk"),
    "unknown-property": ("manifest.csv", "file.users,bulk", "file.users,bulk\nfile.user,bulk"),
    "missing-property": ("manifest.csv", "\nfile.orgs,bulk", ""),
    "invalid-file-mode": ("manifest.csv", "file.orgs,bulk", "file.orgs,Bulk"),
    "invalid-manifest-version": ("manifest.csv", "manifest.version,1.0", "manifest.version,2"),
    "invalid-oneroster-version": ("manifest.csv", "oneroster.version,1.2", "oneroster.version,1.3"),
    "file-unexpected": ("manifest.csv", "file.orgs,bulk", "file.orgs,absent"),
}


@pytest.mark.rule("SYNC-7b")
@pytest.mark.parametrize("code", BREAKS)
def test_every_breach_has_its_code(breaches, code):
    """One change to a sound package is found where it is, and said."""
    name, old, new = BREAKS[code]
    found = breaches(changed(FULL, name, old, new))
    assert code in codes(found)
    assert all(each.source.endswith(name) or code == "file-unexpected" for each in found)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"Users.csv": FULL["users.csv"]}, "unknown-file"),
        ({"users.tsv": FULL["users.csv"]}, "unknown-file"),
        ({"about.xml": "<about/>"}, "unknown-file"),
        ({"readme.txt": "hello"}, "unknown-file"),
        ({"sub/orgs.csv": FULL["orgs.csv"]}, "missing-manifest"),
        ({"orgs.csv": FULL["orgs.csv"].replace(",", ";")}, "invalid-delimiter"),
        ({"orgs.csv": FULL["orgs.csv"].replace("North", "Święta").encode("cp1250")}, "invalid-encoding"),
        ({"manifest.csv": FULL["manifest.csv"].replace("1.0", "1.0\nsource.systemName,Ś").encode("cp1250")},
         "invalid-encoding"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packing", ["folder", "archive"])
def test_files_that_do_not_belong_are_found(breaches, packed, files, code, packing):
    """Names in another spelling, other kinds of files, folders, delimiters and encodings break the standard."""
    whole = {**FULL, **files}
    assert code in codes(breaches(whole if packing == "folder" else {"a.zip": packed(whole)}))


def test_a_promised_file_must_be_there(breaches):
    """A file that the manifest promises and that is not packed is found."""
    assert codes(breaches({name: text for name, text in FULL.items() if name != "orgs.csv"})) == {"file-missing"}


def test_columns_of_ones_own_come_last(breaches):
    """Columns that begin with metadata. behind all others break nothing."""
    text = FULL["orgs.csv"].replace("parentSourcedId", "parentSourcedId,metadata.a").replace("\norg-", ",x\norg-")
    text = text.replace("parentSourcedId,metadata.a,x", "parentSourcedId,metadata.a") + ",y"
    assert breaches({**FULL, "orgs.csv": text}) == []


def test_a_delta_may_point_at_what_it_does_not_bring(breaches):
    """What a row of a delta points at may be with the receiver already; it says what became of it, and when."""
    text = DELTA["users.csv"].replace("user-1,,,", "user-1,active,2024-09-01T12:00:00.000Z,")
    text = text.replace(",9,,,,,,,", ",9,,,,,,org-9,")
    assert breaches({**DELTA, "users.csv": text}) == []
    for wrong in ("inactive", "Active", "deleted"):
        assert codes(breaches({**DELTA, "users.csv": text.replace("active", wrong)})) == {"invalid-enum"}
    for wrong in ("2024-09-01", "2024-09-01T12:00:00Z", "2024-02-30T12:00:00.000Z", "2024-09-01T24:00:00.000Z"):
        files = {**DELTA, "users.csv": text.replace("2024-09-01T12:00:00.000Z", wrong)}
        assert codes(breaches(files)) == {"invalid-datetime"}


def test_words_of_ones_own_are_marked(breaches):
    """An open vocabulary takes ext: words; a closed one, and an empty one, does not."""
    assert breaches(changed(FULL, "orgs.csv", ",school,", ",ext:kindergarten,")) == []
    assert codes(breaches(changed(FULL, "orgs.csv", ",school,", ",ext:,"))) == {"invalid-enum"}
    assert codes(breaches(changed(FULL, "roles.csv", "primary", "ext:first"))) == {"invalid-enum"}


OLD = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n"
    + "".join(f"file.{file},{'bulk' if file in {'users', 'orgs'} else 'absent'}\n" for file in standard("1.1").files),
    "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nsp1,,,Jedynka,school,,\n",
    "users.csv": f"{','.join(standard('1.1').files['users'])}\nu1,,,true,sp1,student,jan,{{PESEL:1}},Jan,Wąs,,,,,,,,\n",
}


def test_the_older_version_is_held_to_its_own_letter(breaches):
    """OneRoster 1.1 has its own columns, words and files, and lets a full file say what became of a row."""
    assert breaches(OLD) == breaches(OLD, "oneroster-1.1-strict") == []
    assert "invalid-oneroster-version" in codes(breaches(OLD, "oneroster-1.2-strict"))
    assert "invalid-oneroster-version" in codes(breaches(FULL, "oneroster-1.1-strict"))
    assert breaches(changed(OLD, "users.csv", "u1,,,", "u1,active,2024-09-01T12:00:00.000Z,")) == []
    assert codes(breaches(changed(OLD, "users.csv", "student", "counselor"))) == {"invalid-enum"}
    assert codes(breaches({**OLD, "roles.csv": FULL["roles.csv"]})) == {"unknown-file"}


SENSE = {"invalid-score-range", "invalid-case-learning-objective-id"}


@pytest.mark.clause("GB5")
@given(st.data())
def test_whatever_stands_in_a_cell_is_taken_or_refused_with_its_line(breaches, data):
    """Any text in any cell gives the roster or a breach that names file and line, and never quotes the cell."""
    name = data.draw(st.sampled_from(sorted(FULL)))
    rows = list(csv.reader(io.StringIO(FULL[name])))
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[row]) - 1))
    canary = "44051401458"
    text = data.draw(st.one_of(st.just(canary), st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)))
    rows[row][column] = text
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    found = breaches({**FULL, name: stream.getvalue()})
    assert codes(found) <= {*CODES.values(), *BREAKS, *SENSE, "missing-target-file"}
    assert canary not in "".join(f"{each}{each.hint}{each.source}" for each in found)
    assert all(each.line for each in found if name != "manifest.csv" and each.code != "file-missing")


@pytest.mark.rule("SYNC-7a")
@given(at=st.integers(0, len(FULL["users.csv"]) - 1))
def test_a_cut_file_is_never_taken(breaches, at):
    """However much of a file is there, less than all of it breaks the standard."""
    assert breaches({**FULL, "users.csv": FULL["users.csv"][:at]})


def test_every_code_is_in_the_reference():
    """The reference of formats explains every code that strict mode can give."""
    said = {code for module in (strict, exact) for code in _codes_in(getsource(module))}
    page = PAGE.read_text("utf-8")
    assert len(said | set(CODES.values())) > 25
    assert [code for code in sorted(said | set(CODES.values())) if f"`{code}`" not in page] == []


def _codes_in(text):
    """Return the codes of all breaches in a module."""
    return {*re.findall(r'breach\([^"]*?, "([a-z-]+)"', text), *re.findall(r'code = "([a-z-]+)"', text)}
