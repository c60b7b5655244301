"""What the domain says of input that cannot be right: a code that programs know, and a text that names the remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from eszkola_core.domain.accounts import PersonId
from eszkola_core.domain.applications import Application, ApplicationState
from eszkola_core.domain.audit import Head
from eszkola_core.domain.cause_texts import how, says
from eszkola_core.domain.causes import CauseCode, cause
from eszkola_core.domain.claims import Claims, PlaceKey, RecordKey, RosterKey
from eszkola_core.domain.conformance import REQUIREMENTS, Departure
from eszkola_core.domain.conformance import describe as describe_departure
from eszkola_core.domain.days import aware, zone
from eszkola_core.domain.devices import Device, DeviceEnd, DeviceState, device_name
from eszkola_core.domain.events import Event, EventKind, EventState
from eszkola_core.domain.licences import Licence, LicenceState, Pool, withdrawn
from eszkola_core.domain.maintenance import Maintenance
from eszkola_core.domain.names import PersonName
from eszkola_core.domain.national_ids import EMSO, PESEL, check_scheme, document, parse
from eszkola_core.domain.notices import Notice, NoticeKind
from eszkola_core.domain.password_texts import describe as describe_violation
from eszkola_core.domain.passwords import OPOLSKA_2018, Violation, ViolationCode
from eszkola_core.domain.phones import check_country
from eszkola_core.domain.policy_timelines import IntroducedPolicy, own_policy, timelines
from eszkola_core.domain.roles import Role
from eszkola_core.domain.settings import LoginScheme, Settings, Sharing
from eszkola_core.errors import InvalidValue

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 1)
DEVICE = Device(person=PersonId(1), digest=b"d", begun_at=NOW, expires_at=NOW, state=DeviceState.REVOKED)
LICENCE = Licence(pool="p", person=PersonId(1), since=NOW, state=LicenceState.WITHDRAWN)
APPLICATION = Application(
    student=PlaceKey(RecordKey(RosterKey("sp1", "uonet", "students"), "7"), Role.STUDENT),
    applicant=Claims(name=PersonName("Jan", "Lis")),
    begun_at=NOW,
    state=ApplicationState.SUBMITTED,
)
DELIVERED = Event(
    key="k",
    subscriber="s",
    kind=EventKind.ADDRESS_CHANGED,
    person=PersonId(1),
    state=EventState.DELIVERED,
    happened_at=NOW,
    due_at=NOW,
)
NOTICE = Notice(kind=NoticeKind.COMMITMENT, version="1", texts={"pl": "Zobowiązuję się."})


def parse_id(text, *schemes):
    """Return the national id that a text states in September."""
    return parse(text, schemes=schemes, today=SEPTEMBER)


def introduced(*policies):
    """Return the timelines of a tenant that introduced *policies* for everybody."""
    return timelines("OPOLSKA_2018", [IntroducedPolicy(each) for each in policies])


REFUSED: Mapping[str, list[tuple[Callable[[], object], str]]] = {
    "no-such-transition": [
        (lambda: DEVICE.ended(DeviceEnd.LOCKED, NOW), "a device that is revoked cannot become revoked"),
        (lambda: withdrawn(LICENCE), "a licence that was withdrawn cannot be withdrawn again"),
        (lambda: DELIVERED.moved(EventState.LEASED), "an event that is delivered cannot become leased"),
        (lambda: APPLICATION.amended(APPLICATION.applicant), "an application that is submitted is not amended"),
    ],
    "naive-datetime": [
        (
            lambda: aware(NOW.replace(tzinfo=None)),
            "an instant must carry its offset; use datetime.now(timezone.utc)",
        ),
    ],
    "unknown-zone": [
        (
            lambda: zone("Europe/Opole"),
            "there is no time zone of that name; write one of the IANA database, such as Europe/Warsaw",
        ),
    ],
    "no-device-name": [
        (lambda: device_name(" \t"), "a device needs a name, such as the model of the telephone"),
    ],
    "unknown-password-policy": [
        (lambda: own_policy("MINE", SEPTEMBER), "policy: one of NIST_800_63B_4, OPOLSKA_2018"),
        (lambda: Settings(password_policy="MINE"), "password_policy: one of NIST_800_63B_4, OPOLSKA_2018"),
    ],
    "address-is-login": [
        (
            lambda: Settings(login_scheme=LoginScheme.EMAIL, sharing=Sharing.FAMILY),
            "sharing: forbid where people sign in with their address (MAIL-5f)",
        ),
    ],
    "setting-too-small": [
        (lambda: Settings(code_wrong_dates=0), "code_wrong_dates: at least 1 (LINK-7c)"),
    ],
    "setting-too-large": [
        (lambda: Settings(code_wrong_dates=6), "code_wrong_dates: at most 5 (LINK-7c)"),
    ],
    "two-policies": [
        (
            lambda: introduced(OPOLSKA_2018.starting(SEPTEMBER), own_policy("NIST_800_63B_4", SEPTEMBER)),
            "two policies for the same people begin on one day; give one of them another",
        ),
    ],
    "warning-too-early": [
        (
            lambda: evolve(OPOLSKA_2018, lifetime=timedelta(days=14)),
            "warn_days must be fewer than the days of the lifetime",
        ),
    ],
    "too-few-seats": [
        (
            lambda: Pool(key="p", product="P", seats=-1),
            "a pool has no -1 seats; give the number that was bought",
        ),
    ],
    "wrong-event-data": [
        (lambda: evolve(DELIVERED, state=EventState.QUEUED), "an event address-changed has other data"),
        (
            lambda: evolve(DELIVERED, state=EventState.LEASED, data={"login": "x"}),
            "an event address-changed has other data",
        ),
    ],
    "unusable-text": [
        (
            lambda: Maintenance(author="x", begun_at=NOW, texts={"pl": " "}),
            "write a text of at most 500 characters, or leave it out",
        ),
    ],
    "unknown-locale": [
        (
            lambda: Maintenance(author="x", begun_at=NOW, texts={"pl": "Przerwa", "de": "Pause", "fr": "Pause"}),
            "texts are there in pl, sl, en, not in de",
        ),
        (
            lambda: describe_violation(Violation(ViolationCode.EMPTY), "de"),
            "texts are there in en, pl, sl; name one of them",
        ),
        (
            lambda: describe_departure(Departure(REQUIREMENTS[0]), "de"),
            "texts are there in en, pl, sl; name one of them",
        ),
        (lambda: says(cause(CauseCode.UNKNOWN), "de"), "there are texts in pl, sl, en only"),
        (lambda: how(cause(CauseCode.UNKNOWN), "de"), "there are texts in pl, sl, en only"),
    ],
    "notice-without-version": [
        (lambda: evolve(NOTICE, version=" "), "a notice needs a version, such as 2026-09"),
    ],
    "notice-without-text": [
        (lambda: evolve(NOTICE, texts={"pl": "\n"}), "a notice needs a text in one language at least"),
    ],
    "wrong-length": [
        (lambda: parse_id("4405140135", PESEL), "a PESEL has another number of characters"),
        (lambda: parse_id("4405140135", EMSO, PESEL), "a EMŠO has another number of characters"),
    ],
    "wrong-checksum": [
        (lambda: parse_id("44051401358", EMSO, PESEL), "the check digit of the PESEL is wrong"),
        (lambda: parse_id("0101006500007", PESEL, EMSO), "the check digit of the EMŠO is wrong"),
    ],
    "not-a-date": [
        (lambda: parse_id("44133201354", PESEL), "a part of the PESEL, such as its date, is impossible"),
    ],
    "wrong-format": [
        (lambda: parse_id("4405140135x", PESEL), "this does not look like a PESEL"),
        (lambda: parse_id("U-132950-Ｘ", "ad.nrt"), "this does not look like a number of scheme ad.nrt"),
        (lambda: document("UA", "passport", "--"), "a document's number has letters A-Z and digits"),
    ],
    "future-birth-date": [
        (lambda: parse_id("44251401355", PESEL), "the PESEL encodes a birth date that is still to come"),
    ],
    "wrong-country": [
        (
            lambda: document("UKR", "passport", "1"),
            "the issuing country is written with its two ISO letters, such as UA",
        ),
    ],
    "wrong-document-type": [
        (lambda: document("UA", "44051401359", "1"), "a document's type is a word, such as passport"),
    ],
    "no-scheme": [
        (lambda: parse_id("44051401359"), "this tenant knows no scheme of national ids"),
    ],
    "unknown-scheme": [
        (
            lambda: check_scheme("pl.pesell"),
            "python-stdnum knows no such scheme; write a country code and a module name, such as pl.pesel",
        ),
        (
            lambda: Settings(national_id_schemes=(PESEL, "si.emsho")),
            "python-stdnum knows no such scheme; write a country code and a module name, such as pl.pesel",
        ),
    ],
    "unknown-country": [
        (lambda: check_country("Polska"), "write a country with its two capital letters, such as PL"),
        (lambda: Settings(phone_country="ZZ"), "write a country with its two capital letters, such as PL"),
    ],
    "invalid-head": [
        (lambda: Head.parse("2-00ff"), "a head is written as count and seal, such as 2:00ff"),
    ],
}


@pytest.mark.parametrize(
    ("code", "attempt", "text"),
    [(code, attempt, text) for code, rows in REFUSED.items() for attempt, text in rows],
    ids=[f"{code}-{number}" for code, rows in REFUSED.items() for number, _ in enumerate(rows)],
)
def test_what_cannot_be_right_is_refused_with_a_code_and_a_remedy(code, attempt, text):
    """The code stays the same from version to version; the text is for whoever made the slip."""
    with pytest.raises(InvalidValue) as refused:
        attempt()

    assert (refused.value.code, str(refused.value)) == (code, text)
