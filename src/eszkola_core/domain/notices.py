"""
Notices: what everybody is to know and to keep, and who has acknowledged which version of it (LAW-1).

Three kinds: the rules of safe use, the law on data protection, and the commitment to keep both. Texts ship with the
platform; a tenant may publish its own in their stead, and a school may again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.accounts import PersonId
from eszkola_core.errors import InvalidValue

_WRITE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class NoticeKind(StrEnum):
    """What a notice is about, in the order in which one is acknowledged after the other."""

    SAFETY_RULES = "safety-rules"
    DATA_PROTECTION = "data-protection"
    COMMITMENT = "commitment"


class Channel(StrEnum):
    """How a notice was acknowledged."""

    SIGN_IN = "sign-in"
    SESSION = "session"
    PAPER = "paper"


@frozen(kw_only=True)
class Notice:
    """
    One text that is to be acknowledged, in one version, in some languages.

    ``school`` is empty where it is everybody's. ``texts`` are by locale. What somebody acknowledged is told by
    ``digest``: it stands for kind, school, version and every text.
    """

    kind: NoticeKind
    school: str = ""
    version: str
    texts: Mapping[str, str] = field(hash=False)

    def __attrs_post_init__(self) -> None:
        if not self.version.strip():
            raise InvalidValue("a notice needs a version, such as 2026-09", code="notice-without-version")
        if not any(text.strip() for text in self.texts.values()):
            raise InvalidValue("a notice needs a text in one language at least", code="notice-without-text")

    @property
    def digest(self) -> bytes:
        """What stands for the whole content."""
        content = [self.kind, self.school, self.version, dict(self.texts)]
        return hashlib.sha256(_WRITE(content).encode("utf-8", "surrogatepass")).digest()

    def text(self, locale: str) -> str:
        """Return the text in *locale*, or in the first language that it is written in."""
        return self.texts.get(locale) or next(text for _, text in sorted(self.texts.items()) if text.strip())


@frozen(kw_only=True)
class Acknowledgement:
    """
    That somebody acknowledged a notice: the evidence of it.

    ``digest`` is that of the notice as it was shown; ``locale`` is the language that it was shown in.
    """

    person: PersonId
    kind: NoticeKind
    school: str = ""
    version: str
    digest: bytes
    locale: str
    at: datetime
    channel: Channel

    @classmethod
    def of(cls, notice: Notice, person: PersonId, *, locale: str, at: datetime, channel: Channel) -> Acknowledgement:
        """Return that *person* acknowledged *notice*."""
        return cls(
            person=person,
            kind=notice.kind,
            school=notice.school,
            version=notice.version,
            digest=notice.digest,
            locale=locale,
            at=at,
            channel=channel,
        )


def in_force(shipped: Iterable[Notice], published: Iterable[Notice], schools: Collection[str]) -> tuple[Notice, ...]:
    """
    Return the notices that hold for somebody with a role in *schools*, by kind and then school.

    A school's own notice stands in for the tenant's, and the tenant's for the one that ships. Whoever has roles in
    several schools is bound by each that has one, and by the common one where any has none.

    Args:
        shipped: what ships with the platform, one of each kind.
        published: what was published last, of each kind and school.
        schools: where the roles are.
    """
    common = {each.kind: each for each in shipped}
    own = {(each.kind, each.school): each for each in published}
    common.update({each.kind: each for each in own.values() if not each.school})
    found = {
        (notice.kind, notice.school): notice
        for kind in NoticeKind
        for school in sorted(schools) or [""]
        if (notice := own.get((kind, school)) or common.get(kind)) is not None
    }
    order = list(NoticeKind)
    return tuple(found[key] for key in sorted(found, key=lambda each: (order.index(each[0]), each[1])))


def outstanding(notices: Iterable[Notice], acknowledged: Iterable[Acknowledgement]) -> tuple[Notice, ...]:
    """Return those of *notices* that were not acknowledged as they are now."""
    done = {each.digest for each in acknowledged}
    return tuple(each for each in notices if each.digest not in done)
