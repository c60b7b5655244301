"""
The configuration file `eszkola.toml` as a value: every key checked, every mistake named with its remedy.

`eszkola_core.from_config` opens what it describes; whoever only wants to know what it says calls `load`.
"""

from __future__ import annotations

from eszkola_core.configuration._file import FILE, TABLES, TENANT_KEYS, Adapter, Config, find, load
from eszkola_core.configuration._policies import KEYS as POLICY_KEYS
from eszkola_core.configuration._settings import in_words

__all__ = ["FILE", "POLICY_KEYS", "TABLES", "TENANT_KEYS", "Adapter", "Config", "find", "in_words", "load"]
