"""The adapter itself: paths in, a `Reading` out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Mapping as Mapped
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from eszkola_core import Finding, InvalidValue, Reading, SystemClock, UnreadableSource
from eszkola_core.domain.stated import Unopened
from eszkola_gradebook import blobs
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.blobs import Blob
from eszkola_gradebook.mapped import Stated, named_schools, stated
from eszkola_gradebook.mapping import Mapping
from eszkola_gradebook.mapping_file import mapping_from, shipped, shipped_mapping
from eszkola_gradebook.matching import matched, missing, recognised
from eszkola_gradebook.oneroster.package import is_package
from eszkola_gradebook.oneroster.rosters import ORIGIN, stated_by
from eszkola_gradebook.oneroster.standard import VERSIONS
from eszkola_gradebook.oneroster.strict import check
from eszkola_gradebook.records import merged
from eszkola_gradebook.rest.patience import Patience
from eszkola_gradebook.rest.service import PREFIX, Service
from eszkola_gradebook.rows import no_header
from eszkola_gradebook.shelves import Shelves
from eszkola_gradebook.stamps import Stamp, Ways, stamp_of
from eszkola_gradebook.tables import Table, load, looks_like_data, mistrusted

if TYPE_CHECKING:
    from eszkola_core.ports.gradebook import GradebookSource

_STRICT: Final = {f"{ORIGIN}-strict": None, **{f"{ORIGIN}-{version}-strict": version for version in VERSIONS}}
"""OneRoster held to the letter: of whatever version it says that it is, or of one."""
_ONEROSTER: Final = frozenset({ORIGIN, *(f"{ORIGIN}-{version}" for version in VERSIONS), *_STRICT})
_SHOWN: Final = 40


def formats() -> tuple[str, ...]:
    """Return the names of all formats that are understood without a mapping file."""
    return tuple(sorted((*shipped(), *_ONEROSTER)))


@frozen
class _Asked:
    """What one reading is of: the files of each place, services, and what the caller said of them."""

    files: Mapped[str, Sequence[Blob]]
    services: Sequence[str]
    others: tuple[str, ...]
    told: Mapping | None
    format: str | None
    school: str | None
    stamps: Mapped[str, Stamp]


@frozen
class FileGradebook:
    """
    Reads the exports of gradebooks: delimited texts, workbooks, folders and ZIP archives of them.

    Files of one folder or archive are read together. ``mappings`` are more formats to recognise, beside the shipped;
    ``services`` are those that may be asked in place of a file.
    """

    mappings: tuple[Mapping, ...] = ()
    limits: Limits = field(factory=Limits)
    services: Mapped[str, Service] = field(factory=dict)
    patience: Callable[[], Patience] = Patience

    def read(
        self,
        paths: Sequence[Path | str] | Path | str,
        *,
        format: str | None = None,  # noqa: A002 - the port calls it so
        school: str | None = None,
        known: Callable[[bytes], bool] | None = None,
    ) -> Reading:
        """
        Return what *paths* state.

        Args:
            paths: files, folders or ZIP archives, and ``service:NAME`` for a service; one, or several.
            format: the name of a format, or the path of a mapping file; None to recognise it.
            school: the school's key, for a table that does not name its school, or to make sure of it.
            known: whether a source with a stamp need not be opened; None where nobody keeps stamps.

        Raises:
            UnreadableSource: one of them cannot be read at all.
            Unavailable: a service cannot be reached, or is too busy.
        """
        named = [Path(each) for each in ([paths] if isinstance(paths, str | Path) else paths)]
        asked = sorted({str(path).removeprefix(PREFIX) for path in named if str(path).startswith(PREFIX)})
        files = [path for path in named if not str(path).startswith(PREFIX)]
        told = None if format is None else self._told(format)
        others = blobs.others(files, self.limits) if format in _STRICT else ()
        inside: dict[str, list[Blob]] = {}
        for blob in blobs.find(files, self.limits) if files or not asked else ():
            inside.setdefault(blob.place, []).append(blob)
        stamps: dict[str, Stamp] = {}
        if known is not None and format not in _STRICT:
            versions = tuple(sorted({each.version for each in (*self.mappings, *filter(None, [told]))}))
            ways = Ways(format, school, versions, self.limits)
            stamps = {place: stamp_of(found, ways) for place, found in inside.items()}
        resting = {place for place, stamp in stamps.items() if known is not None and known(stamp.value)}

        def opened(places: Collection[str], services: Sequence[str] = ()) -> Reading:
            files = {place: inside[place] for place in places}
            return self._stated(_Asked(files, services, others, told, format, school, stamps), beside=bool(resting))

        unopened = tuple(
            Unopened(stamps[place].value, inside[place][0].name, partial(opened, [place])) for place in sorted(resting)
        )
        if not asked and resting == inside.keys():
            return Reading(rosters=(), unopened=unopened)
        return evolve(opened(inside.keys() - resting, asked), unopened=unopened)

    def _stated(self, asked: _Asked, *, beside: bool) -> Reading:
        """Return what files and services state, where there is something *beside* them or not."""
        shelves = Shelves()
        names: set[str] = set()
        found: list[Stated] = []
        used: list[Table] = []
        for service in [self._service(name) for name in asked.services]:
            name, part = self._asked(service, shelves)
            names.add(name)
            found.append(part)
        places = {
            place: mistrusted([table for blob in inside for table in load(blob, self.limits)])
            for place, inside in sorted(asked.files.items())
        }
        for place, tables in places.items():
            if asked.format in _STRICT:
                check(tables, asked.others, _STRICT[asked.format])
            taken_here: list[Table] = []
            here: list[Stated] = []
            for name, part, taken in self._parts(tables, asked.told, asked.school, shelves, forced=asked.format):
                _check_school(part, asked.school)
                names.add(name)
                here.append(part)
                taken_here += taken
            if place in asked.stamps:
                asked.stamps[place].hold(tables)
                if len(taken_here) == len(tables) and not any(part.findings for part in here):
                    for part in here:
                        part.rosters = [evolve(each, stamp=asked.stamps[place].value) for each in part.rosters]
            found += here
            used += taken_here
        spots = {table.spot for table in used}
        unused = [table for tables in places.values() for table in tables if table.spot not in spots]
        self._check_unused(unused, {(table.place, table.file) for table in used}, asked.told, beside=beside)
        everything = Stated()
        for part in found:
            everything.rosters += part.rosters
            everything.schools |= part.schools
            everything.findings += part.findings
        everything.findings += map(_not_used, unused)
        return Reading(
            rosters=merged(everything.rosters),
            schools=named_schools(everything),
            findings=tuple(sorted(set(everything.findings), key=lambda finding: (finding, finding.hint))),
            format=", ".join(sorted(names)),
        )

    def _service(self, name: str) -> Service:
        """Return the service that the caller named."""
        if name not in self.services:
            known = ", ".join(sorted(self.services)) or "none"
            raise UnreadableSource(
                "there is no service of this name",
                code="service-unknown",
                source=f"{PREFIX}{name}",
                hint=f"describe it in eszkola.toml, in [gradebook.services.NAME]; there are: {known}",
            )
        return self.services[name]

    def _asked(self, service: Service, shelves: Shelves) -> tuple[str, Stated]:
        """Return the name of the format and what a service states."""
        try:
            from eszkola_gradebook.rest.reading import stated_by_service  # noqa: PLC0415 - files need no HTTP client
        except ModuleNotFoundError as missing:
            if missing.name != "httpx2":
                raise
            raise InvalidValue(
                "a service is asked by an HTTP client, which is not installed: pip install 'eszkola-core[rest]'",
                code="extra-missing",
            ) from None
        hours = service.changed_hours
        since = None if hours is None else SystemClock().now() - timedelta(hours=hours)
        return stated_by_service(service, since, self.patience(), shelves)

    def _told(self, name: str) -> Mapping | None:
        """Return the mapping that the caller named; None for the one format that is no mapping."""
        own = {mapping.format: mapping for mapping in self.mappings}
        if name in _ONEROSTER:
            return None
        if name in own:
            return own[name]
        if name in shipped():
            return shipped_mapping(name)
        if name.endswith(".toml"):
            return mapping_from(Path(name))
        raise UnreadableSource(
            "there is no format of this name",
            code="format-unknown",
            source=name,
            hint="name a mapping file (.toml), or one of: " + ", ".join(sorted({*formats(), *own})),
        )

    def _parts(
        self,
        tables: list[Table],
        told: Mapping | None,
        school: str | None,
        shelves: Shelves,
        *,
        forced: str | None,
    ) -> Iterator[tuple[str, Stated, tuple[Table, ...]]]:
        """Yield what the tables of one place state, with the tables that state it."""
        if forced in _ONEROSTER or (forced is None and is_package(tables)):
            if is_package(tables):
                name, part = stated_by(tables, shelves)
                yield name, part, tuple(tables)
            return
        if told is not None:
            match = matched(told, tables, told=True)
            matches = [match] if match else []
        else:
            known = {name: shipped_mapping(name) for name in shipped()}
            known |= {mapping.format: mapping for mapping in self.mappings}
            matches = recognised(list(known.values()), tables)
        for match in matches:
            yield match.mapping.format, stated(match, school, shelves), match.taken

    def _check_unused(
        self, unused: Sequence[Table], used: set[tuple[str, str]], told: Mapping | None, *, beside: bool
    ) -> None:
        """
        Refuse a file that the caller named and that means nothing, and a source of which nothing means anything.

        Raises:
            UnreadableSource: with what was seen of it, never more than a header.
        """
        lost = next(
            (
                table
                for table in unused
                if not (used or beside) or (table.named and (table.place, table.file) not in used)
            ),
            None,
        )
        if lost is None:
            return
        sheets = [table for table in unused if (table.place, table.file) == (lost.place, lost.file)]
        headers = [table.header for table in sheets if not looks_like_data(table.header)]
        if not headers:
            raise no_header(lost.file)
        hint = "name a mapping file (.toml), or export one of: " + ", ".join(formats())
        if told is not None:
            hint = f"the format {told.format} needs also: {missing(told, lost) or 'other tables'}"
        raise UnreadableSource(
            f"{lost.file} has a header of no known format: {', '.join(name[:_SHOWN] for name in headers[0])}",
            code="header-not-recognised",
            source=lost.file,
            line=1,
            hint=hint,
        )


def _check_school(part: Stated, school: str | None) -> None:
    """
    Hold what files state against the school that the caller named (GB7).

    Raises:
        UnreadableSource: it says itself that it is of another.
    """
    other = None if school is None else next((each for each in part.rosters if each.school != school), None)
    if other is not None:
        raise UnreadableSource(
            f"{other.source or 'the source'} is of the school {other.school[:_SHOWN]}, and {school} was named",
            code="school-differs",
            source=other.source,
            hint="look whose file it is; without --school the schools are those that it names itself",
        )


def _not_used(table: Table) -> Finding:
    return Finding(table.name, 0, "", "", "file-not-used", hint="its header is of no format that was read here")


if TYPE_CHECKING:
    _kept: type[GradebookSource] = FileGradebook
