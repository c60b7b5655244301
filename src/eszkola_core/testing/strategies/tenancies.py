"""Tenants and what they have chosen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.settings import PROFILES, SETTINGS, Settings
from eszkola_core.domain.tenants import LOCALES, Tenant
from eszkola_core.testing.strategies.identities import _name_texts
from eszkola_core.testing.strategies.times import chosen


def settings_(*, profiles: Collection[str] = tuple(PROFILES)) -> SearchStrategy[Settings]:
    """Yield settings: choices of *profiles*, yes or no, and every number and span between its floor and its ceiling."""
    bounded: dict[str, SearchStrategy[Any]] = {}
    for name, row in SETTINGS.items():
        if isinstance(row.default, timedelta):
            bounded[name] = st.timedeltas(row.floor, row.ceiling)
        elif isinstance(row.default, bool):
            bounded[name] = st.booleans()
        elif isinstance(row.default, int):
            bounded[name] = st.integers(row.floor, row.ceiling)
    chosen = st.sampled_from([PROFILES[name] for name in profiles])
    unbounded = [name for name in SETTINGS if name not in bounded]
    return st.tuples(chosen, st.fixed_dictionaries(bounded)).map(
        lambda drawn: Settings(**{name: getattr(drawn[0], name) for name in unbounded}, **drawn[1])
    )


def tenants(*, settings: SearchStrategy[Settings] | None = None) -> SearchStrategy[Tenant]:
    """Yield tenants in every language, in zones of both hemispheres."""
    return st.builds(
        Tenant,
        key=st.from_regex(r"[a-z][a-z0-9-]{0,11}", fullmatch=True),
        name=_name_texts(),
        base_url=st.sampled_from(["https://eszkola.example", "https://eszkola.example/app/", "http://localhost:8000"]),
        platform_domain=st.sampled_from(["uczen.example", "šola.example"]),
        time_zone=st.sampled_from(
            ["Europe/Warsaw", "Europe/Ljubljana", "UTC", "Pacific/Kiritimati", "America/St_Johns"]
        ),
        locale=st.sampled_from(LOCALES),
        settings=chosen(settings, settings_()),
    )
