"""Message texts for eszkola-core in Polish, Slovene and English, by Jinja."""

from __future__ import annotations

from eszkola_jinja.renderer import JinjaRenderer

__all__ = ["JinjaRenderer"]
