"""
Letters set in type: as many as are asked for, each another person's, with texts of one language or of all three.

The time is of everything, the process that sets them and its start among it; the peak is of that process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Final

from eszkola_core.domain.letters import LETTER_FIELDS, Letter, LetterKind, PostalAddress
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_letters import TypstLetters

_DAY: Final = date(2026, 9, 1)
_TENANT: Final = Tenant(
    key="opole", name="Opolska eSzkoła", base_url="https://konto.example.org", platform_domain="eszkola.example.org"
)
_NAMES: Final = ("Łucja Brzęczyszczykiewicz", "Žiga Čufar", "Ґалина Їжакевич")


def letters(number: int, kind: LetterKind) -> Iterator[Letter]:
    """Yield letters of which no two are alike."""
    for each in range(number):
        data = {
            "login": f"osoba.{each}",
            "password": f"Kamu-{each}-rasi-3ket-bina",
            "code": f"0123 4567 {each:04}",
            "children": f"Anna {each}",
            "until": "2026-10-01",
            "link": "https://konto.example.org/access",
        }
        yield Letter(
            kind=kind,
            locale=LOCALES[each % len(LOCALES)],
            to=f"{_NAMES[each % len(_NAMES)]} {each}",
            address=PostalAddress(street=f"ul. Świętokrzyska {each}", postal_code="45-064", city="Opole"),
            owner=f"Żaneta {each}",
            school="Publiczne Liceum Ogólnokształcące nr II w Opolu",
            reference=f"1a · {each}",
            day=_DAY,
            data={name: data[name] for name in LETTER_FIELDS[kind]},
        )


def main() -> None:
    """Set the letters that the command line asks for, and tell what it took."""
    job, how = sys.argv[1], json.loads(sys.argv[2])
    wanted = list(letters(int(how["number"]), LetterKind(job)))
    renderer = TypstLetters()
    began = time.perf_counter()
    document = renderer.letters(wanted, _TENANT)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mebibytes": peak, "letters": len(wanted), "bytes": len(document)}))


if __name__ == "__main__":
    main()
