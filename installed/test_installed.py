"""What the wheels are as they lie in an environment: whole, named, typed, and with everything that they read."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import Distribution, distributions, entry_points
from pkgutil import walk_packages

import pytest

OURS = sorted((each for each in distributions() if each.name.startswith("eszkola-")), key=lambda each: each.name)
ours = pytest.mark.parametrize("distribution", OURS, ids=lambda each: each.name)


def files_of(distribution: Distribution) -> list[str]:
    """Return the files of a distribution."""
    return [str(each) for each in distribution.files or () if "__pycache__" not in str(each)]


def packages_of(distribution: Distribution) -> list[str]:
    """Return the packages of a distribution."""
    return sorted(
        {each.split("/")[0] for each in files_of(distribution) if each.count("/") == 1 and ".dist-info" not in each}
    )


def test_all_of_the_house_is_installed():
    """The extra `all` brought every distribution, each in the same version."""
    names = {each.name.removeprefix("eszkola-") for each in OURS}

    assert names == {"cli", "core", "gradebook", "jinja", "letters", "sms", "smtp", "sqlalchemy", "stores"}
    assert len({each.version for each in OURS}) == 1


@ours
def test_it_was_installed_from_a_wheel(distribution):
    """Not as a link to the working tree: the files lie where it says, and no path leads elsewhere."""
    assert packages_of(distribution)
    assert [each for each in files_of(distribution) if each.endswith(".pth")] == []
    assert (distribution.read_text("WHEEL") or "").count("Tag: py3-none-any") == 1


@ours
def test_its_metadata_say_what_it_is(distribution):
    """Licence, text, Pythons and types; nobody has to be asked."""
    said = distribution.metadata

    assert said["License-Expression"].startswith("Apache-2.0")
    assert [each for each in files_of(distribution) if each.endswith(".dist-info/licenses/LICENSE")]
    assert said["Requires-Python"] == ">=3.11"
    assert said["Description-Content-Type"] == "text/markdown"
    assert said["Summary"]
    assert "Typing :: Typed" in said.get_all("Classifier")
    assert {f"{package}/py.typed" for package in packages_of(distribution)} <= set(files_of(distribution))


@ours
def test_it_holds_nothing_that_does_not_belong_there(distribution):
    """No tests but the template's, no caches, nothing that tools left."""
    strangers = (".pyc", ".orig", ".sqlite", ".pytest_cache", ".hypothesis")
    tests = [each for each in files_of(distribution) if "/tests/" in each and "/testing/template/" not in each]

    assert tests == []
    assert [each for each in files_of(distribution) if each.endswith(strangers)] == []


@ours
def test_every_module_can_be_imported(distribution):
    """Also those that nobody imports at start; migrations are run by Alembic, and the template is no package."""
    for package in packages_of(distribution):
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if ".migrations." not in module.name and not module.name.endswith(".__main__"):
                import_module(module.name)


def test_every_plugin_can_be_loaded():
    """Whatever is announced is there."""
    groups = {each for each in entry_points().groups if each.startswith("eszkola.")}

    assert groups == {
        *("eszkola.email", "eszkola.events", "eszkola.gradebook", "eszkola.letters"),
        *("eszkola.renderer", "eszkola.sms", "eszkola.storage"),
    }
    for group in groups:
        for each in entry_points(group=group):
            assert callable(each.load())
