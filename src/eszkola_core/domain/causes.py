"""
Why something does not work for somebody: the help page as data (WHY-1).

Each cause says what it keeps from working, who can mend it, and where. What it says in words stands in `cause_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen


class Symptom(StrEnum):
    """What somebody complains of."""

    SIGN_IN = "sign-in"
    CHILDREN = "children"
    MESSAGES = "messages"
    DEVICES = "devices"


class Mender(StrEnum):
    """Who can mend it."""

    OWNER = "owner"
    SECRETARY = "secretary"
    ADMINISTRATOR = "administrator"
    TIME = "time"


class Where(StrEnum):
    """Where it is mended."""

    SIGN_IN_PAGE = "sign-in-page"
    ACCESS_PAGE = "access-page"
    ACCOUNT_PAGE = "account-page"
    GRADEBOOK = "gradebook"
    OFFICE = "office"
    BROWSER = "browser"
    NOWHERE = "nowhere"


class CauseCode(StrEnum):
    """Every cause that the diagnosis knows."""

    # nobody, or nobody yet
    UNKNOWN = "unknown"
    MISSING_NATIONAL_ID = "missing-national-id"
    MISSING_EMAIL = "missing-e-mail"
    WRONG_NATIONAL_ID = "wrong-national-id"
    WRONG_EMAIL = "wrong-e-mail"
    MISSING_APPLICATION = "missing-application"
    HELD = "held"
    # the password
    FIRST_ACCESS_DUE = "first-access-due"
    CREDENTIAL_EXPIRED = "credential-expired"
    GIVEN_PASSWORD = "given-password"  # noqa: S105 - the name of a cause
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105 - the name of a cause
    PASSWORD_EXPIRES = "password-expires"  # noqa: S105 - the name of a cause
    MUST_ACKNOWLEDGE = "must-acknowledge"
    THROTTLED = "throttled"
    # the account
    RECOVERY_REQUIRED = "recovery-required"
    LOCKED = "locked"
    CLOSED = "closed"
    ERASED = "erased"
    MERGED = "merged"
    ROLE_ENDED = "role-ended"
    ROLE_NOT_BEGUN = "role-not-begun"
    # the platform
    MAINTENANCE = "maintenance"
    MAINTENANCE_OVER = "maintenance-over"
    # the address
    NO_ADDRESS = "no-address"
    ADDRESS_TAKEN = "address-taken"
    ADDRESS_CONFLICT = "address-conflict"
    ADDRESS_UNSTATED = "address-unstated"
    ADDRESS_UNUSABLE = "address-unusable"
    # children and devices
    NO_CHILDREN = "no-children"
    POSSIBLE_DUPLICATE = "possible-duplicate"
    CHILD_ELSEWHERE = "child-elsewhere"
    NO_DEVICE = "no-device"
    DEVICE_ENDED = "device-ended"


@frozen
class Row:
    """What a cause keeps from working, who can mend it, and where."""

    symptom: Symptom
    who: Mender
    where: Where


_C, _S, _M, _W = CauseCode, Symptom, Mender, Where

CAUSES: Final[Mapping[CauseCode, Row]] = MappingProxyType(
    {
        _C.UNKNOWN: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.MISSING_NATIONAL_ID: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.MISSING_EMAIL: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.WRONG_NATIONAL_ID: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.WRONG_EMAIL: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.MISSING_APPLICATION: Row(_S.SIGN_IN, _M.OWNER, _W.OFFICE),
        _C.HELD: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.FIRST_ACCESS_DUE: Row(_S.SIGN_IN, _M.OWNER, _W.ACCESS_PAGE),
        _C.CREDENTIAL_EXPIRED: Row(_S.SIGN_IN, _M.OWNER, _W.ACCESS_PAGE),
        _C.GIVEN_PASSWORD: Row(_S.SIGN_IN, _M.OWNER, _W.SIGN_IN_PAGE),
        _C.PASSWORD_EXPIRED: Row(_S.SIGN_IN, _M.OWNER, _W.SIGN_IN_PAGE),
        _C.PASSWORD_EXPIRES: Row(_S.SIGN_IN, _M.OWNER, _W.ACCOUNT_PAGE),
        _C.MUST_ACKNOWLEDGE: Row(_S.SIGN_IN, _M.OWNER, _W.SIGN_IN_PAGE),
        _C.THROTTLED: Row(_S.SIGN_IN, _M.TIME, _W.NOWHERE),
        _C.RECOVERY_REQUIRED: Row(_S.SIGN_IN, _M.OWNER, _W.ACCESS_PAGE),
        _C.LOCKED: Row(_S.SIGN_IN, _M.ADMINISTRATOR, _W.OFFICE),
        _C.CLOSED: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.ERASED: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.MERGED: Row(_S.SIGN_IN, _M.OWNER, _W.SIGN_IN_PAGE),
        _C.ROLE_ENDED: Row(_S.SIGN_IN, _M.SECRETARY, _W.GRADEBOOK),
        _C.ROLE_NOT_BEGUN: Row(_S.SIGN_IN, _M.TIME, _W.NOWHERE),
        _C.MAINTENANCE: Row(_S.SIGN_IN, _M.TIME, _W.NOWHERE),
        _C.MAINTENANCE_OVER: Row(_S.SIGN_IN, _M.OWNER, _W.BROWSER),
        _C.NO_ADDRESS: Row(_S.MESSAGES, _M.SECRETARY, _W.GRADEBOOK),
        _C.ADDRESS_TAKEN: Row(_S.MESSAGES, _M.SECRETARY, _W.GRADEBOOK),
        _C.ADDRESS_CONFLICT: Row(_S.MESSAGES, _M.SECRETARY, _W.GRADEBOOK),
        _C.ADDRESS_UNSTATED: Row(_S.MESSAGES, _M.SECRETARY, _W.GRADEBOOK),
        _C.ADDRESS_UNUSABLE: Row(_S.MESSAGES, _M.OWNER, _W.ACCOUNT_PAGE),
        _C.NO_CHILDREN: Row(_S.CHILDREN, _M.SECRETARY, _W.GRADEBOOK),
        _C.POSSIBLE_DUPLICATE: Row(_S.CHILDREN, _M.ADMINISTRATOR, _W.OFFICE),
        _C.CHILD_ELSEWHERE: Row(_S.CHILDREN, _M.SECRETARY, _W.GRADEBOOK),
        _C.NO_DEVICE: Row(_S.DEVICES, _M.OWNER, _W.ACCOUNT_PAGE),
        _C.DEVICE_ENDED: Row(_S.DEVICES, _M.OWNER, _W.ACCOUNT_PAGE),
    },
)
"""What each cause keeps from working, who can mend it, and where."""


@frozen(order=True)
class Cause:
    """
    One cause, as it was found.

    ``blocks`` says that no session opens while it is there (WHY-2). ``facts`` are safe to show: addresses are masked,
    no national id stands there, people are named by school and record.
    """

    code: CauseCode
    facts: tuple[tuple[str, str], ...] = ()
    blocks: bool = False

    @property
    def row(self) -> Row:
        """What the table says of it."""
        return CAUSES[self.code]


def cause(code: CauseCode, *, blocks: bool = False, **facts: str) -> Cause:
    """Return a cause with its facts, in the order of their names."""
    return Cause(code, tuple(sorted(facts.items())), blocks)
