"""What goes wrong, on purpose or not: crowds, races, nonsense, and what the log has of it all."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from httpx2 import ASGITransport, AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core import (
    CHEAPEST_FOR_TESTS,
    Actor,
    Argon2Hasher,
    BoundedHasher,
    CompletionRefused,
    PairingRefused,
    Refusal,
    Unavailable,
)
from eszkola_core.testing.notation import pesel
from portal.app import create_app
from portal.guard import LARGEST_REQUEST
from portal.negotiation import language, media_type, wanted
from portal.problems import PROBLEMS
from portal.watching import Lines

PASSWORD = "Deszcz-na-dach-7"
JAN = "jan@example.com"


def at_once(portal, *requests):
    """Return the answers to *requests*, each a method, a path and what more there is, all sent at the same moment."""

    async def ask():
        async with (
            portal.app.router.lifespan_context(portal.app),
            AsyncClient(transport=ASGITransport(portal.app), base_url="http://portal") as client,
        ):
            return await asyncio.gather(*(client.request(how, where, **more) for how, where, more in requests))

    return asyncio.run(ask())


def statuses(answers):
    """Return how many answers there are of each status."""
    return Counter(each.status_code for each in answers)


def test_of_many_who_have_one_token_one_sets_a_password(portal):
    """The others are told that it is gone, or that somebody was faster; and one password is in force (ACCESS-4)."""
    token = portal.token()
    found = at_once(
        portal, *(("POST", "/passwords", {"json": {"token": token, "password": f"{PASSWORD}{n}"}}) for n in range(12))
    )
    (first,) = (number for number, each in enumerate(found) if each.status_code == 200)
    opened = [
        portal.post("/sessions", login=JAN, password=f"{PASSWORD}{n}").status_code for n in (first, (first + 1) % 12)
    ]

    assert set(statuses(found)) <= {200, 409, 410}
    assert opened == [201, 401]


def test_of_many_who_scan_one_code_one_is_paired(portal):
    """The key is told once."""
    key = portal.signed_in()
    shown = portal.post("/pairings", key=key).json()
    sent = {"scanned": shown["text"], "pin": shown["pin"], "name": "Telefon"}
    found = at_once(portal, *[("POST", "/devices", {"json": sent})] * 12)

    assert statuses(found) == {201: 1, 403: 11}
    assert len(portal.get("/devices", key=key).json()) == 1


def test_fifty_who_sign_in_at_once_are_all_let_in(portal, tmp_path):
    """Two classes at eight o'clock, from one address: nobody is lost, and each has a ticket of their own."""
    roster = tmp_path / "uczniowie.csv"
    rows = (f"{n};Lis;{'Ala' if n % 2 else 'Olek'};{pesel(n)};1a;u{n}@example.com" for n in range(100, 150))
    roster.write_text("\n".join(["Nr kartoteki;Nazwisko;Imię;PESEL;Oddział;E-mail ucznia", *rows]), "utf-8")
    reading = portal.platform.gradebook.read([roster], school="SP2")
    portal.platform.import_rosters.apply(reading, actor=Actor.console("test"))
    with portal.platform.storage.snapshot() as unit:
        people = [each for n in range(100, 150) for each in unit.people.by_central(f"u{n}@example.com")]
    given = [portal.platform.give_initial_credential.to(each.id) for each in people]
    sent = [{"login": each.login, "password": each.password.reveal()} for each in given]
    found = at_once(portal, *(("POST", "/sessions", {"json": each}) for each in sent))

    assert statuses(found) == {200: 50}
    assert len({each.json()["ticket"] for each in found}) == 50


class Slow(Argon2Hasher):
    """A hasher that compares nothing until it is told to go on."""

    def __init__(self):
        super().__init__(CHEAPEST_FOR_TESTS)
        self.begun, self.go_on = Event(), Event()
        self.go_on.set()

    def verify(self, encoded, prepared):
        """Wait, and compare."""
        self.begun.set()
        self.go_on.wait(10)
        return super().verify(encoded, prepared)


def test_when_too_many_sign_in_the_next_is_told_to_come_again(new_portal):
    """Nothing was tried, and others are not kept waiting; afterwards it is as ever (CRED-10)."""
    slow = Slow()
    portal = new_portal(hasher=BoundedHasher(slow, at_once=1, waiting=0, retry_after=timedelta(seconds=7)))
    login = portal.activate()
    slow.begun.clear()
    slow.go_on.clear()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(portal.post, "/sessions", login=login, password=PASSWORD)
        assert slow.begun.wait(10)
        second = portal.post("/sessions", login=login, password=PASSWORD)
        refused = portal.post("/passwords", token=portal.token(), password="Nowy-dach-bez-dziur-8")
        status = portal.get("/status")
        slow.go_on.set()

    assert [(each.status_code, each.json()["code"]) for each in (second, refused)] == [(503, "busy")] * 2
    assert second.headers["Retry-After"] == "7"
    assert (status.status_code, first.result().status_code) == (200, 201)


def test_what_cannot_be_reached_is_told_with_when_to_come_again(portal, monkeypatch):
    """And where nobody knows when, without."""
    for pause, header in ((timedelta(seconds=1.2), "2"), (None, None)):
        gone = Unavailable("the database is locked", retry_after=pause)
        monkeypatch.setattr(portal.platform.recover_access, "request", _raising(gone))
        told = portal.post("/access-requests", identifier=JAN)
        assert (told.status_code, told.json()["code"], told.headers.get("Retry-After")) == (503, "unavailable", header)


def _raising(error):
    def fail(*_, **__):
        raise error

    return fail


def test_of_what_nobody_expected_nothing_goes_out_and_little_is_written(portal, monkeypatch, caplog):
    """The answer says no more than that; the log has the class and the place, and not the text."""
    monkeypatch.setattr(portal.platform.recover_access, "request", _raising(KeyError("Jan Kowalski")))
    told = portal.post("/access-requests", identifier=JAN)
    written = lines(caplog)
    (unexpected,) = (each for each in written if each["event"] == "unexpected")

    assert (told.status_code, told.json()["code"]) == (500, "unexpected")
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert unexpected["error"] == "KeyError"
    assert unexpected["where"]
    assert "Kowalski" not in told.text + json.dumps(written)


def lines(caplog):
    """Return what the portal wrote, as it stands in the log."""
    return [json.loads(Lines().format(each)) for each in caplog.records if each.name == "portal"]


def test_the_log_tells_what_was_done_and_of_nobody(portal, caplog):
    """A line for each request and operation; no name, address, login, password, token, key, PIN or number of theirs."""
    caplog.set_level(logging.DEBUG, "portal")
    token = portal.token()
    portal.post("/passwords", token=token, password="jan")
    portal.post("/passwords", token=token, password=PASSWORD)
    portal.post("/sessions", login=JAN, password="Nie-to-haslo-9")
    key = portal.post("/sessions", login=JAN, password=PASSWORD).json()["key"]
    portal.get(f"/me?key={key}")
    portal.get("/me", key=key)
    portal.get("/me/children", key=key)
    shown = portal.post("/pairings", key=key).json()
    device = portal.post("/devices", scanned=shown["text"], pin=shown["pin"], name="Telefon Jana").json()["key"]
    portal.get(f"/{device}")
    (session,) = portal.get("/sessions", key=key).json()
    portal.delete(f"/sessions/{session['name']}", key=key)
    written = lines(caplog)
    text = json.dumps(written, ensure_ascii=False).casefold()
    requests = [(each["method"], each["route"], each["status"]) for each in written if each["event"] == "request"]

    canaries = (token, key, device, shown["text"], shown["pin"], session["name"], PASSWORD, "Nie-to", JAN, "Jan", "Lis")
    assert [each for each in canaries if re.search(rf"\b{re.escape(each.casefold())}\b", text)] == []
    assert ("DELETE", "/sessions/{name}", 204) in requests
    assert ("?", None, 404) in requests
    assert {"sign_in.attempt", "recover_access.complete", "pair_device.complete"} <= {
        each["operation"] for each in written if each["event"] == "operation"
    }


@pytest.mark.parametrize("path", ["/me?token=x", "/me/children?access_token=x", "/status?x", "/devices?page=2"])
def test_nothing_is_taken_from_the_address(portal, path):
    """A key in the address opens nothing, and whoever sends one hears of it."""
    told = portal.get(path, key=portal.signed_in())

    assert (told.status_code, told.json()["code"]) == (400, "query-not-taken")


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("status", "code", "headers", "content"),
    [
        (413, "too-large", JSON, b'{"identifier": "' + b"x" * LARGEST_REQUEST + b'"}'),
        (413, "too-large", JSON, [b'{"identifier": "', *[b"x" * 1000] * 20, b'"}']),
        (415, "not-json", {"Content-Type": "application/x-www-form-urlencoded"}, b"identifier=jan@example.com"),
        (415, "not-json", {"Content-Type": "text/plain"}, b'{"identifier": "jan@example.com"}'),
        (415, "not-json", {}, b'{"identifier": "jan@example.com"}'),
        (400, "unreadable-request", JSON, b'{"identifier": '),
        (400, "unreadable-request", JSON, b'{"identifier": "\xff\xfe"}'),
        (400, "unreadable-request", JSON, b"[" * 8000),
        (400, "unreadable-request", JSON, b'{"identifier": ' + b"9" * 8000 + b"}"),
        (422, "invalid-request", JSON, b""),
        (422, "invalid-request", JSON, b"null"),
        (422, "invalid-request", JSON, b"[]"),
        (422, "invalid-request", JSON, b'{"identifier": NaN}'),
        (422, "invalid-request", JSON, b'{"identifier": "\\ud800"}'),
        (422, "invalid-request", JSON, b'{"identifier": "jan", "\\ud800": 1}'),
        (422, "invalid-request", JSON, b'{"identifier": "' + b"x" * 400 + b'"}'),
        (202, None, JSON, b'{"identifier": ""}'),
        (202, None, JSON, b'{"identifier": "\\u0000\\uffff\\u202e"}'),
        (202, None, {"Content-Type": "application/json; charset=utf-8"}, b'{"identifier": "jan"}'),
    ],
)
def test_whatever_is_sent_is_answered(portal, status, code, headers, content):
    """Too much, of another kind, broken, or strange: each by a problem of its own, which repeats nothing of it."""
    if isinstance(content, list):
        content = iter(content)
    told = portal.client.post("/access-requests", headers=headers, content=content)

    assert (told.status_code, told.json().get("code")) == (status, code)
    assert "example.com" not in told.text


@pytest.mark.parametrize("text", ["", "\u0000", "🦄", "ﬀ", "a\u0301" * 200, "\u202e", "x" * 5000])
def test_strange_passwords_and_names_are_answered(portal, text):
    """None of them opens anything or breaks anything."""
    key = portal.signed_in()
    shown = portal.post("/pairings", key=key).json()

    assert portal.post("/sessions", login=JAN, password=text).status_code == 401
    assert portal.post("/passwords", token=text[:200], password=text).status_code == 410
    assert portal.post("/devices", scanned=shown["text"], pin=text[:20], name="Telefon").status_code == 403
    assert portal.post("/devices", scanned=shown["text"], pin=shown["pin"], name=text).status_code in {201, 422}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic amFuOmphbg==", "Bearer \u00e9", "Bearer a b", "x" * 4000]
)
def test_strange_keys_open_nothing(portal, header):
    """Whatever stands in the header."""
    told = portal.client.get("/me", headers={"Authorization": header.encode("latin-1")})

    assert (told.status_code, told.json()["code"]) == (401, "no-key")


def test_every_answer_has_the_headers_that_browsers_obey(portal):
    """Also those of errors and of addresses that there are not."""
    for answer in (portal.get("/status"), portal.get("/me"), portal.get("/nothing"), portal.client.put("/me")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_what_can_be_done_at_an_address_is_told_to_whoever_tries_something_else(portal):
    """All of it, whatever it is that is done first."""
    told = portal.client.put("/devices/1")

    assert (told.status_code, told.json()["code"], told.headers["Allow"]) == (
        405,
        "method-not-allowed",
        "DELETE, PATCH",
    )


@pytest.mark.parametrize("path", ["/me/", "//me", "/%00", "/docs/assets/%2e%2e/core.py", "/docs/assets/"])
def test_an_address_that_is_not_quite_one_leads_nowhere(portal, path):
    """Neither to what it resembles, nor to whatever host the request names."""
    told = portal.client.get(path, headers={"Host": "example.com"}, follow_redirects=False)

    assert (told.status_code, told.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("reason", [*Refusal, *CompletionRefused, *PairingRefused])
def test_every_reason_of_the_platform_has_a_problem(reason):
    """So that none comes out as something that nobody expected."""
    assert reason in PROBLEMS


def test_other_origins_are_let_in_when_they_are_named(portal):
    """Not otherwise."""
    asked = {"Origin": "https://front.example.org", "Access-Control-Request-Method": "POST"}
    closed = portal.client.options("/sessions", headers=asked)
    named = create_app(portal.platform, origins=["https://front.example.org"])
    portal.app = named
    (opened,) = at_once(portal, ("OPTIONS", "/sessions", {"headers": asked}))
    (other,) = at_once(portal, ("OPTIONS", "/sessions", {"headers": asked | {"Origin": "https://example.com"}}))

    allowed = [each.headers.get("Access-Control-Allow-Origin") for each in (closed, opened, other)]
    assert allowed == [None, "https://front.example.org", None]


def test_the_pages_fetch_nothing_from_elsewhere(portal):
    """Scripts and styles come from here, and browsers are told to take them from nowhere else."""
    page = portal.get("/docs")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.text
    assert {each: portal.get(each).status_code for each in named if each.startswith("/")} == {
        "/docs/assets/swagger-ui.css": 200,
        "/docs/assets/swagger-ui-bundle.js": 200,
        "/docs/start.js": 200,
    }
    assert portal.get("/access/complete?token=x").status_code == 200


def test_the_description_has_an_example_of_everything_and_a_schema_of_every_answer(portal):
    """Each property that is sent, each problem by its code, each answer but those without a body."""
    document = portal.get("/openapi.json").json()
    models = document["components"]["schemas"]
    operations = [each for path in document["paths"].values() for each in path.values()]
    sent = {
        each["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for each in operations
        if "requestBody" in each
    }
    answers = [(code, each) for operation in operations for code, each in operation["responses"].items()]

    without = [
        (n, p) for n in sent for p, of in models[n]["properties"].items() if not {"examples", "default"} & set(of)
    ]
    assert without == []
    assert [each for code, each in answers if code != "204" and "schema" not in str(each["content"])] == []
    assert {kind for code, each in answers if code >= "400" for kind in each["content"]} == {"application/problem+json"}
    assert "HTTPValidationError" not in models
    assert len({each["operationId"] for each in operations}) == len(operations)


@given(st.text(max_size=80), st.sampled_from(["pl", "sl", "en"]))
def test_any_header_of_preferences_is_understood(text, usual):
    """Nonsense wants nothing; the answer is always one of those that there are."""
    assert language(text, ["pl", "sl", "en"], usual) in {"pl", "sl", "en"}
    assert media_type(text, ["image/png"]) in {"image/png", None}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("sl;q=0.5, PL, en;q=0", ("pl", "sl")),
        ("en;q=nonsense, pl;q=2, sl", ("sl",)),
        (" , ;q=1,", ()),
        ("a;q=0.1,b;q=0.9;level=1", ("b", "a")),
    ],
)
def test_what_is_wanted_most_comes_first(header, found):
    """By its weight; what is unwanted, or has no weight that is one, is left out (RFC 9110)."""
    assert wanted(header) == found
