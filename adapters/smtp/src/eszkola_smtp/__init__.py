"""E-mail for eszkola-core: by SMTP, or as files in a folder."""

from __future__ import annotations

from eszkola_smtp.bounces import read_bounce
from eszkola_smtp.folder import FolderCourier
from eszkola_smtp.server import Security, SmtpCourier

__all__ = ["FolderCourier", "Security", "SmtpCourier", "read_bounce"]
