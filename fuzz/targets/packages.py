"""Folders and archives of several tables: OneRoster as it comes and to the letter, and School Data Sync."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fuzz.parts import flagged, parted
from fuzz.reading import check_reading, folder

WORDS: Final = (
    "\n=== users.csv\n", "\n=== roles.csv\n", "\n=== orgs.csv\n", "\n=== classes.csv\n", "\n=== enrollments.csv\n",
    "\n=== demographics.csv\n", "\n=== manifest.csv\n", "\n=== relationships.csv\n", "\n=== School.csv\n",
    "\n=== Student.csv\n", "propertyName,value", "manifest.version,1.0", "oneroster.version,1.2",
    "oneroster.version,1.1", "file.users,bulk", "file.roles,delta", "file.orgs,absent", "source.systemName,",
    "sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "{pl.pesel:44051401359}",
    "{LDAP:a},{SIS:b}", "givenName", "familyName", "agentSourcedIds", "roleType", "primary", "role", "student",
    "guardian", "homeroom", "orgSourcedId", "classSourcedId", "userSourcedId", "schoolSourcedId", "active",
    "tobedeleted", "2026-09-01T00:00:00.000Z", '"', ",", "metadata.x", "beginDate", "endDate", "isPrimary",
    "relationshipRole",
)  # fmt: skip
_NAME: Final = re.compile(r"(?!.*\d{6})[\w .-]{1,30}", re.ASCII)
"""What files are called here: their names may be quoted, so that no long number stands in one."""
_FORMATS: Final = (None, "oneroster", "oneroster-strict", "oneroster-1.1-strict", "sds-v2.1", "sds-v1", None, None)


def check(data: bytes) -> None:
    """Read several tables; the first byte says as which format, and whether they are packed."""
    flag, content = flagged(data)
    with folder() as place:
        tables = _written(place / "p", parted(content))
        if flag // 8 % 2:
            _pack(place / "p.zip", tables)
            paths = [place / "p.zip"]
        else:
            paths = [place / "p"]
        check_reading(paths, format=_FORMATS[flag % 8])


def _written(place: Path, parts: Sequence[tuple[str, bytes]]) -> Sequence[Path]:
    place.mkdir()
    found = []
    for name, part in parts:
        if _NAME.fullmatch(name) and name.strip("."):
            path = place / (name if "." in name else f"{name}.csv")
            path.write_bytes(part)
            found.append(path)
    return sorted(set(found))


def _pack(path: Path, tables: Sequence[Path]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in tables:
            archive.write(each, each.name)
