"""What the entry point calls: a gradebook source from plain settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from eszkola_core.errors import InvalidValue
from eszkola_core.ports.gradebook import GradebookSource
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.gradebook import FileGradebook
from eszkola_gradebook.mapping_file import mapping_from
from eszkola_gradebook.rest.service import service

_KNOWN: Final = frozenset({"formats", "services", "unpacked_mib"})
_MIB: Final = 1 << 20


def source(options: Mapping[str, object], *, base: Path = Path()) -> GradebookSource:
    """
    Return the gradebook source that *options* describe.

    Args:
        options: ``formats``, a list of paths of mapping files to recognise beside the shipped formats,
            ``unpacked_mib``, how much an archive may unfold to, and ``services``, OneRoster services by name.
        base: the folder where relative paths start.

    Raises:
        InvalidValue: an option is not known or of the wrong kind.
    """
    unknown = sorted(set(options) - _KNOWN)
    if unknown:
        raise InvalidValue(f"the gradebook has no option {unknown[0]}: use {', '.join(sorted(_KNOWN))}")
    paths = options.get("formats", [])
    if not isinstance(paths, list | tuple) or not all(isinstance(path, str | Path) for path in paths):
        raise InvalidValue("the option formats is a list of paths of mapping files")
    mib = options.get("unpacked_mib", Limits().total // _MIB)
    if isinstance(mib, bool) or not isinstance(mib, int) or mib < 1:
        raise InvalidValue("the option unpacked_mib is a whole number of at least 1")
    services = options.get("services", {})
    if not isinstance(services, Mapping):
        raise InvalidValue("the option services holds tables: [gradebook.services.NAME]")
    return FileGradebook(
        tuple(mapping_from(base / path) for path in paths),
        Limits(total=mib * _MIB),
        {name: service(name, each, base=base) for name, each in services.items()},
    )
