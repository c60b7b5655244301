"""Numbers of people, for other tables to point to."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The first and only one."""

    initial = True
    dependencies = []  # noqa: RUF012 - as Django has it
    operations = [  # noqa: RUF012 - the same
        migrations.CreateModel(
            name="Account",
            fields=[
                ("person", models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
