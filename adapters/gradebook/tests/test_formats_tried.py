"""
The page of formats tried lists what comes out of other people's files: counted, not remembered, and nobody named.

``ESZKOLA_WRITE=1 python -m pytest adapters/gradebook/tests/test_formats_tried.py`` writes it anew, where the files are.
"""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections import Counter
from pathlib import Path

from eszkola_core import wire
from eszkola_core.domain.roles import Role
from eszkola_core.errors import UnreadableSource
from eszkola_core.testing.region import Region
from eszkola_gradebook.gradebook import FileGradebook

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "formats-tried.md"
FOLDERS = ("rosters", "rosters/oneroster-1.2_longsight", "gradebook", "gradebook/derived")
TABLES = frozenset({".csv", ".xlsx", ".xml"})

HEAD = """\
# The formats, tried

What comes out of files that other people made: samples of vendors, test data of open-source programs, and tables made
from such a program's data. Each is read without naming its format; the school is named only where the files do not say
it. Then it is imported into an empty system of the profile `open`, which asks for names only, and once more: the
second time must change nothing. Roles and links are counted in people, whatever days they are for. A folder that is
packed into a ZIP archive must come to the same.

`ESZKOLA_WRITE=1 python -m pytest adapters/gradebook/tests/test_formats_tried.py` writes this page, and the same test
compares it where the files are at hand. What each format can say stands in [the formats](formats.md).

| files | recognised as | schools | accounts | roles | links | held | findings | the second time |
|---|---|---|---|---|---|---|---|---|
"""
HEADERS = """
## Headers that were seen

Column headers of import and export files, collected from public pages, each put above one empty row.

| whose | recognised as |
|---|---|
"""


def tried(path, school):
    """Return the cells of the page for one source."""
    try:
        reading = wire.kept(FileGradebook().read([path], school=school))
    except UnreadableSource as refused:
        return [f"refused: `{refused.code}`", *["–"] * 7]
    region = Region("open")
    plan = region.take(reading, removals=frozenset()).plan
    places = [each for each in region.world().places.values() if each.is_present]
    held = {(each.school, each.role.value, each.person or each.key) for each in places}
    roles = (
        ", ".join(f"{role} {number}" for role, number in sorted(Counter(role for _, role, _ in held).items())) or "–"
    )
    links = {
        (guardian.person or guardian.key, student.person or student.key)
        for guardian in places
        for student in places
        if guardian.key.record == student.key.record and (guardian.role, student.role) == (Role.GUARDIAN, Role.STUDENT)
    }
    codes = Counter(each.code for each in plan.findings)
    findings = ", ".join(f"`{code}` {number}" for code, number in sorted(codes.items())) or "–"
    again = region.take(reading, removals=frozenset())
    same = "nothing" if again.run is None and again.plan.is_empty else f"{again.plan.counts}"
    counts = plan.counts
    return [
        f"`{reading.format}`" if reading.format else "–",
        *map(str, (len(plan.schools), counts.opened)),
        *map(str, (roles, len(links), counts.held, findings, same)),
    ]


def sources(vectors):
    """Return what is to be tried, by name."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((vectors / folder).iterdir()):
            name = path.relative_to(vectors).as_posix()
            if (path.is_dir() and name not in FOLDERS) or path.suffix in TABLES:
                found[name] = path
    return found


def named(name):
    """Return the school to name: only a gradebook's tables have to be told theirs."""
    return "sp1" if name.startswith("gradebook/") else None


def headers(vectors, tmp_path):
    """Yield the lines of the page for headers that were seen."""
    for layout in json.loads((vectors / "gradebook/headers_seen.json").read_text("utf-8")):
        columns = layout.get("columns")
        if columns is None or any("/" in each for each in columns):
            continue  # a workbook and a document, which are tried above and in tests of their own
        table = io.StringIO()
        csv.writer(table, delimiter=layout["delimiter"] or ";").writerows([columns, [""] * (len(columns) - 1) + ["x"]])
        path = tmp_path / "header.csv"
        path.write_text(table.getvalue(), "utf-8")
        try:
            said = f"`{FileGradebook().read([path], school='sp1').format}`"
        except UnreadableSource as refused:
            said = f"refused: `{refused.code}`"
        yield f"| {layout['system']} ({layout['country'].replace('*', 'anywhere')}) | {said} |"


def test_the_page_says_what_comes_out(vectors, tmp_path):
    """Every file and folder at hand has its row, and the row is true."""
    rows = [f"| {name} | {' | '.join(tried(path, named(name)))} |" for name, path in sources(vectors).items()]
    assert all(row.endswith(("| nothing |", "| – |")) for row in rows)
    page = HEAD + "\n".join(rows) + "\n" + HEADERS + "\n".join(headers(vectors, tmp_path)) + "\n"
    if "ESZKOLA_WRITE" in os.environ:
        PAGE.write_text(page, "utf-8")
    assert PAGE.read_text("utf-8") == page


def test_a_packed_folder_comes_to_the_same(vectors, tmp_path):
    """Every folder that is read says the same as a ZIP archive of it, but for names of files."""
    packed = 0
    for name, path in sources(vectors).items():
        if not path.is_dir():
            continue
        archive = tmp_path / f"{path.name}.zip"
        with zipfile.ZipFile(archive, "w") as pack:
            for each in sorted(path.rglob("*")):
                pack.write(each, each.relative_to(path))
        as_folder = [cell.replace("folder-without", "archive-without") for cell in tried(path, named(name))]
        assert tried(archive, named(name)) == as_folder
        packed += 1
    assert packed > 15
