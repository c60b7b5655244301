"""A storage in LMDB: pages of one tenant in one file of a folder."""

from __future__ import annotations
