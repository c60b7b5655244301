"""The import as a service runs it: files in, accounts out, all rules kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from sqlalchemy import make_url

from benchmarks.parts.rosters import people_in
from benchmarks.parts.telling import main, mebibytes
from eszkola_cli.main import collect_seldom
from eszkola_core._defaults import SystemClock, SystemSecrets
from eszkola_core._usecases.import_rosters import Applied, ImportRosters
from eszkola_core.domain.actors import Actor
from eszkola_core.domain.settings import PROFILES
from eszkola_core.domain.stated import Reading, together
from eszkola_core.domain.tenants import Tenant
from eszkola_gradebook.gradebook import FileGradebook
from eszkola_sqlalchemy.administration import PostgresqlAdministration, SqliteAdministration

_MARK: Final = 100_000
"""After so many people it is told how far a first load came."""

TENANT = Tenant(
    key="bench",
    name="Bench",
    base_url="https://konto.example.org",
    platform_domain="eszkola.example.org",
    settings=PROFILES["open"],
)


def administration(store: str, folder: str) -> SqliteAdministration | PostgresqlAdministration:
    """Return who looks after a database: a file in *folder*, or the one that the URL *store* names."""
    keyring = Path(folder) / "eszkola.keyring"
    if store == "sqlite":
        return SqliteAdministration(Path(folder) / "eszkola.sqlite", keyring, tenant=TENANT.key)
    return PostgresqlAdministration(make_url(store), keyring, tenant=TENANT.key)


def made(store: str, folder: str) -> Callable[[], object]:
    """Make an empty database."""
    return administration(store, folder).create


def imported(store: str, folder: str, rosters: str, *, at_once: bool = False) -> Callable[[], object]:
    """Import a folder of rosters: school by school, or the whole night at once."""
    importing = _importing(store, folder)

    def job() -> object:
        readings = (reading for _, reading in _readings(importing, rosters))
        if at_once:
            readings = iter([together(readings)])
        return sum(_applied(importing, each) for each in readings)

    return job


def grown(store: str, folder: str, rosters: str, minutes: float) -> Callable[[], object]:
    """Import a folder of rosters school by school for so long, and tell how far it came on the way, at what cost."""
    importing = _importing(store, folder)

    def job() -> object:
        begun, begun_busy, marks, people = perf_counter(), process_time(), [], 0
        many = len(list(Path(rosters).iterdir()))
        for number, (path, reading) in enumerate(_readings(importing, rosters), 1):
            _applied(importing, reading)
            people += people_in(path)
            seconds = perf_counter() - begun
            if number == many or people % _MARK == 0:
                marks.append((people, seconds, process_time() - begun_busy, mebibytes()))
                if seconds > minutes * 60:
                    break
        return marks

    return job


def _importing(store: str, folder: str) -> ImportRosters:
    """Return what imports, as the command line has it."""
    collect_seldom()
    return ImportRosters(administration(store, folder).open(), TENANT, SystemClock(), SystemSecrets())


def _readings(importing: ImportRosters, rosters: str) -> Iterator[tuple[Path, Reading]]:
    """Yield the files of a folder, and what each of them states."""
    known, gradebook = importing.knows(), FileGradebook()
    for path in sorted(Path(rosters).iterdir()):
        yield path, gradebook.read([path], school=path.stem, known=known)


def _applied(importing: ImportRosters, reading: Reading) -> bool:
    """Import one reading, and return whether there was anything to write."""
    done = importing.apply(reading, actor=Actor.console("console:bench"), allow_removals=None)
    if not isinstance(done, Applied):
        raise SystemExit(f"the import was not applied: {done!r}")
    return done.run is not None


if __name__ == "__main__":
    main({"make": made, "import": imported, "grow": grown})
