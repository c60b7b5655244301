"""The entry point: a gradebook source from plain settings."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from attrs import fields

from eszkola_core.errors import InvalidValue, UnreadableSource
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.gradebook import FileGradebook, formats
from eszkola_gradebook.plugin import source
from eszkola_gradebook.rest.service import Service

SERVICE = {
    "url": "https://sis.example.org/ims/oneroster/rostering/v1p2",
    "token_url": "https://sis.example.org/token",
    "client_id": "eszkola",
    "client_secret_file": "secret",
}


def test_without_options_the_defaults_hold():
    """No option at all gives the adapter as it comes."""
    assert source({}) == FileGradebook()


def test_options_reach_the_adapter(tmp_path):
    """Mapping files and the limit of archives are settings."""
    path = tmp_path / "own.toml"
    path.write_text(
        'format = "own"\n[tables.t]\nneeds = ["X"]\n[[records]]\ntable = "t"\nlist = "students"\n'
        '[[records.person]]\nrole = "student"\nlast_name = "X"\n',
        encoding="utf-8",
    )
    made = source({"formats": [str(path)], "unpacked_mib": 3})
    assert isinstance(made, FileGradebook)
    assert (made.mappings[0].format, made.limits) == ("own", Limits(total=3 << 20))


@pytest.mark.parametrize(
    "options",
    [
        {"format": "x"},
        {"formats": "x"},
        {"formats": [1]},
        {"unpacked_mib": 0},
        {"unpacked_mib": True},
        {"services": ["x"]},
    ],
)
def test_an_option_that_means_nothing_is_refused(options):
    """A slip in the settings is an error and not a default."""
    with pytest.raises(InvalidValue):
        source(options)


def test_a_mapping_that_is_missing_is_said_at_once():
    """A mapping file that is not there stops the start, not the first import."""
    with pytest.raises(UnreadableSource):
        source({"formats": [Path("none.toml")]})


def test_relative_paths_start_where_the_configuration_lies(tmp_path):
    """Wherever a command is called from, a mapping file and a secret are those beside the configuration."""
    (tmp_path / "own.toml").write_text(
        'format = "own"\n[tables.t]\nneeds = ["X"]\n[[records]]\ntable = "t"\nlist = "students"\n'
        '[[records.person]]\nrole = "student"\nlast_name = "X"\n',
        encoding="utf-8",
    )
    made = source({"formats": ["own.toml"], "services": {"sis": SERVICE}}, base=tmp_path)
    assert isinstance(made, FileGradebook)
    assert [each.format for each in made.mappings] == ["own"]
    assert made.services["sis"].client_secret_file == tmp_path / "secret"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"url": "http://sis.example.org/ims"}, "https://"),
        ({"token_url": "http://sis.example.org/token"}, "https://"),
        ({"url": "ftp://127.0.0.1/"}, "https://"),
        ({"url": "https://klient:tajne@sis.example.org"}, "without name"),
        ({"url": "https://sis.example.org/?token=tajne"}, "without name"),
        ({"url": "https://sis.example.org:tajne/"}, "write an address"),
        ({"url": "sis.example.org"}, "write an address"),
        ({"url": ""}, "services.sis.url"),
        ({"client_id": 7}, "services.sis.client_id"),
        ({"client_secret": "tajne"}, "services.sis.client_secret"),
        ({"client_secret_env": "X"}, "give one of"),
        ({"page_size": 1}, "services.sis.page_size"),
        ({"page_size": True}, "services.sis.page_size"),
        ({"timeout": 0.5}, "services.sis.timeout"),
        ({"demographics": "yes"}, "services.sis.demographics"),
    ],
    ids=str,
)
def test_a_service_that_cannot_be_right_is_refused_at_start(change, named):
    """With the key and what may stand there; a secret that was put into the file is not repeated."""
    with pytest.raises(InvalidValue, match=named) as refused:
        source({"services": {"sis": {**SERVICE, **change}}})
    assert "tajne" not in str(refused.value)


@pytest.mark.parametrize("missing", ["url", "token_url", "client_id", "client_secret_file"])
def test_a_service_needs_its_addresses_and_its_client(missing):
    """Each of the four."""
    with pytest.raises(InvalidValue, match=missing):
        source({"services": {"sis": {key: value for key, value in SERVICE.items() if key != missing}}})


def test_every_key_of_a_service_is_told(request):
    """The page of the configuration has a row for each, and no other."""
    page = (request.config.rootpath / "docs/reference/configuration.md").read_text("utf-8")
    told = page.partition("## [gradebook.services.NAME]")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", told, re.MULTILINE)) == {each.name for each in fields(Service)} - {"name"}


@pytest.mark.parametrize("name", ["", "a b", "../x", "ą"])
def test_a_service_has_a_name_for_the_command_line(name):
    """One that needs no quotation marks there."""
    with pytest.raises(InvalidValue):
        source({"services": {name: SERVICE}})


def test_a_service_that_nobody_described_is_named():
    """With those that there are."""
    with pytest.raises(UnreadableSource) as refused:
        source({"services": {"sis": SERVICE}}).read([Path("service:sos")])
    assert (refused.value.code, refused.value.source) == ("service-unknown", "service:sos")
    assert refused.value.hint.endswith("there are: sis")


def test_without_the_client_the_extra_is_named(monkeypatch):
    """Whoever reads files only needs no HTTP client."""
    for name in ("reading", "paging", "client", "transport"):
        monkeypatch.delitem(sys.modules, f"eszkola_gradebook.rest.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(InvalidValue, match="rest") as refused:
        source({"services": {"sis": SERVICE}}).read([Path("service:sis")])
    assert refused.value.code == "extra-missing"


def test_reading_files_loads_no_http_client():
    """It is heavy, and comes only where a service is asked."""
    program = "from eszkola_gradebook.plugin import source; source({}); import sys; print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "False"


def test_the_adapter_is_found_by_its_name():
    """Installed, it answers to the name files."""
    found = [entry for entry in entry_points(group="eszkola.gradebook") if entry.name == "files"]
    if not found:
        pytest.skip("the adapter is not installed here, only on the path")
    assert found[0].load() is source


def test_all_formats_have_names():
    """The names that a caller may use are in order and without doubles."""
    assert list(formats()) == sorted(set(formats()))
    assert {"table", "uonet", "librus-csv2sou", "sio", "sds-v1", "sds-v2.1", "egradebook", "oneroster"} <= set(
        formats()
    )
