"""A dossier as people read it (LAW-4a)."""

from __future__ import annotations

import pytest

from eszkola_core.domain.dossier_texts import words
from eszkola_core.domain.dossiers import Dossier
from eszkola_core.testing.contracts.storage import samples as a

ENGLISH = """\
Data of person no. 1
As of: 2026-09-01T06:30:15.123456+00:00

Account (1)

  no.: 1
  change no.: 0
  name:
    first name: Zofia Świętosława
    last name: Lis-Żółkiewska
  national ids:
    kind of number: pl.pesel
    number: 15230100017
    kind of number: pl.pesel
    number: 15230100024
  state: awaiting
  login: zofia.lis1
  platform address: zofia.lis1@uczen.example
  private address: Ola@Example.com
  shared address: yes
  telephone: +48601234567
  opened on: 2026-09-01T06:30:15.123456+00:00

Sessions (0)
  nothing

Messages (1)

  no.: 0
  key: m1
  kind: recovery
  to: Ola@Example.com
  person no.: 1
  language: pl
  content:
    name: Ola
    link: kept, not shown (it opens the account or proves the password)
    login: zofia.lis1
  state: queued
  attempts to send: 0
  made on: 2026-09-01T06:30:15.123456+00:00
  due on: 2026-09-01T06:30:15.123456+00:00

Journal of what was done (1)

  number: 1
  when: 2026-09-01T06:30:15.123456+00:00
  by no.: 2
  deed: account-locked
  on persons no.: 1
  from where: 10.0.0.7
  why: zgubił hasło
  details:
    until: jutro
    bez: nazwy

Reports of a disclosed password (2)

  no.: 0
  person no.: 1
  when: 2026-09-01T06:30:15.123456+00:00
  how: staff
  by no.: 1
  words: Żona zna hasło
  told: school:sp1, region
  not told: region

  no.: 0
  person no.: 1
  when: 2026-09-01T06:30:15.123456+00:00
  how: staff
  by no.: 1
  words: Żona zna hasło

Nothing else is kept of the person; counts of attempts lie under fingerprints that lead to nobody.
"""


@pytest.mark.rule("LAW-4a")
def test_a_dossier_reads_part_by_part_and_field_by_field():
    """What is nested is indented, what is empty is left out, and what opens something is named and not shown."""
    ids = (a.national_id(1), a.national_id(2))
    ola = a.person(1, ids=ids, central=a.address("Ola@Example.com"), sharing=True, phone=a.PHONE)
    data = {"name": "Ola", "until": "", "link": "https://konto.example.org", "login": "zofia.lis1"}
    dossier = Dossier(
        person=ola,
        parts={
            "account": (ola,),
            "sessions": (),
            "messages": (a.message("m1", person=1, data=data),),
            "journal": (a.audit_entry(seal=b"", detail={"until": "jutro", "bez": "nazwy"}),),
            "reports": (a.report(1, told=("school:sp1", "region")), a.report(1, told=(), untold=())),
        },
    )

    assert words(dossier.plain(at=a.NOW, tenant="t"), "en") == ENGLISH


@pytest.mark.parametrize(
    ("locale", "lines"),
    [
        ("pl", ["Dane osoby nr 1", "Stan na: 2026-09-01T06:30:15.123456+00:00", "", "Konto (1)"]),
        ("sl", ["Podatki osebe št. 1", "Stanje: 2026-09-01T06:30:15.123456+00:00", "", "Račun (1)"]),
    ],
)
def test_a_dossier_reads_in_the_language_of_whoever_reads_it(locale, lines):
    """Whose data it is, as of when, and the names of the parts and fields."""
    ola = a.person(1)
    dossier = Dossier(person=ola, parts={"account": (ola,)})
    text = words(dossier.plain(at=a.NOW, tenant="t"), locale).splitlines()

    assert text[:4] == lines
    assert {"pl": "  adres wspólny: nie", "sl": "  skupni naslov: ne"}[locale] in text
