"""Stamps: what stands for all that is in the files of one place, and for the ways of reading them (SYNC-4d)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import astuple, field, frozen

from eszkola_core.errors import UnreadableSource
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.blobs import Blob, Digest
from eszkola_gradebook.mapping_file import shipped_version
from eszkola_gradebook.tables import Table

_BYTES: Final = 16


@frozen
class Ways:
    """All that bears on what the same bytes state: formats, limits, and what the caller said."""

    format: str | None
    school: str | None
    mappings: tuple[str, ...]
    limits: Limits

    @property
    def text(self) -> str:
        """The ways as a text, always the same for the same."""
        return repr((shipped_version(), self.format, self.school, self.mappings, astuple(self.limits)))


@frozen
class Stamp:
    """The stamp of one place, with the digests of its files by their names."""

    value: bytes = field(repr=False)
    digests: Mapping[str, bytes] = field(repr=False)

    def hold(self, tables: Iterable[Table]) -> None:
        """
        Hold the stamp against what was read since.

        Raises:
            UnreadableSource: a file was changed in between.
        """
        for table in tables:
            if table.digest != self.digests[table.file]:
                raise UnreadableSource(
                    f"{table.file} was changed while it was being read",
                    code="file-changed",
                    source=table.file,
                    hint="wait until the export has finished, then start again",
                )


def stamp_of(inside: Sequence[Blob], ways: Ways) -> Stamp:
    """Return the stamp of the files that are read together."""
    digests = {blob.name: _digest(blob) for blob in inside}
    whole = hashlib.blake2b(ways.text.encode("utf-8", "surrogatepass"), digest_size=_BYTES)
    for blob in inside:
        whole.update(repr((blob.name, blob.named, digests[blob.name])).encode("utf-8", "surrogatepass"))
    return Stamp(whole.digest(), digests)


def _digest(blob: Blob) -> bytes:
    taken = Digest()
    for _ in taken.through(blob.pieces()):
        pass
    return taken.value
