"""The entry point: a gradebook source from plain settings."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from eszkola_core.errors import InvalidValue, UnreadableSource
from eszkola_gradebook.archives import Limits
from eszkola_gradebook.gradebook import FileGradebook, formats
from eszkola_gradebook.plugin import source


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
    [{"format": "x"}, {"formats": "x"}, {"formats": [1]}, {"unpacked_mib": 0}, {"unpacked_mib": True}],
)
def test_an_option_that_means_nothing_is_refused(options):
    """A slip in the settings is an error and not a default."""
    with pytest.raises(InvalidValue):
        source(options)


def test_a_mapping_that_is_missing_is_said_at_once():
    """A mapping file that is not there stops the start, not the first import."""
    with pytest.raises(UnreadableSource):
        source({"formats": [Path("none.toml")]})


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
