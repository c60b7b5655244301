"""
What storage adapters stand on: the keys that hide personal data, and a whole storage over numbered pages.

`PagedStorage` makes a `Storage` of any store that keeps the five promises of `eszkola_core.ports.pages.Pages`.
"""

from __future__ import annotations
