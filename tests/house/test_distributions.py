"""The distributions of the house go together: one version, one licence, one set of pins."""

from __future__ import annotations

import re
import tomllib

PINNED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*==[0-9][0-9a-z.]*(?: ; [^/@]+)?")


def required_name(requirement):
    """Return the name in *requirement*, spelt the one way that pins use."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def test_the_house_has_a_core_and_its_adapters(distributions):
    """The core and its adapters are all found, so that what is asked of each is asked of something."""
    assert [each.project["name"] for each in distributions] == [
        "eszkola-core",
        "eszkola-cli",
        "eszkola-gradebook",
        "eszkola-jinja",
        "eszkola-letters",
        "eszkola-sms",
        "eszkola-smtp",
        "eszkola-sqlalchemy",
        "eszkola-stores",
    ]


def test_all_distributions_carry_one_version(distributions):
    """What is released together has the same version."""
    assert len({each.project["version"] for each in distributions}) == 1


def test_an_adapter_requires_the_core_of_its_own_version(adapter):
    """An adapter is never installed beside a core that it was not released with."""
    assert f"eszkola-core=={adapter.project['version']}" in adapter.project["dependencies"]


def test_each_adapter_is_an_extra_of_the_core_and_part_of_all(adapter, distributions):
    """The core's extras name every adapter in its version, and `all` names them together."""
    core = distributions[0].project
    extras = core["optional-dependencies"]
    extra = adapter.folder.name

    assert extras[extra] == [f"{adapter.project['name']}=={core['version']}"]
    assert extra in re.findall(r"\w+", extras["all"][0].removeprefix("eszkola-core"))


def test_each_distribution_carries_the_licence(distribution, root):
    """The full licence lies in every folder that becomes a wheel, and the metadata name it by its SPDX id."""
    text = (distribution.folder / "LICENSE").read_text(encoding="utf-8")

    assert distribution.project["license"].split(" AND ")[0] == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert text == (root / "LICENSE").read_text(encoding="utf-8")


def test_each_distribution_supports_the_same_pythons(distribution, distributions):
    """Nobody finds the core on a Python on which an adapter is missing."""
    core = distributions[0].project
    pythons = [text for text in core["classifiers"] if text.startswith("Programming Language")]

    assert distribution.project["requires-python"] == core["requires-python"]
    assert [text for text in distribution.project["classifiers"] if text.startswith("Programming Language")] == pythons


def test_each_distribution_has_a_readme_and_is_typed(distribution):
    """Every distribution introduces itself and shows its types to checkers."""
    packages = [path for path in (distribution.folder / "src").iterdir() if (path / "__init__.py").is_file()]

    assert (distribution.folder / distribution.project["readme"]).read_text(encoding="utf-8").startswith("# eszkola-")
    assert packages
    assert [path.name for path in packages if not (path / "py.typed").is_file()] == []


def test_pins_name_versions_and_no_place(root):
    """The pins say which version, never from where: no host, no path, no option."""
    lines = (root / "constraints/pins.txt").read_text(encoding="utf-8").splitlines()

    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


def test_whatever_is_required_is_pinned(distributions, root):
    """Every requirement of a distribution and every tool of a group has its pin; the house itself has none."""
    pins = {required_name(line) for line in (root / "constraints/pins.txt").read_text("utf-8").splitlines()}
    house = {each.project["name"] for each in distributions}
    groups = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["dependency-groups"].values()
    required = {required_name(text) for each in distributions for text in each.project["dependencies"]}
    required |= {required_name(text) for group in groups for text in group if isinstance(text, str)}

    assert sorted(required - house - pins) == []
    assert sorted(house & pins) == []


def test_the_tools_are_listed_for_the_pins(root):
    """A tool of a dependency group is also in constraints/tools.in, from which the pins are made."""
    groups = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["dependency-groups"].values()
    listed = set((root / "constraints/tools.in").read_text("utf-8").splitlines())

    assert sorted({text for group in groups for text in group if isinstance(text, str)} - listed) == []


def test_no_lock_file_is_tracked(tracked):
    """A lock file would fix the place that packages come from; the pins do without."""
    locks = {"Pipfile.lock", "pdm.lock", "poetry.lock", "pylock.toml", "uv.lock"}

    assert tracked
    assert [path for path in tracked if path.rsplit("/", 1)[-1] in locks] == []
