"""A OneRoster 1.2 service on loopback: OAuth 2, pages, filters, fields, and every way to go wrong."""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote_plus, urlencode, urlsplit

import pytest
from attrs import define, evolve, field

from eszkola_core.domain.stated import Reading
from eszkola_gradebook.gradebook import FileGradebook
from eszkola_gradebook.rest.patience import Patience
from eszkola_gradebook.rest.service import Service

BASE: Final = "/ims/oneroster/rostering/v1p2"
SCOPE: Final = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
CLIENT, SECRET = "klient:1", "tajne+hasło&100%"
SINGLE: Final = {"users": "user"}

Record = dict[str, Any]
Fault = Callable[[BaseHTTPRequestHandler], bool]
"""What goes wrong with a request: True where it was answered, or left without an answer, already."""


@define
class Site:
    """The service's data and manners; tests change both while it runs."""

    lists: dict[str, list[Record]] = field(factory=dict)
    scopes: set[str] = field(factory=lambda: {f"{SCOPE}roster-core.readonly", f"{SCOPE}roster-demographics.readonly"})
    faults: list[Fault] = field(factory=list)
    between: list[Callable[[], None]] = field(factory=list)
    """What happens after each page of a list, one by one."""
    cap: int = 1000
    totals: bool = True
    links: bool = True
    filters: bool = True
    cursors: bool = False
    lifetime: object = 3600
    token: str = "żeton-0"
    given: int = 0
    asked: list[str] = field(factory=list)
    address: str = ""

    def reset(self) -> None:
        """Forget everything but the address."""
        fresh = Site(address=self.address)
        for name in ("lists", "scopes", "faults", "between", "cap", "totals", "links", "filters", "cursors"):
            setattr(self, name, getattr(fresh, name))
        self.lifetime, self.token, self.given, self.asked = fresh.lifetime, fresh.token, 0, []

    def paths(self) -> list[str]:
        """Return the paths behind the service's address that were asked for."""
        return [urlsplit(url).path.removeprefix(BASE) for url in self.asked]


def answer(handler: BaseHTTPRequestHandler, status: int, content: object, **headers: str) -> None:
    """Send an answer: JSON, or bytes as they are."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


class Handler(BaseHTTPRequestHandler):
    """Speaks OneRoster 1.2."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    site: Site

    def do_POST(self) -> None:
        """Give a token to a client that proves itself."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.site.asked.append(self.path)
        if self.site.faults and self.site.faults.pop(0)(self):
            return
        user, _, password = base64.b64decode(self.headers["Authorization"].split()[1]).decode().partition(":")
        if (unquote_plus(user), unquote_plus(password)) != (CLIENT, SECRET):
            answer(self, 401, {"error": "invalid_client", "error_description": f"{SECRET} is wrong"})
        elif form["grant_type"] != ["client_credentials"]:
            answer(self, 400, {"error": "unsupported_grant_type"})
        elif not set(form["scope"][0].split()) <= self.site.scopes:
            answer(self, 400, {"error": "invalid_scope"})
        else:
            self.site.given += 1
            self.site.token = f"token-{self.site.given}-geheim"
            content = {"access_token": self.site.token, "token_type": "Bearer", "expires_in": self.site.lifetime}
            answer(self, 200, content)

    def do_GET(self) -> None:
        """Give a list, or one user."""
        self.site.asked.append(self.path)
        if self.site.faults and self.site.faults.pop(0)(self):
            return
        url = urlsplit(self.path)
        name, _, key = url.path.removeprefix(f"{BASE}/").partition("/")
        if self.headers["Authorization"] != f"Bearer {self.site.token}":
            answer(self, 401, error("unauthorisedrequest"))
        elif not url.path.startswith(BASE) or name not in self.site.lists:
            answer(self, 404, error("unknownobject"))
        elif name == "demographics" and f"{SCOPE}roster-demographics.readonly" not in self.site.scopes:
            answer(self, 403, error("forbidden"))
        elif key:
            found = [each for each in self.site.lists[name] if quote(each["sourcedId"], safe="") == key]
            answer(self, 200, {SINGLE[name]: found[0]}) if found else answer(self, 404, error("unknownobject"))
        else:
            self._page(name, {name: values[0] for name, values in parse_qs(url.query).items()})

    def _page(self, name: str, question: dict[str, str]) -> None:
        records = self.site.lists[name]
        if self.site.filters and "filter" in question:
            records = [each for each in records if passes(each, question["filter"])]
        if "sort" in question:
            records = sorted(records, key=lambda each: each["sourcedId"] if isinstance(each, dict) else "")
        offset = int(question.get("offset", question.get("skiptoken", 0)))
        end = offset + min(int(question.get("limit", 100)), self.site.cap)
        headers = {}
        if self.site.totals:
            headers["X_Total_Count"] = str(len(records))
        if self.site.links and end < len(records):
            token = "skiptoken" if self.site.cursors else "offset"
            kept = {at: value for at, value in question.items() if at not in {"offset", "skiptoken"}}
            link = f"{self.site.address}{BASE}/{name}?{urlencode({**kept, token: end})}"
            headers["Link"] = f'<{link}>; rel="next"'
        wanted = question["fields"].split(",") if "fields" in question else None
        page = [
            each if wanted is None or not isinstance(each, dict) else {at: each[at] for at in wanted if at in each}
            for each in records[offset:end]
        ]
        answer(self, 200, {name: page}, **headers)
        if self.site.between:
            self.site.between.pop(0)()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def error(code: str) -> dict[str, object]:
    """Return what the standard sends with a refusal, and words that nobody should repeat."""
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": "Bearer token-1-geheim of Ewa Kos, PESEL 12230100013",
        "imsx_CodeMinor": {"imsx_codeMinorField": [{"imsx_codeMinorFieldName": "x", "imsx_codeMinorFieldValue": code}]},
    }


def passes(record: Record, condition: str) -> bool:
    """Return whether a record passes the one kind of filter that is asked for."""
    found = re.fullmatch(r"(\w+)(?:\.(\w+))?(>=|=)'(.*)'", condition)
    assert found is not None
    value = record.get(found[1], "")
    value = value[found[2]] if found[2] else value
    return bool(value >= found[4] if found[3] == ">=" else value == found[4])


class Server(ThreadingHTTPServer):
    """Leaves no thread behind that a broken connection keeps."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that went away."""


def serving(site: Site, context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve until the test has ended."""
    with Server(("127.0.0.1", 0), type("Here", (Handler,), {"site": site})) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        site.address = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def running() -> Iterator[Site]:
    """Serve all tests that do without encryption."""
    yield from serving(Site())


@pytest.fixture
def site(running: Site) -> Site:
    """Return the service, empty."""
    running.reset()
    return running


@pytest.fixture(scope="session")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the secret, for its owner only."""
    path = tmp_path_factory.mktemp("secret") / "sekret"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@define
class Reader:
    """Reads the service without waiting, and remembers for how long it would have."""

    secret_file: Path
    waits: list[float] = field(factory=list)
    tries: int = 4

    def service(self, site: Site, **options: Any) -> Service:
        """Return the service's description."""
        address = site.address
        plain = Service(
            name="sis",
            url=f"{address}{BASE}",
            token_url=f"{address}/token",
            client_id=CLIENT,
            client_secret_file=self.secret_file,
            timeout=5,
        )
        return evolve(plain, **options)

    def read(self, site: Site, **options: Any) -> Reading:
        """Return what the service states, with its records taken out of their rosters."""
        source = FileGradebook(
            services={"sis": self.service(site, **options)},
            patience=lambda: Patience(tries=self.tries, sleep=self.waits.append),
        )
        reading = source.read([Path("service:sis")])
        return evolve(
            reading, rosters=tuple(evolve(roster, records=tuple(roster.records)) for roster in reading.rosters)
        )


@pytest.fixture(scope="session")
def reader_of(secret_file: Path) -> Callable[[], Reader]:
    """Make readers."""
    return lambda: Reader(secret_file)


@pytest.fixture
def reader(reader_of: Callable[[], Reader]) -> Reader:
    """Return a reader."""
    return reader_of()


def ref(key: str, kind: str) -> Record:
    """Return a reference."""
    return {"href": f"https://sis.example/{kind}/{key}", "sourcedId": key, "type": kind}


def user(key: str, role: str = "student", org: str = "o1", **more: object) -> Record:
    """Return a user in one role."""
    return {
        "sourcedId": key,
        "status": "active",
        "dateLastModified": "2026-11-01T00:00:00.000Z",
        "enabledUser": "true",
        "username": key,
        "givenName": f"Imię{key}",
        "familyName": "Kos",
        "email": f"{key}@dom.example",
        "userIds": [],
        "agents": [],
        "password": "Sekret1!",
        "roles": [{"roleType": "primary", "role": role, "org": ref(org, "org")}],
        **more,
    }


def orgs(*keys: str) -> list[Record]:
    """Return schools."""
    return [{"sourcedId": key, "status": "active", "name": f"Szkoła {key}", "type": "school"} for key in keys]


def room(key: str, title: str, org: str = "o1", kind: str = "homeroom") -> Record:
    """Return a class."""
    return {"sourcedId": key, "status": "active", "title": title, "classType": kind, "school": ref(org, "org")}


def enrolled(key: str, person: str, group: str, role: str = "student", **more: object) -> Record:
    """Return an enrolment."""
    return {
        "sourcedId": key,
        "status": "active",
        "dateLastModified": "2026-11-01T00:00:00.000Z",
        "user": ref(person, "user"),
        "class": ref(group, "class"),
        "school": ref("o1", "org"),
        "role": role,
        **more,
    }


@define
class Make:
    """What tests make records with."""

    user = staticmethod(user)
    orgs = staticmethod(orgs)
    room = staticmethod(room)
    enrolled = staticmethod(enrolled)
    ref = staticmethod(ref)
    answer = staticmethod(answer)
    error = staticmethod(error)
    serving = staticmethod(serving)
    site = Site

    @staticmethod
    def school(*users: Record, **lists: list[Record]) -> dict[str, list[Record]]:
        """Return the lists of a service with one school."""
        return {"orgs": orgs("o1"), "users": list(users), "classes": [], "enrollments": [], **lists}


@pytest.fixture(scope="session")
def make() -> Make:
    """Make records and answers."""
    return Make()
