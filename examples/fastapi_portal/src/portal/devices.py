"""Telephones: paired by a QR code and a PIN, listed, named and revoked (DEV-1)."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated, Any, Final

import segno
from fastapi import APIRouter, Depends, Header, Path
from starlette.responses import Response

from eszkola_core import NoSuchDevice, NotPaired, PairingRefused
from portal.door import Session, ThePlatform, takes_json
from portal.models import (
    DeviceKey,
    DeviceListed,
    DevicePaired,
    DeviceRenamed,
    PairingShown,
    PairingText,
)
from portal.negotiation import media_type
from portal.problems import Refused, answers

router = APIRouter(tags=["devices"])

Number = Annotated[int, Path(ge=1, le=2**53 - 1, description="The device's number in the list.")]

_KINDS: Final = {"image/svg+xml": "svg", "image/png": "png"}
_REDEEM: Final[dict[str, Any]] = {
    "description": "What the device sends that scanned the code.",
    "operationId": "pair_device",
    "requestBody": {"scanned": "$response.body#/text", "pin": "$response.body#/pin", "name": "Telephone"},
}
_REVOKE: Final[dict[str, Any]] = {
    "description": "The device may be revoked at any time, by its owner.",
    "operationId": "revoke_device",
    "parameters": {"number": "$response.body#/number"},
}


@router.post(
    "/pairings",
    status_code=201,
    responses=answers("no-session") | {201: {"links": {"redeem": _REDEEM}}},
)
def begin_pairing(platform: ThePlatform, session: Session) -> PairingShown:
    """
    Begin a pairing: show `text` as a QR code, and the PIN beside it, for as long as they live.

    A pairing that was begun before and not finished is over, so asking again is safe.
    """
    done = platform.pair_device.begin(session)
    if isinstance(done, NotPaired):
        raise Refused(PairingRefused.NO_SESSION)
    return PairingShown(text=done.qr.reveal(), pin=done.pin.reveal(), expires_at=done.expires_at)


@router.post(
    "/pairings/image",
    dependencies=[Depends(takes_json)],
    response_class=Response,
    responses=answers("no-session", "not-acceptable", body=True)
    | {200: {"description": "The QR code.", "content": {kind: {"schema": {"type": "string"}} for kind in _KINDS}}},
)
def draw_pairing(
    _: Session, sent: PairingText, accept: Annotated[str, Header(include_in_schema=False)] = ""
) -> Response:
    """
    Draw the `text` of a pairing as a QR code, as SVG or PNG: whichever the header Accept asks for.

    The text travels in the body, as it holds a secret; nothing is kept. A portal that draws in the browser needs no
    such operation.
    """
    kind = media_type(accept, list(_KINDS))
    if kind is None:
        raise Refused("not-acceptable")
    drawn = BytesIO()
    segno.make_qr(sent.text).save(drawn, kind=_KINDS[kind], scale=6, border=4)
    return Response(drawn.getvalue(), media_type=kind)


@router.post(
    "/devices",
    status_code=201,
    dependencies=[Depends(takes_json)],
    responses=answers("not-paired", body=True) | {201: {"links": {"revoke": _REVOKE}}},
)
def pair_device(platform: ThePlatform, sent: DevicePaired) -> DeviceKey:
    """
    Pair the device that scanned the code and was told the PIN; it needs no session, and gets a key of its own.

    A wrong PIN, a code that was used and one that is over are told alike, and the third wrong PIN ends the pairing:
    so there is no *410* here.
    """
    done = platform.pair_device.complete(sent.scanned.get_secret_value(), sent.pin.get_secret_value(), sent.name)
    if isinstance(done, NotPaired):
        raise Refused(PairingRefused.NOT_PAIRED)
    return DeviceKey(number=done.device, key=done.key.reveal())


@router.get("/devices", responses=answers("no-session"))
def list_devices(platform: ThePlatform, session: Session) -> list[DeviceListed]:
    """See one's devices, those that were revoked too."""
    found = platform.manage_devices.mine(session)
    if isinstance(found, NoSuchDevice):
        raise Refused("no-session")
    return [DeviceListed.of(each) for each in found]


@router.patch(
    "/devices/{number}",
    dependencies=[Depends(takes_json)],
    responses=answers("no-session", "no-such-device", body=True),
)
def rename_device(platform: ThePlatform, session: Session, number: Number, sent: DeviceRenamed) -> DeviceListed:
    """Give a device another name."""
    done = platform.manage_devices.rename(session, number, sent.name)
    if isinstance(done, NoSuchDevice):
        raise Refused("no-such-device")
    return DeviceListed.of(done)


@router.delete(
    "/devices/{number}", status_code=204, responses=answers("no-session", "no-such-device", "invalid-request")
)
def revoke_device(platform: ThePlatform, session: Session, number: Number) -> None:
    """Revoke a device: its key opens nothing from the next call on."""
    if isinstance(platform.manage_devices.revoke(session, number), NoSuchDevice):
        raise Refused("no-such-device")
