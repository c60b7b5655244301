"""One place where a package is not what the standard says."""

from __future__ import annotations

from eszkola_core.errors import UnreadableSource


def breach(source: str, line: int | None, code: str, what: str, hint: str) -> UnreadableSource:
    """Return one breach of the standard: where, what, and how to mend it; it quotes no cell (ID-10)."""
    return UnreadableSource(f"{source} {what}", code=code, source=source, line=line, hint=hint)
