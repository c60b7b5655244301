"""A dossier as people read it (LAW-4a)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from eszkola_core.domain.accounts import State
from eszkola_core.domain.applications import ApplicationState, ApplicationStep
from eszkola_core.domain.bounces import BounceKind
from eszkola_core.domain.claims import DecisionKind, Hold
from eszkola_core.domain.conflicts import CaseKind, CaseState
from eszkola_core.domain.credentials import CredentialKind
from eszkola_core.domain.devices import DeviceEnd, DeviceState
from eszkola_core.domain.dossier_codes import CODES, in_words
from eszkola_core.domain.dossier_texts import words
from eszkola_core.domain.dossiers import Dossier
from eszkola_core.domain.events import EventKind, EventState
from eszkola_core.domain.licences import LicenceState
from eszkola_core.domain.messages import MessageKind, MessageState
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.notices import Channel, NoticeKind
from eszkola_core.domain.reports import ReportedBy
from eszkola_core.domain.roles import Role
from eszkola_core.domain.security_codes import CodeChannel, CodeState
from eszkola_core.domain.sessions import SessionEnd
from eszkola_core.domain.settlement import ConflictKind
from eszkola_core.domain.sms_ledger import ChargeState
from eszkola_core.domain.stated import Sex
from eszkola_core.domain.text_messages import Delivery
from eszkola_core.domain.tokens import Act, Purpose, TokenState
from eszkola_core.testing.contracts.storage import samples as a

WARSAW = ZoneInfo("Europe/Warsaw")
ENGLISH = """\
Data of person no. 1
As of: 2026-09-01 08:30

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
  opened on: 2026-09-01 08:30

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
  made on: 2026-09-01 08:30
  due on: 2026-09-01 08:30

Journal of what was done (1)

  number: 1
  when: 2026-09-01 08:30
  by no.: 2
  deed: account locked
  on persons no.: 1
  from where: 10.0.0.7
  why: zgubił hasło
  details:
    until: jutro
    bez: nazwy

Reports of a disclosed password (2)

  no.: 0
  person no.: 1
  when: 2026-09-01 08:30
  how: staff
  by no.: 1
  words: Żona zna hasło
  told: school:sp1, region
  not told: region

  no.: 0
  person no.: 1
  when: 2026-09-01 08:30
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

    assert words(dossier.plain(at=a.NOW, tenant="t"), "en", zone=WARSAW) == ENGLISH


@pytest.mark.parametrize(
    ("locale", "lines"),
    [
        ("pl", ["Dane osoby nr 1", "Stan na: 2026-09-01 08:30", "", "Konto (1)"]),
        ("sl", ["Podatki osebe št. 1", "Stanje: 2026-09-01 08:30", "", "Račun (1)"]),
    ],
)
def test_a_dossier_reads_in_the_language_of_whoever_reads_it(locale, lines):
    """Whose data it is, as of when, and the names of the parts and fields."""
    ola = a.person(1)
    dossier = Dossier(person=ola, parts={"account": (ola,)})
    text = words(dossier.plain(at=a.NOW, tenant="t"), locale, zone=WARSAW).splitlines()

    assert text[:4] == lines
    assert {"pl": "  adres wspólny: nie", "sl": "  skupni naslov: ne"}[locale] in text


CODES_OF = (
    *(State, Role, Sex, Hold, CaseKind, CaseState, DecisionKind, CredentialKind, Purpose, TokenState, Act, SessionEnd),
    *(MessageKind, MessageState, ChargeState, Delivery, EventKind, EventState, ApplicationState, ApplicationStep),
    *(CodeState, CodeChannel, NoticeKind, Channel, DeviceState, DeviceEnd, LicenceState, ReportedBy, BounceKind),
    ConflictKind,
)


@pytest.mark.rule("LAW-4a")
@pytest.mark.parametrize("kind", CODES_OF, ids=lambda kind: kind.__name__)
def test_every_code_is_told_in_words_of_the_readers_language(kind):
    """In Polish and Slovene a word of their own, in English the code without its hyphens."""
    for each in map(str, kind):
        assert each in CODES, each
        assert in_words(each, "en") == each.replace("-", " ").replace("controllers", "controller's")
        assert in_words(each, "pl") == CODES[each][0] != each or each == "telefon"


@pytest.mark.rule("LAW-4a")
def test_words_that_people_typed_are_left_as_they_are():
    """Somebody who is called as a state is, keeps the name."""
    ola = a.person(1, name=PersonName("Active", "Own"))
    text = words(Dossier(person=ola, parts={"account": (ola,)}).plain(at=a.NOW, tenant="t"), "pl", zone=WARSAW)
    assert {"    imię: Active", "    nazwisko: Own", "  stan: czeka na pierwszy dostęp"} <= set(text.splitlines())
