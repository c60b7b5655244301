"""A gradebook that is asked instead of sending files: planned, applied, and out of reach."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

TABLE = """
[gradebook.services.sis]
url = "{address}/v1p2"
token_url = "{address}/token"
client_id = "eszkola"
client_secret_file = "sekret"
"""


class Small(BaseHTTPRequestHandler):
    """Gives a token to anybody, and each list whole."""

    lists: dict[str, list[dict]]

    def do_POST(self):
        """Give a token."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.give({"access_token": "t", "token_type": "Bearer", "expires_in": 60})

    def do_GET(self):
        """Give a list."""
        name = urlsplit(self.path).path.removeprefix("/v1p2/")
        self.give({name: self.lists[name]}, len(self.lists[name]))

    def give(self, content, total=0):
        """Send JSON."""
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("X-Total-Count", str(total))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def sis(pesel):
    """Serve one school with twelve students, and yield its address and lists."""

    def user(number):
        school = {"sourcedId": "sp1"}
        return {
            "sourcedId": f"u{number}",
            "givenName": "Ola",
            "familyName": f"Kos{chr(97 + number)}",
            "email": f"u{number}@dom.example",
            "userIds": [{"type": "PESEL", "identifier": pesel(number)}],
            "roles": [{"role": "student", "org": school}],
        }

    lists = {
        "orgs": [{"sourcedId": "sp1", "name": "Jedynka", "type": "school"}],
        "users": [user(number) for number in range(12)],
        "classes": [],
        "enrollments": [],
    }
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Small,), {"lists": lists})) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", lists
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def house(installed, sis):
    """Return an installation that knows the service."""
    made = installed()
    with (made.folder / "eszkola.toml").open("a", encoding="utf-8") as opened:
        opened.write(TABLE.format(address=sis[0]))
    secret = made.folder / "sekret"
    secret.write_text("tajne", encoding="utf-8")
    secret.chmod(0o600)
    return made


def test_a_service_is_planned_and_applied_like_files(house, sis):
    """By its name; a saved plan needs the service no more, and the same again changes nothing."""
    planned = house.run("roster", "plan", "service:sis", "--json", "--save", house.folder / "plan")
    assert (planned.code, planned.json["created"], planned.json["findings"]) == (0, 12, [])
    applied = house.run("roster", "apply", "--plan", house.folder / "plan", "--json").json
    assert (applied["run"], applied["created"], applied["opened"]) == (1, 12, 12)
    again = house.run("roster", "apply", "service:sis", "--json").json
    assert (again["run"], again["unchanged"]) == (None, 12)

    sis[1]["users"].pop()
    assert house.run("roster", "plan", "service:sis", "--json").json["ended"] == 1


def test_a_person_sees_which_school_and_what_to_do(house, sis):
    """The report is that of any source; the place is the service and the path."""
    sis[1]["users"][0]["email"] = 7
    told = house.run("roster", "plan", "service:sis")
    assert told.code == 0
    assert "New in sp1" in told.out
    assert "sis:/v1p2/users" in told.out
    assert "field wrong type" in told.out


def test_a_service_that_answers_nonsense_changes_nothing(house, sis):
    """With exit code 1 and the remedy; a name that nobody described likewise."""
    sis[1]["users"] = {"no": "list"}
    told = house.run("roster", "apply", "service:sis")
    assert (told.code, told.out) == (1, "")
    assert "sis:/v1p2/users answers without users" in told.err
    assert "Nothing was changed." in told.err

    told = house.run("roster", "apply", "service:sos", "--json")
    assert (told.code, told.json["findings"][0]["code"]) == (1, "service-unknown")


def test_a_secret_that_others_may_read_stops_the_command(house):
    """With the way to mend it; commands that read no service go on."""
    (house.folder / "sekret").chmod(0o644)
    told = house.run("roster", "plan", "service:sis")
    assert (told.code, told.out) == (1, "")
    assert "chmod 600" in told.err
    assert house.run("readiness").code == 0


def test_a_service_out_of_reach_ends_with_three(house, sis, monkeypatch):
    """So that a nightly script knows to try again."""
    monkeypatch.setattr("eszkola_gradebook.rest.patience._FIRST", 0)
    path = house.folder / "eszkola.toml"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    path.write_text(path.read_text("utf-8").replace(sis[0], gone), "utf-8")
    told = house.run("roster", "apply", "service:sis")
    assert (told.code, told.out) == (3, "")
    assert "sis:/token cannot be reached" in told.err
    assert "try again later" in told.err


def test_a_mapping_file_lies_where_the_configuration_does(installed):
    """Wherever the command is called from."""
    house = installed()
    (house.folder / "own.toml").write_text(
        'format = "own"\n[tables.t]\nneeds = ["Familie"]\n[[records]]\ntable = "t"\nlist = "students"\n'
        '[[records.person]]\nrole = "student"\nlast_name = "Familie"\nfirst_name = "Vorname"\n',
        encoding="utf-8",
    )
    with (house.folder / "eszkola.toml").open("a", encoding="utf-8") as opened:
        opened.write('\n[gradebook]\nformats = ["own.toml"]\n')
    source = house.write("a.csv", "Familie;Vorname\nKos;Ola\n")
    assert house.run("roster", "plan", source, "--school", "sp1", "--json").json["held"] == 1
