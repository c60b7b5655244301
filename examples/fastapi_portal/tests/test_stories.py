"""What people do with the API: come in, see their children, pair a telephone, go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from eszkola_core import Actor
from eszkola_core.testing.doubles import FrozenClock

CONSOLE = Actor.console("test")
PASSWORD = "Deszcz-na-dach-7"
JAN = "jan@example.com"


def test_a_father_comes_in_and_sees_his_children(portal):
    """From the request to the list, and out again; the key opens nothing any more then."""
    assert portal.post("/access-requests", identifier=JAN).status_code == 202
    set_ = portal.post("/passwords", token=portal.token(), password=PASSWORD)
    opened = portal.post("/sessions", login=set_.json()["login"], password=PASSWORD)
    key = opened.json()["key"]
    me, children = portal.get("/me", key=key), portal.get("/me/children", key=key)
    out, after = portal.delete("/session", key=key), portal.get("/me", key=key)

    assert (set_.status_code, opened.status_code, out.status_code) == (200, 201, 204)
    assert [each["role"] for each in me.json()["roles"]] == ["guardian"]
    assert [(each["name"], each["schools"], each["has_signed_in"]) for each in children.json()] == [
        ("Ala Lis", [{"school": "SP1", "class_name": "7a"}], False),
        ("Olek Lis", [{"school": "SP1", "class_name": "3b"}], False),
    ]
    assert (after.status_code, after.json()["code"]) == (401, "no-key")
    assert after.headers["WWW-Authenticate"] == "Bearer"


def test_whoever_asks_for_access_gets_one_answer(portal):
    """Known, unknown, nonsense, or for the twentieth time: status, body and headers are the same."""
    asked = [JAN, "nobody@example.com", "12241501244", "\u0000 ' OR 1=1", *[JAN] * 20]
    answers = {
        (each.status_code, each.content, tuple(sorted(each.headers.items())))
        for each in (portal.post("/access-requests", identifier=text) for text in asked)
    }

    assert len(answers) == 1
    assert {status for status, _, _ in answers} == {202}


@pytest.mark.parametrize(
    ("header", "language", "word"), [("pl", "pl", "Hasło"), ("de, sl-SI;q=0.3", "sl", "Geslo"), ("", "en", "password")]
)
def test_what_a_password_lacks_is_told_in_the_readers_language(portal, header, language, word):
    """All of it; and the token is as good as before."""
    token = portal.token()
    weak = portal.post("/passwords", headers={"Accept-Language": header}, token=token, password="jan")

    assert (weak.status_code, weak.json()["code"]) == (422, "password-not-accepted")
    assert weak.headers["Content-Language"] == language
    assert weak.headers["Content-Type"] == "application/problem+json"
    assert len(weak.json()["wrong"]) > 1
    assert any(word in each["says"] for each in weak.json()["wrong"])
    assert portal.post("/passwords", token=token, password=PASSWORD).status_code == 200


def test_a_token_is_good_once_and_then_gone(portal):
    """A second time it is gone, as is one that never was; the password that was set first stays."""
    token = portal.token()
    first, *others = (
        portal.post("/passwords", token=each, password=f"{PASSWORD}{number}")
        for number, each in enumerate([token, token, "nonsense"])
    )

    assert first.status_code == 200
    assert [(each.status_code, each.json()["code"]) for each in others] == [(410, "token-not-live")] * 2
    assert portal.post("/sessions", login=first.json()["login"], password=f"{PASSWORD}0").status_code == 201


def test_why_nobody_is_let_in_is_told_to_nobody(portal):
    """A wrong password, an unknown login and an attempt that is throttled are answered alike (ACCESS-2, ACCESS-7)."""
    login = portal.activate()
    tried = [(login, "wrong"), ("nobody@example.com", "wrong"), (login, ""), *[(login, "wrong")] * 12]
    answers = {
        (each.status_code, each.content)
        for each in (portal.post("/sessions", login=name, password=word) for name, word in tried)
    }

    assert len(answers) == 1
    (status, content), *_ = answers
    assert (status, b"wrong-login-or-password" in content) == (401, True)


def test_recovery_is_the_same_way_and_ends_every_session(portal):
    """The new password is in force, and whoever had a session shows it in vain."""
    key = portal.signed_in()
    done = portal.post("/passwords", token=portal.token(), password="Nowy-dach-bez-dziur-8")

    assert done.status_code == 200
    assert portal.get("/sessions", key=key).json()["code"] == "no-session"
    assert portal.post("/sessions", login=done.json()["login"], password=PASSWORD).status_code == 401


def test_sessions_are_listed_and_ended_one_by_one(portal):
    """Each has a name that is no key; one that is not there is not found."""
    here = portal.signed_in()
    there = portal.post("/sessions", login=JAN, password=PASSWORD).json()["key"]
    listed = portal.get("/sessions", key=here).json()
    other = next(each["name"] for each in listed if not each["is_this"])

    assert len(listed) == 2
    assert here not in str(listed)
    assert portal.delete(f"/sessions/{other}", key=here).status_code == 204
    assert portal.delete(f"/sessions/{other}", key=here).json()["code"] == "no-such-session"
    assert portal.get("/sessions", key=there).status_code == 401
    assert [each["is_this"] for each in portal.get("/sessions", key=here).json()] == [True]


def test_acts_come_first_in_their_order_with_one_ticket_each(new_portal):
    """A password that the school gave is changed, then the rules are acknowledged as shown, then a session opens."""
    portal = new_portal('acknowledge_first = ["safety-rules"]')
    with portal.platform.storage.snapshot() as unit:
        (jan,) = unit.people.by_central(JAN)
    given = portal.platform.give_initial_credential.to(jan.id)
    begun = portal.post("/sessions", login=given.login, password=given.password.reveal())
    ticket = begun.json()["ticket"]
    early = portal.post("/tickets/acknowledgements", ticket=ticket, digests=[])
    weak = portal.post("/tickets/password", ticket=ticket, password="jan")
    changed = portal.post("/tickets/password", ticket=ticket, password=PASSWORD)
    late = portal.post("/tickets/password", ticket=ticket, password=PASSWORD)
    following = changed.json()["ticket"]
    (notice,) = portal.post("/tickets/notices", ticket=following).json()
    other = portal.post("/tickets/acknowledgements", ticket=following, digests=["00"])
    opened = portal.post("/tickets/acknowledgements", ticket=following, digests=[notice["digest"]])

    assert (begun.status_code, begun.json()["acts"]) == (200, ["change-password", "acknowledge-safety-rules"])
    assert (early.status_code, early.json()["code"]) == (409, "another-act-first")
    assert (weak.status_code, weak.json()["code"]) == (422, "password-not-accepted")
    assert (changed.status_code, changed.json()["acts"]) == (200, ["acknowledge-safety-rules"])
    assert (late.status_code, late.json()["code"]) == (410, "ticket-not-live")
    assert (other.status_code, other.json()["code"]) == (409, "notice-changed")
    assert opened.status_code == 201
    assert portal.get("/me", key=opened.json()["key"]).status_code == 200


def test_in_maintenance_people_are_told_until_when(new_portal):
    """In their language; what is not about signing in works (ACCESS-10)."""
    clock = FrozenClock(datetime.now(UTC))
    portal = new_portal(clock=clock)
    key = portal.signed_in()
    portal.platform.announce_maintenance.begin(
        CONSOLE, texts={"pl": "Wracamy o ósmej."}, expected_end_at=clock.now() + timedelta(minutes=20)
    )
    told = portal.post("/sessions", headers={"Accept-Language": "pl"}, login=JAN, password=PASSWORD)
    status = portal.client.get("/status", headers={"Accept-Language": "pl"}).json()

    assert (told.status_code, told.json()["code"], told.json()["detail"]) == (503, "maintenance", "Wracamy o ósmej.")
    assert told.headers["Retry-After"] == "1200"
    assert (status["is_open"], status["says"]) == (False, "Wracamy o ósmej.")
    assert portal.get("/me/children", key=key).status_code == 200
    portal.platform.announce_maintenance.end(CONSOLE)
    assert portal.post("/sessions", login=JAN, password=PASSWORD).status_code == 201
    assert portal.get("/status").json() == {"is_open": True, "says": None, "until": None}


def test_a_telephone_is_paired_and_sees_what_its_owner_sees(portal):
    """By the code and the PIN, once; its key opens what is looked at and nothing more, until it is revoked (DEV-1)."""
    key = portal.signed_in()
    shown = portal.post("/pairings", key=key).json()
    sent = {"scanned": shown["text"], "pin": shown["pin"], "name": "Telefon Jana"}
    paired, again = portal.post("/devices", **sent), portal.post("/devices", **sent)
    device, number = paired.json()["key"], paired.json()["number"]

    assert shown["pin"] not in shown["text"]
    assert (paired.status_code, again.status_code, again.json()["code"]) == (201, 403, "not-paired")
    assert len(portal.get("/me/children", key=device).json()) == 2
    for path in ("/devices", "/sessions"):
        assert portal.get(path, key=device).json()["code"] == "no-session"
    renamed = portal.client.patch(f"/devices/{number}", json={"name": "Stary telefon"}, headers=portal.headers(key))
    assert [each["name"] for each in portal.get("/devices", key=key).json()] == [renamed.json()["name"]]
    assert portal.delete(f"/devices/{number}", key=key).status_code == 204
    assert portal.delete(f"/devices/{number}", key=key).json()["code"] == "no-such-device"
    assert portal.get("/me", key=device).status_code == 401
    assert [each["state"] for each in portal.get("/devices", key=key).json()] == ["revoked"]


def test_three_wrong_pins_end_a_pairing(portal):
    """The right one comes too late then, and is told so as little as the wrong ones were."""
    shown = portal.post("/pairings", key=portal.signed_in()).json()
    wrong = f"{(int(shown['pin']) + 1) % 10**6:06}"
    tried = [
        portal.post("/devices", scanned=shown["text"], pin=pin, name="Telefon") for pin in (*[wrong] * 3, shown["pin"])
    ]

    assert {(each.status_code, each.content) for each in tried} == {(403, tried[0].content)}


def test_nobody_meddles_with_somebody_elses_devices_and_sessions(portal):
    """To Ala, her father's device and session are not there."""
    jan, ala = portal.signed_in(), portal.signed_in("12241501244")
    shown = portal.post("/pairings", key=jan).json()
    number = portal.post("/devices", scanned=shown["text"], pin=shown["pin"], name="Telefon").json()["number"]
    (session,) = portal.get("/sessions", key=jan).json()

    assert portal.get("/devices", key=ala).json() == []
    assert portal.delete(f"/devices/{number}", key=ala).status_code == 404
    assert portal.delete(f"/sessions/{session['name']}", key=ala).status_code == 404
    assert portal.get("/me/children", key=ala).json() == []


@pytest.mark.parametrize(
    ("accept", "kind", "begins"),
    [
        ("", "image/svg+xml", b"<?xml"),
        ("image/png", "image/png", b"\x89PNG"),
        ("text/html, */*;q=0.1", "image/svg+xml", b"<?xml"),
    ],
)
def test_a_pairing_is_drawn_as_the_reader_wants_it(portal, accept, kind, begins):
    """As SVG or PNG; the text was in the body, and is in no address."""
    key = portal.signed_in()
    text = portal.post("/pairings", key=key).json()["text"]
    drawn = portal.post("/pairings/image", key=key, headers={"Accept": accept}, text=text)

    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, kind)
    assert drawn.content.startswith(begins)


def test_only_pairings_are_drawn_and_only_as_images(portal):
    """Whoever has no session draws nothing; other texts and other media types are refused."""
    key = portal.signed_in()
    text = portal.post("/pairings", key=key).json()["text"]

    assert portal.post("/pairings/image", text=text).status_code == 401
    assert portal.post("/pairings/image", key=key, text="https://example.com").status_code == 422
    assert portal.post("/pairings/image", key=key, headers={"Accept": "text/html"}, text=text).status_code == 406
