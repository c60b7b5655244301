"""Users, profiles, roles and links, as a Django site keeps them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import User
from django.db import models


class Profile(models.Model):
    """What a user is beside a login: one for each national id."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    national_id = models.CharField(max_length=11, unique=True)
    phone = models.CharField(max_length=16, blank=True)
    birth_date = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.user)


class Role(models.Model):
    """That a user is a student or a guardian in a school, by which record of its gradebook."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    school = models.CharField(max_length=16)
    record = models.CharField(max_length=32)
    role = models.CharField(max_length=16)
    class_name = models.CharField(max_length=16, blank=True)
    ended = models.BooleanField(default=False)

    class Meta:
        """A record names one in each role."""

        constraints: ClassVar = [models.UniqueConstraint("school", "record", "role", name="one_in_each_role")]

    def __str__(self) -> str:
        return f"{self.role} of {self.school}"


class Link(models.Model):
    """That a user is a guardian of another one, in a school."""

    guardian = models.ForeignKey(User, on_delete=models.CASCADE, related_name="wards")
    child = models.ForeignKey(User, on_delete=models.CASCADE, related_name="guardians")
    school = models.CharField(max_length=16)
    ended = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"a guardian in {self.school}"
