"""What the site is built from: every page has its place, and no link is lost on the way."""

from __future__ import annotations

import re

import pytest
from stage import NAVIGATION, ROOT, Module, Stage, core_modules, menu, own_pages, page_of


def test_a_page_without_a_place_in_the_menu_is_an_error():
    """Who writes a page in a new folder says where readers find it."""
    names = set(own_pages().values())

    assert all(title in menu(names) for title in NAVIGATION)
    with pytest.raises(SystemExit, match="nowhere/new"):
        menu({*names, "nowhere/new"})


def test_the_menu_spells_names_as_their_owners_do():
    """An example is called what its title calls it, and not by its folder; adapters are called by their own names."""
    listed = menu(set(own_pages().values()))

    assert "Django site <examples/django_site>" in listed
    assert [line for line in listed.splitlines() if re.match(r"[a-z].* <examples/", line)] == []


def test_links_are_turned_to_where_pages_lie_on_the_site(tmp_path):
    """A link to a page leads to it, one to a file to a page that shows it, other links stay."""
    text = (
        "[a](docs/tutorial.md#first-access) [b](CHANGELOG.md) [c](adapters/sms) [d](LICENSE) "
        "[e](https://example.org/x.md) [f](nothing.md) [g](#here)"
    )
    stage = Stage(tmp_path)

    assert stage.turned(text, ROOT, "overview", own_pages()) == (
        "[a](tutorial.md#first-access) [b](changelog.md) [c](adapters/sms.md) [d](files/LICENSE.md) "
        "[e](https://example.org/x.md) [f](nothing.md) [g](#here)"
    )
    assert stage.shown == {ROOT / "LICENSE": "files/LICENSE"}


def test_every_public_module_has_a_room_and_says_what_it_is():
    """The reference says of each module in one sentence what it is about."""
    modules = list(core_modules())

    assert [each.name for each in modules if not each.room or not each.summary] == []
    assert not [each.name for each in modules if "._" in each.name]


def test_what_a_module_takes_from_a_private_one_is_told_once():
    """The first page that offers it tells it, the next links to it."""
    taken = {"MustAct": "eszkola_core._usecases._tickets.MustAct"}
    first, second = (Module(f"eszkola_core._usecases.{name}", "", ("MustAct",), taken) for name in ("a", "b"))
    told: set[str] = set()

    assert ".. autoclass:: eszkola_core._usecases._tickets.MustAct" in page_of(first, told)
    assert "autoclass" not in page_of(second, told)
    assert ":py:obj:`~eszkola_core._usecases._tickets.MustAct`" in page_of(second, told)
