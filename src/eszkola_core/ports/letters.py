"""How letters and lists are set in type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eszkola_core.domain.letters import ClassList, Letter
from eszkola_core.domain.tenants import Tenant


class LetterRenderer(Protocol):
    """
    Makes documents that are printed.

    LR1. Every kind of letter has a text in every locale of `LOCALES`, and so has the list.
    LR2. Each letter is one page, whatever it holds, and the pages stand in the order of the letters.
    LR3. The names, the address, the school, the reference and every one of its data stand on a letter's page, and
         nothing of another letter.
    LR4. What comes from data is text: it cannot become markup.
    LR5. The same letters give the same document, byte for byte.
    LR6. Data are read as `one_line` does; where no font has a sign, nothing is made, and `UnprintableSign` says
         where.
    LR7. A list names everybody in its order, with the login and the password, or nothing in their stead.
    LR8. No letters and a list of nobody are refused as an InvalidValue.
    """

    def letters(self, letters: Sequence[Letter], tenant: Tenant) -> bytes:
        """Return *letters* as one document that a printer understands (LR1 to LR6, LR8)."""

    def class_list(self, listed: ClassList, tenant: Tenant) -> bytes:
        """Return a list as such a document (LR1, LR4 to LR8)."""
