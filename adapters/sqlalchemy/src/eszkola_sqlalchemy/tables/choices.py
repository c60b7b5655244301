"""What the tenant chose when it was last planned."""

from __future__ import annotations

from typing import Final

from eszkola_sqlalchemy.tables.columns import strict_table, tenant_key, varied

choice: Final = strict_table("choice", tenant_key(), varied("login_scheme"), varied("sharing"), clustered=True)
