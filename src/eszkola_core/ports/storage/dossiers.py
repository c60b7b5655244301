"""Everything of one person, wherever it lies: to show it, and to take it away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.claims import PlaceKey
from eszkola_core.domain.dossiers import Traces


class Dossiers(Protocol):
    """
    Finds what is kept of a person, and takes it away.

    DO1. `traces` gives every token, session, message, text message and event of a person in whatever state, every
         waiting request that spells a login, address or national id of theirs, and what runs keep of them and of the
         places named.
    DO2. `erase` leaves of a person the account as it stands, the restrictions that stand with their marks, the journal,
         reports and applications without what anybody said in them, and what text messages cost, without whom they
         were to and what they said; one that waited is not sent.
    DO3. `erase` takes the places named away, with their conflicts and the cases about them, and what runs keep of them
         and of the person; what the person was asked to mend is nobody's.
    DO4. `erase` frees the seats of the person's licences, and changes nothing that is kept of anybody else.
    DO5. `erase` ends the merges of the person with others, and no further ones: whoever was read as the person, or the
         person as whom, is read as themselves again, with all that is theirs, and their `versions` have grown.
    """

    def traces(self, person: PersonId, places: Collection[PlaceKey] = ()) -> Traces:
        """Return what no other part tells of *person*, and of *places* that are theirs (DO1)."""

    def erase(self, person: PersonId, places: Collection[PlaceKey] = ()) -> None:
        """Take away what is kept of *person*, and of *places* that are theirs (DO2, DO3, DO4, DO5)."""
