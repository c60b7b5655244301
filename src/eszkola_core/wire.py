"""
What gradebooks stated, as bytes and back: so that a saved plan can be made again from its own records (SYNC-3).

Everything written carries its version. What cannot be read says where, as a path into the data, and never what stood
there (ID-10).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from attrs import evolve
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from eszkola_core.domain.stated import Reading, StatedRecord, StatedRoster, whole
from eszkola_core.errors import InvalidValue

VERSION: Final = 1
"""The version of what is written; another one is refused."""


def _are_records(kind: object) -> bool:
    """Return whether *kind* is how a roster holds its records."""
    return kind == Iterable[StatedRecord]


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, omit_if_default=True)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_structure_hook_func(
        _are_records, lambda records, _: converter.structure(records, tuple[StatedRecord, ...])
    )
    converter.register_unstructure_hook_func(
        _are_records, lambda records: [converter.unstructure(each, StatedRecord) for each in records]
    )
    # What stands for a record, or for a source, is the source's own: a saved reading has the records themselves.
    left_out = override(omit=True)
    structure = make_dict_structure_fn(
        StatedRoster, converter, _cattrs_forbid_extra_keys=True, unread=left_out, stamp=left_out
    )
    unstructure = make_dict_unstructure_fn(
        StatedRoster, converter, _cattrs_omit_if_default=True, unread=left_out, stamp=left_out
    )
    converter.register_structure_hook(StatedRoster, structure)
    converter.register_unstructure_hook(StatedRoster, unstructure)
    return converter


_CONVERTER: Final = _converter()


def reading_to_bytes(reading: Reading) -> bytes:
    """Return *reading* as bytes; records that can be read only once are used up."""
    plain = _CONVERTER.unstructure(whole(reading), Reading)
    return json.dumps({"version": VERSION, "reading": plain}, ensure_ascii=False, default=sorted).encode()


def reading_from_bytes(data: bytes) -> Reading:
    """
    Return what `reading_to_bytes` wrote.

    Raises:
        InvalidValue: it is something else; the text holds the path and not the value.
    """
    try:
        plain: Any = json.loads(data)
    except (RecursionError, ValueError):
        raise InvalidValue("this is not a saved reading", code="not-a-reading") from None
    if not isinstance(plain, dict) or plain.get("version") != VERSION:
        raise InvalidValue(f"this was not written by version {VERSION} of the format", code="other-version")
    reading = plain.get("reading")
    if not isinstance(reading, dict):
        raise InvalidValue("a saved reading has something else at $", code="not-a-reading")
    try:
        return _CONVERTER.structure(reading, Reading)
    except BaseValidationError as refused:
        paths = sorted({fault.rpartition("@ ")[2] for fault in transform_error(refused)})
        where = ", ".join(paths[:5])
        raise InvalidValue(f"a saved reading has something else at {where}", code="not-a-reading") from None


def kept(reading: Reading) -> Reading:
    """Return *reading* with records that can be read any number of times."""
    reading = whole(reading)
    rosters = (evolve(each, records=tuple(each.records), unread=None) for each in reading.rosters)
    return evolve(reading, rosters=tuple(rosters))
