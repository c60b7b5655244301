"""Maintenance: for a while nobody signs in, and is told so; what else the platform does goes on (ACCESS-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.days import is_expired
from eszkola_core.domain.settings import Settings
from eszkola_core.errors import InvalidValue

USUAL_TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pl": "Trwa przerwa techniczna. Twoje dane są bezpieczne; zaloguj się ponownie po jej zakończeniu.",
        "sl": "Poteka vzdrževanje. Vaši podatki so varni; po koncu se znova prijavite.",
        "en": "The platform is under maintenance. Your data are safe; sign in again once it is over.",
    },
)
"""What people are told where nobody wrote anything else."""

LONGEST_TEXT: Final = 500


def _fits(_: Maintenance, __: object, texts: Mapping[str, str]) -> None:
    if unknown := sorted(set(texts) - set(USUAL_TEXTS)):
        raise InvalidValue(f"texts are there in {', '.join(USUAL_TEXTS)}, not in {unknown[0]}", code="unknown-locale")
    if any(not text.strip() or len(text) > LONGEST_TEXT for text in texts.values()):
        raise InvalidValue(f"write a text of at most {LONGEST_TEXT} characters, or leave it out", code="unusable-text")


@frozen(kw_only=True)
class Maintenance:
    """
    One time of maintenance: from its beginning until somebody ends it, whenever that was expected.

    ``texts`` are what people are told, by language; where one is left out they are told the usual.
    """

    number: int = 0
    author: str
    begun_at: datetime
    expected_end_at: datetime | None = None
    texts: Mapping[str, str] = field(factory=dict, validator=_fits)
    ended_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether nobody has ended it."""
        return self.ended_at is None

    def text(self, locale: str) -> str:
        """Return what people are told in a language."""
        return self.texts.get(locale, USUAL_TEXTS[locale])

    def still_shows(self, now: datetime, settings: Settings) -> bool:
        """Return whether it ended so short a time ago that a browser may still show the page of then (ACCESS-10)."""
        return self.ended_at is not None and not is_expired(self.ended_at + settings.maintenance_aftermath, now)
