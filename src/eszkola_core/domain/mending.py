"""
Who can mend what settling leaves open, where, and by which right: one table.

What it says in words stands in `mending_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from eszkola_core.domain.causes import Mender, Where
from eszkola_core.domain.conflicts import CaseKind
from eszkola_core.domain.permissions import Action


@frozen
class Mending:
    """Who can mend it, where, and the right that whoever is asked to needs over those whom it is about (ROLE-4)."""

    who: Mender
    where: Where
    action: Action


_K, _A = CaseKind, Action
_GRADEBOOK: Final = Mending(Mender.SECRETARY, Where.GRADEBOOK, _A.IMPORT_ROSTER)
_ANSWERED: Final = Mending(Mender.SECRETARY, Where.OFFICE, _A.SETTLE_IDENTITY)

MENDING: Final[Mapping[CaseKind, Mending]] = MappingProxyType(
    {
        _K.ADDRESS_BARRED: _GRADEBOOK,
        _K.ADDRESS_CONFLICT: _GRADEBOOK,
        _K.ADDRESS_TAKEN: _GRADEBOOK,
        _K.ADDRESS_UNSTATED: _GRADEBOOK,
        _K.ADDRESS_UNUSABLE: Mending(Mender.OWNER, Where.ACCOUNT_PAGE, _A.CLEAR_ADDRESS),
        _K.BIRTH_DATE_UNKNOWN: _GRADEBOOK,
        _K.CORRECTED_HERE: _GRADEBOOK,
        _K.FORMER_ID_STATED: _GRADEBOOK,
        _K.NAME_CONFLICT: _GRADEBOOK,
        _K.POSSIBLE_DUPLICATE: Mending(Mender.ADMINISTRATOR, Where.OFFICE, _A.MERGE),
        _K.AMBIGUOUS: _GRADEBOOK,
        _K.ANOTHERS_ID: _ANSWERED,
        _K.ID_CORRECTION: _ANSWERED,
        _K.IDS_DISAGREE: _GRADEBOOK,
        _K.NAME_MISMATCH: _ANSWERED,
        _K.RENAMED: _ANSWERED,
        _K.RESTRICTION: Mending(Mender.ADMINISTRATOR, Where.OFFICE, _A.LIFT_RESTRICTION),
        _K.TWICE_IN_RECORD: _GRADEBOOK,
        _K.RECORD_HELD: _GRADEBOOK,
    },
)
"""
Who can mend each kind. What is mended in the gradebook is for whoever may take the corrected roster in: the office.
"""
