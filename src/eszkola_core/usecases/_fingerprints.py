"""The storage's keyed digest as the domain takes it, and what stands in for a text that names a person (ID-10)."""

from __future__ import annotations

from eszkola_core.domain.hidden import Fingerprint
from eszkola_core.domain.record_keys import Pseudonym
from eszkola_core.ports.storage import Storage


def fingerprint_by(storage: Storage) -> Fingerprint:
    """Return the keyed digest of *storage*."""
    return lambda data, context: storage.fingerprint(data, context=context)


def pseudonym_by(fingerprint: Fingerprint) -> Pseudonym:
    """Return what turns a text into its pseudonym: the same wherever a record comes from."""
    return lambda text: fingerprint(text.encode("utf-8", "surrogatepass"), "record key").hex()
