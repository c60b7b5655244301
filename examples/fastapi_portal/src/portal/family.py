"""What the owner of an account sees: themselves and their children (LINK-2); on a paired device too (DEV-2)."""

from __future__ import annotations

from fastapi import APIRouter

from portal.door import Reader, ThePlatform
from portal.models import ChildSeen, Me
from portal.problems import answers

router = APIRouter(tags=["family"])


@router.get("/me", responses=answers("no-key"))
def see_me(platform: ThePlatform, reader: Reader) -> Me:
    """See who one is here."""
    return Me.of(reader, platform.see_roles.of(reader.id))


@router.get("/me/children", responses=answers("no-key"))
def see_children(platform: ThePlatform, reader: Reader) -> list[ChildSeen]:
    """See one's children, in the order of their names; whoever has none gets an empty list."""
    return [ChildSeen.of(each) for each in platform.see_children.of(reader.id)]
