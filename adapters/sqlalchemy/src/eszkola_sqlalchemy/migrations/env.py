"""What Alembic runs for each command; the connection comes from the caller, there is no ini file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo

from eszkola_sqlalchemy.tables import metadata


def _note(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:
    """Write down a step that was made."""
    del ctx, heads, run_args  # Alembic hands them over by name
    context.config.attributes["made"].append(f"{step.up_revision_id} {'made' if step.is_upgrade else 'undone'}")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    on_version_apply=_note,
)
context.run_migrations()
