"""
The same job by Django's ORM, as well as it can be done with it: bulk_create, bulk_update, one look-up for each school.

It keeps no rule but the uniqueness of national ids, sends nobody anything, and encrypts nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.parts.telling import main

_BATCH = 1000


def begun(store: str, folder: str) -> None:
    """Let Django use a database: a file in *folder*, or the one that the URL *store* names."""
    settings.configure(
        INSTALLED_APPS=[
            *("django.contrib.contenttypes", "django.contrib.auth"),
            *("import_export", "benchmarks.sides.schools"),
        ],
        DATABASES={"default": _database(store, folder)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def _database(store: str, folder: str) -> Mapping[str, Any]:
    if store == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(folder) / "django.sqlite"}
    parts = urlsplit(store)
    host = parse_qs(parts.query).get("host", [parts.hostname])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "HOST": host,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "PORT": parts.port or "",
    }


def made(store: str, folder: str) -> Callable[[], object]:
    """Make the tables."""
    begun(store, folder)

    def job() -> None:
        call_command("migrate", "auth", verbosity=0)  # ours, which has no migrations, refers to it
        call_command("migrate", run_syncdb=True, verbosity=0)
        if store == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=WAL")

    return job


def imported(store: str, folder: str, rosters: str) -> Callable[[], object]:
    """Import a folder of rosters, a transaction for each school."""
    begun(store, folder)

    def job() -> int:
        if store == "sqlite":
            connection.cursor().execute("PRAGMA synchronous=NORMAL")
        changed = 0
        for path in sorted(Path(rosters).iterdir()):
            with transaction.atomic():
                changed += _School(path).imported()
        return changed

    return job


class _School:
    """One school's rows, and what they change."""

    def __init__(self, path: Path) -> None:
        from django.contrib.auth.models import User  # noqa: PLC0415 - the same

        from benchmarks.sides.schools.models import Link, Profile, Role  # noqa: PLC0415 - Django is to be set up first

        self.user, self.profile, self.role, self.link = User, Profile, Role, Link
        self.key = path.stem
        self.rows = {row["Nr kartoteki"]: row for row in rows_of(path)}
        roles = Role.objects.filter(school=self.key, ended=False).select_related("user__profile")
        self.known = {(each.record, each.role): each for each in roles}
        ids = {row[column] for row in self.rows.values() for column in ("PESEL", "Opiekun 1 PESEL")}
        self.people = {each.national_id: each.user for each in _in_parts(Profile, ids)}
        self.users: list[Any] = []
        self.profiles: list[Any] = []
        self.roles: list[Any] = []
        self.links: list[Any] = []
        self.moved: list[Any] = []
        self.mended: list[Any] = []
        self.left: list[Any] = []

    def imported(self) -> int:
        """Write what changes, and return how much that is."""
        for record, row in self.rows.items():
            new = [
                self._user(stated, record, role)
                for role, stated in people(row)
                if not self._stays(stated, record, role)
            ]
            if len(new) == 2:  # noqa: PLR2004 - the student and the guardian
                self.links.append(self.link(guardian=new[1], child=new[0], school=self.key))
        self.left += self.known.values()
        self.role.objects.bulk_update(self.moved, ["class_name"], batch_size=_BATCH)
        self.role.objects.filter(pk__in=[each.pk for each in self.left]).delete()
        self.user.objects.bulk_update(self.mended, ["email"], batch_size=_BATCH)
        for model, news in (
            *((self.user, self.users), (self.profile, self.profiles)),
            *((self.role, self.roles), (self.link, self.links)),
        ):
            model.objects.bulk_create(news, batch_size=_BATCH)
        return len(self.users) + len(self.moved) + len(self.mended) + len(self.left)

    def _stays(self, stated: Mapping[str, Any], record: str, role: str) -> bool:
        """Return whether a place is whose it was; what is stated otherwise by now is noted."""
        was = self.known.pop((record, role), None)
        if was is None:
            return False
        if was.user.profile.national_id != stated["id"]:
            self.left.append(was)
            return False
        if was.class_name != stated["class_name"]:
            was.class_name = stated["class_name"]
            self.moved.append(was)
        if was.user.email != stated["email"]:
            was.user.email = stated["email"]
            self.mended.append(was.user)
        return True

    def _user(self, stated: Mapping[str, Any], record: str, role: str) -> Any:  # noqa: ANN401 - a user of Django's
        """Return the user of a place, made if there is none of that national id."""
        user = self.people.get(stated["id"])
        if user is None:
            name = {"first_name": stated["first"], "last_name": stated["last"]}
            user = self.user(username=stated["id"], email=stated["email"], password="!", **name)  # noqa: S106 - none
            self.users.append(user)
            self.people[stated["id"]] = user
            more = {"phone": stated["phone"], "birth_date": stated["born"]}
            self.profiles.append(self.profile(user=user, national_id=stated["id"], **more))
        self.roles.append(
            self.role(user=user, school=self.key, record=record, role=role, class_name=stated["class_name"])
        )
        return user


def _in_parts(model: Any, ids: set[str]) -> Iterator[Any]:  # noqa: ANN401 - a model of Django's
    listed = sorted(ids)
    for begin in range(0, len(listed), _BATCH):
        yield from model.objects.filter(national_id__in=listed[begin : begin + _BATCH]).select_related("user")


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def people(row: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield whom a row states, by role."""
    yield (
        "student",
        {
            "id": row["PESEL"],
            "first": row["Imię"],
            "last": row["Nazwisko"],
            "email": row["E-mail ucznia"],
            "phone": "",
            "born": date.fromisoformat(row["Data urodzenia"]),
            "class_name": row["Oddział"],
        },
    )
    yield (
        "guardian",
        {
            "id": row["Opiekun 1 PESEL"],
            "first": row["Opiekun 1 imię"],
            "last": row["Opiekun 1 nazwisko"],
            "email": row["Opiekun 1 e-mail"],
            "phone": row["Opiekun 1 telefon"],
            "born": None,
            "class_name": "",
        },
    )


if __name__ == "__main__":
    main({"make": made, "import": imported})
