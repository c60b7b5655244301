"""What Django keeps of a user: the number of a person on the platform, and nothing else."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from eszkola_core import Person, PersonId, SignedIn


class Account(AbstractBaseUser):
    """
    The account of a person, for other tables to point to.

    Names, addresses, roles and passwords are the platform's, which may change them any night: they are asked for when
    they are shown. `owner` is there in a request whose session is open; `opened` only while somebody signs in.
    """

    person: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True, editable=False)
    password = None  # type: ignore[assignment] # the platform's: Django is to have no column for it
    last_login = None

    USERNAME_FIELD = "person"
    objects: ClassVar[models.Manager[Account]] = models.Manager()

    owner: Person | None = None
    opened: SignedIn | None = None

    def __str__(self) -> str:
        return f"person {self.person}"

    @property
    def person_id(self) -> PersonId:
        """The number as the platform's operations take it."""
        return PersonId(self.person)
