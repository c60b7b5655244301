"""Text messages for eszkola-core: by SMSAPI, by SMPP, or as files in a folder."""

from __future__ import annotations

from eszkola_sms.folder import FolderSmsCourier
from eszkola_sms.smpp import SmppCourier
from eszkola_sms.smsapi import SmsapiCourier

__all__ = ["FolderSmsCourier", "SmppCourier", "SmsapiCourier"]
