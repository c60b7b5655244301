"""The region's files: each school's export, in the encoding that its gradebook would choose."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import Final

from eszkola_cli.region.model import Region
from eszkola_cli.region.oneroster import bulk_package
from eszkola_cli.region.tables import csv_text, polish_staff, polish_students, slovene_students
from eszkola_cli.region.xlsx import workbook

SCHOOL_OF: Final[dict[str, str | None]] = {
    "sp1-uczniowie.csv": "SP1",
    "sp1-pracownicy.csv": "SP1",
    "lo2-uczniowie.xlsx": "LO2",
    "lo2-pracownicy.csv": "LO2",
    "zs3-oneroster.zip": None,
    "si4-ucenci.csv": "SI4",
}
"""The school that each file must be told to belong to; None where the file says so itself."""


def region_files(region: Region) -> dict[str, bytes]:
    """Return the files of *region* by name; equal regions give equal bytes."""
    sp1, lo2, zs3, si4 = (region.school(key) for key in ("SP1", "LO2", "ZS3", "SI4"))
    return {
        "sp1-uczniowie.csv": csv_text(polish_students(sp1), delimiter=";").encode("cp1250"),
        "sp1-pracownicy.csv": csv_text(polish_staff(sp1), delimiter=";").encode("cp1250"),
        "lo2-uczniowie.xlsx": workbook("Uczniowie", polish_students(lo2)),
        "lo2-pracownicy.csv": BOM_UTF8 + csv_text(polish_staff(lo2)).encode(),
        "zs3-oneroster.zip": bulk_package(zs3, region.today),
        "si4-ucenci.csv": csv_text(slovene_students(si4), delimiter=";", line_end="\n").encode(),
    }


def write_region(region: Region, folder: Path) -> list[Path]:
    """Write the files of *region* into *folder*, made if need be, over those of the day before; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in region_files(region).items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    return paths
