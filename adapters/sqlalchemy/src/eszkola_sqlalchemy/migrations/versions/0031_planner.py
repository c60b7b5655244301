"""What SQLite's planner counts on."""

from __future__ import annotations

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing: each way to the newest revision ends with writing it down, and this leads older databases to it."""


def downgrade() -> None:
    """Do nothing: older programs are served by the same advice."""
