"""What a client would rather have: the headers Accept and Accept-Language (RFC 9110, 12.5)."""

from __future__ import annotations

from collections.abc import Sequence


def wanted(header: str) -> tuple[str, ...]:
    """
    Return what a header of preferences names, the dearest first; what has the weight 0 is left out.

    >>> wanted("sl;q=0.5, PL, en;q=0")
    ('pl', 'sl')
    """
    ranked = []
    for part in header.lower().split(","):
        value, *parameters = (each.strip() for each in part.split(";"))
        weights = [each.removeprefix("q=") for each in parameters if each.startswith("q=")]
        weight = _number(weights[0]) if weights else 1.0
        if value and weight > 0:
            ranked.append((weight, value))
    return tuple(value for _, value in sorted(ranked, key=lambda each: -each[0]))


def language(header: str, known: Sequence[str], otherwise: str) -> str:
    """
    Return the one of *known* languages that is wanted most (RFC 4647, lookup).

    >>> language("de, pl-PL;q=0.8", ["en", "pl"], "en")
    'pl'
    """
    return next((tag for each in wanted(header) if (tag := each.partition("-")[0]) in known), otherwise)


def media_type(header: str, offered: Sequence[str]) -> str | None:
    """
    Return the one of *offered* media types that is wanted most, the first where nobody minds, or None.

    >>> media_type("image/*, image/png;q=0.1", ["image/svg+xml", "image/png"])
    'image/svg+xml'
    """
    for each in wanted(header) if header.strip() else ("*/*",):
        for offer in offered:
            if each in (offer, "*/*", f"{offer.partition('/')[0]}/*"):
                return offer
    return None


def _number(text: str) -> float:
    """Return a weight from 0 to 1; what is none counts nothing."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
