"""Services as they come in real life: busy, cut off, wrongly addressed, or talking nonsense."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import traceback

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.stated import Field
from eszkola_core.errors import EszkolaError, InvalidValue, Unavailable, UnreadableSource

PATH = "sis:/ims/oneroster/rostering/v1p2/orgs"


def sent(make, status, content=b"", **headers):
    """Return a fault that answers."""

    def fault(handler):
        make.answer(handler, status, content, **headers)
        return True

    return fault


def after_token(*faults):
    """Return faults that begin with the first list."""
    return [lambda _: False, *faults]


def cut(handler):
    """Promise more than is sent, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"orgs": [')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True
    return True


def hang_up(handler):
    """Say nothing at all."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True
    return True


def records(reading):
    """Return all records."""
    return [record for roster in reading.rosters for record in roster.records]


# Tokens


def test_a_token_is_asked_for_once(site, reader, make):
    """As long as it lasts."""
    site.lists = make.school(*(make.user(f"u{at}") for at in range(9)))
    reader.read(site, page_size=3)
    assert site.given == 1


@pytest.mark.parametrize("lifetime", [1, "2", 0, -5])
def test_a_token_that_ends_is_replaced_before(site, reader, make, lifetime):
    """Nothing is asked for with a token that is over."""
    site.lists, site.lifetime = make.school(make.user("u1")), lifetime
    assert len(records(reader.read(site))) == 1


@pytest.mark.parametrize("lifetime", [None, "soon", [], "1e400"])
def test_a_token_without_an_end_is_used_until_it_is_refused(site, reader, make, lifetime):
    """An end that cannot be read is none."""
    site.lists, site.lifetime = make.school(make.user("u1")), lifetime
    reader.read(site)
    assert site.given == 1


def test_a_token_that_is_refused_is_replaced_once(site, reader, make):
    """A second refusal is meant."""
    site.lists = make.school(make.user("u1"))
    site.faults = after_token(sent(make, 401, make.error("x")))
    assert len(records(reader.read(site))) == 1
    assert site.given == 2

    site.faults = after_token(sent(make, 401), lambda _: False, sent(make, 401))
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site)
    assert (refused.value.code, refused.value.source) == ("service-refused", PATH)


def test_a_wrong_secret_is_said_and_not_shown(site, reader, make, tmp_path):
    """With the address that refused it and what to look at."""
    wrong = tmp_path / "wrong"
    wrong.write_text("nie-to", encoding="utf-8")
    wrong.chmod(0o600)
    site.lists = make.school()
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site, client_secret_file=wrong)
    assert (refused.value.code, refused.value.source) == ("service-refused", "sis:/token")
    assert "client_id" in refused.value.hint
    assert site.given == 0


def test_a_scope_that_is_not_granted_names_the_setting(site, reader, make):
    """A client that may not ask for birth dates is told how not to."""
    site.scopes = {next(each for each in site.scopes if "core" in each)}
    site.lists = make.school()
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site, demographics=True)
    assert "demographics = false" in refused.value.hint


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"access_token": "x"},
        {"access_token": 7, "token_type": "bearer"},
        {"access_token": "a\r\nX-Evil: 1", "token_type": "bearer"},
        {"access_token": "żeton", "token_type": "bearer"},
        {"access_token": "", "token_type": "bearer"},
        {"access_token": "x", "token_type": "mac"},
    ],
    ids=str,
)
def test_what_is_no_token_is_refused(site, reader, make, content):
    """Nothing that could not stand in a header is put into one."""
    site.faults = [sent(make, 200, content)]
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site)
    assert refused.value.code == "token-missing"
    assert len(site.asked) == 1


# Busy and broken


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_busy_service_is_asked_again(site, reader, make, status):
    """Later and later, and not at the same instant as everybody else."""
    site.lists = make.school(make.user("u1"))
    site.faults = after_token(sent(make, status), sent(make, status))
    assert len(records(reader.read(site))) == 1
    assert len(reader.waits) == 2
    assert 0.25 <= reader.waits[0] <= 0.5 <= reader.waits[1] <= 1.0


@pytest.mark.parametrize("fault", [cut, hang_up])
def test_a_connection_that_is_cut_is_made_again(site, reader, make, fault):
    """Half an answer is none."""
    site.lists = make.school(make.user("u1"))
    site.faults = after_token(fault)
    assert len(records(reader.read(site))) == 1
    assert len(reader.waits) == 1


def test_a_service_that_asks_for_a_pause_gets_it(site, reader, make):
    """In seconds, or until an instant of its own clock."""
    until = {"Retry_After": "Sat, 28 Nov 2026 12:00:50 GMT"}
    site.lists = make.school(make.user("u1"))

    def say_when(handler):
        handler.date_time_string = lambda *_: "Sat, 28 Nov 2026 12:00:00 GMT"
        make.answer(handler, 503, b"", **until)
        del handler.date_time_string
        return True

    site.faults = after_token(sent(make, 429, b"", Retry_After="7"), say_when)
    reader.read(site)
    assert 7 <= reader.waits[0] <= 7.7
    assert 50 <= reader.waits[1] <= 55


@pytest.mark.parametrize("asked", ["86400", "99999999999", "soon", "-1", "Sat, 99 Nov 2026 12:00:50 GMT"])
def test_patience_has_an_end(site, reader, make, asked):
    """After some tries, or where the pause would be too long, somebody else's time is not waited for."""
    site.faults = after_token(*[sent(make, 503, b"", Retry_After=asked)] * 20)
    with pytest.raises(Unavailable) as gone:
        reader.read(site)
    assert gone.value.retry_after is not None
    assert PATH in str(gone.value)
    assert "nothing was changed" in str(gone.value)
    assert len(reader.waits) < reader.tries
    assert sum(reader.waits) < 600


def test_a_service_that_is_silent_is_left(site, reader, make):
    """A time-out bounds every step."""
    site.lists = make.school()

    def wait(handler):
        handler.rfile.read(1)  # until the client hangs up
        handler.close_connection = True
        return True

    site.faults = after_token(wait)
    assert records(reader.read(site, timeout=1)) == []
    assert len(reader.waits) == 1


def test_a_service_that_is_not_there_is_unavailable(site, reader):
    """Nobody listens there."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(Unavailable) as refused:
            reader.read(site, url=gone, token_url=f"{gone}/token")
    assert refused.value.code == "service-unavailable"


def test_a_certificate_that_nobody_vouches_for_is_refused(make, reader, tmp_path):
    """At once, with the way to name an authority; named, the service is read."""
    import ssl  # noqa: PLC0415 - the one test with encryption

    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    serving = make.serving(make.site(lists=make.school(make.user("u1"))), context)
    site = next(serving)
    try:
        with pytest.raises(Unavailable) as refused:
            reader.read(site)
        assert refused.value.code == "service-untrusted"
        assert "ca_file" in str(refused.value)
        assert reader.waits == []

        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        assert len(records(reader.read(site, ca_file=tmp_path / "ca.pem"))) == 1
    finally:
        serving.close()


# Nonsense


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (200, b"<html><body>Sign in</body></html>", "answer-not-json"),
        (200, b"", "answer-not-json"),
        (200, b'{"orgs": [', "answer-not-json"),
        (200, b'{"orgs": [NaN]}', "answer-not-json"),
        (200, '{"orgs": ["ą"]}'.encode("cp1250"), "answer-not-json"),
        (200, b"[" * 200_000, "answer-not-json"),
        (200, b'{"orgs": ' + b"9" * 5000 + b"}", "answer-not-json"),
        (200, [], "answer-not-understood"),
        (200, {"orgs": {}}, "answer-not-understood"),
        (200, {"users": []}, "answer-not-understood"),
        (200, {"imsx_codeMajor": "failure", "imsx_description": "PESEL 12230100013"}, "answer-not-understood"),
        (301, b"", "service-moved"),
        (400, {"imsx_codeMajor": "failure"}, "query-refused"),
        (403, b"", "scope-missing"),
        (404, b"<html>", "address-wrong"),
        (410, b"", "answer-unexpected"),
        (204, b"", "answer-unexpected"),
    ],
)
def test_an_answer_that_is_no_list_is_refused(site, reader, make, status, content, code):  # noqa: PLR0913, PLR0917
    """With the path and a remedy; nothing is tried again, as the same would come."""
    headers = {"Location": "https://evil.example/"} if status == 301 else {}
    site.faults = after_token(sent(make, status, content, **headers))
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site)
    assert (refused.value.code, refused.value.source) == (code, PATH)
    assert refused.value.hint
    assert "12230100013" not in f"{refused.value}{refused.value.hint}"
    assert reader.waits == []


def test_an_answer_beyond_all_measure_is_refused(site, reader, make, monkeypatch):
    """Unpacked or not, no answer fills the memory."""
    import gzip  # noqa: PLC0415 - the one test that packs

    monkeypatch.setattr("eszkola_gradebook.rest.transport._MOST_BYTES", 1 << 20)
    bomb = gzip.compress(b'{"orgs": [' + b" " * (8 << 20) + b"]}")
    site.faults = after_token(sent(make, 200, bomb, Content_Encoding="gzip"))
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site)
    assert refused.value.code == "answer-too-large"


def test_users_without_roles_are_another_version(site, reader, make):
    """OneRoster 1.1 keeps roles elsewhere, and would be read as nobody."""
    site.lists = make.school({"sourcedId": "u1", "role": "student", "orgs": []})
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site)
    assert refused.value.code == "field-missing"


def test_a_field_of_a_wrong_kind_holds_its_user_only(site, reader, make):
    """Whose record it is stays clear: the others end as before."""
    site.lists = make.school(make.user("u1", email={"a": 1}), make.user("u2", enabledUser=7), make.user("u3"))
    reading = reader.read(site)
    held = {record.key: [each.code for each in record.problems] for record in records(reading)}

    assert held == {"u1": ["field-unreadable"], "u2": ["field-unreadable"], "u3": []}
    assert [(each.record, each.field, each.code) for each in reading.findings] == [
        ("u1", "email", "field-wrong-type"),
        ("u2", "enabledUser", "field-wrong-type"),
    ]
    assert all(roster.complete for roster in reading.rosters)


@pytest.mark.rule("SYNC-0c")
@pytest.mark.parametrize(
    "odd",
    [
        "u9",
        7,
        None,
        [],
        {"roles": []},
        {"sourcedId": 7, "roles": []},
        {"sourcedId": "a,b", "roles": []},
        {"sourcedId": "u9", "roles": {"role": "student"}},
        {"sourcedId": "u9", "roles": ["student"]},
        {"sourcedId": "u9", "roles": [{"role": "student", "org": "o1"}]},
        {"sourcedId": "u9", "roles": [{"role": 5, "org": {"sourcedId": "o1"}}]},
        {"sourcedId": "u9", "roles": [{"role": "student", "org": {"sourcedId": "o1"}}], "agents": "u2"},
    ],
    ids=str,
)
def test_a_user_who_cannot_be_told_apart_leaves_no_list_whole(site, reader, make, odd):
    """Somebody may be missed who is there, so nobody ends by absence."""
    site.lists = make.school(make.user("u1"))
    site.lists["users"].append(odd)
    reading = reader.read(site, bare=True)

    assert not any(roster.complete for roster in reading.rosters)
    assert reading.findings
    assert [record.problems for record in records(reading) if record.key == "u1"] == [()]


@pytest.mark.parametrize("text", ["Ewa\x00", "Ewa\x1b[31m", "Ewa\ud800", "\x85"])
def test_letters_that_no_table_holds_hold_the_user(site, reader, make, text):
    """Nothing of that kind goes further than here."""
    site.lists = make.school(make.user("u1", givenName=text))
    (record,) = records(reader.read(site))
    assert [each.code for each in record.problems] == ["field-unreadable"]


def test_lost_letters_are_a_problem_of_the_field(site, reader, make):
    """As in a package: the last accepted name stands."""
    site.lists = make.school(make.user("u1", givenName="Micha\ufffd"))
    (record,) = records(reader.read(site))
    assert [(each.field, each.code) for each in record.people[0].problems] == [(Field.FIRST_NAME, "damaged-text")]


def test_an_id_that_would_break_the_cell_is_nobodys(site, reader, make):
    """It is stated as wrong, not left out: an id that is not there would say that there is none."""
    site.lists = make.school(make.user("u1", userIds=[{"type": "PESEL", "identifier": "1}{PESEL:12230100013"}]))
    (record,) = records(reader.read(site))
    assert [each.text for each in record.people[0].ids] == ["1??PESEL:12230100013"]


def test_names_that_are_misspelt_or_unknown_are_told(site, reader, make):
    """A slip is read; what the standard does not have is not, and is said once."""
    users = [make.user("u1", favouriteColour="red"), make.user("u2", favouriteColour="blue")]
    for each in users:
        each["givenname"] = each.pop("givenName")
    site.lists = make.school(*users)
    reading = reader.read(site, bare=True)

    assert {record.people[0].first_name for record in records(reading)} == {"Imięu1", "Imięu2"}
    assert sorted((each.code, each.field or each.value) for each in reading.findings) == [
        ("field-unknown", "favouriteColour"),
        ("header-mistake", "givenname"),
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["u1", "o1", "student"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["sourcedId", "roles", "role", "org", "agents", "userIds", "email", "type", "status", "x"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=15,
    )
)
def test_whatever_json_comes_nothing_breaks(running, reader_of, make, odd):
    """A user of any shape is a record, a held one, or a refusal; u1 beside it stays as it was."""
    running.reset()
    running.lists = make.school(make.user("u1"))
    running.lists["users"].append(odd)
    try:
        reading = reader_of().read(running, bare=True)
    except UnreadableSource:
        return
    assert "u1" in {record.key for record in records(reading)}


# Secrets


@pytest.mark.clause("GB5")
@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 500, 503])
@pytest.mark.parametrize("at", [0, 1])
def test_no_secret_is_spoken(site, reader, make, caplog, status, at):  # noqa: PLR0913, PLR0917
    """Whatever goes wrong and wherever: no secret, token or person in errors, tracebacks, logs, or reprs."""
    caplog.set_level(logging.DEBUG)
    content = {**make.error("x"), "error": "token-1-geheim"}
    site.faults = [lambda _: False] * at + [sent(make, status, content)] * 20
    site.lists = make.school()
    with pytest.raises(EszkolaError) as refused:
        reader.read(site)
    error = refused.value
    spoken = "".join(traceback.format_exception(error, chain=True)) + caplog.text + repr(vars(error)) + repr(reader)
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None:
        chain.append(link)
        link = link.__cause__ or link.__context__
    spoken += "".join(f"{each!r}{each}{each.args}" for each in chain)
    for secret in ("geheim", "tajne", "12230100013", "Ewa Kos"):
        assert secret not in spoken
    assert not [each for each in chain if hasattr(each, "request")]


def test_a_secret_is_for_its_owner_only(site, reader, tmp_path):
    """A file that others may read, or that is none, is refused, and the way to mend it is named."""
    loose = tmp_path / "loose"
    loose.write_text("tajne", encoding="utf-8")
    loose.chmod(0o640)
    with pytest.raises(InvalidValue, match="chmod 600") as refused:
        reader.read(site, client_secret_file=loose)
    assert "tajne" not in str(refused.value)
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InvalidValue):
            reader.read(site, client_secret_file=path)


def test_a_secret_may_be_in_the_environment(site, reader, make, monkeypatch, secret_file):
    """Under the name that the configuration gives."""
    site.lists = make.school(make.user("u1"))
    with pytest.raises(InvalidValue, match="SIS_SECRET"):
        reader.read(site, client_secret_env="SIS_SECRET")
    monkeypatch.setenv("SIS_SECRET", secret_file.read_text("utf-8").strip())
    assert len(records(reader.read(site, client_secret_env="SIS_SECRET"))) == 1


def test_a_proxy_of_the_environment_is_not_used_on_this_computer(site, reader, make, monkeypatch):
    """Else the secret would go to it in clear."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    site.lists = make.school(make.user("u1"))
    assert len(records(reader.read(site))) == 1


def test_a_proxy_that_is_no_address_is_said(site, reader, monkeypatch):
    """Without what stands there: it may hold a password."""
    monkeypatch.setenv("HTTPS_PROXY", "klient:tajne@nowhere:x")
    with pytest.raises(InvalidValue, match="HTTPS_PROXY") as refused:
        reader.read(site, url="https://sis.example.org")
    assert "tajne" not in repr(refused.value)


def test_an_address_that_nobody_can_ask_is_said(site, reader):
    """However it passed the configuration."""
    with pytest.raises(UnreadableSource) as refused:
        reader.read(site, token_url="https://a..b/token")
    assert refused.value.code == "address-wrong"


@pytest.mark.rule("ID-10a")
@pytest.mark.parametrize("status", [200, 400, 503])
def test_a_key_that_is_a_national_id_is_in_no_log(site, reader, make, caplog, pesel, status):  # noqa: PLR0913, PLR0917
    """Nor in an error about the one user who was asked for by it."""
    caplog.set_level(logging.DEBUG)
    key = pesel(7)
    new = {"dateLastModified": "2999-01-01T00:00:00.000Z"}
    site.lists = make.school(
        make.user("u1", agents=[make.ref(key, "user")], **new),
        make.user(key, "guardian"),
        classes=[make.room("c1", "1a")],
        enrollments=[make.enrolled("e1", key, "c1", **new)],
    )

    def refuse(handler):
        if f"/users/{key}" not in handler.path or status == 200:
            return False
        make.answer(handler, status, b"")
        return True

    site.faults = [refuse] * 30
    try:
        spoken = repr(reader.read(site, changed_hours=1).findings)
    except (UnreadableSource, Unavailable) as error:
        spoken = "".join(traceback.format_exception(error)) + repr(vars(error))
        assert "/users/" in spoken
    assert any(f"/users/{key}" in url for url in site.asked)
    assert "HTTP Request" in caplog.text
    assert key not in spoken + caplog.text


def test_an_answer_that_drips_is_left(site, reader, make, monkeypatch):
    """Each step may be in time, and the whole has an end all the same."""
    monkeypatch.setattr("eszkola_gradebook.rest.transport._SLOWEST", -1)
    site.lists = make.school()
    with pytest.raises(Unavailable, match="in time"):
        reader.read(site)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60))
def test_whatever_link_comes_nothing_breaks(running, reader_of, make, link):
    """It is followed, not followed, or refused."""
    running.reset()
    running.lists = make.school(make.user("u1"))

    def odd(handler):
        if "/orgs" not in handler.path:
            return False
        make.answer(handler, 200, {"orgs": running.lists["orgs"]}, Link=f'<{link}>; rel="next"')
        return True

    running.faults = [odd] * 9
    with contextlib.suppress(UnreadableSource):
        reader_of().read(running)


def test_json_with_its_mark_is_json(site, reader, make):
    """Some services begin with a byte order mark."""
    site.lists = make.school(make.user("u1"))
    marked = b"\xef\xbb\xbf" + json.dumps({"orgs": site.lists["orgs"]}).encode()
    site.faults = after_token(sent(make, 200, marked, X_Total_Count="1"))
    assert len(records(reader.read(site))) == 1
