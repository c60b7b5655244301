"""Whom the platform tells when a password was disclosed: school, region, data-protection officer (LAW-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from attrs import field, frozen

from eszkola_core.domain.addresses import EmailAddress

REGION: Final = "region"
OFFICER: Final = "data-protection-officer"


@frozen(kw_only=True)
class Contacts:
    """The addresses of the offices that must hear of a disclosure; None where nobody has entered one."""

    region: EmailAddress | None = None
    data_protection_officer: EmailAddress | None = None
    schools: Mapping[str, EmailAddress] = field(factory=dict, hash=False)

    def of(self, schools: Collection[str]) -> Iterator[tuple[str, EmailAddress | None]]:
        """Yield every office that answers for an account in *schools*, with its address."""
        for school in sorted(schools):
            yield f"school:{school}", self.schools.get(school)
        yield REGION, self.region
        yield OFFICER, self.data_protection_officer
