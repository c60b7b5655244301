"""What SQLite's planner counts on: every way to the newest revision ends with writing it down, so this has no step."""

from __future__ import annotations

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing: it is so that databases of before are brought up to date."""


def downgrade() -> None:
    """Do nothing: older programs are served by the same advice."""
