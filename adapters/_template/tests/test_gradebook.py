"""The gradebook source keeps every clause of its port."""

from __future__ import annotations

import json

import pytest

from eszkola_core.testing.contracts.gradebook import GradebookContract
from eszkola_template.gradebook import JsonGradebook


class Gradebook:
    source = JsonGradebook()

    def write(self, folder, rows):
        students = [
            {"id": row.record, "first_name": row.first_name, "last_name": row.last_name, "pesel": row.national_id}
            | {"email": row.email, "birth_date": row.birth_date}
            for row in rows
        ]
        (folder / "sp1.json").write_text(json.dumps({"school": "sp1", "students": students}))
        return [folder / "sp1.json"]

    def read(self, paths):
        return self.source.read(paths)


class TestGradebook(GradebookContract):
    @pytest.fixture
    def gradebook(self):
        return Gradebook()
