import hashlib

import msgspec
from django.db import migrations

UNIT = ("place", "decided_by", "participants", "percent", "score")


def fingerprint(content):
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def keep(apps, schema_editor):
    """The fingerprint of each version is that of its file in the bundle, as public pages had it.

    A version older than the bundle has no such file, and no fingerprint.
    """
    rounds = apps.get_model("results", "Publication").objects
    for each in rounds.defer("content").iterator(chunk_size=1):
        sha256 = fingerprint(each.standing) if each.standing else ""
        rounds.filter(pk=each.pk).update(sha256=sha256)
    tables = apps.get_model("results", "CollectivePublication").objects
    for each in tables.iterator(chunk_size=1):
        units = [
            {"unit": row["code"], "prize": row["prize_key"], **{name: row[name] for name in UNIT}}
            for row in each.content["rows"]
        ]
        sha256 = fingerprint({"number": each.number, "units": units})
        tables.filter(pk=each.pk).update(sha256=sha256)


class Migration(migrations.Migration):

    dependencies = [
        ("results", "0007_plan_of_gradings"),
    ]

    operations = [
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
