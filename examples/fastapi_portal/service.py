"""What a server starts in earnest, in the folder of the `eszkola.toml`: ``uvicorn service:app --no-access-log``."""

from __future__ import annotations

from eszkola_core import from_config
from portal.app import create_app
from portal.watching import observe, write_lines

write_lines()
app = create_app(from_config(".", observer=observe))
