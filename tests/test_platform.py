"""The platform: use cases put together from explicit adapters, or from those that a configuration names."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pkgutil import iter_modules
from threading import Barrier, Thread
from typing import Any

import pytest

from eszkola_core import (
    CHEAPEST_FOR_TESTS,
    Actor,
    Applied,
    Argon2Hasher,
    BoundedHasher,
    InvalidValue,
    LossKind,
    Platform,
    Reading,
    Sharing,
    SignInRefused,
    Tenant,
    _usecases,
    from_config,
)
from eszkola_core.testing.doubles import FrozenClock
from eszkola_core.testing.memory import MemoryStorage
from eszkola_core.testing.public_api import cases
from eszkola_core.testing.region import CONSOLE, Region

TENANT = Tenant(key="opole", name="Opole", base_url="https://konto.example.org", platform_domain="eszkola.example.org")
CONFIG = """
[tenant]
key = "opole"
name = "Opole"
base_url = "https://konto.example.org"
platform_domain = "eszkola.example.org"
"""
NEEDS = {
    "deliver_messages": "MessageRenderer",
    "deliver_sms": "SmsCourier",
    "rotate_keys": "StorageAdministration",
}


@pytest.fixture
def platform():
    """Return a platform in memory, with nothing but a storage."""
    return Platform(TENANT, storage=MemoryStorage())


@pytest.mark.parametrize("name", sorted(cases()))
def test_every_use_case_is_an_attribute(platform, name):
    """It is of its own class, made once; one that needs an adapter that is not there says which, and how to give it."""
    if name in NEEDS:
        with pytest.raises(InvalidValue, match=rf"{NEEDS[name]}.*write Platform\(…, \w+=…\)") as missing:
            getattr(platform, name)
        assert missing.value.code == "adapter-missing"
        return
    made = getattr(platform, name)
    assert made.__class__.__name__ == cases()[name]
    assert getattr(platform, name) is made


def test_every_module_of_a_use_case_is_on_the_platform(root_of_use_cases):
    """Nobody has to put a use case together by hand because it was forgotten here."""
    assert set(cases()) == root_of_use_cases


@pytest.fixture
def root_of_use_cases():
    """Return the names of the modules that hold a use case, wherever the core is installed."""
    helpers = {"plan_import", "progress", "saved_plans"}
    return {each.name for each in iter_modules(_usecases.__path__) if not each.name.startswith("_")} - helpers


def test_without_a_storage_the_remedy_is_told():
    """The two ways of handing one over."""
    with pytest.raises(InvalidValue, match=r"needs a Storage.*administration=… or storage=…"):
        _ = Platform(TENANT).sign_in


def test_what_an_adapter_cannot_do_is_told_by_its_class():
    """A courier that reads nothing, or gets no reports, and a storage without keys."""
    nothing: Any = object()
    platform = Platform(TENANT, administration=nothing, email=nothing, sms=nothing)
    for attribute, code in (
        ("bounces", "reads-no-bounces"),
        ("sms_reports", "reads-no-reports"),
        ("key_keeper", "keeps-no-keys"),
    ):
        with pytest.raises(InvalidValue, match="adapter object ") as told:
            getattr(platform, attribute)
        assert told.value.code == code


def test_hashing_is_bounded_once_and_a_bound_can_be_shared():
    """A bare hasher gets the tenant's bounds; one that is bounded already stays the very same."""
    bare, shared = (
        Argon2Hasher(CHEAPEST_FOR_TESTS),
        BoundedHasher(Argon2Hasher(CHEAPEST_FOR_TESTS), at_once=1, waiting=9),
    )

    assert isinstance(Platform(TENANT, hasher=bare).hasher, BoundedHasher)
    assert Platform(TENANT, hasher=shared).hasher is shared


def test_settings_that_nobody_planned_open_no_storage():
    """What takes something from people is planned first; the use case for that is there all the same."""
    region = Region(sharing=Sharing.FAMILY)
    Platform(region.tenant, storage=region.storage).change_settings.check()
    region.take("A/1: s Ala 1 box, g Ewa 8 box, g Jan 9 box")
    region.choose(sharing=Sharing.FORBID)
    platform = Platform(region.tenant, storage=region.storage, clock=region.clock)
    with pytest.raises(InvalidValue) as told:
        _ = platform.sign_in

    assert told.value.code == "settings-not-planned"
    assert [each.kind for each in platform.change_settings.plan(CONSOLE).losses] == [LossKind.ADDRESS] * 2


def test_threads_that_ask_at_once_get_the_same(platform):
    """However many ask for a use case for the first time at one instant, one is made."""
    made, ready = [], Barrier(8)

    def ask():
        ready.wait()
        made.append(platform.check_permission)

    threads = [Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({id(each) for each in made}) == 1


class Administration:
    """What looks after a storage in memory, and counts."""

    def __init__(self):
        self.opened = self.closed = 0

    def open(self):
        """Open it."""
        self.opened += 1
        return MemoryStorage()

    def close(self):
        """Close it."""
        self.closed += 1


def test_a_platform_closes_what_it_opened():
    """Leaving it lets go of the storage, whatever happened inside; one that was never needed is never opened."""
    used: Any = Administration()
    unused: Any = Administration()
    with suppress(KeyError), Platform(TENANT, administration=used) as platform:
        assert isinstance(platform.sign_in.attempt("nobody", "nothing"), SignInRefused)
        raise KeyError
    with Platform(TENANT, administration=unused):
        pass

    assert (used.opened, used.closed) == (1, 1)
    assert unused.opened == 0


def test_a_configuration_is_opened_by_its_file_or_its_folder(tmp_path):
    """The adapters are those that are named, or usual, and are loaded when they are needed."""
    (tmp_path / "eszkola.toml").write_text(CONFIG + '[letters]\nadapter = "pigeon"\n', "utf-8")
    clock = FrozenClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
    for path in (tmp_path, str(tmp_path / "eszkola.toml")):
        with from_config(path, clock=clock, hasher=Argon2Hasher(CHEAPEST_FOR_TESTS)) as platform:
            assert (platform.tenant.key, platform.config.base, platform.clock) == ("opole", tmp_path, clock)
            if path == tmp_path:
                platform.administration.create()
            assert isinstance(platform.import_rosters.apply(Reading(rosters=()), actor=Actor.console("test")), Applied)
            with pytest.raises(InvalidValue, match=r"table \[letters\]: no adapter 'pigeon' is installed"):
                _ = platform.letters


def test_no_configuration_is_told_with_the_way_to_one(tmp_path):
    """The text says where it was looked for."""
    with pytest.raises(InvalidValue, match=r"there is no eszkola\.toml at .*eszkola init") as told:
        from_config(tmp_path)
    assert told.value.code == "config-missing"


def test_the_core_alone_is_light():
    """`import eszkola_core` loads few modules, and none of a use case (P11)."""
    program = "import sys; before = set(sys.modules); import eszkola_core; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = done.stdout.split()

    assert len(loaded) < 60
    assert sorted(each for each in loaded if each.startswith("eszkola_core")) == ["eszkola_core", "eszkola_core._names"]
