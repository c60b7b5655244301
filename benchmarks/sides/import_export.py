"""The same rows by django-import-export in its bulk mode: one table of users, as that library sees the world."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.parts.telling import main
from benchmarks.sides.django_orm import begun, made, people, rows_of

_BATCH = 1000


def imported(store: str, folder: str, rosters: str) -> Callable[[], object]:
    """Import a folder of rosters, a dataset for each school; rows that did not change are skipped."""
    begun(store, folder)
    from django.contrib.auth.models import User  # noqa: PLC0415 - Django wants to be set up first
    from import_export import resources  # noqa: PLC0415 - the same
    from tablib import Dataset  # noqa: PLC0415 - comes with it

    class People(resources.ModelResource):
        """Users by their national id."""

        class Meta:
            """In bulk, and only what changed."""

            model = User
            import_id_fields = ("username",)
            fields = ("username", "first_name", "last_name", "email")
            use_bulk = True
            batch_size = _BATCH
            skip_unchanged = True
            report_skipped = False
            skip_diff = True
            skip_html_diff = True

    def job() -> int:
        many = 0
        for path in sorted(Path(rosters).iterdir()):
            data = Dataset(headers=["username", "first_name", "last_name", "email"])
            for row in rows_of(path):
                for _, each in people(row):
                    data.append([each["id"], each["first"], each["last"], each["email"]])
            done = People().import_data(data, dry_run=False, raise_errors=True)
            many += done.total_rows
        return many

    return job


if __name__ == "__main__":
    main({"make": made, "import": imported})
