"""What it connects the platform with, a module for each port."""

from __future__ import annotations
